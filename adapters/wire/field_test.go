package wire_test

import (
	"reflect"
	"testing"

	"parley/adapters/wire"
)

type answer struct {
	flag     bool
	texts    []string
	numbers  []int64
	hidden   string
	items    []item
	some     *item
	data     []byte
	verbatim []byte
	keyed    []item
	amounts  []wire.Amount
}

type item struct {
	name string
	n    int64
}

func itemFields() []wire.Field[item] {
	return []wire.Field[item]{wire.Number("n", func(i *item) *int64 { return &i.n }).OmitEmpty()}
}

func answerFields() []wire.Field[answer] {
	return []wire.Field[answer]{
		wire.Text("hidden", func(a *answer) *string { return &a.hidden }).OmitEmpty(),
		wire.Flag("flag", func(a *answer) *bool { return &a.flag }),
		wire.Strings("texts", func(a *answer) *[]string { return &a.texts }),
		wire.Integers("numbers", func(a *answer) *[]int64 { return &a.numbers }),
		wire.ObjectsOrNull("items", func(a *answer) *[]item { return &a.items }, itemFields()...),
		wire.ObjectOrNull("some", func(a *answer) **item { return &a.some }, itemFields()...),
		wire.Base64("data", func(a *answer) *[]byte { return &a.data }),
		wire.Verbatim("verbatim", func(a *answer) *[]byte { return &a.verbatim }),
		wire.Keyed("keyed", func(a *answer) *[]item { return &a.keyed }, func(i *item) *string { return &i.name }, itemFields()...),
		wire.Amounts("amounts", func(a *answer) *[]wire.Amount { return &a.amounts }),
	}
}

// TestFields writes answers and reads them back.
func TestFields(t *testing.T) {
	row := &wire.Row[nothing, answer]{Name: "/fields", Answer: answerFields()}
	for _, test := range []struct {
		name string
		a    answer
		want string
	}{
		{
			"empty",
			answer{data: []byte{}},
			`"flag":false,"texts":null,"numbers":null,"items":null,"some":null,"data":"","verbatim":null`,
		},
		{
			"no items",
			answer{texts: []string{}, numbers: []int64{}, items: []item{}, some: &item{}, data: []byte{}},
			`"flag":false,"texts":[],"numbers":[],"items":[],"some":{},"data":"","verbatim":null`,
		},
		{
			"full",
			answer{
				hidden: "h", flag: true, texts: []string{"a<", ""}, numbers: []int64{-1, 1 << 60}, items: []item{{n: 1}, {}},
				some: &item{n: 2}, data: []byte(`{"content":"hi"}`), verbatim: []byte(`[1.0,"<"]`),
				keyed: []item{{"a", 3}, {"b\"", 0}}, amounts: []wire.Amount{{"x", 1}, {"y", 0}},
			},
			`"hidden":"h","flag":true,"texts":["a\u003c",""],"numbers":[-1,1152921504606846976],"items":[{"n":1},{}],"some":{"n":2},` +
				`"data":"eyJjb250ZW50IjoiaGkifQ==","verbatim":[1.0,"<"],"keyed":{"a":{"n":3},"b\"":{}},"amounts":{"x":1,"y":0}`,
		},
	} {
		row.Do = func(_ *wire.Call, _ *nothing, a *answer) error { *a = test.a; return nil }
		got, err := row.Invoke(&wire.Call{Gate: open{}, Style: wire.Go}, nil, nil)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %s, want %s (%v)", test.name, got, test.want, err)
		}
		var back answer
		if err := row.Read([]byte("{"+test.want+"}"), &back); err != nil || !reflect.DeepEqual(back, test.a) {
			t.Errorf("%s: read %+v, %v", test.name, back, err)
		}
	}
	for _, raw := range []string{`{"flag":1}`, `{"data":"?"}`, `{"data":1}`, `{"keyed":{"a":1}}`, `{"amounts":{"a":"b"}}`, `{"amounts":[]}`, `{"some":[]}`} {
		if err := row.Read([]byte(raw), new(answer)); err == nil {
			t.Errorf("%s was read", raw)
		}
	}
}

func TestOmitEmpty(t *testing.T) {
	fields := answerFields()
	for i := range fields {
		fields[i] = fields[i].OmitEmpty()
	}
	row := &wire.Row[nothing, answer]{Name: "/fields", Answer: fields}
	if got := string(row.AppendEmpty([]byte("x"), wire.JS)); got != "x" {
		t.Error(got)
	}
}

// TestBare checks that the single field of a bare row stands without its name.
func TestBare(t *testing.T) {
	row := &wire.Row[nothing, answer]{
		Name: "/bare", Bare: true,
		Answer: []wire.Field[answer]{wire.Strings("list", func(a *answer) *[]string { return &a.texts })},
		Do:     func(_ *wire.Call, _ *nothing, a *answer) error { a.texts = []string{"a"}; return nil },
	}
	got, err := row.Invoke(&wire.Call{Gate: open{}}, nil, nil)
	if err != nil || string(got) != `["a"]` || !row.Spec().Bare {
		t.Errorf("%s, %v", got, err)
	}
	if got := string(row.AppendEmpty(nil, wire.JS)); got != "null" {
		t.Error(got)
	}
	var a answer
	if err := row.Read([]byte(`["b"]`), &a); err != nil || !reflect.DeepEqual(a.texts, []string{"b"}) {
		t.Errorf("%+v, %v", a, err)
	}
}

// partly is an answer with members that are not always there.
type partly struct {
	kind, text string
	count      *int64
}

func TestConditionalMembers(t *testing.T) {
	row := &wire.Row[struct{}, partly]{Name: "partly", Answer: []wire.Field[partly]{
		wire.Text("text", func(a *partly) *string { return &a.text }).When(func(a *partly) bool { return a.kind == "text" }),
		wire.NumberOrNull("count", func(a *partly) **int64 { return &a.count }),
	}}
	for _, test := range []struct {
		answer partly
		want   string
	}{
		{partly{kind: "text"}, `"text":"","count":null`},
		{partly{kind: "image", text: "x", count: new(int64)}, `"count":0`},
	} {
		row.Do = func(_ *wire.Call, _ *struct{}, a *partly) error {
			*a = test.answer
			return nil
		}
		out, err := row.Invoke(&wire.Call{Gate: open{}}, nil, nil)
		if err != nil || string(out) != test.want {
			t.Errorf("%s, %v, want %s", out, err, test.want)
		}
	}
	var read partly
	if err := row.Read([]byte(`{"text":"t","count":7}`), &read); err != nil || read.text != "t" || *read.count != 7 {
		t.Errorf("%+v, %v", read, err)
	}
	if spec := row.Spec(); !spec.Answer[0].Conditional || spec.Answer[1].Conditional || !spec.Answer[1].Nullable {
		t.Errorf("%+v", spec.Answer)
	}
}
