package official_test

import (
	"strings"
	"testing"

	"parley/core"
	"parley/core/official"
)

func rule(name, reply string, keywords ...string) official.RuleInput {
	in := official.RuleInput{Name: name, Reply: official.Reply{ID: reply, Type: official.ReplyText}}
	for _, k := range keywords {
		content, fuzzy := strings.CutPrefix(k, "~")
		in.Keywords = append(in.Keywords, official.KeywordInput{Content: content, Fuzzy: fuzzy})
	}
	return in
}

func rules(t *testing.T, w *world) {
	ctx := t.Context()
	var ids []string
	for _, in := range []official.RuleInput{rule("one", "r1", "a", "~b"), rule("two", "r2"), rule("three", "r3", "c")} {
		id, err := w.CreateRule(ctx, w.account, in)
		ok(t, err)
		ids = append(ids, id)
	}
	page, err := w.Rules(ctx, w.account, official.Page{Offset: 1, Limit: 2})
	if err != nil || page.Total != 3 || page.Rules[0].ID != ids[1] || page.Rules[1].Name != "three" {
		t.Errorf("%+v, %v", page, err)
	}
	got, err := w.Rule(ctx, w.account, ids[0])
	if err != nil || len(got.Keywords) != 2 || got.Keywords[0].Fuzzy || !got.Keywords[1].Fuzzy || got.Keywords[1].Content != "b" {
		t.Errorf("%+v, %v", got, err)
	}
	ok(t, w.UpdateRule(ctx, w.account, ids[0], rule("uno", "r9")))
	if got, err = w.Rule(ctx, w.account, ids[0]); err != nil || got.Name != "uno" || got.Reply.ID != "r9" || len(got.Keywords) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	ok(t, w.UpdateRule(ctx, w.account, ids[0], rule("uno", "r9", "z")))
	if got, err = w.Rule(ctx, w.account, ids[0]); err != nil || len(got.Keywords) != 1 || got.Keywords[0].Content != "z" {
		t.Errorf("%+v, %v", got, err)
	}
	ok(t, w.DeleteRule(ctx, w.account, ids[1]))
	if page, err := w.Rules(ctx, w.account, official.Page{Limit: 9}); err != nil || page.Total != 2 || page.Rules[0].ID != ids[0] {
		t.Errorf("%+v, %v", page, err)
	}
	for field, in := range map[core.Field]official.RuleInput{
		official.FieldName:      rule("", "r"),
		official.FieldReply:     rule("n", ""),
		official.FieldReplyType: {Name: "n", Reply: official.Reply{ID: "r", Type: "poem"}},
		official.FieldKeyword:   rule("n", "r", "  "),
	} {
		_, err := w.CreateRule(ctx, w.account, in)
		refused(t, err, core.Invalid, field)
	}
	_, err = w.CreateRule(ctx, w.account, rule(official.RuleDefault, "r", "k"))
	refused(t, err, core.Invalid, official.FieldKeyword)
	many := rule("n", "r")
	for range 100 {
		many.Keywords = append(many.Keywords, official.KeywordInput{Content: strings.Repeat("字", 500)})
	}
	_, err = w.CreateRule(ctx, w.account, many)
	refused(t, err, core.TooLarge, official.FieldKeyword)
	many.Keywords = many.Keywords[:30]
	_, err = w.CreateRule(ctx, w.account, many)
	ok(t, err)
}

func specialRules(t *testing.T, w *world) {
	ctx := t.Context()
	_, err := w.SpecialRule(ctx, w.account, official.RuleDefault)
	refused(t, err, core.NotFound, official.FieldRule)
	first, err := w.CreateRule(ctx, w.account, rule(official.RuleDefault, "r1"))
	ok(t, err)
	second, err := w.CreateRule(ctx, w.account, rule(official.RuleDefault, "r2"))
	ok(t, err)
	got, err := w.SpecialRule(ctx, w.account, official.RuleDefault)
	if err != nil || got.ID != second || got.Reply.ID != "r2" {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = w.Rule(ctx, w.account, first)
	refused(t, err, core.NotFound, official.FieldRule)
	if page, err := w.Rules(ctx, w.account, official.Page{Limit: 9}); err != nil || page.Total != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	ok(t, w.UpdateRule(ctx, w.account, second, rule(official.RuleSubscribe, "r3")))
	_, err = w.SpecialRule(ctx, w.account, official.RuleDefault)
	refused(t, err, core.NotFound, official.FieldRule)
	ok(t, w.UpdateRule(ctx, w.account, second, rule("ordinary", "r3", "k")))
	_, err = w.SpecialRule(ctx, w.account, official.RuleSubscribe)
	refused(t, err, core.NotFound, official.FieldRule)
	if page, err := w.Rules(ctx, w.account, official.Page{Limit: 9}); err != nil || page.Total != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	_, err = w.SpecialRule(ctx, w.account, "ordinary")
	refused(t, err, core.Invalid, official.FieldName)
}

func matching(t *testing.T, w *world) {
	ctx := t.Context()
	var last string
	for _, in := range []official.RuleInput{
		rule("1", "older", "Hello", "~price"), rule("2", "newer", "hello", "~price list", "~天气"),
		rule("3", "equal", "~list price", "~price"), rule("4", "long", "~opening hours of the shop", "x"), rule("5", "doomed", "gone"),
	} {
		id, err := w.CreateRule(ctx, w.account, in)
		ok(t, err)
		last = id
	}
	check := func(text, want string) {
		t.Helper()
		r, hit, err := w.Match(ctx, w.account, text)
		if err != nil || r.ID != want || hit != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, r.ID, err, want)
		}
	}
	check(" HELLO\n", "older")
	check("hello there", "")
	check("the Price is?", "older")
	check("the price list is", "newer")
	check("list price list", "newer")
	check("list price", "equal")
	check("明天天气怎么样", "newer")
	check("price", "older")
	check("hours", "long")
	check("h", "")
	check("x", "long")
	check("", "")
	check("ice li", "newer")
	check("e\xffp", "")
	check("gone", "doomed")
	ok(t, w.DeleteRule(ctx, w.account, last))
	check("gone", "")
	_, err := w.CreateRule(ctx, w.account, rule("6", "late", "gone"))
	ok(t, err)
	check("gone", "late")
	w.open(t)
	check("Gone", "late")
}

func layout(t testing.TB, w *world) string {
	t.Helper()
	top, err := w.Menu(t.Context(), w.account)
	ok(t, err)
	var b strings.Builder
	for _, button := range top {
		b.WriteString(button.Name)
		for _, child := range button.Children {
			b.WriteString("." + child.Name)
		}
		b.WriteString(" ")
	}
	return strings.TrimSpace(b.String())
}

func menu(t *testing.T, w *world) {
	ctx := t.Context()
	create := func(parent, name string, sequence int) string {
		id, err := w.CreateButton(ctx, w.account, parent, name, sequence)
		ok(t, err)
		return id
	}
	a, b, c := create("0", "a", 1), create("0", "b", 2), create("0", "c", 3)
	x := create(b, "x", 1)
	create(b, "y", 2)
	if got := layout(t, w); got != "a b.x.y c" {
		t.Error(got)
	}
	ok(t, w.UpdateButton(ctx, w.account, a, "A", 3))
	if got := layout(t, w); got != "c b.x.y A" {
		t.Error(got)
	}
	_, err := w.CreateButton(ctx, w.account, x, "deep", 1)
	refused(t, err, core.Invalid, official.FieldParent)
	_, err = w.CreateButton(ctx, w.account, "none", "n", 1)
	refused(t, err, core.NotFound, official.FieldParent)
	_, err = w.CreateButton(ctx, w.account, "0", "", 1)
	refused(t, err, core.Invalid, official.FieldName)

	reply := official.Reply{ID: "r", Type: official.ReplyNews}
	ok(t, w.BindButton(ctx, w.account, x, reply))
	find := func() *official.Button {
		top, err := w.Menu(ctx, w.account)
		ok(t, err)
		return top[1].Children[0]
	}
	first := find()
	if first.Type != official.ButtonClick || len(first.Keycode) != 36 || first.Keycode[14] != '4' || first.Reply != reply {
		t.Errorf("%+v", first)
	}
	if got, err := w.ButtonByKeycode(ctx, w.account, first.Keycode); err != nil || got.ID != x {
		t.Errorf("%+v, %v", got, err)
	}
	ok(t, w.BindButton(ctx, w.account, x, reply))
	if find().Keycode == first.Keycode {
		t.Error("the keycode is the old one")
	}
	ok(t, w.LinkButton(ctx, w.account, x, "https://example.com"))
	if got := find(); got.Type != official.ButtonView || got.URL != "https://example.com" || got.Keycode != "" || got.Reply.ID != "" {
		t.Errorf("%+v", got)
	}
	ok(t, w.UnbindButton(ctx, w.account, x))
	if got := find(); got.Type != "" || got.URL != "" {
		t.Errorf("%+v", got)
	}
	_, err = w.ButtonByKeycode(ctx, w.account, "")
	refused(t, err, core.NotFound, official.FieldKeycode)

	ok(t, w.DeleteButton(ctx, w.account, c))
	top, err := w.Menu(ctx, w.account)
	ok(t, err)
	if len(top) != 2 || top[0].Sequence != 1 || top[1].Sequence != 2 {
		t.Errorf("%+v", top)
	}
	ok(t, w.DeleteButton(ctx, w.account, b))
	if got := layout(t, w); got != "A" {
		t.Error(got)
	}
	refused(t, w.UpdateButton(ctx, w.account, x, "x", 1), core.NotFound, official.FieldButton)
}

func importedMenu(t *testing.T, w *world) {
	ctx := t.Context()
	_, err := w.CreateButton(ctx, w.account, "0", "old", 1)
	ok(t, err)
	ok(t, w.ReplaceMenu(ctx, w.account, []official.ButtonInput{
		{Name: "one", Type: official.ButtonClick, Keycode: "theirs"},
		{Name: "two", Children: []official.ButtonInput{{Name: "three", Type: official.ButtonView, URL: "https://example.com"}}},
	}))
	if got := layout(t, w); got != "one two.three" {
		t.Error(got)
	}
	if b, err := w.ButtonByKeycode(ctx, w.account, "theirs"); err != nil || b.Name != "one" || b.Reply.ID != "" || b.Sequence != 1 {
		t.Errorf("%+v, %v", b, err)
	}
	deep := []official.ButtonInput{{Name: "a", Children: []official.ButtonInput{{Name: "b", Children: []official.ButtonInput{{Name: "c"}}}}}}
	refused(t, w.ReplaceMenu(ctx, w.account, deep), core.Invalid, official.FieldParent)
	refused(t, w.ReplaceMenu(ctx, w.account, []official.ButtonInput{{Name: "a", Type: "scan"}}), core.Invalid, official.FieldKind)
	if got := layout(t, w); got != "one two.three" {
		t.Error(got)
	}
	ok(t, w.ReplaceMenu(ctx, w.account, nil))
	if got := layout(t, w); got != "" {
		t.Error(got)
	}
}
