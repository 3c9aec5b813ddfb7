package wechat

import (
	"context"
	"errors"
	"strconv"
	"time"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// The bounds of what is stored of a message, in characters; the rest of a longer text is cut off.
const (
	maxInboundText = 2000
	maxInboundID   = 45
)

// storeMargin is how long what has to be written down may take after the time for a reply is over.
const storeMargin = 400 * time.Millisecond

// received is a message or event as it is stored; ok is false for a type that is not known.
func (w *Worker) received(in *weixin.Inbound) (m official.Inbound, ok bool) {
	text := func(s string) string { return clip(s, maxInboundText) }
	m = official.Inbound{
		ID: in.MsgID, Kind: official.InboundKind(in.MsgType), Sender: in.FromUserName, Time: w.moment(in.CreateTime),
		Content: text(in.Content), MediaID: text(in.MediaID), ThumbMediaID: text(in.ThumbMediaID), PictureURL: text(in.PicURL),
		Format: text(in.Format), Recognition: text(in.Recognition), Latitude: text(in.LocationX), Longitude: text(in.LocationY),
		Scale: text(in.Scale), Label: text(in.Label), Title: text(in.Title), Description: text(in.Description), URL: text(in.URL),
		Event: text(in.Event), EventKey: text(in.EventKey),
	}
	switch m.Kind {
	case official.InboundText, official.InboundImage, official.InboundVoice, official.InboundVideo, official.InboundLocation,
		official.InboundLink:
		return m, true
	case official.InboundEvent:
		m.ID = ""
		return m, true
	case "shortvideo":
		m.Kind = official.InboundVideo
		return m, true
	}
	return m, false
}

// moment turns the platform's seconds into milliseconds; what is none is now.
func (w *Worker) moment(seconds string) int64 {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return w.now().UnixMilli()
	}
	return n * 1000
}

// handleMessage stores a message, shows it to the app, and answers it.
func (w *Worker) handleMessage(ctx context.Context, account *official.Account, in *weixin.Inbound) ([]byte, error) {
	m, ok := w.received(in)
	if !ok {
		return nil, core.NewFault(core.Unsupported, official.FieldKind, "there is no such type of message")
	}
	if m.ID == "" || len(m.ID) > maxInboundID {
		return nil, core.NewFault(core.Invalid, core.FieldMessage, "the message has no number")
	}
	return w.flights.do(account.ID+" "+m.ID, w.now(), func() ([]byte, error) {
		stored, _, err := w.service.StoreInbound(ctx, account.ID, m)
		if err != nil {
			return nil, err
		}
		if err := w.showReceived(ctx, account.ID, stored); err != nil {
			return nil, err
		}
		return w.reply(ctx, account, in, stored, func() (chosen, error) { return w.choose(ctx, account.ID, stored) })
	})
}

// showReceived shows a message to the app, one with media once they are fetched.
func (w *Worker) showReceived(ctx context.Context, account string, m *official.Inbound) error {
	if m.MediaID == "" && m.ThumbMediaID == "" {
		return w.showInbound(ctx, account, m)
	}
	if m.Copy != "" {
		return nil // the job that has made the copy does it
	}
	return w.require(ctx, account, jobMedia, m.ID, nil)
}

// choose selects the reply to a message: that of a keyword, or else the default one.
func (w *Worker) choose(ctx context.Context, account string, m *official.Inbound) (chosen, error) {
	text := m.Content
	switch m.Kind {
	case official.InboundVoice:
		text = m.Recognition
	case official.InboundText:
	default:
		return chosen{rule: official.RuleDefault}, nil
	}
	reply, found, err := w.service.Match(ctx, account, text)
	if err != nil || !found {
		return chosen{rule: official.RuleDefault}, err
	}
	return chosen{reply: reply, keyword: m.Kind == official.InboundText, rule: official.RuleDefault}, nil
}

// reply builds the reply to a message or event. If that takes too long, or the platform is not there, it is sent later, by
// the customer service's call.
func (w *Worker) reply(ctx context.Context, account *official.Account, in *weixin.Inbound, stored *official.Inbound, choose func() (chosen, error)) ([]byte, error) {
	c, err := choose()
	if err != nil {
		return nil, err
	}
	limit := articlesToMessage
	if stored.Kind == official.InboundEvent {
		limit = articlesToEvent
	}
	ready, err := w.build(ctx, account.ID, stored, c, limit)
	if err == nil && ctx.Err() != nil {
		err = ctx.Err() // nobody waits for it any more
	}
	// What is left to write down is written down, even if the time is over.
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeMargin)
	defer cancel()
	switch {
	case errors.Is(err, errNoReply):
		return nil, nil
	case err != nil:
		w.log.Info("a reply is sent later", "account", account.ID, "message", stored.ID, "error", err.Error())
		return nil, w.postpone(rest, account.ID, stored, c, limit)
	}
	if err := w.showReply(rest, account, stored, ready); err != nil {
		w.log.Error("a reply is not shown to the app", "account", account.ID, "message", stored.ID, "error", err)
	}
	head := weixin.Reply{To: in.FromUserName, From: in.ToUserName, Created: w.now().Unix()}
	return appendReply(nil, head, &ready.Message), nil
}
