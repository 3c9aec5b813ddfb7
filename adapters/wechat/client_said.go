package wechat

import (
	"context"
	"iter"
	"time"

	"parley/core/official"
)

// ListedInbound is a message from a follower. Copy and ThumbCopy are not told: URL and ThumbURL are where the remote's own
// copies of its media are, empty where it has none, and URL is also that of a link.
type ListedInbound struct {
	official.ReceivedMessage

	ThumbURL string
}

// Inbound goes through what followers have sent since the day of a time and before the day of another, the newest first.
// The days are those of the times' own zones; the zero time is no bound.
func (a *RemoteAccount) Inbound(ctx context.Context, since, before time.Time) iter.Seq2[*ListedInbound, error] {
	q := messagesQuery{start: day(since), end: day(before)}
	walk := walked(func(p page) ([]messageView, int64, error) {
		var answer messagesAnswer
		asked := q
		asked.page = p
		err := ask(ctx, a.client, a.client.table.messages, a.id, &asked, &answer)
		return answer.messages, answer.pagination.count, err
	}, func(m *messageView) string { return m.ID })
	return mapped(walk, func(m *messageView) (*ListedInbound, error) {
		listed := &ListedInbound{m.ReceivedMessage, m.thumbURL}
		listed.Kind, listed.Time, listed.URL = official.InboundKind(m.kind), m.time, m.url
		return listed, nil
	}, nil)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// MassSends goes through the mass sends with their ends, the newest first. Status is official.MassSending until the end,
// then what the official platform says; who they were for is not told. It costs a request for each beside the list.
func (a *RemoteAccount) MassSends(ctx context.Context) iter.Seq2[*official.MassSend, error] {
	return mapped(a.massViews(ctx), func(v *massView) (*official.MassSend, error) {
		m := &official.MassSend{
			ID: v.id, MassSendInput: official.MassSendInput{Type: v.kind, Material: v.material}, Created: v.created,
		}
		var answer massStatus
		if err := ask(ctx, a.client, a.client.table.massStatus, a.id, &massIDQuery{v.id}, &answer); err != nil {
			return nil, err
		}
		m.Status = answer.status
		if answer.total != nil && answer.filtered != nil && answer.sent != nil && answer.refused != nil {
			m.Counts = &official.Counts{Total: *answer.total, Filtered: *answer.filtered, Sent: *answer.sent, Failed: *answer.refused}
		}
		return m, nil
	}, isGone)
}

func (a *RemoteAccount) massViews(ctx context.Context) iter.Seq2[massView, error] {
	return walked(func(p page) ([]massView, int64, error) {
		var answer massAnswer
		err := ask(ctx, a.client, a.client.table.massSends, a.id, &pageQuery{page: p}, &answer)
		return answer.sends, answer.pagination.count, err
	}, func(m *massView) string { return m.id })
}
