package wechat

import (
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// publicType is the content type of what is published under a name with the ending, which is in small letters. Nothing
// that a browser would run is among them: a file is what its ending says, and never what it looks like.
func publicType(ending string) (contentType string, known bool) {
	switch ending {
	case ".jpg", ".jpeg":
		return "image/jpeg", true
	case ".png":
		return "image/png", true
	case ".gif":
		return "image/gif", true
	case ".mp3":
		return "audio/mpeg", true
	case ".amr":
		return "audio/amr", true
	case ".speex":
		return "audio/speex", true
	case ".mp4":
		return "video/mp4", true
	}
	return "application/octet-stream", false
}

// publicNames are the endings under which a medium is published, the one that URLs have first. What an app has uploaded
// can be had under all that its kind has, for a new name must not make an old URL wrong.
func publicNames(m *official.Media) []string {
	switch m.Kind {
	case official.KindImage, official.KindNewsImage:
		return []string{".jpg"}
	case official.KindVoice:
		if hasEnding(m.Name, []string{".amr"}) {
			return []string{".amr", ".mp3"}
		}
		return []string{".mp3", ".amr"}
	case official.KindVideo:
		return []string{".mp4"}
	case official.KindReceived:
	}
	ending := strings.ToLower(path.Ext(m.Name))
	if _, known := publicType(ending); !known {
		ending = ".bin"
	}
	return []string{ending}
}

// publicURL is where the world finds a medium.
func (x *exchange) publicURL(m *official.Media) string {
	return x.dialect.base.media(x.account.ID, m.ID+publicNames(m)[0])
}

// coverURL is where the world finds the cover of an article.
func (x *exchange) coverURL(id string) string { return x.dialect.base.media(x.account.ID, id+".jpg") }

// publicEndpoint answers GET and HEAD of a medium's public address, in whole or the part that is asked for. Those that
// have been deleted remain, for messages refer to them.
type publicEndpoint struct {
	*wire.Row[publicQuery, nothing]
}

type publicQuery struct{ account, file string }

func publicRow() wire.Endpoint {
	return &publicEndpoint{&wire.Row[publicQuery, nothing]{
		Name: "GET /media/{ACCOUNT}/{FILE}", ZH: "公开的媒体文件（支持Range与HEAD）", EN: "A medium's content for everybody, in whole or in part, as URLs in answers name it",
		Params: []wire.Param[publicQuery]{
			wire.String("ACCOUNT", func(q *publicQuery) *string { return &q.account }).At(wire.PlacePath).Must().Means("公众号ID", "The account"),
			wire.String("FILE", func(q *publicQuery) *string { return &q.file }).At(wire.PlacePath).Must().Means("媒体ID，可带扩展名", "The ID of the medium, with or without an ending"),
		},
		Do: in(func(*exchange, *publicQuery, *nothing) error { return nil }),
	}}
}

// serve implements direct.
func (*publicEndpoint) serve(x *exchange) error {
	account, _ := x.in.variable("ACCOUNT")
	file, _ := x.in.variable("FILE")
	id, ending := strings.TrimSuffix(file, path.Ext(file)), path.Ext(file)
	m, err := x.service().Media(x.ctx, account, id)
	if err == nil {
		names := publicNames(m)
		if ending == "" {
			ending = names[0]
		}
		if !slices.Contains(names, ending) {
			err = core.NewFault(core.NotFound, official.FieldMedia, "the medium is not published under this ending")
		}
	}
	if code := core.CodeOf(err); code != 0 && code != core.NotFound {
		return err
	}
	if err != nil {
		x.ctx.Error("404 page not found", fasthttp.StatusNotFound)
		return nil
	}
	content, err := x.service().OpenMedia(x.ctx, account, m)
	if err != nil {
		return err
	}
	contentType, safe := publicType(ending)
	h := &x.ctx.Response.Header
	h.SetContentType(contentType)
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if !safe {
		h.Set(fasthttp.HeaderContentDisposition, "attachment")
		h.Set(fasthttp.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	}
	return serveContent(x.ctx, content, versionOf(m))
}

// version is what tells one content under an address from another.
type version struct {
	tag string
	// modified is zero where it is not known.
	modified time.Time
	control  string
}

// versionOf returns the version of a medium. Only a video can be replaced, and is then asked for every time.
func versionOf(m *official.Media) version {
	v := version{
		tag:     `"` + m.ID + "-" + strconv.FormatUint(m.Version, 10) + `"`,
		control: "public, max-age=86400",
	}
	if m.Version == 1 {
		v.modified = time.UnixMilli(m.Created).Truncate(time.Second)
	}
	if m.Kind == official.KindVideo {
		v.control = "public, no-cache"
	}
	return v
}

// serveContent answers with a content, or the part of it that is asked for, or with the news that it is still the same.
func serveContent(ctx *fasthttp.RequestCtx, content official.Content, v version) error {
	h := &ctx.Response.Header
	h.Set(fasthttp.HeaderETag, v.tag)
	h.Set(fasthttp.HeaderCacheControl, v.control)
	h.Set(fasthttp.HeaderAcceptRanges, "bytes")
	if !v.modified.IsZero() {
		h.SetLastModified(v.modified)
	}
	if unchanged(&ctx.Request.Header, v) {
		h.SetContentType("") // what the client has, has one
		ctx.SetStatusCode(fasthttp.StatusNotModified)
		return nil
	}
	size := content.Size()
	part, asked := askedRange(&ctx.Request.Header, v, size)
	switch {
	case !asked:
		part = byteRange{0, size}
	case part.length <= 0:
		h.Set(fasthttp.HeaderContentRange, "bytes */"+strconv.FormatInt(size, 10))
		ctx.SetStatusCode(fasthttp.StatusRequestedRangeNotSatisfiable)
		return nil
	default:
		h.Set(fasthttp.HeaderContentRange, "bytes "+strconv.FormatInt(part.start, 10)+"-"+
			strconv.FormatInt(part.start+part.length-1, 10)+"/"+strconv.FormatInt(size, 10))
		ctx.SetStatusCode(fasthttp.StatusPartialContent)
	}
	if _, err := content.Seek(part.start, io.SeekStart); err != nil {
		return err
	}
	sendStream(ctx, io.LimitReader(content, part.length), part.length)
	return nil
}
