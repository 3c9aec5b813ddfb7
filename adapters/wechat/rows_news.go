package wechat

import (
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

const newsPath = "/v1/{INFO_ID}/news"

func newsImageRow(u *uploads) wire.Endpoint {
	return takesFile(&wire.Row[mediaQuery, mediaItem]{
		Name: "POST " + newsPath + "/image", ZH: "上传图文封面", EN: "Stores the cover of an article",
		Params: []wire.Param[mediaQuery]{accountParam[mediaQuery]()},
		Answer: []wire.Field[mediaItem]{mediaFields()[0], mediaURLField()},
		Do: in(func(x *exchange, _ *mediaQuery, a *mediaItem) error {
			m, err := u.create(x, imageForm(official.KindNewsImage))
			if err == nil {
				*a = x.mediaItem(m)
			}
			return err
		}),
	}, "jpg格式文件，最大1MB", "The file")
}

// articleQuery is an article as a request gives it.
type articleQuery struct {
	title, author, imageID, digest, content, source string
	showCover, showCoverGiven                       bool
}

// input is the article for core. A cover is shown unless the request says something else.
func (q *articleQuery) input() official.ArticleInput {
	return official.ArticleInput{
		Title: q.title, Author: q.author, Digest: q.digest, ImageID: q.imageID, Content: q.content, Source: q.source,
		ShowCover: q.showCover || !q.showCoverGiven,
	}
}

// articleParams are the parameters of an article that at finds in a request.
func articleParams[T any](at func(*T) *articleQuery) []wire.Param[T] {
	optional := func(name string, field func(*articleQuery) *string, zh, en string) wire.Param[T] {
		return wire.String(name, func(q *T) *string { return field(at(q)) }).At(wire.PlaceBody).Means(zh, en)
	}
	required := func(name string, field func(*articleQuery) *string, zh, en string) wire.Param[T] {
		return optional(name, field, zh, en).Must()
	}
	return []wire.Param[T]{
		required("title", func(q *articleQuery) *string { return &q.title }, "标题，最多100字", "The title, at most 100 characters"),
		optional("author", func(q *articleQuery) *string { return &q.author }, "作者，最多100字", "The author, at most 100 characters"),
		required("image_id", func(q *articleQuery) *string { return &q.imageID }, "封面图片ID（图文封面或图片）", "The cover, stored as such or as an image"),
		optional("digest", func(q *articleQuery) *string { return &q.digest }, "摘要，最多500字", "A digest of at most 500 characters"),
		required("content", func(q *articleQuery) *string { return &q.content }, "正文HTML", "The article in HTML"),
		optional("content_source_url", func(q *articleQuery) *string { return &q.source }, "原文链接，最多2000字", "The URL of the original, at most 2000 characters"),
		wire.Bool("show_cover_pic", func(q *T) *bool { return &at(q).showCover }).At(wire.PlaceBody).
			Given(func(q *T) *bool { return &at(q).showCoverGiven }).Means("是否显示封面，默认显示", "Whether the page shows the cover; it does by default"),
	}
}

// newsOutcomes call the fields of core what the platform calls them.
func newsOutcomes() []wire.Outcome {
	return append(calledHere(core.FieldContent, "content"), calledHere(official.FieldNews, "articles")...)
}

// singleQuery is a news of one article.
type singleQuery struct {
	id      string
	article articleQuery
}

func (q *singleQuery) articles() []official.ArticleInput {
	return []official.ArticleInput{q.article.input()}
}

// multipleQuery is a news of several articles.
type multipleQuery struct {
	id    string
	items []articleQuery
}

func (q *multipleQuery) articles() []official.ArticleInput {
	all := make([]official.ArticleInput, len(q.items))
	for i := range q.items {
		all[i] = q.items[i].input()
	}
	return all
}

func singleParams() []wire.Param[singleQuery] {
	return articleParams(func(q *singleQuery) *articleQuery { return &q.article })
}

func multipleParams() []wire.Param[multipleQuery] {
	return []wire.Param[multipleQuery]{
		wire.NestedList("articles", func(q *multipleQuery) *[]articleQuery { return &q.items },
			articleParams(func(q *articleQuery) *articleQuery { return q })...).
			At(wire.PlaceWhole).Must().Means("JSON数组，1至8条", "A JSON list of 1 to 8 articles"),
	}
}

// newsInput is a request that brings the articles of a news.
type newsInput[T any] interface {
	*T
	articles() []official.ArticleInput
}

func newsCreateRow[T any, Q newsInput[T]](word, zh, en string, params []wire.Param[T]) *wire.Row[T, created] {
	return &wire.Row[T, created]{
		Name: "POST " + newsPath + "/" + word, ZH: "创建" + zh, EN: "Stores a news of " + en, Bare: true, Outcomes: newsOutcomes(),
		Params: append([]wire.Param[T]{accountParam[T]()}, params...),
		Answer: createdField(),
		Do: in(func(x *exchange, q *T, a *created) (err error) {
			a.id, err = x.service().CreateNews(x.ctx, x.account.ID, Q(q).articles())
			return err
		}),
	}
}

func newsUpdateRow[T any, Q newsInput[T]](word, zh, en string, id func(*T) *string, params []wire.Param[T]) *wire.Row[T, nothing] {
	return &wire.Row[T, nothing]{
		Name: "PUT " + newsPath + "/" + word + "/{ID}", ZH: "更新为" + zh, EN: "Gives a news " + en + " in the place of what it has", Outcomes: newsOutcomes(),
		Params: append([]wire.Param[T]{accountParam[T](), idParam(id, "图文ID", "The news")}, params...),
		Do: in(func(x *exchange, q *T, _ *nothing) error {
			return x.service().UpdateNews(x.ctx, x.account.ID, *id(q), Q(q).articles())
		}),
	}
}

func newsCreateSingleRow() *wire.Row[singleQuery, created] {
	return newsCreateRow[singleQuery, *singleQuery]("single", "单图文", "one article", singleParams())
}

func newsCreateMultipleRow() *wire.Row[multipleQuery, created] {
	return newsCreateRow[multipleQuery, *multipleQuery]("multiple", "多图文", "several articles", multipleParams())
}

func newsUpdateSingleRow() *wire.Row[singleQuery, nothing] {
	return newsUpdateRow[singleQuery, *singleQuery]("single", "单图文", "one article",
		func(q *singleQuery) *string { return &q.id }, singleParams())
}

func newsUpdateMultipleRow() *wire.Row[multipleQuery, nothing] {
	return newsUpdateRow[multipleQuery, *multipleQuery]("multiple", "多图文", "several articles",
		func(q *multipleQuery) *string { return &q.id }, multipleParams())
}

// newsQuery names a news.
type newsQuery struct{ id string }

func newsDeleteRow() *wire.Row[newsQuery, nothing] {
	return &wire.Row[newsQuery, nothing]{
		Name: "DELETE " + newsPath + "/{ID}", ZH: "删除图文", EN: "Deletes a news",
		Params: []wire.Param[newsQuery]{accountParam[newsQuery](), idParam(func(q *newsQuery) *string { return &q.id }, "图文ID", "The news")},
		Do: in(func(x *exchange, q *newsQuery, _ *nothing) error {
			return x.service().DeleteNews(x.ctx, x.account.ID, q.id)
		}),
	}
}
