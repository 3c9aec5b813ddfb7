package openim

import "strings"

// checkContent refuses a content that the platform refuses, in its words. content must be valid JSON; a type that
// clients may not send is an argument error, an object that lacks something an internal one.
func checkContent(contentType int64, content []byte) error {
	if contentType == typeText {
		if _, ok := textInside(content); ok {
			return nil
		}
	}
	_, err := readContent(contentType, content)
	return err
}

// reading is a content on its way into core's form.
type reading struct {
	contentType int64
	members     map[string]any // as they came
	part        *contentPart   // decoded
	object      []byte         // the members as the platform prints them
	stored      []byte         // what the platform keeps
}

// readContent parses a content and checks it.
func readContent(contentType int64, content []byte) (*reading, error) {
	name, fields := contentStruct(contentType)
	if fields == nil {
		return nil, badArgs("")
	}
	members, err := parseObject(content)
	if err != nil {
		return nil, badArgs(err.Error())
	}
	var d weakDecoder
	r := &reading{contentType: contentType, members: members, part: d.object("", members, fields)}
	if failed := d.failed(); failed != "" {
		return nil, invalidContent(failed)
	}
	if lines := appendViolations(nil, name, r.part, fields); lines != nil {
		return nil, invalidContent(strings.Join(lines, "\n"))
	}
	return r, nil
}

// appendViolations appends a line for every field whose value is missing or out of bounds. p is nil for a part that is
// missing: all its values are.
func appendViolations(lines []string, path string, p *contentPart, fields []contentField) []string {
	for i := range fields {
		f := &fields[i]
		var v contentValue
		if p != nil {
			v = p.values[i]
		}
		at := path + "." + f.name
		if f.kind == asPart || f.kind == asOptional && v.given {
			lines = appendViolations(lines, at, v.part, f.fields())
			continue
		}
		failed := ""
		switch {
		case f.required && v.text == "" && v.number == 0 && !v.given:
			failed = "required"
		case f.rule != nil:
			failed = f.rule(&v)
		}
		if failed != "" {
			lines = append(lines, "Key: '"+at+"' Error:Field validation for '"+f.name+"' failed on the '"+failed+"' tag")
		}
	}
	return lines
}
