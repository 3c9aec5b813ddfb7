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
		if s.Access == Operator {
			dst = fmt.Appendf(dst, "\n%s\n", w.pick("需要应用管理员。", "Needs an administrator of the app."))
		}
		dst = w.appendParams(dst, s)
		dst = w.appendAnswer(dst, s)
		dst = w.appendOutcomes(dst, s.Outcomes)
	}
	return dst
}

func (w ReferenceWords) appendParams(dst []byte, s *Spec) []byte {
	if len(s.Params) == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, "\n%s\n|---|---|---|---|---|---|\n",
		w.pick("| 参数 | 类型 | 必须 | 默认值 | 范围 | 说明 |", "| parameter | type | required | default | bounds | meaning |"))
	return w.appendNested(dst, "", s.Params, s.Request != "")
}

// appendNested appends the rows of params; in a tree a list is one of JSON.
func (w ReferenceWords) appendNested(dst []byte, path string, params []ParamSpec, tree bool) []byte {
	for i := range params {
		p := &params[i]
		kind := p.Type
		if kind == TypeList && tree {
			kind = TypeStrings
		}
		dst = fmt.Appendf(dst, "| %s%s | %s%s | %s | %s | %s | %s |\n", path, p.Name, kind.word(w), p.From.word(w), w.yesNo(p.Required),
			p.Default, bounds(p), w.pick(p.ZH, p.EN))
		dst = w.appendNested(dst, path+p.Name+kind.step()+".", p.Fields, tree)
	}
	return dst
}

func (w ReferenceWords) appendAnswer(dst []byte, s *Spec) []byte {
	if len(s.Answer) == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, "\n%s\n|---|---|---|\n", w.pick("| 返回字段 | 类型 | 说明 |", "| answer | type | meaning |"))
	if s.Bare {
		return w.appendField(dst, "data", &s.Answer[0])
	}
	return w.appendFields(dst, "data", s.Answer)
}

func (w ReferenceWords) appendFields(dst []byte, path string, fields []FieldSpec) []byte {
	for i := range fields {
		dst = w.appendField(dst, path+"."+fields[i].Name, &fields[i])
	}
	return dst
}

func (w ReferenceWords) appendField(dst []byte, path string, f *FieldSpec) []byte {
	kind := f.Type.word(w)
	if f.Nullable {
		kind += w.pick("或null", " or null")
	}
	if f.Optional {
		kind += w.pick("，可省略", ", left out when empty")
	}
	if f.Conditional {
		kind += w.pick("，仅部分返回", ", in some answers")
	}
	path += f.Type.step()
	dst = fmt.Appendf(dst, "| %s | %s | %s |\n", path, kind, w.pick(f.ZH, f.EN))
	return w.appendFields(dst, path, f.Fields)
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

// word says where a parameter is unless that goes without saying.
func (p Place) word(w ReferenceWords) string {
	switch p {
	case PlacePath:
		return w.pick("，路径", ", in the path")
	case PlaceQuery:
		return w.pick("，查询", ", in the query")
	case PlaceWhole:
		return w.pick("，整个请求体", ", the whole body")
	case PlacePart:
		return w.pick("，表单文件", ", part of a form")
	case PlaceUsual, PlaceBody:
	}
	return ""
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
	case TypeBool:
		return w.pick("布尔", "boolean")
	case TypeStrings:
		return w.pick("字符串数组", "list of strings")
	case TypeInts:
		return w.pick("整型数组", "list of integers")
	case TypeBase64:
		return w.pick("base64字符串", "string in base64")
	case TypeKeyed:
		return w.pick("以键命名的对象", "objects by key")
	case TypeAmounts:
		return w.pick("以键命名的整型", "integers by key")
	}
	return ""
}

// step is what the path to what a value holds has after the value's name.
func (t Type) step() string {
	switch t {
	case TypeObjects:
		return "[]"
	case TypeKeyed, TypeAmounts:
		return ".*"
	default:
		return ""
	}
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
