package official

import (
	"context"

	"parley/core"
	"parley/storage"
)

// ruleRecord is a rule in the store.
type ruleRecord struct {
	Rule
	Place place // of the creation
}

// maxKeywordBytes bounds the keywords of a rule together, since they are one row.
const maxKeywordBytes = 48 << 10

func ruleList(account uint32) list { return list{account, "k"} }

func isSpecialRule(name string) bool { return name == RuleSubscribe || name == RuleDefault }

func readRule(r storage.Reader, account uint32, id string) (*ruleRecord, error) {
	if err := checkID(FieldRule, id); err != nil {
		return nil, err
	}
	rule, err := load[ruleRecord](r, idKey(account, tableRules, id))
	if err == nil && rule == nil {
		err = notFound(FieldRule)
	}
	return rule, err
}

// checkReply refuses a reply without an ID or of an unknown type.
func checkReply(r Reply) error {
	switch r.Type {
	case ReplyText, ReplyImage, ReplyVoice, ReplyVideo, ReplyMusic, ReplyNews:
	default:
		return core.NewFault(core.Invalid, FieldReplyType, "there is no such type of reply")
	}
	return checkText(FieldReply, r.ID, 1, maxID)
}

func checkRule(in *RuleInput) error {
	if err := checkText(FieldName, in.Name, 1, maxName); err != nil {
		return err
	}
	if err := checkReply(in.Reply); err != nil {
		return err
	}
	if isSpecialRule(in.Name) && len(in.Keywords) > 0 {
		return core.NewFault(core.Invalid, FieldKeyword, "a special rule has no keywords")
	}
	size := 0
	for _, k := range in.Keywords {
		if err := checkText(FieldKeyword, k.Content, 1, 500); err != nil {
			return err
		}
		if fold(k.Content) == "" {
			return core.NewFault(core.Invalid, FieldKeyword, "a keyword is nothing but space")
		}
		size += len(k.Content)
	}
	if size > maxKeywordBytes {
		return core.NewFault(core.TooLarge, FieldKeyword, "the keywords have more than 48 KiB together")
	}
	return nil
}

// newKeywords gives keywords their IDs.
func (s *Service) newKeywords(inputs []KeywordInput) ([]Keyword, error) {
	keywords := make([]Keyword, len(inputs))
	for i, in := range inputs {
		id, err := s.newID()
		if err != nil {
			return nil, err
		}
		keywords[i] = Keyword{id, in}
	}
	return keywords, nil
}

// changeRules runs fn in a transaction, after which the matcher is built anew.
func (s *Service) changeRules(ctx context.Context, a *accountState, fn func(c *change) error) error {
	a.changing.Lock()
	defer a.changing.Unlock()
	defer a.matcher.Store(nil) // also after an error, which does not tell whether the store has the change
	return s.commit(ctx, func(c *change) error {
		changes, err := ruleChanges(c, a.number)
		if err != nil {
			return err
		}
		if err := c.Set(tableKey(a.number, tableRuleChanges), encodeNumber(changes+1)); err != nil {
			return err
		}
		return fn(c)
	})
}

func ruleChanges(r storage.Reader, account uint32) (uint64, error) {
	value, err := r.Get(tableKey(account, tableRuleChanges))
	if err != nil {
		return 0, err
	}
	return decodeNumber(value)
}

// learnRules notes how often the rules have been changed, by whomever.
func (a *accountState) learnRules(value []byte) error {
	changes, err := decodeNumber(value)
	if err == nil {
		a.rules.Store(changes)
	}
	return err
}

// CreateRule stores a rule and returns its ID. One with a special name replaces its predecessor.
func (s *Service) CreateRule(ctx context.Context, account string, in RuleInput) (string, error) {
	a, err := s.account(account)
	if err != nil {
		return "", err
	}
	if err := checkRule(&in); err != nil {
		return "", err
	}
	id, err := s.newID()
	if err != nil {
		return "", err
	}
	keywords, err := s.newKeywords(in.Keywords)
	if err != nil {
		return "", err
	}
	rule := ruleRecord{Place: s.place()}
	rule.Rule = Rule{
		ID: id, Name: in.Name, Reply: in.Reply, Keywords: keywords, Created: rule.Place.Time, Updated: rule.Place.Time,
	}
	return id, s.changeRules(ctx, a, func(c *change) error { return c.putRule(a.number, &rule) })
}

// putRule stores a rule and enters it where rules of its name are found.
func (c *change) putRule(account uint32, rule *ruleRecord) error {
	var err error
	if isSpecialRule(rule.Name) {
		err = c.putSpecial(account, rule)
	} else {
		err = c.insert(ruleList(account), rule.Place.oldest(rule.ID))
	}
	if err != nil {
		return err
	}
	return save(c, idKey(account, tableRules, rule.ID), rule)
}

// putSpecial makes a rule the one of its special name, and deletes the one before it.
func (c *change) putSpecial(account uint32, rule *ruleRecord) error {
	key := idKey(account, tableSpecial, rule.Name)
	old, err := load[string](c, key)
	if err != nil {
		return err
	}
	if old != nil && *old != rule.ID {
		if err := c.Delete(idKey(account, tableRules, *old)); err != nil {
			return err
		}
	}
	return save(c, key, rule.ID)
}

// withdrawRule undoes what putRule entered.
func (c *change) withdrawRule(account uint32, rule *ruleRecord) error {
	if isSpecialRule(rule.Name) {
		return c.Delete(idKey(account, tableSpecial, rule.Name))
	}
	return c.remove(ruleList(account), rule.Place.oldest(rule.ID))
}

// UpdateRule replaces a rule's name, reply and, unless nil, its keywords.
func (s *Service) UpdateRule(ctx context.Context, account, id string, in RuleInput) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if err := checkRule(&in); err != nil {
		return err
	}
	keywords, err := s.newKeywords(in.Keywords)
	if err != nil {
		return err
	}
	now := s.now()
	return s.changeRules(ctx, a, func(c *change) error {
		rule, err := readRule(c, a.number, id)
		if err != nil {
			return err
		}
		if err := c.withdrawRule(a.number, rule); err != nil {
			return err
		}
		rule.Name, rule.Reply, rule.Updated = in.Name, in.Reply, now
		if in.Keywords != nil || isSpecialRule(in.Name) {
			rule.Keywords = keywords
		}
		return c.putRule(a.number, rule)
	})
}

// DeleteRule deletes a rule.
func (s *Service) DeleteRule(ctx context.Context, account, id string) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	return s.changeRules(ctx, a, func(c *change) error {
		rule, err := readRule(c, a.number, id)
		if err != nil {
			return err
		}
		if err := c.withdrawRule(a.number, rule); err != nil {
			return err
		}
		return c.Delete(idKey(a.number, tableRules, id))
	})
}
