package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// ReferenceWords are the words of a reference page in one language.
type ReferenceWords struct {
	chinese bool
}

// In returns the words of English, or of Chinese.
func In(chinese bool) ReferenceWords { return ReferenceWords{chinese} }

func (w ReferenceWords) pick(zh, en string) string {
	if w.chinese {
		return zh
	}
	return en
}

// AppendReference appends a dialect's reference page in Markdown: every endpoint with its parameters, its answer and its
// business results, taken from the rows that serve them.
func AppendReference(dst []byte, d Dialect, w ReferenceWords) []byte {
	dst = fmt.Appendf(dst, "# %s\n", d.Name())
	for _, e := range d.Endpoints() {
		s := e.Spec()
		dst = fmt.Appendf(dst, "\n## %s\n\n%s\n", s.Name, w.pick(s.ZH+"。", s.EN+"."))
		if s.Access == Member {
			dst = fmt.Appendf(dst, "\n%s\n", w.pick("需要登录。", "Needs a logged-in user."))
		}
		dst = w.appendParams(dst, s.Params)
		dst = w.appendAnswer(dst, s.Answer)
		dst = w.appendOutcomes(dst, s.Outcomes)
	}
	return dst
}

func (w ReferenceWords) appendParams(dst []byte, params []ParamSpec) []byte {
	if len(params) == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, "\n%s\n|---|---|---|---|---|---|\n",
		w.pick("| 参数 | 类型 | 必须 | 默认值 | 范围 | 说明 |", "| parameter | type | required | default | bounds | meaning |"))
	for i := range params {
		p := &params[i]
		dst = fmt.Appendf(dst, "| %s | %s | %s | %s | %s | %s |\n", p.Name, p.Type.word(w), w.yesNo(p.Required),
			p.Default, bounds(p), w.pick(p.ZH, p.EN))
	}
	return dst
}

func (w ReferenceWords) appendAnswer(dst []byte, fields []FieldSpec) []byte {
	if len(fields) == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, "\n%s\n|---|---|---|\n", w.pick("| 返回字段 | 类型 | 说明 |", "| answer | type | meaning |"))
	return w.appendFields(dst, "data", fields)
}

func (w ReferenceWords) appendFields(dst []byte, path string, fields []FieldSpec) []byte {
	for i := range fields {
		f := &fields[i]
		name := path + "." + f.Name
		if f.Type == TypeObjects {
			name += "[]"
		}
		dst = fmt.Appendf(dst, "| %s | %s | %s |\n", name, f.Type.word(w), w.pick(f.ZH, f.EN))
		dst = w.appendFields(dst, name, f.Fields)
	}
	return dst
}

func (w ReferenceWords) appendOutcomes(dst []byte, outcomes []Outcome) []byte {
	if len(outcomes) == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, "\n%s\n|---|---|\n", w.pick("| 业务码 | 说明 |", "| result | meaning |"))
	for _, o := range outcomes {
		dst = fmt.Appendf(dst, "| %d | %s |\n", o.Number, w.pick(o.ZH, o.EN))
	}
	return dst
}

func (w ReferenceWords) yesNo(b bool) string {
	if b {
		return w.pick("是", "yes")
	}
	return w.pick("否", "no")
}

// word names a type as the platforms' own documents do.
func (t Type) word(w ReferenceWords) string {
	switch t {
	case TypeString:
		return w.pick("字符串", "string")
	case TypeInt:
		return w.pick("整型", "integer")
	case TypeEnum:
		return w.pick("枚举类型", "enum")
	case TypeList:
		return w.pick("字符串用,分割", "strings joined with commas")
	case TypeJSON:
		return w.pick("JSON", "JSON")
	case TypeDecimal:
		return w.pick("字符串（整数）", "integer as a string")
	case TypeObject:
		return w.pick("对象", "object")
	case TypeObjects:
		return w.pick("数组", "list of objects")
	}
	return ""
}

func bounds(p *ParamSpec) string {
	var parts []string
	if len(p.Values) > 0 {
		parts = append(parts, strings.Join(p.Values, "/"))
	}
	if p.Min.Set {
		parts = append(parts, "≥ "+strconv.FormatInt(p.Min.At, 10))
	}
	if p.Max.Set {
		parts = append(parts, "≤ "+strconv.FormatInt(p.Max.At, 10))
	}
	return strings.Join(parts, ", ")
}
