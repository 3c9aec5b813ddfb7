package migrate

import (
	"parley/core"
	"parley/core/archive"
)

// NewBody returns a content as records have it. It copies what it keeps.
func NewBody(c *core.Content) *archive.Body {
	b := &archive.Body{Kind: c.Kind.String(), Text: string(c.Body), Object: c.Object, Dialect: c.Origin, Type: c.Type}
	if c.Raw != nil {
		raw := string(c.Raw)
		b.Raw = &raw
	}
	if c.Meta != nil {
		b.Meta = append([]byte{}, c.Meta...)
	}
	return b
}
