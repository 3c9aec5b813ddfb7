package wire

import "strconv"

// appendObject appends q as a JSON object with the members that its parameters name.
func appendObject[T any](dst []byte, params []Param[T], q *T) []byte {
	dst = append(dst, '{')
	start := len(dst)
	for i := range params {
		p, before := &params[i], len(dst)
		if before > start {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, p.Name...)
		dst = append(dst, '"', ':')
		var holds bool
		if dst, holds = p.append(dst, q); !holds {
			dst = dst[:before]
		}
	}
	return append(dst, '}')
}

// append appends the parameter's value in JSON and tells whether it belongs into the request.
func (p *Param[T]) append(dst []byte, q *T) (all []byte, holds bool) {
	given := p.given != nil && *p.given(q)
	switch {
	case p.text != nil && p.Type == TypeJSON:
		v := *p.text(q)
		if holds = v != ""; holds {
			dst = append(dst, v...)
		} else {
			dst = append(dst, "null"...)
		}
	case p.text != nil:
		v := *p.text(q)
		dst, holds = AppendString(dst, v, JS), v != ""
	case p.number != nil:
		v := *p.number(q)
		dst, holds = strconv.AppendInt(dst, v, 10), v != 0
	case p.flag != nil:
		v := *p.flag(q)
		dst, holds = strconv.AppendBool(dst, v), v
	case p.list != nil:
		v := *p.list(q)
		dst, holds = appendItems(dst, v, quoteJS), len(v) > 0
	case p.ints != nil:
		v := *p.ints(q)
		dst, holds = appendItems(dst, v, appendInteger), len(v) > 0
	default:
		dst, holds = p.branch.append(dst, q)
		if p.given != nil && p.Type == TypeObject {
			holds = false // an object's members may be required although the object is not
		}
	}
	return dst, holds || given || p.Required
}

// appendItems appends a JSON list.
func appendItems[E any](dst []byte, items []E, one func(dst []byte, item *E) []byte) []byte {
	dst = append(dst, '[')
	for i := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, &items[i])
	}
	return append(dst, ']')
}

func quoteJS(dst []byte, s *string) []byte { return AppendString(dst, *s, JS) }

func appendInteger(dst []byte, n *int64) []byte { return strconv.AppendInt(dst, *n, 10) }
