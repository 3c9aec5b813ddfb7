package wechat_test

import (
	"strings"
	"testing"

	"parley/core/official"
)

// article stores an article and returns the path of its page.
func (s *mediaStage) article(a official.ArticleInput) string {
	s.t.Helper()
	if a.ImageID == "" {
		a.ImageID = s.stored("/news/image", "a.jpg", []byte(jpeg))
	}
	id, err := s.service.CreateNews(s.t.Context(), s.account.ID, []official.ArticleInput{a})
	if err != nil {
		s.t.Fatal(err)
	}
	news, err := s.service.News(s.t.Context(), s.account.ID, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return "/page/" + s.account.ID + "/" + news.Articles[0].ID
}

// contentOf returns the content of a page.
func contentOf(t *testing.T, page string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, "<div class=\"content\">\n")
	content, _, ended := strings.Cut(rest, "\n</div>\n")
	if !found || !ended {
		t.Fatalf("no content: %s", page)
	}
	return content
}

func TestArticlePage(t *testing.T) {
	s := newMediaStage(t)
	cover := s.stored("/news/image", "a.jpg", []byte(jpeg))
	path := s.article(official.ArticleInput{
		Title: `标题 <b> & "x"`, Author: "作者", Digest: "摘要", ImageID: cover, Content: "<p>正文</p>", Source: "https://source.example/a?b=1&c=2", ShowCover: true,
	})
	a := s.do("GET", path, nil)
	if a.status != 200 || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %v", a.status, a.header)
	}
	for _, want := range []string{
		"<title>标题 &lt;b&gt; &amp; &#34;x&#34;</title>", "<span>作者</span>", `<span class="account">` + mediaAccount + "</span>",
		`<time datetime="2014-06-19T15:32:00&#43;08:00">2014-06-19</time>`, `<meta name="description" content="摘要">`,
		`<img class="cover" src="` + s.public(cover+".jpg") + `" alt="">`, "<p>正文</p>",
		`<a href="https://source.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow" target="_blank">阅读原文</a>`,
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %s:\n%s", want, a.body)
		}
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; img-src 'self' https:; media-src 'self' https:; style-src 'unsafe-inline'; " +
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "public, max-age=300",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if again := s.do("GET", path, nil, "If-None-Match", a.header.Get("Etag")); again.status != 304 || again.body != "" {
		t.Errorf("the same page again: %d %q", again.status, again.body)
	}
	if head := s.do("HEAD", path, nil); head.status != 200 || head.header.Get("Etag") != a.header.Get("Etag") {
		t.Errorf("HEAD: %d %v", head.status, head.header)
	}
	if again := s.do("GET", path, nil); again.body != a.body {
		t.Error("the page is another when it is asked for again")
	}
}

// TestArticlePageWithoutMuch has nothing that is optional, and a source that is no link.
func TestArticlePageWithoutMuch(t *testing.T) {
	s := newMediaStage(t)
	a := s.do("GET", s.article(official.ArticleInput{Title: "t", Content: "c", Source: "javascript:alert(1)"}), nil)
	for _, unwanted := range []string{"cover\" src", "og:image", "description", "阅读原文", "javascript"} {
		if strings.Contains(a.body, unwanted) {
			t.Errorf("the page has %s:\n%s", unwanted, a.body)
		}
	}
}

func TestMissingArticlePage(t *testing.T) {
	s := newMediaStage(t)
	path := s.article(official.ArticleInput{Title: "t", Content: "c"})
	other, err := s.service.Bind(t.Context(), "gh_other")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/page/" + s.account.ID + "/unknown", "/page/unknown/unknown", strings.Replace(path, s.account.ID, other.ID, 1),
	} {
		a := s.do("GET", path, nil)
		if a.status != 404 || a.header.Get("Content-Type") != "text/html; charset=utf-8" || a.header.Get("Cache-Control") != "" ||
			a.header.Get("Content-Security-Policy") == "" || !strings.Contains(a.body, "该内容不存在") {
			t.Errorf("%s: %d %v\n%s", path, a.status, a.header, a.body)
		}
	}
}

// TestReplacedArticleRemains: messages link to articles that the news does not have any more.
func TestReplacedArticleRemains(t *testing.T) {
	s := newMediaStage(t)
	image := s.stored("/image", "a.jpg", []byte(jpeg))
	id := mediaData[string](t, s.call("POST", "/news/single", `{"title":"old","image_id":"`+image+`","content":"old content"}`))
	news, err := s.service.News(t.Context(), s.account.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	s.gives("PUT", "/news/single/"+id, `{"title":"new","image_id":"`+image+`","content":"new content"}`, mediaDone)
	s.gives("DELETE", "/news/"+id, "", mediaDone)
	if a := s.do("GET", "/page/"+s.account.ID+"/"+news.Articles[0].ID, nil); a.status != 200 || contentOf(t, a.body) != "old content" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestContentPolicy compares contents with what their pages show of them.
func TestContentPolicy(t *testing.T) {
	s := newMediaStage(t)
	for content, want := range map[string]string{
		`<section style="text-align:center;color:#ff0000"><span style="font-size:18px">大</span></section>`:             `<section style="text-align: center; color: #ff0000"><span style="font-size: 18px">大</span></section>`,
		`<p style="margin:0 auto 10px;padding:5px"><strong>a</strong><br/>b</p>`:                                       `<p style="margin: 0 auto 10px; padding: 5px"><strong>a</strong><br/>b</p>`,
		`<ul><li>a</li></ul><ol><li>b</li></ol>`:                                                                       `<ul><li>a</li></ul><ol><li>b</li></ol>`,
		`<table width="100%"><tbody><tr><td colspan="2">a</td></tr></tbody></table>`:                                   `<table width="100%"><tbody><tr><td colspan="2">a</td></tr></tbody></table>`,
		`<img src="https://i.example/a.png" alt="图" width="100">`:                                                      `<img src="https://i.example/a.png" alt="图" width="100">`,
		`<img src="http://i.example/a.png">`:                                                                           `<img src="https://i.example/a.png">`,
		`<img src="https://media.example/media/a/b.jpg">`:                                                              `<img src="https://media.example/media/a/b.jpg">`,
		`<video src="https://v.example/a.mp4" controls poster="https://v.example/a.jpg"></video>`:                      `<video src="https://v.example/a.mp4" controls="" poster="https://v.example/a.jpg"></video>`,
		`<a href="https://l.example/a">a</a>`:                                                                          `<a href="https://l.example/a" rel="nofollow noreferrer noopener" target="_blank">a</a>`,
		`a<script>alert(1)</script>b`:                                                                                  `ab`,
		`<p onclick="alert(1)">a</p>`:                                                                                  `<p>a</p>`,
		`<img src=x onerror=alert(1)>`:                                                                                 ``,
		`<a href="javascript:alert(1)">a</a>`:                                                                          `a`,
		`<a href="java&#10;script:alert(1)">a</a>`:                                                                     `a`,
		`<img src="data:image/svg+xml;base64,PHN2Zz4=">`:                                                               ``,
		`<svg><script>alert(1)</script></svg>b`:                                                                        `b`,
		`<iframe src="https://v.example/"></iframe>a`:                                                                  `a`,
		`<form action="https://e.example"><input name="a"><button>b</button></form>`:                                   `b`,
		`<style>body{display:none}</style>a`:                                                                           `a`,
		`<link rel="stylesheet" href="https://e.example/a.css"><meta http-equiv="refresh" content="0"><base href="/">`: ``,
		`<div style="position:fixed;top:0;z-index:9">a</div>`:                                                          `<div>a</div>`,
		`<div style="background:url(https://e.example/a)">a</div>`:                                                     `<div>a</div>`,
		`<div style="color:expression(alert(1))">a</div>`:                                                              `<div>a</div>`,
		`<div class="account" id="x">a</div>`:                                                                          `<div>a</div>`,
		`</div></article></main><h1>a</h1>`:                                                                            `<h1>a</h1>`,
		`<div><p>a</p><b>b`:                                                                                            `<div><p>a</p><b>b</b></div>`,
		`<p><i>a</p></i></p><br></br>`:                                                                                 `<p><i>a</p></i><br>`,
		`<!-- a --><!--[if IE]>b<![endif]-->c`:                                                                         `c`,
		`1 < 2 & 3`:                                                                                                    `1 &lt; 2 &amp; 3`,
	} {
		a := s.do("GET", s.article(official.ArticleInput{Title: "t", Content: content}), nil)
		if got := contentOf(t, a.body); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", content, got, want)
		}
	}
}
