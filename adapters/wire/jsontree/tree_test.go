package jsontree_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"parley/adapters/wire"
	"parley/adapters/wire/jsontree"
)

func TestOpen(t *testing.T) {
	var tree jsontree.Tree
	for raw, want := range map[string]struct {
		first    byte
		ok, ends bool
	}{
		"":                        {0, false, false},
		" \t\r\n":                 {0, false, false},
		` {"a":1} `:               {'{', true, true},
		`{"a":1} x`:               {'{', true, false},
		`[{}]`:                    {'[', true, true},
		`null`:                    {'n', true, true},
		`-0.5e+3`:                 {'-', true, true},
		`"\ud83d\ude00"`:          {'"', true, true},
		`{"a":01}`:                {'{', false, false},
		`{"a"}`:                   {'{', false, false},
		`{"a":1,}`:                {'{', false, false},
		`[1,]`:                    {'[', false, false},
		`"\x"`:                    {'"', false, false},
		"\"\n\"":                  {'"', false, false},
		`tru`:                     {'t', false, false},
		nested(wire.MaxDepth):     {'[', true, true},
		nested(wire.MaxDepth + 1): {'[', false, false},
	} {
		v, ok := tree.Open([]byte(raw))
		if ok != want.ok || tree.First(v) != want.first || ok && tree.Ends(v) != want.ends {
			t.Errorf("%q: %v %q", raw, ok, tree.First(v))
		}
	}
}

func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func TestFind(t *testing.T) {
	var tree jsontree.Tree
	tree.Open([]byte(`{"a":1,"A":2,"b":{"a":3,"c":[4,5]},"a":"\u00e9","É":6,"l":[{"a":7},null,{}]}`))
	for _, want := range []struct {
		name string
		fold bool
		raw  string
	}{
		{"a", false, `"\u00e9"`}, {"A", false, "2"}, {"A", true, `"\u00e9"`}, {"é", true, "6"}, {"é", false, ""}, {"c", true, ""},
	} {
		v, found := tree.Find(want.name, want.fold)
		if found != (want.raw != "") || found && string(tree.Raw(v)) != want.raw {
			t.Errorf("%+v: %v", want, v)
		}
	}
	p := &wire.ParamSpec{Name: "b"}
	v, _ := tree.Find("b", false)
	tree.Enter(p, v)
	list, found := tree.Find("c", false)
	if scopes := tree.Scopes(); !found || len(scopes) != 2 || scopes[1].Param != p || scopes[1].Item != -1 {
		t.Errorf("%v, %+v", found, scopes)
	}
	stop := errors.New("stop")
	if err := tree.Each(list, func(item jsontree.Value) error {
		if string(tree.Raw(item)) == "5" {
			return stop
		}
		return nil
	}); !errors.Is(err, stop) {
		t.Error(err)
	}
	tree.Leave()
	v, _ = tree.Find("l", false)
	tree.EnterList(p, v)
	for i, members := range []bool{true, false, false} {
		if _, more := tree.Item(); !more || tree.Scopes()[1].Item != i {
			t.Errorf("item %d: %v, %+v", i, more, tree.Scopes())
		}
		if _, found := tree.Find("a", false); found != members {
			t.Errorf("item %d has the member: %v", i, found)
		}
	}
	if _, more := tree.Item(); more {
		t.Error("there is a fourth item")
	}
	tree.Leave()
	if v, found := tree.Find("a", false); !found || tree.Unquote(v) != "é" {
		t.Error("the request is not the current object again")
	}
}

func TestHuge(t *testing.T) {
	var tree jsontree.Tree
	tree.Open([]byte(`{"a":1e308,"b":[1,{"c":-1e999}],"d":` + strings.Repeat("9", 400) + `}`))
	for name, want := range map[string]string{"a": "", "b": "-1e999", "d": strings.Repeat("9", 400)} {
		v, _ := tree.Find(name, false)
		number, found := tree.Huge(v)
		if found != (want != "") || found && string(tree.Raw(number)) != want {
			t.Errorf("%s: %v", name, found)
		}
	}
}

// FuzzTree compares with encoding/json: what is accepted, and every value.
func FuzzTree(f *testing.F) {
	for _, raw := range []string{
		``, `{}`, ` {"a":[1,"b",null,{"c":true}],"d":{"e":-0.5e3}} `, `[[],{}]`, `"\ud800x"`, "\"\xff\"", `{"a":1,"a":{"b":"\u0000"}}`, `1e400`, `{"\u0061":1}`,
	} {
		f.Add(raw)
	}
	var tree jsontree.Tree
	f.Fuzz(func(t *testing.T, raw string) {
		if strings.Count(raw, "[")+strings.Count(raw, "{") > wire.MaxDepth {
			return
		}
		v, ok := tree.Open([]byte(raw))
		if valid := json.Valid([]byte(raw)); valid != (ok && tree.Ends(v)) {
			t.Fatalf("%v, want %v", ok, valid)
		}
		if !ok || !tree.Ends(v) {
			return
		}
		var want any
		d := json.NewDecoder(strings.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if tree.First(v) == '{' {
			checkObject(t, &tree, want)
			return
		}
		checkValue(t, &tree, v, want)
	})
}

// checkObject compares the current object.
func checkObject(t *testing.T, tree *jsontree.Tree, want any) {
	t.Helper()
	members, ok := want.(map[string]any)
	if !ok {
		t.Fatalf("an object is %v", want)
	}
	for name, member := range members {
		v, found := tree.Find(name, false)
		if !found {
			t.Fatalf("%q is not found", name)
		}
		checkValue(t, tree, v, member)
	}
}

func checkValue(t *testing.T, tree *jsontree.Tree, v jsontree.Value, want any) {
	t.Helper()
	switch tree.First(v) {
	case '{':
		tree.Enter(&wire.ParamSpec{}, v)
		checkObject(t, tree, want)
		tree.Leave()
	case '[':
		items, ok := want.([]any)
		if !ok {
			t.Fatalf("a list is %v", want)
		}
		i := 0
		tree.EnterList(&wire.ParamSpec{}, v)
		for item, more := tree.Item(); more; item, more = tree.Item() {
			if tree.First(item) == '{' {
				checkObject(t, tree, items[i])
			} else {
				checkValue(t, tree, item, items[i])
			}
			i++
		}
		tree.Leave()
		if i != len(items) {
			t.Fatalf("%d items, want %d", i, len(items))
		}
	case '"':
		if text := tree.Unquote(v); !reflect.DeepEqual(text, want) {
			t.Fatalf("%q, want %v", text, want)
		}
	default:
		text := string(tree.Raw(v))
		if number, ok := want.(json.Number); ok && number.String() == text {
			return
		}
		if raw, err := json.Marshal(want); err != nil || string(raw) != text {
			t.Fatalf("%s, want %s", text, raw)
		}
	}
}
