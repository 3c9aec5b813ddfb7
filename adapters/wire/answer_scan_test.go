package wire_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"parley/adapters/wire"
)

type scanned struct {
	text  string
	list  []scanned
	keyed []scanned
}

// scannedRow nests three levels deep.
func scannedRow() *wire.Row[nothing, scanned] {
	text := wire.Text("text", func(s *scanned) *string { return &s.text })
	list := wire.Objects("list", func(s *scanned) *[]scanned { return &s.list }, text)
	return &wire.Row[nothing, scanned]{Answer: []wire.Field[scanned]{
		text, list, wire.Keyed("keyed", func(s *scanned) *[]scanned { return &s.keyed }, func(s *scanned) *string { return &s.text }, list),
	}}
}

func TestAnswersOfOtherServersAreRead(t *testing.T) {
	row := scannedRow()
	for raw, want := range map[string]scanned{
		` { } `: {},
		`{"other":[{"a":"]"}],"text":"a\"b\\\u4f60"}`:                {text: `a"b\你`},
		`{"text":"first","text":"last","list":null}`:                 {text: "last"},
		`{"t\u0065xt" : "escaped name" , "more":{"x":[1,2e3,null]}}`: {text: "escaped name"},
	} {
		var got scanned
		if err := row.Read([]byte(raw), &got); err != nil || got.text != want.text || got.list != nil {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	var got scanned
	const nested = `{"keyed":{"b":{"list":[]},"a":{"list":[{"text":"x"},null,{}]}},"list":[ ]}`
	if err := row.Read([]byte(nested), &got); err != nil || len(got.keyed) != 2 || got.keyed[0].text != "a" ||
		len(got.keyed[0].list) != 3 || got.keyed[0].list[0].text != "x" || got.list == nil {
		t.Errorf("%+v, %v", got, err)
	}
	for _, raw := range []string{
		``, `null`, `[]`, `{`, `{"text"}`, `{"text":}`, `{"text":"a"`, `{"text":"a",}`, `{"text":"a" "b":1}`, `{"text":"a"}x`, `{text:1}`,
		`{"text":1}`, `{"text":"a\"}`, `{"list":{}}`, `{"list":[}`, `{"list":[{}`, `{"list":[{},]}`, `{"list":[1]}`, `{"keyed":[]}`, `{"a":[[}`,
	} {
		if err := row.Read([]byte(raw), new(scanned)); err == nil {
			t.Errorf("%s was read", raw)
		}
	}
}

// FuzzRead compares with the standard library what is read of an answer that it takes.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{"text":"a"}`, `{"text":"\ud83d\ude00","list":[{"text":"b"}]}`, `{"keyed":{"k":{"list":[{}]}}}`, `{"x":[{"]":"}"}]}`} {
		f.Add([]byte(seed))
	}
	row := scannedRow()
	f.Fuzz(func(t *testing.T, raw []byte) {
		var got scanned
		err := row.Read(raw, &got)
		var want struct {
			Text *string `json:"text"`
		}
		var members map[string]json.RawMessage
		if !utf8.Valid(raw) || json.Unmarshal(raw, &members) != nil || members == nil || err != nil {
			return
		}
		exact, err := json.Marshal(map[string]json.RawMessage{"text": members["text"]})
		if err != nil || json.Unmarshal(exact, &want) != nil {
			return
		}
		if want.Text != nil && *want.Text != got.text {
			t.Errorf("read %q, want %q", got.text, *want.Text)
		}
	})
}
