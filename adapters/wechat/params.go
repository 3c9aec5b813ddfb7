package wechat

import (
	"math"
	"time"

	"parley/adapters/wire"
	"parley/core/official"
)

// infoID is the variable of paths that names an account.
const infoID = "INFO_ID"

// nothing is the parameters or the answer of endpoints that have none of their own.
type nothing struct{}

// accountParam is the account of a path. The exchange has found it before the row is invoked.
func accountParam[T any]() wire.Param[T] {
	return wire.String(infoID, func(*T) *string { return new(string) }).At(wire.PlacePath).Must().
		Means("公众号ID，绑定时返回", "The account, as the binding gave it")
}

// idParam is the variable ID of a path.
func idParam[T any](at func(*T) *string, zh, en string) wire.Param[T] {
	return wire.String("ID", at).At(wire.PlacePath).Must().Means(zh, en)
}

// text declares a string in the body that must be there.
func text[T any](name string, at func(*T) *string, zh, en string) wire.Param[T] {
	return wire.String(name, at).At(wire.PlaceBody).Must().Means(zh, en)
}

// The bounds of a page.
const (
	defaultSize = 10
	maxSize     = 100
)

// page selects a section of a list, counted from 1.
type page struct{ index, size int64 }

// pageParams declare the parameters of a page.
func pageParams[T any](at func(*T) *page) []wire.Param[T] {
	return []wire.Param[T]{
		wire.Int("index", func(q *T) *int64 { return &at(q).index }).At(wire.PlaceQuery).Or("1").Means("页码，从1开始", "The page, from 1"),
		wire.Int("size", func(q *T) *int64 { return &at(q).size }).At(wire.PlaceQuery).Or("10").Means("每页数量，最多100", "The size of a page, at most 100"),
	}
}

// section returns what the page is in core, after putting it between its bounds.
func (p *page) section() official.Page {
	if p.index < 1 {
		p.index = 1
	}
	switch {
	case p.size < 1:
		p.size = defaultSize
	case p.size > maxSize:
		p.size = maxSize
	}
	offset := math.MaxInt
	if p.index-1 <= math.MaxInt/maxSize {
		offset = int((p.index - 1) * p.size)
	}
	return official.Page{Offset: offset, Limit: int(p.size)}
}

// pagination is what an answer says of its page.
type pagination struct{ index, size, count int64 }

func (p *page) of(total int) pagination { return pagination{p.index, p.size, int64(total)} }

func paginationField[T any](at func(*T) *pagination) wire.Field[T] {
	return wire.Object("pagination", at,
		wire.Number("index", func(p *pagination) *int64 { return &p.index }).Means("页码", "The page"),
		wire.Number("size", func(p *pagination) *int64 { return &p.size }).Means("每页数量", "The size of a page"),
		wire.Number("count", func(p *pagination) *int64 { return &p.count }).Means("总数", "How many there are on all pages"),
	).Means("分页", "The page")
}

// created is the answer of what creates something: its ID.
type created struct{ id string }

func createdField() []wire.Field[created] {
	return []wire.Field[created]{
		wire.Text("id", func(a *created) *string { return &a.id }).Means("新建的ID", "The ID of what was created"),
	}
}

// forced tells whether the text of a force parameter forces.
func forced(text string) bool { return text != "" && text != "0" && text != "false" }

// zone is the time zone of the accounts' app.
func (d *Dialect) zone() *time.Location {
	if app, ok := d.house.Engine.App(d.options.App); ok {
		return app.Location()
	}
	return time.UTC
}
