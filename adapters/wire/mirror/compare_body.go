package mirror

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"parley/adapters/wire"
)

// wrapping returns what is around the JSON of a body.
func wrapping(body, inside []byte) string {
	before, after, _ := bytes.Cut(body, inside)
	return string(before) + "…" + string(after)
}

// bodies compares what both sides say. Every value is compared twice: for what it means, as the endpoint's row reads it,
// and for its shape. A number that is once a string means the same and has another shape.
func (c *comparison) bodies(seen *Sight, legacy, local *opened) {
	if legacy.wrapped != local.wrapped {
		c.note("body", "body", cut(legacy.wrapped), cut(local.wrapped))
	}
	c.members("", c.speech.Fields(seen.Spec), &legacy.tree, &local.tree)
}

// value compares one value. field is nil where no row describes it.
func (c *comparison) value(path string, field *wire.FieldSpec, legacy, local *node) {
	volatile := field != nil && contains(c.masked, field.Name)
	if legacy.kind != local.kind {
		means := !volatile && (field == nil || !sameMeaning(field, legacy, local))
		c.add(Difference{Path: path, What: "type", Means: means, Legacy: c.shown(field, legacy), Local: c.shown(field, local)})
		return
	}
	switch legacy.kind {
	case isObject:
		if field != nil && (field.Type == wire.TypeKeyed || field.Type == wire.TypeAmounts) {
			c.keyed(path, field, legacy, local)
			return
		}
		c.members(path, inside(field), legacy, local)
	case isList:
		c.list(path, field, legacy, local)
	case isNull:
	case isBool, isNumber, isString:
		if legacy.text == local.text {
			return
		}
		rule := ""
		if volatile {
			rule = "volatile " + field.Name
		}
		means := field == nil || !sameMeaning(field, legacy, local)
		c.add(Difference{Path: path, What: "value", Means: means, Legacy: c.shown(field, legacy), Local: c.shown(field, local), Rule: rule})
	}
}

// shown gives a value as text unless it is a secret.
func (c *comparison) shown(field *wire.FieldSpec, n *node) string {
	if field != nil && n != nil && n.kind == isString && n.text != "" && contains(c.secret, field.Name) {
		return masked
	}
	return n.show()
}

// list compares two lists; if one is longer that is all there is to say.
func (c *comparison) list(path string, field *wire.FieldSpec, legacy, local *node) {
	if len(legacy.items) != len(local.items) {
		c.add(Difference{Path: path, What: "length", Means: true, Legacy: strconv.Itoa(len(legacy.items)), Local: strconv.Itoa(len(local.items))})
		return
	}
	var item *wire.FieldSpec
	if field != nil {
		item = &wire.FieldSpec{Name: field.Name, Fields: field.Fields, Type: wire.TypeObject}
		if len(field.Fields) == 0 {
			item.Type = wire.TypeString
		}
	}
	for i := range legacy.items {
		c.value(path+"[]", item, &legacy.items[i], &local.items[i])
	}
}

// members compares two objects: the order of their members, which ones there are, and each of them.
func (c *comparison) members(path string, fields []wire.FieldSpec, legacy, local *node) {
	if legacy.kind != isObject || local.kind != isObject {
		c.value(orBody(path), nil, legacy, local)
		return
	}
	both := func(of, other *node) (names []string) {
		for _, name := range of.names {
			if other.member(name) != nil {
				names = append(names, name)
			}
		}
		return names
	}
	if was, here := both(legacy, local), both(local, legacy); !slices.Equal(was, here) {
		c.note(orBody(path), "order", cut(strings.Join(was, ",")), cut(strings.Join(here, ",")))
	}
	done := make(map[string]bool, len(legacy.names))
	for _, name := range slices.Concat(legacy.names, local.names) {
		if done[name] {
			continue
		}
		done[name] = true
		where, field := name, fieldOf(fields, name)
		if path != "" {
			where = path + "." + name
		}
		was, here := legacy.member(name), local.member(name)
		switch {
		case was == nil:
			c.add(Difference{Path: where, What: "extra", Means: !here.empty(), Legacy: "(absent)", Local: c.shown(field, here)})
		case here == nil:
			c.add(Difference{Path: where, What: "absent", Means: !was.empty(), Legacy: c.shown(field, was), Local: "(absent)"})
		default:
			c.value(where, field, was, here)
		}
	}
}

// keyed compares two objects whose members are named by key. Their order means nothing.
func (c *comparison) keyed(path string, field *wire.FieldSpec, legacy, local *node) {
	path += ".*"
	item := &wire.FieldSpec{Name: field.Name, Type: wire.TypeObject, Fields: field.Fields}
	if field.Type == wire.TypeAmounts {
		item.Type = wire.TypeInt
	}
	for _, name := range legacy.names {
		if here := local.member(name); here != nil {
			c.value(path, item, legacy.member(name), here)
			continue
		}
		c.add(Difference{Path: path, What: "absent", Means: true, Legacy: cut(name), Local: "(absent)"})
	}
	for _, name := range local.names {
		if legacy.member(name) == nil {
			c.add(Difference{Path: path, What: "extra", Means: true, Legacy: "(absent)", Local: cut(name)})
		}
	}
}

func orBody(path string) string {
	if path == "" {
		return "body"
	}
	return path
}

func inside(field *wire.FieldSpec) []wire.FieldSpec {
	if field == nil {
		return nil
	}
	return field.Fields
}

func fieldOf(fields []wire.FieldSpec, name string) *wire.FieldSpec {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	return nil
}

// sameMeaning tells whether a row reads the same from two values that are written differently.
func sameMeaning(field *wire.FieldSpec, legacy, local *node) bool {
	if legacy.empty() && local.empty() {
		return true
	}
	switch field.Type {
	case wire.TypeInt, wire.TypeDecimal:
		was, err1 := strconv.ParseInt(legacy.text, 10, 64)
		here, err2 := strconv.ParseInt(local.text, 10, 64)
		return err1 == nil && err2 == nil && was == here
	default:
		return legacy.kind == local.kind && legacy.text == local.text
	}
}

// contains tells whether a list has a name, whatever its case.
func contains(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
