package wechat

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"parley/adapters/wechat/weixin"
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// members writes a JSON object in the normal form of core's contents. Members without a value are left out.
type members struct{ text []byte }

func (m *members) string(name, value string) {
	if value != "" {
		m.text = wire.AppendString(m.name(name), strings.ToValidUTF8(value, "\ufffd"), wire.JS)
	}
}

// number writes a number, or a text that is none as such.
func (m *members) number(name, value string) {
	if _, err := strconv.ParseFloat(value, 64); err != nil || !json.Valid([]byte(value)) {
		m.string(name, value)
		return
	}
	m.text = append(m.name(name), value...)
}

func (m *members) name(name string) []byte {
	separator := byte(',')
	if len(m.text) == 0 {
		separator = '{'
	}
	return append(append(append(m.text, separator, '"'), name...), '"', ':')
}

func (m *members) content(kind core.Kind) core.Content {
	if len(m.text) == 0 {
		m.text = append(m.text, '{')
	}
	return core.Content{Kind: kind, Object: true, Body: append(m.text, '}')}
}

// inboundContent is a received message as a content of the core; false for an event.
func (w *Worker) inboundContent(account string, in *official.Inbound) (core.Content, bool) {
	return inboundContent(in, w.base.media(account, in.Copy), w.base.media(account, in.ThumbCopy))
}

// inboundContent is a received message, with the URLs of our copies of its medium, as a content of the core; false for an
// event.
func inboundContent(in *official.Inbound, medium, still string) (core.Content, bool) {
	var m members
	var c core.Content
	switch in.Kind {
	case official.InboundText:
		c = core.Content{Kind: core.KindText, Body: []byte(in.Content)}
	case official.InboundImage:
		m.string("url", cmp.Or(medium, in.PictureURL))
		c = m.content(core.KindImage)
	case official.InboundVoice:
		m.string("url", medium)
		m.string("type", in.Format)
		m.string("text", in.Recognition)
		c = m.content(core.KindVoice)
	case official.InboundVideo:
		m.string("url", medium)
		m.string("thumbnail", still)
		c = m.content(core.KindVideo)
	case official.InboundLocation:
		m.string("description", in.Label)
		m.number("latitude", in.Latitude)
		m.number("longitude", in.Longitude)
		m.number("scale", in.Scale)
		c = m.content(core.KindLocation)
	case official.InboundLink:
		m.string("url", in.URL)
		m.string("title", in.Title)
		m.string("description", in.Description)
		c = m.content(core.KindLink)
	case official.InboundEvent:
		return c, false
	}
	c.Origin, c.Type = origin, string(in.Kind)
	return c, true
}

// outbound is something that an account has sent, with what the platform was not told of it.
type outbound struct {
	weixin.Message
	url string // of the medium
}

// sentContent is what an account has sent, made of some material, as a content of the core.
func (w *Worker) sentContent(ctx context.Context, account, material string, m *weixin.Message) (core.Content, error) {
	out := outbound{Message: *m}
	switch m.Type {
	case weixin.MediaImage, weixin.MediaVoice, weixin.MediaVideo, weixin.TypeMPVideo:
		found, err := w.service.Media(ctx, account, material)
		if err != nil {
			return core.Content{}, err
		}
		out.url, out.Title, out.Description = w.base.media(account, found.ID), found.Title, found.Description
	case weixin.TypeMPNews:
		news, err := w.newsMessage(ctx, account, material, official.MaxArticles)
		if err != nil {
			return core.Content{}, err
		}
		out.Articles = news.Articles
	}
	return out.content(), nil
}

// content is what an account has sent as a content of the core: of articles the first is shown as a link, and the others
// are told of beside it.
func (o *outbound) content() core.Content {
	var m members
	var c core.Content
	switch o.Type {
	case weixin.MediaImage, weixin.MediaVoice:
		m.string("url", o.url)
		kind := core.KindImage
		if o.Type == weixin.MediaVoice {
			kind = core.KindVoice
		}
		c = m.content(kind)
	case weixin.MediaVideo, weixin.TypeMPVideo:
		m.string("url", o.url)
		m.string("title", o.Title)
		m.string("description", o.Description)
		c = m.content(core.KindVideo)
	case weixin.MediaNews, weixin.TypeMPNews:
		c = articlesContent(o.Articles)
	default:
		c = core.Content{Kind: core.KindText, Body: []byte(o.Content)}
	}
	c.Origin, c.Type = origin, o.Type
	return c
}

func articlesContent(articles []weixin.Article) core.Content {
	var m members
	for i, a := range articles {
		if i == 0 {
			appendArticle(&m, a)
			continue
		}
		if i == 1 {
			m.text = append(m.name("more"), '[')
		} else {
			m.text = append(m.text, ',')
		}
		var next members
		appendArticle(&next, a)
		m.text = append(m.text, next.content(core.KindLink).Body...)
	}
	if len(articles) > 1 {
		m.text = append(m.text, ']')
	}
	return m.content(core.KindLink)
}

func appendArticle(m *members, a weixin.Article) {
	m.string("url", a.URL)
	m.string("title", a.Title)
	m.string("description", a.Description)
	m.string("picture", a.PicURL)
}
