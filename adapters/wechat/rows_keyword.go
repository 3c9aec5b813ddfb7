package wechat

import (
	"parley/adapters/wire"
	"parley/core/official"
)

// replyTypes are what a keyword can answer with.
func replyTypes() []string { return []string{"text", "image", "voice", "video", "music", "news"} }

type ruleQuery struct {
	id, name, replyID, replyType string
	keywords                     []official.KeywordInput
	given                        bool // keywords are
}

// input is the rule to store. What a special rule is sent along as keywords is nothing to it.
func (q *ruleQuery) input() official.RuleInput {
	r := official.RuleInput{Name: q.name, Reply: official.Reply{ID: q.replyID, Type: official.ReplyType(q.replyType)}}
	if q.given && !special(q.name) {
		r.Keywords = append([]official.KeywordInput{}, q.keywords...)
	}
	return r
}

func special(name string) bool { return name == official.RuleSubscribe || name == official.RuleDefault }

func ruleParams(first ...wire.Param[ruleQuery]) []wire.Param[ruleQuery] {
	return append(first,
		text("rule_name", func(q *ruleQuery) *string { return &q.name },
			"规则名称；关注回复为__subscribe，消息回复为__default", "The rule's name; __subscribe answers new followers, __default what no keyword matches"),
		wire.NestedList("keyword", func(q *ruleQuery) *[]official.KeywordInput { return &q.keywords },
			text("content", func(k *official.KeywordInput) *string { return &k.Content }, "关键字", "The keyword"),
			wire.Bool("fuzzy", func(k *official.KeywordInput) *bool { return &k.Fuzzy }).Must().Means("0完全匹配，1模糊匹配", "0 matches the whole message, 1 a part"),
		).At(wire.PlaceBody).Given(func(q *ruleQuery) *bool { return &q.given }).
			Means("关键字列表；关注回复与消息回复不传", "The keywords; none for the two special names"),
		text("reply_id", func(q *ruleQuery) *string { return &q.replyID }, "回复素材的ID", "What is answered"),
		replyTypeParam("reply_type", func(q *ruleQuery) *string { return &q.replyType }, replyTypes()...),
	)
}

func replyTypeParam[T any](name string, at func(*T) *string, values ...string) wire.Param[T] {
	return wire.Enum(name, at, values...).At(wire.PlaceBody).Must().Means("回复素材的类型", "The type of what is answered")
}

func ruleIDParam() wire.Param[ruleQuery] {
	return idParam(func(q *ruleQuery) *string { return &q.id }, "规则ID", "The rule")
}

func ruleCreateRow() *wire.Row[ruleQuery, created] {
	return &wire.Row[ruleQuery, created]{
		Name: "POST /v1/{INFO_ID}/keyword", ZH: "新建关键字规则", EN: "Creates a rule; one with a special name takes the place of its predecessor", Bare: true,
		Params:   ruleParams(accountParam[ruleQuery]()),
		Outcomes: calledHere(official.FieldName, "rule_name"),
		Answer:   createdField(),
		Check: func(q *ruleQuery) error {
			if !q.given && !special(q.name) {
				return missing("keyword")
			}
			return nil
		},
		Do: in(func(x *exchange, q *ruleQuery, a *created) (err error) {
			a.id, err = x.service().CreateRule(x.ctx, x.account.ID, q.input())
			return err
		}),
	}
}

func ruleUpdateRow() *wire.Row[ruleQuery, nothing] {
	return &wire.Row[ruleQuery, nothing]{
		Name: "PUT /v1/{INFO_ID}/keyword/{ID}", ZH: "修改关键字规则；不传keyword则关键字不变", EN: "Replaces a rule; without keyword its keywords stay",
		Params:   ruleParams(accountParam[ruleQuery](), ruleIDParam()),
		Outcomes: calledHere(official.FieldName, "rule_name"),
		Do: in(func(x *exchange, q *ruleQuery, _ *nothing) error {
			return x.service().UpdateRule(x.ctx, x.account.ID, q.id, q.input())
		}),
	}
}

func ruleDeleteRow() *wire.Row[ruleQuery, nothing] {
	return &wire.Row[ruleQuery, nothing]{
		Name: "DELETE /v1/{INFO_ID}/keyword/{ID}", ZH: "删除关键字规则", EN: "Deletes a rule",
		Params: []wire.Param[ruleQuery]{accountParam[ruleQuery](), ruleIDParam()},
		Do: in(func(x *exchange, q *ruleQuery, _ *nothing) error {
			return x.service().DeleteRule(x.ctx, x.account.ID, q.id)
		}),
	}
}
