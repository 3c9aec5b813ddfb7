package wechat

import (
	"strconv"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// articleItem is an article as answers show it.
type articleItem struct {
	updated                                              int64
	title, author, imageID, url, digest, content, source string
	showCover                                            bool
}

func (x *exchange) articleItem(a *official.Article) articleItem {
	return articleItem{
		updated: a.Updated, title: a.Title, author: a.Author, imageID: a.ImageID, url: x.coverURL(a.ImageID),
		digest: a.Digest, content: a.Content, source: a.Source, showCover: a.ShowCover,
	}
}

// The members of an article, in the document's order.
func articleFields() []wire.Field[articleItem] {
	return []wire.Field[articleItem]{
		wire.Number("update_time", func(a *articleItem) *int64 { return &a.updated }).Means("更新时间（毫秒）", "When it was stored, in milliseconds"),
		wire.Text("title", func(a *articleItem) *string { return &a.title }).Means("标题", "The title"),
		wire.Text("author", func(a *articleItem) *string { return &a.author }).Means("作者", "The author"),
		wire.Text("image_id", func(a *articleItem) *string { return &a.imageID }).Means("封面图片ID", "The cover"),
		wire.Text("url", func(a *articleItem) *string { return &a.url }).Means("封面图片URL", "Where everybody can have the cover"),
		wire.Flag("show_cover_pic", func(a *articleItem) *bool { return &a.showCover }).Means("是否显示封面", "Whether the page shows the cover"),
		wire.Text("digest", func(a *articleItem) *string { return &a.digest }).Means("摘要", "The digest"),
		wire.Text("content", func(a *articleItem) *string { return &a.content }).Means("正文HTML", "The article in HTML"),
		wire.Text("content_source_url", func(a *articleItem) *string { return &a.source }).Means("原文链接", "The URL of the original"),
	}
}

// newsArticles are the articles of a news.
type newsArticles struct{ items []articleItem }

// newsRow answers an unknown news, and one that was deleted, with an empty list, as the platform does.
func newsRow() *wire.Row[newsQuery, newsArticles] {
	return &wire.Row[newsQuery, newsArticles]{
		Name: "GET " + newsPath + "/{ID}", ZH: "查询图文；不存在时返回空数组", EN: "The articles of a news, none if it does not exist", Bare: true,
		Params: []wire.Param[newsQuery]{accountParam[newsQuery](), idParam(func(q *newsQuery) *string { return &q.id }, "图文ID", "The news")},
		Answer: []wire.Field[newsArticles]{
			wire.Objects("articles", func(a *newsArticles) *[]articleItem { return &a.items }, articleFields()...).Means("文章", "The articles"),
		},
		Do: in(func(x *exchange, q *newsQuery, a *newsArticles) error {
			news, err := x.service().News(x.ctx, x.account.ID, q.id)
			if fault := core.AsFault(err); fault != nil && fault.Code == core.NotFound && fault.Field == official.FieldNews {
				return nil
			}
			if err != nil {
				return err
			}
			for _, article := range news.Articles {
				a.items = append(a.items, x.articleItem(article))
			}
			return nil
		}),
	}
}

// newsList is a page of the list of news.
type newsList struct {
	news       []byte
	pagination pagination
}

func newsListRow() *wire.Row[pageQuery, newsList] {
	return &wire.Row[pageQuery, newsList]{
		Name: "GET " + newsPath, ZH: "图文列表，最近更新的在前", EN: "Lists the news, the last updated first",
		Params: pageQueryParams(),
		Answer: []wire.Field[newsList]{
			wire.Raw("news", func(a *newsList) *[]byte { return &a.news }).Means(
				"以图文ID为键的对象，值为文章数组：update_time、title、url、show_cover_pic、digest",
				"An object that has for each news, by its ID, a list of its articles with update_time, title, url, show_cover_pic and digest"),
			paginationField(func(a *newsList) *pagination { return &a.pagination }),
		},
		Do: in(func(x *exchange, q *pageQuery, a *newsList) error {
			list, err := x.service().ListNews(x.ctx, x.account.ID, q.page.section())
			if err != nil {
				return err
			}
			a.news = append(a.news, '{')
			for i, news := range list.News {
				if i > 0 {
					a.news = append(a.news, ',')
				}
				a.news = x.appendNews(a.news, news)
			}
			a.news = append(a.news, '}')
			a.pagination = q.page.of(list.Total)
			return nil
		}),
	}
}

// appendNews appends a member of the object that the list of news is. The table has no word for an object of lists.
func (x *exchange) appendNews(dst []byte, news *official.News) []byte {
	dst = append(wire.AppendString(dst, news.ID, wire.JS), ':', '[')
	for i, a := range news.Articles {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(append(dst, `{"update_time":`...), a.Updated, 10)
		dst = wire.AppendString(append(dst, `,"title":`...), a.Title, wire.JS)
		dst = wire.AppendString(append(dst, `,"url":`...), x.coverURL(a.ImageID), wire.JS)
		dst = strconv.AppendBool(append(dst, `,"show_cover_pic":`...), a.ShowCover)
		dst = wire.AppendString(append(dst, `,"digest":`...), a.Digest, wire.JS)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}
