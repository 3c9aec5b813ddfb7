package wechat

import (
	"context"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"parley/core"
	"parley/core/official"
)

// History lists what a follower has sent, or with an empty Peer what all have. An After that is in no list is NotFound.
func (r remote) History(ctx context.Context, q core.HistoryQuery) (core.History, error) {
	if q.Limit < 1 || q.Limit > core.MaxPage || q.After < 0 {
		return core.History{}, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	}
	found, err := r.list(ctx, &q)
	h := core.History{Unread: -1}
	for _, m := range found {
		h.Messages = append(h.Messages, r.message(m))
	}
	return h, err
}

// list returns the messages that q selects, in the order of their times.
func (r remote) list(ctx context.Context, q *core.HistoryQuery) (found []*ListedInbound, err error) {
	newer := q.After != 0 && q.Direction == core.Newer
	older := q.After != 0 && !newer
	reached := q.After == 0
	for m, err := range r.Inbound(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return nil, err
		}
		if !reached && messageID(m) == q.After {
			if reached = true; newer {
				break
			}
			continue
		}
		if q.Peer != "" && m.Sender != q.Peer || older && !reached {
			continue
		}
		found = append(found, m)
		switch {
		case newer && len(found) > q.Limit: // those before it are newer than the page
			found = slices.Delete(found, 0, 1)
		case !newer && len(found) == q.Limit:
			slices.Reverse(found)
			return found, nil
		}
	}
	if !reached {
		return nil, core.NewFault(core.NotFound, core.FieldMessage, "there is no such message")
	}
	slices.Reverse(found)
	return found, nil
}

// messageID returns the official platform's number of a message. What is no number is given one.
func messageID(m *ListedInbound) int64 {
	if id, err := strconv.ParseInt(m.ID, 10, 64); err == nil && id > 0 {
		return id
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(m.ID)) // a hash takes everything
	return int64(sum.Sum64()>>1) | 1
}

func (r remote) message(m *ListedInbound) core.Message {
	shown := core.Message{ID: messageID(m), Time: m.Time, Peer: m.Sender}
	in := m.Inbound
	shown.Content, _ = inboundContent(&in, mediumURL(m), m.ThumbURL)
	return shown
}

// mediumURL returns where the remote's copy of a medium is.
func mediumURL(m *ListedInbound) string {
	if m.Kind == official.InboundLink {
		return ""
	}
	return m.URL
}

// MarkRead is Unsupported.
func (r remote) MarkRead(context.Context, string, int64) (int, error) { return 0, unsupported() }

// Unread is Unsupported.
func (r remote) Unread(context.Context) (int, error) { return 0, unsupported() }

func unsupported() error {
	return core.NewFault(core.Unsupported, "", "the platform does not offer this")
}

// talks goes through all that followers have sent and returns the newest of each, the newest first.
func (r remote) talks(ctx context.Context) (newest []*ListedInbound, err error) {
	seen := make(map[string]bool)
	for m, err := range r.Inbound(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return nil, err
		}
		if !seen[m.Sender] {
			seen[m.Sender] = true
			newest = append(newest, m)
		}
	}
	return newest, nil
}

// Conversations lists the followers who have written. It reads all that they have; what is unread is not known.
func (r remote) Conversations(ctx context.Context, offset, limit int) (core.ConversationPage, error) {
	if offset < 0 || limit < 1 || limit > core.MaxPage {
		return core.ConversationPage{}, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	}
	all, err := r.talks(ctx)
	page := core.ConversationPage{Total: len(all)}
	offset = min(offset, len(all))
	for _, m := range all[offset:min(len(all), offset+limit)] {
		page.Conversations = append(page.Conversations, core.Conversation{Peer: m.user(), Last: r.message(m), Unread: -1})
	}
	return page, err
}

func (m *ListedInbound) user() *core.User {
	return &core.User{ID: m.Sender, UUID: m.Sender, Nickname: m.Nickname, Avatar: m.Avatar}
}

// Chats implements core.Transcript. It reads all that followers have sent.
func (r remote) Chats(ctx context.Context) ([]core.TranscriptChat, error) {
	all, err := r.talks(ctx)
	chats := make([]core.TranscriptChat, len(all))
	for i, m := range all {
		chats[i] = core.TranscriptChat{Ref: core.Ref{Peer: m.Sender}, Peer: m.user(), Unread: -1}
	}
	return chats, err
}

// Pull implements core.Transcript: what a follower has sent. Each page costs reading all that is newer; whoever copies an
// account goes through RemoteAccount.Inbound once instead.
func (r remote) Pull(ctx context.Context, ref core.Ref, after int64, limit int) ([]core.TranscriptMessage, error) {
	switch {
	case ref.Peer == "" || ref.Group != "" || ref.Channel != core.Direct:
		return nil, core.NewFault(core.Unsupported, core.FieldThread, "the platform has conversations with followers only")
	case after < 0 || limit < 1 || limit > core.MaxPage:
		return nil, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	}
	var found []*ListedInbound
	var err error
	if after == 0 {
		found, err = r.first(ctx, ref.Peer, limit)
	} else {
		found, err = r.list(ctx, &core.HistoryQuery{Peer: ref.Peer, After: after, Limit: limit})
	}
	messages := make([]core.TranscriptMessage, len(found))
	for i, m := range found {
		messages[i] = core.TranscriptMessage{Message: r.message(m), Sender: m.Sender, Origin: m.ID}
	}
	return messages, err
}

// first returns the oldest messages of a follower.
func (r remote) first(ctx context.Context, peer string, limit int) (found []*ListedInbound, err error) {
	for m, err := range r.Inbound(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return nil, err
		}
		if m.Sender != peer {
			continue
		}
		if found = append(found, m); len(found) > limit {
			found = slices.Delete(found, 0, 1)
		}
	}
	slices.Reverse(found)
	return found, nil
}
