package official

import (
	"context"

	"parley/core"
	"parley/storage"
)

// Rule returns a rule.
func (s *Service) Rule(ctx context.Context, account, id string) (rule *Rule, err error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		record, err := readRule(r, a.number, id)
		if err == nil {
			rule = &record.Rule
		}
		return err
	})
	return rule, err
}

// SpecialRule returns the rule with one of the special names: NotFound with FieldRule if there is none.
func (s *Service) SpecialRule(ctx context.Context, account, name string) (rule *Rule, err error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	if !isSpecialRule(name) {
		return nil, core.NewFault(core.Invalid, FieldName, "the name is not special")
	}
	err = s.view(ctx, func(r storage.Reader) error {
		id, err := load[string](r, idKey(a.number, tableSpecial, name))
		if err != nil {
			return err
		}
		if id == nil {
			return notFound(FieldRule)
		}
		record, err := readRule(r, a.number, *id)
		if err == nil {
			rule = &record.Rule
		}
		return err
	})
	return rule, err
}

// Rules returns a page of the rules without special names, the oldest first.
func (s *Service) Rules(ctx context.Context, account string, p Page) (page RulePage, err error) {
	a, err := s.account(account)
	if err != nil {
		return page, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		records, total, err := readPage[ruleRecord](r, ruleList(a.number), tableRules, p)
		page.Total = total
		for _, rule := range records {
			page.Rules = append(page.Rules, &rule.Rule)
		}
		return err
	})
	return page, err
}
