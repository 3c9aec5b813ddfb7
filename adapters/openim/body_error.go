package openim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"parley/adapters/wire"
	"parley/adapters/wire/jsontree"
	"parley/core"
)

// refuse makes a refusal of a decoder's text, in the form of the endpoint's family.
func (b *body) refuse(text string) error {
	if b.bind {
		return &refusal{status: http.StatusBadRequest, number: codeArgs, message: "ArgsError", detail: text, code: core.Invalid}
	}
	return newRefusal(codeArgs, "Error: Error: "+text, "", core.Invalid)
}

// syntaxError refuses a request that is not JSON in the words of the decoder that the platform has. It is nil where that
// decoder finds no fault.
func (b *body) syntaxError() error {
	var ignored json.RawMessage
	var err error
	if b.bind {
		err = json.NewDecoder(bytes.NewReader(b.raw)).Decode(&ignored)
	} else {
		err = json.Unmarshal(b.raw, &ignored)
	}
	if err == nil {
		return nil
	}
	return b.refuse(err.Error())
}

// typeError refuses a value for its type.
func (b *body) typeError(p *wire.ParamSpec, v jsontree.Value) error {
	return b.typeErrorOf(p, b.Scopes(), kindOf(b.First(v)), goType(p))
}

// numberError refuses what is not an integer of the given type.
func (b *body) numberError(p *wire.ParamSpec, v jsontree.Value, want string) error {
	kind := kindOf(b.First(v))
	if kind == "number" {
		kind += " " + string(b.Raw(v))
	}
	return b.typeErrorOf(p, b.Scopes(), kind, want)
}

// checkMap refuses what a JSON parameter cannot hold whose Go type is a map.
func (b *body) checkMap(p *wire.ParamSpec, v jsontree.Value) error {
	if !strings.HasPrefix(p.GoType, "map[") {
		return nil
	}
	if b.First(v) != '{' {
		return b.typeError(p, v)
	}
	if number, found := b.Huge(v); found {
		return b.numberError(p, number, "float64")
	}
	return nil
}

// typeErrorOf refuses a value of p, which stands in the given scopes. The text names the innermost Go struct and the
// whole path, with the embedded structs on it.
func (b *body) typeErrorOf(p *wire.ParamSpec, scopes []jsontree.Scope, kind, want string) error {
	owner := b.request
	var path []byte
	for _, s := range scopes[1:] {
		owner = s.Param.GoName
		path = append(appendStep(path, s.Param), '.')
	}
	owner = owner[strings.LastIndexByte(owner, '.')+1:]
	return b.refuse("json: cannot unmarshal " + kind + " into Go struct field " + owner + "." + string(appendStep(path, p)) +
		" of type " + want)
}

func appendStep(path []byte, p *wire.ParamSpec) []byte {
	if p.Embedded != "" {
		path = append(append(path, p.Embedded...), '.')
	}
	return append(path, p.Name...)
}

// goType returns the Go type that the platform reads a parameter into.
func goType(p *wire.ParamSpec) string {
	if p.GoType != "" {
		return strings.TrimPrefix(p.GoType, "*")
	}
	switch p.Type {
	case wire.TypeInt:
		return "int64"
	case wire.TypeBool:
		return "bool"
	case wire.TypeList:
		return "[]string"
	case wire.TypeInts:
		return "[]int64"
	case wire.TypeObject:
		return p.GoName
	case wire.TypeObjects:
		return "[]*" + p.GoName
	default:
		return "string"
	}
}

// element returns the Go type of a list's items.
func element(p *wire.ParamSpec) string {
	return strings.TrimPrefix(strings.TrimPrefix(goType(p), "[]"), "*")
}

// kindOf names the JSON value that begins with c.
func kindOf(c byte) string {
	switch c {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	}
	return "number"
}
