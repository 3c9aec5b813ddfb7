package php

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"parley/adapters/wire"
)

func TestLists(t *testing.T) {
	p := &wire.ParamSpec{Name: "k", Type: wire.TypeList}
	for _, test := range []struct{ query, body, want string }{
		{"k=a,b", "", "a|b"},
		{"k=a,", "", "a|"},
		{"k=", "", ""},
		{"k[]=a&k[]=b,c", "", "a|b,c"},
		{"", `{"k":["a",1,true,"\u4f60"]}`, "a|1|1|你"},
		{"", `{"k":"a,b"}`, "a|b"},
		{"", `{"k":7}`, "7"},
		{"", `{"k":[null,{"a":1},[]]}`, "|Array|Array"},
		{"", `{"k":{"x":"a","y":"b"}}`, "a|b"},
		{"k[x]=a&k[x]=b&k[y][z]=c&k[y][w]=d", "", "b|Array"},
		{"k[]=a&k=b&k[]=c", "", "c"},
	} {
		var v Values
		read(&v, "POST", test.query, "", test.body)
		items, present, err := v.List(p)
		if got := strings.Join(items, "|"); err != nil || !present || got != test.want {
			t.Errorf("%s%s: %q, want %q (%v)", test.query, test.body, got, test.want, err)
		}
	}
}

func TestJSONListsOfAnyLength(t *testing.T) {
	var v Values
	read(&v, "POST", "", "", `{"k":["`+strings.Repeat(`a","`, 1499)+`a"]}`)
	p := &wire.ParamSpec{Name: "k", Type: wire.TypeList}
	if items, _, err := v.List(p); len(items) != 1500 || err != nil {
		t.Errorf("%d items, %v", len(items), err)
	}
	p.Max = wire.Bound{Set: true, At: 200}
	_, _, err := v.List(p)
	if violation, ok := errors.AsType[*Violation](err); !ok || violation.Reason != AboveMax || violation.Value != "1500" {
		t.Errorf("%v", err)
	}
}

func TestJSONParameters(t *testing.T) {
	p := &wire.ParamSpec{Name: "k", Type: wire.TypeJSON, Required: true}
	for _, test := range []struct{ query, body, want string }{ // an empty want is a violation
		{`k={"a":%20"\u4f60"}`, "", `{"a":"你"}`},
		{"k=[]", "", "[]"},
		{"", `{"k": {"a" : [1.0, "\/"]}}`, `{"a":[1.0,"/"]}`},
		{"", `{"k": "{\"a\": 1}"}`, `{"a":1}`},
		{"k[content]=hi&k[n][]=1&k[n][]=%22", "", `{"content":"hi","n":["1","\""]}`},
		{"k[0]=a&k[]=b&k[2]=c", "", `["a","b","c"]`},
		{"k[1]=a&k[]=b&k[01]=c&k[-1]=d&k[]=e", "", `{"1":"a","2":"b","01":"c","-1":"d","3":"e"}`},
		{"k[a][b]=1&k[a]=2&k[c]=3&k[c][d]=4", "", `{"a":"2","c":{"d":"4"}}`},
		{"k[a]x=1&k[b][c=2&k[%20]=3", "", `{"a":"1","b":"2","0":"3"}`},
		{"k[a]=%ff", "", ""},
		{"k=", "", ""},
		{"k=5", "", ""},
		{`k="a"`, "", ""},
		{"k={", "", ""},
		{"", `{"k":5}`, ""},
		{"", `{"k":true}`, ""},
	} {
		var v Values
		read(&v, "POST", test.query, "", test.body)
		got, _, err := v.Text(p)
		violation, refused := errors.AsType[*Violation](err)
		if got != test.want || refused != (test.want == "") || refused && violation.Reason != BadJSON {
			t.Errorf("%s%s: %s, want %s (%v)", test.query, test.body, got, test.want, err)
		}
	}
}

func TestEnumsCompareLoosely(t *testing.T) {
	p := &wire.ParamSpec{Name: "k", Type: wire.TypeEnum, Values: []string{"up", "1", "down"}}
	for body, want := range map[string]string{
		`{"k":"down"}`: "down", `{"k":true}`: "up", `{"k":1}`: "1", `{"k":1.0}`: "1",
		`{"k":"Up"}`: "", `{"k":" up"}`: "", `{"k":0}`: "", `{"k":false}`: "", `{"k":""}`: "", `{"k":["up"]}`: "",
	} {
		var v Values
		read(&v, "POST", "", "", body)
		if got, _, err := v.Text(p); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, want %q (%v)", body, got, want, err)
		}
	}
}

// FuzzArray checks that what PHP makes of brackets is JSON, and has the variables that were sent.
func FuzzArray(f *testing.F) {
	for _, seed := range []string{"k[]=1", "k[a][b]=1&k[a]=2", "k[[]=1&k[]]=2", "k[][][]=&k[0][0]", "k[a]b[c]=1&k[%20]=%FF", "k[" + strings.Repeat("][", 70) + "]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var v Values
		v.parseQuery([]byte(raw), Query)
		value := v.Get("k")
		if value.Kind != Array {
			return
		}
		array := v.array(value)
		if !array.array || len(array.nodes) > maxVariables {
			t.Fatalf("%q: %+v", raw, array)
		}
		for i := range array.nodes {
			for j := range i {
				if array.nodes[i].key == array.nodes[j].key {
					t.Fatalf("%q: %q twice", raw, array.nodes[i].key)
				}
			}
		}
		out := array.appendJSON(nil)
		if !json.Valid(out) {
			t.Fatalf("%q: %s", raw, strconv.Quote(string(out)))
		}
	})
}
