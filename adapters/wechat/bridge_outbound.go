package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
	"time"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// outboundMessage is a content of any dialect as the customer service can send it.
func (w *Worker) outboundMessage(ctx context.Context, client *weixin.Client, account string, c *core.Content) (weixin.Message, error) {
	fields := readFields(c)
	switch c.Kind {
	case core.KindImage, core.KindVoice, core.KindVideo:
		message, err := w.outboundMedia(ctx, client, account, c.Kind, fields)
		if err == nil || errors.Is(err, weixin.ErrUnavailable) || ctx.Err() != nil {
			return message, err
		}
		w.log.Info("a medium goes out as a link", "account", account, "kind", c.Kind.String(), "error", err.Error())
	case core.KindLink:
		if fields["url"] != "" && fields["title"] != "" {
			return weixin.Message{Type: weixin.MediaNews, Articles: []weixin.Article{{
				Title: fields["title"], Description: fields["description"], URL: fields["url"], PicURL: fields["picture"],
			}}}, nil
		}
	default:
	}
	text := outboundText(c, fields)
	if text == "" {
		return weixin.Message{}, errors.New("the content has no form at the platform")
	}
	return weixin.Message{Type: weixin.TypeText, Content: text}, nil
}

// readFields returns the texts and numbers of a content's object by their names; of a bare text, that under the name of the
// main value.
func readFields(c *core.Content) map[string]string {
	fields := map[string]string{}
	var all map[string]json.RawMessage
	if json.Unmarshal(c.Body, &all) != nil || all == nil {
		if name := c.Kind.MainField(); name != "" {
			fields[name] = string(c.Body)
		}
		return fields
	}
	for name, raw := range all {
		var text string
		var number json.Number
		switch {
		case json.Unmarshal(raw, &text) == nil:
			fields[name] = text
		case json.Unmarshal(raw, &number) == nil:
			fields[name] = number.String()
		}
	}
	return fields
}

// outboundText is the text that stands for a content.
func outboundText(c *core.Content, fields map[string]string) string {
	switch c.Kind {
	case core.KindText:
		if !c.Object {
			return string(c.Body)
		}
		return fields["content"]
	case core.KindHTML:
		if main, ok := c.Main(); ok {
			return textOf(main)
		}
		return ""
	default:
	}
	var parts []string
	for _, name := range [...]string{"title", "name", "nickname", "description", "url"} {
		if fields[name] != "" {
			parts = append(parts, fields[name])
		}
	}
	if fields["latitude"] != "" && fields["longitude"] != "" {
		parts = append(parts, fields["latitude"]+", "+fields["longitude"])
	}
	if len(parts) == 0 && !c.Object {
		return string(c.Body)
	}
	return strings.Join(parts, "\n")
}

// textOf is the text of a piece of HTML.
func textOf(page string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(page, "<")
		b.WriteString(before)
		_, after, closed := strings.Cut(rest, ">")
		if !found || !closed {
			break
		}
		page = after
	}
	return strings.TrimSpace(html.UnescapeString(b.String()))
}

// outsideTimeout bounds the fetching of a medium from elsewhere: others of the account are waiting behind it.
const outsideTimeout = 20 * time.Second

// mediaLimit is the platform's name for a kind of medium, and the largest that it takes, in bytes.
func mediaLimit(kind core.Kind) (name, ending string, limit int64) {
	switch kind {
	case core.KindVoice:
		return weixin.MediaVoice, ".mp3", 2 << 20
	case core.KindVideo:
		return weixin.MediaVideo, ".mp4", 10 << 20
	default:
		return weixin.MediaImage, ".jpg", 2 << 20
	}
}

// outboundMedia uploads the medium that a content points to.
func (w *Worker) outboundMedia(ctx context.Context, client *weixin.Client, account string, kind core.Kind, fields map[string]string) (weixin.Message, error) {
	name, ending, limit := mediaLimit(kind)
	message := weixin.Message{Type: name, Title: fields["title"], Description: fields["description"]}
	if id, own := w.base.ownMedia(account, fields["url"]); own {
		m, err := w.service.Media(ctx, account, id)
		if err != nil {
			return message, err
		}
		message.MediaID, err = w.mediaUpload(ctx, client, account, m, name)
		return message, err
	}
	content, err := w.fetchOutside(ctx, account, fields["url"], limit)
	if err != nil {
		return message, err
	}
	uploaded, err := client.UploadMedia(ctx, name, weixin.File{
		Name: "file" + ending, ContentType: http.DetectContentType(content), Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	})
	if err != nil {
		return message, err
	}
	message.MediaID = uploaded.ID
	return message, nil
}

// fetchOutside returns what a URL from a message leads to.
func (w *Worker) fetchOutside(ctx context.Context, account, from string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, outsideTimeout)
	defer cancel()
	client, err := w.outside(ctx, account)
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
	if err != nil || request.URL.Scheme != "http" && request.URL.Scheme != "https" || request.URL.User != nil {
		return nil, core.NewFault(core.Invalid, official.FieldURL, "the address can not be fetched")
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, core.Wrap(core.Invalid, "the address can not be fetched", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the address answers with status %d", response.StatusCode)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return nil, core.Wrap(core.Invalid, "the address can not be fetched", err)
	case len(content) == 0 || int64(len(content)) > limit:
		return nil, core.NewFault(core.TooLarge, official.FieldMedia, "what the address leads to is empty or too large")
	}
	return content, nil
}
