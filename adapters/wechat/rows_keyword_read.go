package wechat

import (
	"strings"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// ruleView is a rule as it is shown.
type ruleView struct {
	id, name, replyID, replyType string
	keywords                     []official.Keyword
}

type ruleAnswer struct{ rule *ruleView }

func showRule(r *official.Rule) *ruleView {
	return &ruleView{r.ID, r.Name, r.Reply.ID, string(r.Reply.Type), r.Keywords}
}

func replyFields() []wire.Field[ruleView] {
	return []wire.Field[ruleView]{
		wire.Text("reply_id", func(r *ruleView) *string { return &r.replyID }).Means("回复素材的ID", "What is answered"),
		wire.Text("reply_type", func(r *ruleView) *string { return &r.replyType }).Means("回复素材的类型", "Its type"),
	}
}

// specialRuleRow shows the rule with a special name, null where there is none.
func specialRuleRow(path, name, zh, en string) *wire.Row[nothing, ruleAnswer] {
	id := wire.Text("id", func(r *ruleView) *string { return &r.id }).Means("规则ID", "The rule")
	return &wire.Row[nothing, ruleAnswer]{
		Name: "GET /v1/{INFO_ID}/keyword/" + path, ZH: zh, EN: en, Bare: true,
		Params: []wire.Param[nothing]{accountParam[nothing]()},
		Answer: []wire.Field[ruleAnswer]{
			wire.ObjectOrNull("rule", func(a *ruleAnswer) **ruleView { return &a.rule },
				append([]wire.Field[ruleView]{id}, replyFields()...)...).Means("规则", "The rule"),
		},
		Do: in(func(x *exchange, _ *nothing, a *ruleAnswer) error {
			rule, err := x.service().SpecialRule(x.ctx, x.account.ID, name)
			switch {
			case core.CodeOf(err) == core.NotFound:
				return nil
			case err != nil:
				return err
			}
			a.rule = showRule(rule)
			return nil
		}),
	}
}

// ruleRow shows a rule. The original answers null where there is none.
func ruleRow(original bool) *wire.Row[ruleQuery, ruleAnswer] {
	name := wire.Text("name", func(r *ruleView) *string { return &r.name }).Means("规则名称", "The rule's name")
	keywords := wire.Objects("keyword", func(r *ruleView) *[]official.Keyword { return &r.keywords },
		wire.Text("id", func(k *official.Keyword) *string { return &k.ID }).Means("关键字ID", "The keyword's ID"),
		wire.Text("content", func(k *official.Keyword) *string { return &k.Content }).Means("关键字", "The keyword"),
		wire.Flag("fuzzy", func(k *official.Keyword) *bool { return &k.Fuzzy }).Means("是否模糊匹配", "Whether a part of the message is enough"),
	).Means("关键字", "The keywords")
	fields := append(append([]wire.Field[ruleView]{name}, replyFields()...), keywords)
	return &wire.Row[ruleQuery, ruleAnswer]{
		Name: "GET /v1/{INFO_ID}/keyword/{ID}", ZH: "关键字规则", EN: "A rule", Bare: true,
		Params: []wire.Param[ruleQuery]{accountParam[ruleQuery](), ruleIDParam()},
		Answer: []wire.Field[ruleAnswer]{
			wire.ObjectOrNull("rule", func(a *ruleAnswer) **ruleView { return &a.rule }, fields...).Means("规则", "The rule"),
		},
		Do: in(func(x *exchange, q *ruleQuery, a *ruleAnswer) error {
			rule, err := x.service().Rule(x.ctx, x.account.ID, q.id)
			switch {
			case original && core.CodeOf(err) == core.NotFound:
				return nil
			case err != nil:
				return err
			}
			a.rule = showRule(rule)
			return nil
		}),
	}
}

type pageQuery struct{ page page }

func pageQueryParams() []wire.Param[pageQuery] {
	return append([]wire.Param[pageQuery]{accountParam[pageQuery]()}, pageParams(func(q *pageQuery) *page { return &q.page })...)
}

type ruleItem struct{ id, name, keywords string }

type rulesAnswer struct {
	rules      []ruleItem
	pagination pagination
}

func rulesRow() *wire.Row[pageQuery, rulesAnswer] {
	return &wire.Row[pageQuery, rulesAnswer]{
		Name: "GET /v1/{INFO_ID}/keyword", ZH: "关键字规则列表", EN: "The rules without those that have a special name, the oldest first",
		Params: pageQueryParams(),
		Answer: []wire.Field[rulesAnswer]{
			wire.Objects("keyword", func(a *rulesAnswer) *[]ruleItem { return &a.rules },
				wire.Text("id", func(r *ruleItem) *string { return &r.id }).Means("规则ID", "The rule"),
				wire.Text("name", func(r *ruleItem) *string { return &r.name }).Means("规则名称", "The rule's name"),
				wire.Text("keywords", func(r *ruleItem) *string { return &r.keywords }).Means("关键字，以逗号相连", "The keywords, joined with commas"),
			).Means("规则", "The rules"),
			paginationField(func(a *rulesAnswer) *pagination { return &a.pagination }),
		},
		Do: in(func(x *exchange, q *pageQuery, a *rulesAnswer) error {
			list, err := x.service().Rules(x.ctx, x.account.ID, q.page.section())
			if err != nil {
				return err
			}
			for _, r := range list.Rules {
				words := make([]string, len(r.Keywords))
				for i := range r.Keywords {
					words[i] = r.Keywords[i].Content
				}
				a.rules = append(a.rules, ruleItem{r.ID, r.Name, strings.Join(words, ",")})
			}
			a.pagination = q.page.of(list.Total)
			return nil
		}),
	}
}
