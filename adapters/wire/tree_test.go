package wire_test

import (
	"errors"
	"strings"
	"testing"

	"parley/adapters/wire"
	"parley/core"
)

type nothing struct{}

// open lets every call pass.
type open struct{}

func (open) Admit(*wire.Call, *wire.Spec) error { return nil }

// flat is a source that is no tree; its parameters are absent.
type flat struct{}

func (flat) Text(*wire.ParamSpec) (string, bool, error)   { return "", false, nil }
func (flat) Int(*wire.ParamSpec) (int64, bool, error)     { return 0, false, nil }
func (flat) List(*wire.ParamSpec) ([]string, bool, error) { return nil, false, nil }

type query struct {
	text, content    string
	n                int64
	flag             bool
	list             []string
	ints             []int64
	page             page
	items            []item
	given, pageGiven bool
}

type page struct{ number, show int64 }

func treeRow() *wire.Row[query, nothing] {
	return &wire.Row[query, nothing]{
		Name: "/tree", EN: "A tree", Access: wire.Operator, Request: "TreeReq",
		Params: []wire.Param[query]{
			wire.String("text", func(q *query) *string { return &q.text }).Given(func(q *query) *bool { return &q.given }).Must(),
			wire.JSON("content", func(q *query) *string { return &q.content }),
			wire.Int("n", func(q *query) *int64 { return &q.n }),
			wire.Bool("flag", func(q *query) *bool { return &q.flag }),
			wire.List("list", func(q *query) *[]string { return &q.list }),
			wire.Ints("ints", func(q *query) *[]int64 { return &q.ints }).Means("", "Some numbers"),
			wire.Nested("page", func(q *query) *page { return &q.page },
				wire.Int("number", func(p *page) *int64 { return &p.number }).Must(),
				wire.Int("show", func(p *page) *int64 { return &p.show })).Given(func(q *query) *bool { return &q.pageGiven }),
			wire.NestedList("items", func(q *query) *[]item { return &q.items },
				wire.String("name", func(i *item) *string { return &i.name }),
				wire.Int("n", func(i *item) *int64 { return &i.n })),
		},
		Answer: []wire.Field[nothing]{
			wire.Keyed("keyed", func(*nothing) *[]item { return new([]item) }, func(i *item) *string { return &i.name }, itemFields()...),
			wire.ObjectsOrNull("items", func(*nothing) *[]item { return new([]item) }, itemFields()...),
		},
	}
}

func TestAppendBody(t *testing.T) {
	row := treeRow()
	for _, test := range []struct {
		q    query
		want string
	}{
		{query{}, `{"text":""}`},
		{query{page: page{show: 3}, pageGiven: true, list: []string{}}, `{"text":"","page":{"number":0,"show":3}}`},
		{
			query{
				text: "a\"é<", content: `{"a": 1}`, n: -1, flag: true, list: []string{"x", "y"}, ints: []int64{1, 0},
				items: []item{{"i", 1}, {}},
			},
			`{"text":"a\"é<","content":{"a": 1},"n":-1,"flag":true,"list":["x","y"],"ints":[1,0],"items":[{"name":"i","n":1},{}]}`,
		},
	} {
		if got := string(row.AppendBody([]byte("x"), &test.q)); got != "x"+test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

// TestFlatSource checks that a tree's parameters are refused where the platform has none, and the order of the steps.
func TestFlatSource(t *testing.T) {
	row := treeRow()
	_, err := row.Invoke(&wire.Call{Gate: open{}}, flat{}, nil)
	if fault, ok := errors.AsType[*core.Fault](err); !ok || fault.Code != core.Internal {
		t.Error(err)
	}
	row.Params = row.Params[:1]
	refused := errors.New("refused")
	row.Check = func(q *query) error {
		if q.given {
			t.Error("given")
		}
		return refused
	}
	if out, err := row.Invoke(&wire.Call{}, flat{}, []byte("x")); !errors.Is(err, refused) || string(out) != "x" {
		t.Errorf("%s, %v", out, err)
	}
}

// table is a dialect of one endpoint.
type table struct{ endpoint wire.Endpoint }

func (table) Name() string                 { return "table" }
func (table) Routes() []wire.Route         { return nil }
func (t table) Endpoints() []wire.Endpoint { return []wire.Endpoint{t.endpoint} }

func TestReferenceOfTree(t *testing.T) {
	page := string(wire.AppendReference(nil, table{treeRow()}, wire.In(false)))
	for _, line := range []string{
		"Needs an administrator of the app.",
		"| list | list of strings | no |  |  |  |",
		"| ints | list of integers | no |  |  | Some numbers |",
		"| page | object | no |  |  |  |",
		"| page.number | integer | yes |  |  |  |",
		"| items | list of objects | no |  |  |  |",
		"| items[].name | string | no |  |  |  |",
		"| data.keyed.* | objects by key, left out when empty |  |",
		"| data.keyed.*.n | integer, left out when empty |  |",
		"| data.items[] | list of objects or null |  |",
	} {
		if !strings.Contains(page, "\n"+line+"\n") {
			t.Errorf("%q is missing in\n%s", line, page)
		}
	}
}
