package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

// pagination selects a page of a list.
type pagination struct {
	number, size int64
	given        bool
}

func paginationParam[T any](at func(*T) *pagination) wire.Param[T] {
	return wire.Nested("pagination", at,
		wire.Int("pageNumber", func(p *pagination) *int64 { return &p.number }).As("int32").Means("页码，从1开始", "The page, from 1"),
		wire.Int("showNumber", func(p *pagination) *int64 { return &p.size }).As("int32").Means("每页数量", "The size of a page"),
	).Go("RequestPagination").Given(func(q *T) *bool { return &at(q).given }).Means("分页", "The page to list")
}

// check refuses pages that the platform refuses, and larger ones than the engine gives at a time.
func (p *pagination) check() error {
	switch {
	case !p.given:
		return badArgs("pagination is empty")
	case p.number < 1:
		return badArgs("pageNumber is invalid")
	case p.size < 0 || p.size > core.MaxPage:
		return badArgs("showNumber is invalid")
	}
	return nil
}

// bounds returns what the page leaves out before it and how many it holds at the most. A size of zero, which stands for no
// bound, gives as many as the engine gives at a time.
func (p *pagination) bounds() (offset, limit int) {
	size := p.size
	if size == 0 {
		size = core.MaxPage
	}
	return int((p.number - 1) * size), int(size)
}
