package wechat

import (
	"slices"
	"strings"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// massView is a mass send with what was sent.
type massView struct {
	id, kind, material, name, title, description, url, content string

	created int64
	news    []articleItem
}

// of tells whether what was sent is of one of the types.
func (m *massView) of(types ...string) bool {
	return slices.Contains(types, strings.TrimPrefix(m.kind, "mp"))
}

// massFields are those of all types, in an order that is that of the document for each.
func massFields() []wire.Field[massView] {
	line := func(name string, at func(*massView) *string, zh, en string) wire.Field[massView] {
		return wire.Text(name, at).Means(zh, en)
	}
	of := func(types ...string) func(*massView) bool {
		return func(m *massView) bool { return m.of(types...) }
	}
	return []wire.Field[massView]{
		line("id", func(m *massView) *string { return &m.id }, "群发ID", "The mass send"),
		line("msg_type", func(m *massView) *string { return &m.kind }, "消息类型", "The type, as it was given"),
		line("msg_id", func(m *massView) *string { return &m.material }, "素材ID", "What was sent"),
		wire.Number("create_time", func(m *massView) *int64 { return &m.created }).Means("时间，毫秒", "When, in milliseconds"),
		line("name", func(m *massView) *string { return &m.name }, "文件名", "The file's name").When(of("image", "voice")),
		line("title", func(m *massView) *string { return &m.title }, "标题", "The title").When(of("video")),
		line("description", func(m *massView) *string { return &m.description }, "描述", "The description").When(of("video")),
		line("url", func(m *massView) *string { return &m.url }, "地址", "The file's URL").When(of("image", "voice", "video")),
		wire.Objects("news", func(m *massView) *[]articleItem { return &m.news }, sentArticleFields()...).Means("图文", "The articles").When(of("news")),
		line("content", func(m *massView) *string { return &m.content }, "文本内容", "The text").When(of("text")),
	}
}

// sentArticleFields are those of an article without the one that this list does not have.
func sentArticleFields() []wire.Field[articleItem] {
	return slices.DeleteFunc(articleFields(), func(f wire.Field[articleItem]) bool { return f.Name == "show_cover_pic" })
}

type massAnswer struct {
	sends      []massView
	pagination pagination
}

func massSendsRow() *wire.Row[pageQuery, massAnswer] {
	return &wire.Row[pageQuery, massAnswer]{
		Name: "GET /v1/{INFO_ID}/masssend", ZH: "群发记录", EN: "The mass sends, the newest first",
		Params: pageQueryParams(),
		Answer: []wire.Field[massAnswer]{
			wire.Objects("message", func(a *massAnswer) *[]massView { return &a.sends }, massFields()...).Means("群发", "The mass sends"),
			paginationField(func(a *massAnswer) *pagination { return &a.pagination }),
		},
		Do: in(func(x *exchange, q *pageQuery, a *massAnswer) error {
			list, err := x.service().MassSends(x.ctx, x.account.ID, q.page.section())
			if err != nil {
				return err
			}
			room := int64(maxShown)
			for _, m := range list.MassSends {
				v := massView{id: m.ID, kind: m.Type, material: m.Material, created: m.Created}
				if err := x.showMaterial(&v, &room); err != nil && core.CodeOf(err) != core.NotFound {
					return err
				}
				a.sends = append(a.sends, v)
			}
			a.pagination = q.page.of(list.Total)
			return nil
		}),
	}
}

// maxShown is how many bytes of articles one answer holds; beyond, articles are shown without their content.
const maxShown = 16 << 20

// showMaterial fills in what was sent. What does not exist any more stays empty.
func (x *exchange) showMaterial(v *massView, room *int64) error {
	switch {
	case v.of("text"):
		t, err := x.service().Text(x.ctx, x.account.ID, v.material)
		if err == nil {
			v.content = t.Content
		}
		return err
	case v.of("news"):
		n, err := x.service().News(x.ctx, x.account.ID, v.material)
		if err != nil {
			return err
		}
		for _, a := range n.Articles {
			if *room -= a.Size; *room < 0 {
				a.Content = ""
			}
			v.news = append(v.news, x.articleItem(a))
		}
		return nil
	}
	m, err := x.service().Media(x.ctx, x.account.ID, v.material, official.KindImage, official.KindVoice, official.KindVideo)
	if err == nil {
		v.name, v.title, v.description, v.url = m.Name, m.Title, m.Description, x.publicURL(m)
	}
	return err
}
