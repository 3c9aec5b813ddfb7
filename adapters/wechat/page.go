package wechat

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/microcosm-cc/bluemonday"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

//go:embed page.html
var pageText string

// pageEndpoint shows an article to its readers. What has been replaced or deleted can still be read, for messages link to
// it.
type pageEndpoint struct {
	*wire.Row[readerQuery, nothing]

	layout *template.Template
	pages  pages
	once   sync.Once
	policy *bluemonday.Policy
}

type readerQuery struct{ account, article string }

func pageRow() *pageEndpoint {
	return &pageEndpoint{
		Row: &wire.Row[readerQuery, nothing]{
			Name: "GET /page/{ACCOUNT}/{ARTICLE}", ZH: "图文文章的网页", EN: "An article as a web page",
			Params: []wire.Param[readerQuery]{
				wire.String("ACCOUNT", func(q *readerQuery) *string { return &q.account }).At(wire.PlacePath).Must().Means("公众号ID", "The account"),
				wire.String("ARTICLE", func(q *readerQuery) *string { return &q.article }).At(wire.PlacePath).Must().Means("文章ID", "The article"),
			},
			Do: in(func(*exchange, *readerQuery, *nothing) error { return nil }), // serve answers
		},
		layout: template.Must(template.New("page").Parse(pageText)),
	}
}

// clean returns the content of an article without what has no place on a page.
func (p *pageEndpoint) clean(a *official.Article, base string) string {
	p.once.Do(func() { p.policy = contentPolicy(base) })
	return p.pages.get(a.ID, func() string { return balance(p.policy.Sanitize(a.Content)) })
}

// articlePage is what the layout shows.
type articlePage struct {
	Title, Author, Digest, Account, Cover, Source string
	// Date is for readers and Machine for programs.
	Date, Machine string
	Content       template.HTML
	Missing       bool
}

// serve implements direct.
func (p *pageEndpoint) serve(x *exchange) error {
	shown, tag, err := p.read(x)
	status := http.StatusOK
	switch {
	case core.CodeOf(err) == core.NotFound:
		shown, status = articlePage{Title: "内容不存在", Missing: true}, http.StatusNotFound
	case err != nil:
		return err
	}
	h := &x.ctx.Response.Header
	h.Set(fasthttp.HeaderContentSecurityPolicy, pageSecurity)
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	h.Set(fasthttp.HeaderReferrerPolicy, "no-referrer")
	if !shown.Missing {
		h.Set(fasthttp.HeaderCacheControl, "public, max-age=300")
		h.Set(fasthttp.HeaderETag, tag)
		if unchanged(&x.ctx.Request.Header, version{tag: tag}) {
			x.ctx.SetStatusCode(http.StatusNotModified)
			return nil
		}
	}
	var page bytes.Buffer
	if err := p.layout.Execute(&page, shown); err != nil {
		return core.Wrap(core.Internal, "the page can not be laid out", err)
	}
	h.SetContentType("text/html; charset=utf-8")
	x.ctx.SetStatusCode(status)
	x.ctx.Response.SetBodyRaw(page.Bytes())
	return nil
}

// read returns what the page shows, and its tag.
func (p *pageEndpoint) read(x *exchange) (shown articlePage, tag string, err error) {
	id, _ := x.in.variable("ACCOUNT")
	article, _ := x.in.variable("ARTICLE")
	account, err := x.service().Account(x.ctx, id)
	if err != nil {
		return shown, "", err
	}
	a, err := x.service().Article(x.ctx, account.ID, article)
	if err != nil {
		return shown, "", err
	}
	x.account = account
	at := time.UnixMilli(a.Updated).In(x.dialect.zone())
	shown = articlePage{
		Title: a.Title, Author: a.Author, Digest: a.Digest, Account: account.OriginalID, Source: link(a.Source),
		Date: at.Format(time.DateOnly), Machine: at.Format(time.RFC3339),
		Content: template.HTML(p.clean(a, string(x.dialect.base))), //nolint:gosec // G203: the policy has cleaned it
	}
	if a.ShowCover {
		shown.Cover = x.coverURL(a.ImageID)
	}
	return shown, `"` + a.ID + `"`, nil
}

// link returns a URL that a reader may be sent to, and an empty text for others.
func link(source string) string {
	u, err := url.Parse(source)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return source
}
