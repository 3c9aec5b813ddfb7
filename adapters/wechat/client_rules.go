package wechat

import (
	"context"
	"iter"

	"parley/core/official"
)

// Rules goes through the keyword rules: those with special names, which have no keywords, and then the others, the oldest
// first. It costs a request for each beside the list.
func (a *RemoteAccount) Rules(ctx context.Context) iter.Seq2[*official.Rule, error] {
	return func(yield func(*official.Rule, error) bool) {
		for _, name := range []string{official.RuleSubscribe, official.RuleDefault} {
			rule, err := a.specialRule(ctx, name)
			if err != nil || rule != nil {
				if !yield(rule, err) || err != nil {
					return
				}
			}
		}
		walk := walked(func(p page) ([]ruleItem, int64, error) {
			var answer rulesAnswer
			err := ask(ctx, a.client, a.client.table.rules, a.id, &pageQuery{page: p}, &answer)
			return answer.rules, answer.pagination.count, err
		}, func(r *ruleItem) string { return r.id })
		for rule, err := range mapped(walk, func(r *ruleItem) (*official.Rule, error) { return a.rule(ctx, r) }, isGone) {
			if rule == nil && err == nil {
				continue
			}
			if !yield(rule, err) {
				return
			}
		}
	}
}

// specialRule returns the rule with a special name, nil if there is none.
func (a *RemoteAccount) specialRule(ctx context.Context, name string) (*official.Rule, error) {
	row := a.client.table.ruleSubscribe
	if name == official.RuleDefault {
		row = a.client.table.ruleDefault
	}
	var answer ruleAnswer
	if err := ask(ctx, a.client, row, a.id, &nothing{}, &answer); err != nil || answer.rule == nil {
		return nil, err
	}
	answer.rule.name = name
	return answer.rule.rule(answer.rule.id), nil
}

// rule returns a listed rule, nil where the server says that there is none.
func (a *RemoteAccount) rule(ctx context.Context, listed *ruleItem) (*official.Rule, error) {
	var answer ruleAnswer
	err := ask(ctx, a.client, a.client.table.rule, a.id, &ruleQuery{id: listed.id}, &answer)
	if err != nil || answer.rule == nil {
		return nil, err
	}
	return answer.rule.rule(listed.id), nil
}

func (v *ruleView) rule(id string) *official.Rule {
	return &official.Rule{
		ID: id, Name: v.name, Keywords: v.keywords, Reply: official.Reply{ID: v.replyID, Type: official.ReplyType(v.replyType)},
	}
}

// Menu returns the buttons at the top of the menu, in order, with those below them.
func (a *RemoteAccount) Menu(ctx context.Context) ([]*official.Button, error) {
	var answer menuAnswer
	err := ask(ctx, a.client, a.client.table.menu, a.id, &nothing{}, &answer)
	return readButtons(answer.buttons, official.TopButton), err
}

func readButtons(views []buttonView, parent string) []*official.Button {
	var buttons []*official.Button
	for i := range views {
		v := &views[i]
		buttons = append(buttons, &official.Button{
			ID: v.id, Parent: parent, Name: v.name, Type: v.kind, Keycode: v.keycode, URL: v.url, Sequence: int(v.sequence),
			Reply: official.Reply{ID: v.replyID, Type: official.ReplyType(v.replyType)}, Children: readButtons(v.children, v.id),
		})
	}
	return buttons
}
