package wire

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// likeness is an object of a list whose members often repeat those of the object before.
type likeness struct {
	text, other string
	number      int64
	flag        bool
	list        []string
	raw         []byte
	at          Moment
	inner       *likeness
}

func likenessFields() []Field[likeness] {
	return []Field[likeness]{
		Text("text", func(l *likeness) *string { return &l.text }),
		Number("number", func(l *likeness) *int64 { return &l.number }),
		Text("other", func(l *likeness) *string { return &l.other }),
		Decimal("decimal", func(l *likeness) *int64 { return &l.number }),
		Flag("flag", func(l *likeness) *bool { return &l.flag }),
		Strings("list", func(l *likeness) *[]string { return &l.list }),
		Verbatim("raw", func(l *likeness) *[]byte { return &l.raw }),
		ObjectOrNull("inner", func(l *likeness) **likeness { return &l.inner }, Text("text", func(l *likeness) *string { return &l.text })),
		Text("ex", func(l *likeness) *string { return &l.other }).OrNull(),
		Clock("at", func(l *likeness) *Moment { return &l.at }),
	}
}

// TestListsAgreeWithTheirObjects compares a list with its objects, each written for itself.
func TestListsAgreeWithTheirObjects(t *testing.T) {
	type page struct{ items []likeness }
	for name, fields := range map[string][]Field[likeness]{
		"alike":       likenessFields(),
		"conditional": append(likenessFields(), Number("n", func(l *likeness) *int64 { return &l.number }).When(func(l *likeness) bool { return l.flag })),
		"optional":    append(likenessFields(), Text("o", func(l *likeness) *string { return &l.other }).OmitEmpty()),
	} {
		list := Objects("items", func(p *page) *[]likeness { return &p.items }, fields...)
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			var p page
			want := []byte("[")
			for i := range rapid.IntRange(0, 5).Draw(t, "items") {
				item := likeness{
					text: rapid.SampledFrom([]string{"", "a", "/你"}).Draw(t, "text"), other: rapid.SampledFrom([]string{"", "b"}).Draw(t, "other"),
					number: rapid.Int64Range(0, 11).Draw(t, "number"), flag: rapid.Bool().Draw(t, "flag"),
					list: rapid.SampledFrom([][]string{nil, {}, {"x"}}).Draw(t, "list"), raw: rapid.SampledFrom([][]byte{nil, []byte("[]")}).Draw(t, "raw"),
					at:    Moment{rapid.SampledFrom([]int64{0, 1, 999, 1000, 1_700_000_000_000}).Draw(t, "at"), rapid.SampledFrom([]*time.Location{nil, time.UTC}).Draw(t, "zone")},
					inner: rapid.SampledFrom([]*likeness{nil, {text: "in"}}).Draw(t, "inner"),
				}
				p.items = append(p.items, item)
				if i > 0 {
					want = append(want, ',')
				}
				want = appendBraced(want, PHPDefault, headed(fields), &item)
			}
			want = append(want, ']')
			if got := list.append([]byte("x"), PHPDefault, &p); string(got) != "x"+string(want) {
				t.Fatalf("%s, want x%s", got, want)
			}
		}))
	}
}
