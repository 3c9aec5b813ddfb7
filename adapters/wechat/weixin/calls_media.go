package weixin

import (
	"context"
	"net/url"
)

// The kinds of media.
const (
	MediaImage = "image"
	MediaVoice = "voice"
	MediaVideo = "video"
	MediaThumb = "thumb"
	MediaNews  = "news"
)

// Media is what was uploaded for three days.
type Media struct {
	Type    string
	ID      string // the media id
	Created int64  // in seconds since 1970, by the platform's clock
}

type mediaAnswer struct {
	Type    string `json:"type"`
	ID      string `json:"media_id"`
	ThumbID string `json:"thumb_media_id"`
	Created number `json:"created_at"`
}

func (a *mediaAnswer) media() *Media {
	if a.ID == "" {
		a.ID = a.ThumbID
	}
	return &Media{Type: a.Type, ID: a.ID, Created: int64(a.Created)}
}

// UploadMedia uploads a file of a kind, for three days.
func (c *Client) UploadMedia(ctx context.Context, kind string, file File) (*Media, error) {
	var a mediaAnswer
	k := call{name: "media/upload", query: url.Values{"type": {kind}}, upload: &upload{file: file}, media: true}
	if err := c.do(ctx, &k, &a); err != nil {
		return nil, err
	}
	return a.media(), nil
}

// Material is what was uploaded for good. The platform gives the URL of images only.
type Material struct{ ID, URL string }

// AddMaterial uploads a file of a kind for good. title and description are those of a video.
func (c *Client) AddMaterial(ctx context.Context, kind string, file File, title, description string) (*Material, error) {
	u := &upload{file: file}
	if kind == MediaVideo {
		var o object
		o.string("title", title)
		o.string("introduction", description)
		u.description = o.end()
	}
	var a struct {
		ID  string `json:"media_id"`
		URL string `json:"url"`
	}
	k := call{name: "material/add_material", query: url.Values{"type": {kind}}, upload: u, media: true}
	if err := c.do(ctx, &k, &a); err != nil {
		return nil, err
	}
	return &Material{ID: a.ID, URL: a.URL}, nil
}

// UploadImage uploads an image that the content of an article shows, and gives its URL.
func (c *Client) UploadImage(ctx context.Context, file File) (string, error) {
	var a struct {
		URL string `json:"url"`
	}
	err := c.do(ctx, &call{name: "media/uploadimg", upload: &upload{file: file}, media: true}, &a)
	return a.URL, err
}

// NewsItem is an article of a mass send.
type NewsItem struct {
	ThumbMediaID string // of the cover
	Author       string
	Title        string
	SourceURL    string // content_source_url
	Content      string // HTML
	Digest       string
	ShowCover    bool
}

// UploadNews uploads one to eight articles, for a mass send.
func (c *Client) UploadNews(ctx context.Context, items []NewsItem) (*Media, error) {
	var o object
	o.objects("articles", len(items), func(o *object, i int) {
		item := &items[i]
		o.string("thumb_media_id", item.ThumbMediaID)
		o.string("author", item.Author)
		o.string("title", item.Title)
		o.string("content_source_url", item.SourceURL)
		o.string("content", item.Content)
		o.string("digest", item.Digest)
		show := int64(0)
		if item.ShowCover {
			show = 1
		}
		o.integer("show_cover_pic", show)
	})
	return c.uploadJSON(ctx, "media/uploadnews", o.end())
}

// UploadVideo gives the media id that a mass send takes for a video that was uploaded.
func (c *Client) UploadVideo(ctx context.Context, mediaID, title, description string) (*Media, error) {
	var o object
	o.string("media_id", mediaID)
	o.string("title", title)
	o.string("description", description)
	return c.uploadJSON(ctx, "media/uploadvideo", o.end())
}

func (c *Client) uploadJSON(ctx context.Context, name string, body []byte) (*Media, error) {
	var a mediaAnswer
	if err := c.do(ctx, &call{name: name, body: body, media: true}, &a); err != nil {
		return nil, err
	}
	return a.media(), nil
}
