package official

import "io"

// MediaKind says what a medium is for.
type MediaKind string

// The kinds of media.
const (
	KindImage MediaKind = "image"
	KindVoice MediaKind = "voice"
	KindVideo MediaKind = "video"
	// KindNewsImage is the cover of an article.
	KindNewsImage MediaKind = "news_image"
	// KindReceived is the copy of a medium that a follower has sent.
	KindReceived MediaKind = "received"
)

// Media describes an image, a voice or a video; Content reads its bytes.
type Media struct {
	ID   string
	Kind MediaKind
	// Name is a file name of at most 100 characters.
	Name string
	// Title, of at most 100 characters, and Description, of at most 1000, are a video's.
	Title, Description string
	// Size is the number of bytes.
	Size    int64
	Created int64
	// Version changes with the content; see UpstreamMedia.
	Version uint64
	// Deleted tells that no list shows the medium any more.
	Deleted bool

	blob blobRef
}

// MediaPage is one page of a list of media.
type MediaPage struct {
	Media []*Media
	// Total is the number of media on all pages.
	Total int
}

// Content reads the bytes of a medium from the store as they are asked for. It is for one goroutine, holds nothing that
// needs closing, and fails with a fault once the content has been replaced.
type Content interface {
	io.ReadSeeker
	// Size is the number of bytes.
	Size() int64
}

// Text is a text to reply with.
type Text struct {
	ID, Content string
	Created     int64
}

// MaxArticles is how many articles one news has at the most.
const MaxArticles = 8

// MaxArticle is the largest content of an article, in bytes.
const MaxArticle = 1 << 20

// ArticleInput is an article to store. Title has 1 to 100 characters, Author at most 100, Digest 500, Source 2000.
type ArticleInput struct {
	Title, Author, Digest string
	// ImageID names the cover, a medium of KindImage or KindNewsImage.
	ImageID string
	// Content is HTML.
	Content string
	// Source is the URL of the original.
	Source    string
	ShowCover bool
}

// Article is a stored article. Its ID changes whenever its news is updated.
type Article struct {
	ID, NewsID string
	// Updated is when the news got this article.
	Updated int64
	ArticleInput
	// Size is the length of the content in bytes, also where Content was not read.
	Size int64
	// Replaced tells that the news has other articles by now, or has been deleted.
	Replaced bool
}

// News is a message of one to MaxArticles articles.
type News struct {
	ID               string
	Created, Updated int64
	// Version changes with the articles; see UpstreamMedia.
	Version  uint64
	Articles []*Article
}

// NewsPage is one page of a list of news.
type NewsPage struct {
	News []*News
	// Total is the number of news on all pages.
	Total int
}

// UpstreamKey names what was uploaded to the platform.
type UpstreamKey struct {
	// Material is the ID of a medium or news and Version its version: an upload of an earlier one is not found.
	Material string
	Version  uint64
	// Type is the platform's name for the type of the upload, at most 40 bytes.
	Type string
}
