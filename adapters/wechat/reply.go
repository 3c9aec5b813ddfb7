package wechat

import (
	"context"
	"errors"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// How many articles the platform shows in a reply.
const (
	articlesToMessage = 1
	articlesToEvent   = official.MaxArticles
)

// chosen is a reply that was selected: that of a keyword or button and, where there is none or it can not be built, that of
// a rule with a special name.
type chosen struct {
	reply official.Reply
	// keyword tells that the reply is that of a keyword in a text, which is then marked as answered.
	keyword bool
	rule    string
}

// built is a reply that is ready to be sent.
type built struct {
	weixin.Message
	reply official.Reply // what it was made of
}

// errNoReply says that there is nothing to reply with.
var errNoReply = errors.New("there is no reply")

// build makes the message of a reply. Its error is errNoReply if there is none, and otherwise one that may pass.
func (w *Worker) build(ctx context.Context, account string, stored *official.Inbound, c chosen, limit int) (*built, error) {
	if c.reply.Type != "" {
		message, err := w.material(ctx, account, c.reply, limit)
		if !errors.Is(err, errNoReply) {
			if c.keyword && !stored.Answered {
				// It is answered by the keyword, whether at once or later.
				mark, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeMargin)
				defer cancel()
				err = errors.Join(err, w.service.MarkAnswered(mark, account, stored.ID))
			}
			return message, err
		}
	}
	rule, err := w.service.SpecialRule(ctx, account, c.rule)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return nil, errNoReply
	case err != nil:
		return nil, err
	}
	return w.material(ctx, account, rule.Reply, limit)
}

// material makes a message of what a reply names. Material that is gone, that the platform does not take, or that is of a
// type without a form is errNoReply.
func (w *Worker) material(ctx context.Context, account string, r official.Reply, limit int) (*built, error) {
	message, err := w.materialOf(ctx, account, r, limit)
	if core.CodeOf(err) == core.NotFound || refused(err) || permanent(err) {
		w.log.Warn("a reply can not be built", "account", account, "type", string(r.Type), "material", r.ID, "error", err)
		return nil, errNoReply
	}
	if err != nil {
		return nil, err
	}
	return &built{*message, r}, nil
}

func (w *Worker) materialOf(ctx context.Context, account string, r official.Reply, limit int) (*weixin.Message, error) {
	switch r.Type {
	case official.ReplyText:
		text, err := w.service.Text(ctx, account, r.ID)
		if err != nil {
			return nil, err
		}
		return &weixin.Message{Type: weixin.TypeText, Content: text.Content}, nil
	case official.ReplyImage, official.ReplyVoice, official.ReplyVideo:
		return w.mediaMessage(ctx, account, r)
	case official.ReplyNews:
		return w.newsMessage(ctx, account, r.ID, limit)
	case official.ReplyMusic: // the platform wants a cover, and the management API has no place for one
	}
	return nil, errNoReply
}

// mediaMessage makes a message of an image, a voice or a video, which is uploaded if need be.
func (w *Worker) mediaMessage(ctx context.Context, account string, r official.Reply) (*weixin.Message, error) {
	m, err := w.service.Media(ctx, account, r.ID, official.MediaKind(r.Type))
	if err != nil {
		return nil, err
	}
	client, err := w.client(ctx, account)
	if err != nil {
		return nil, err
	}
	id, err := w.mediaUpload(ctx, client, account, m, string(r.Type))
	if err != nil {
		return nil, err
	}
	return &weixin.Message{Type: string(r.Type), MediaID: id, Title: m.Title, Description: m.Description}, nil
}

// newsMessage makes a message of articles, which link to their pages here.
func (w *Worker) newsMessage(ctx context.Context, account, id string, limit int) (*weixin.Message, error) {
	news, err := w.service.News(ctx, account, id)
	if err != nil {
		return nil, err
	}
	message := &weixin.Message{Type: weixin.MediaNews}
	for _, a := range news.Articles[:min(len(news.Articles), limit)] {
		cover, err := w.service.Media(ctx, account, a.ImageID, official.KindImage, official.KindNewsImage)
		if err != nil && core.CodeOf(err) != core.NotFound {
			return nil, err
		}
		article := weixin.Article{Title: a.Title, Description: a.Digest, URL: w.base.page(account, a.ID)}
		if err == nil {
			article.PicURL = w.base.media(account, cover.ID)
		}
		message.Articles = append(message.Articles, article)
	}
	return message, nil
}

// appendReply appends the passive reply with a message.
func appendReply(dst []byte, head weixin.Reply, m *weixin.Message) []byte {
	switch m.Type {
	case weixin.MediaImage:
		return head.AppendImage(dst, m.MediaID)
	case weixin.MediaVoice:
		return head.AppendVoice(dst, m.MediaID)
	case weixin.MediaVideo:
		return head.AppendVideo(dst, m.MediaID, m.Title, m.Description)
	case weixin.MediaNews:
		return head.AppendNews(dst, m.Articles)
	}
	return head.AppendText(dst, m.Content)
}
