package wechat

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// pageSecurity is the page's own word to the browser, which holds where something has slipped through the policy: nothing
// runs, nothing is framed or sent, and pictures and films come from here or over TLS.
const pageSecurity = "default-src 'none'; img-src 'self' https:; media-src 'self' https:; style-src 'unsafe-inline'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var (
	patternLength = regexp.MustCompile(`^(?i:auto|normal|none|inherit|0|-?\d{1,4}(\.\d{1,4})?(px|em|rem|%|pt|vw)?)$`)
	patternBox    = regexp.MustCompile(`^(?i:(auto|0|-?\d{1,4}(\.\d{1,4})?(px|em|rem|%|pt|vw)?)(\s+(auto|0|-?\d{1,4}(\.\d{1,4})?(px|em|rem|%|pt|vw)?)){0,3})$`)
	patternColour = regexp.MustCompile(`^(?i:transparent|inherit|currentcolor|[a-z]{3,20}|#[0-9a-f]{3,8}|(rgb|hsl)a?\([\d\s.,%/]{1,40}\))$`)
	patternBorder = regexp.MustCompile(`^(?i:[a-z0-9#.,%()\s]{1,60})$`)
	patternSize   = regexp.MustCompile(`^\d{1,4}(px|%)?$`)
	patternSecure = regexp.MustCompile(`^https://[^\s"'<>]+$`)
	patternSwitch = regexp.MustCompile(`^[a-z]{0,12}$`)
	patternCount  = regexp.MustCompile(`^\d{1,3}$`)
)

// contentPolicy is what an article's HTML may consist of: text with its structure and looks, pictures, films, links and
// tables. Scripts, forms, frames, style sheets, handlers of events and everything that is positioned over the page are
// left out, as is whatever is not named here.
//
// Pictures of other sites that are given without TLS are asked for with it, for the page would not show them otherwise;
// the host of base, which is this server, is the exception.
func contentPolicy(base string) *bluemonday.Policy {
	_, home, _ := strings.Cut(base, "://")
	home, _, _ = strings.Cut(home, "/")

	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "section", "article", "span", "h1", "h2", "h3", "h4", "h5", "h6",
		"strong", "b", "em", "i", "u", "s", "del", "ins", "strike", "sub", "sup", "small", "big", "mark", "font", "center",
		"blockquote", "q", "cite", "pre", "code", "kbd", "figure", "figcaption", "ruby", "rt", "rp", "wbr", "time", "abbr")
	p.AllowLists()
	p.AllowElements("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "colgroup", "col")
	p.AllowAttrs("colspan", "rowspan", "span").Matching(patternCount).OnElements("td", "th", "col", "colgroup")
	p.AllowAttrs("width", "height").Matching(patternSize).OnElements("img", "video", "table", "td", "th", "col")
	p.AllowAttrs("border", "cellpadding", "cellspacing").Matching(patternCount).OnElements("table")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("p", "div", "td", "th", "tr", "table", "h1", "h2", "h3", "h4", "img")
	p.AllowAttrs("valign").Matching(bluemonday.CellVerticalAlign).OnElements("td", "th", "tr")
	p.AllowAttrs("color").Matching(patternColour).OnElements("font")
	p.AllowAttrs("title", "lang", "dir").Matching(bluemonday.Paragraph).Globally()

	p.AllowAttrs("src").OnElements("img", "video", "audio", "source")
	p.AllowAttrs("alt").Matching(bluemonday.Paragraph).OnElements("img")
	p.AllowAttrs("poster").Matching(patternSecure).OnElements("video")
	p.AllowAttrs("controls", "loop", "muted", "playsinline").Matching(patternSwitch).OnElements("video", "audio")
	p.AllowElements("video", "audio", "source")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	p.RewriteSrc(func(u *url.URL) {
		if u.Scheme == "http" && u.Host != home {
			u.Scheme = "https"
		}
	})
	allowStyles(p)
	return p
}

// allowStyles lets text and boxes have looks, but not leave their place or fetch anything.
func allowStyles(p *bluemonday.Policy) {
	p.AllowStyles("color", "background-color", "border-color", "border-top-color", "border-right-color", "border-bottom-color",
		"border-left-color", "text-decoration-color").Matching(patternColour).Globally()
	p.AllowStyles("font-size", "line-height", "letter-spacing", "word-spacing", "text-indent", "width", "max-width", "min-width",
		"height", "max-height", "min-height", "margin-top", "margin-right", "margin-bottom", "margin-left", "padding-top",
		"padding-right", "padding-bottom", "padding-left", "border-width", "border-spacing").Matching(patternLength).Globally()
	p.AllowStyles("margin", "padding", "border-radius").Matching(patternBox).Globally()
	p.AllowStyles("border", "border-top", "border-right", "border-bottom", "border-left").Matching(patternBorder).Globally()
	p.AllowStyles("border-style").MatchingEnum("none", "solid", "dashed", "dotted", "double").Globally()
	p.AllowStyles("border-collapse").MatchingEnum("collapse", "separate").Globally()
	p.AllowStyles("text-align").MatchingEnum("left", "right", "center", "justify", "start", "end").Globally()
	p.AllowStyles("vertical-align").MatchingEnum("top", "middle", "bottom", "baseline", "sub", "super").Globally()
	p.AllowStyles("font-weight").MatchingEnum("normal", "bold", "bolder", "lighter", "100", "200", "300", "400", "500", "600", "700", "800", "900").Globally()
	p.AllowStyles("font-style").MatchingEnum("normal", "italic", "oblique").Globally()
	p.AllowStyles("text-decoration", "text-decoration-line").MatchingEnum("none", "underline", "line-through", "overline").Globally()
	p.AllowStyles("white-space").MatchingEnum("normal", "nowrap", "pre", "pre-wrap", "pre-line").Globally()
	p.AllowStyles("word-break").MatchingEnum("normal", "break-all", "keep-all", "break-word").Globally()
	p.AllowStyles("display").MatchingEnum("block", "inline", "inline-block", "table", "table-cell", "table-row", "flex", "inline-flex").Globally()
	p.AllowStyles("flex-direction").MatchingEnum("row", "column").Globally()
	p.AllowStyles("justify-content", "align-items").MatchingEnum("center", "flex-start", "flex-end", "space-between", "space-around", "stretch").Globally()
	p.AllowStyles("float").MatchingEnum("left", "right", "none").Globally()
	p.AllowStyles("box-sizing").MatchingEnum("border-box", "content-box").Globally()
	p.AllowStyles("list-style-type").MatchingEnum("disc", "circle", "square", "decimal", "none").Globally()
}
