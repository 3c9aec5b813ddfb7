package core

import (
	"context"
	"strconv"
)

var _ Transcript = local{}

// Chats implements Transcript. The groups come behind what two users say to each other.
func (l local) Chats(ctx context.Context) ([]TranscriptChat, error) {
	threads, err := l.engine.Threads(ctx, l.caller)
	if err != nil {
		return nil, err
	}
	chats := make([]TranscriptChat, 0, len(threads))
	for i := range threads {
		t := &threads[i]
		if t.Last == nil {
			continue
		}
		chat := TranscriptChat{Ref: Ref{Channel: t.Channel}, Peer: t.Peer, Unread: t.Unread}
		if t.Group != nil {
			chat.Ref.Group = t.Group.ID
		} else {
			chat.Ref.Peer = t.Peer.UUID
		}
		chats = append(chats, chat)
	}
	return chats, nil
}

// Pull implements Transcript.
func (l local) Pull(ctx context.Context, ref Ref, after int64, limit int) ([]TranscriptMessage, error) {
	e := l.engine
	if limit < 1 || limit > MaxPage || after < 0 {
		return nil, NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	view, err := e.openView(ctx, l.caller, ref)
	if err != nil {
		return nil, err
	}
	defer view.conv.release()
	stored, err := l.behind(ctx, &view, min(after, maxMessageID), limit)
	if err != nil {
		return nil, e.readFault(err)
	}
	messages := make([]TranscriptMessage, 0, len(stored))
	for _, s := range stored {
		entry, err := view.entry(ctx, s)
		if err != nil {
			return nil, e.readFault(err)
		}
		if entry.Seq > view.last {
			break // said after the user has left the group
		}
		m := TranscriptMessage{
			Message: Message{ID: entry.ID, Seq: entry.Seq, Time: entry.Time, Own: entry.Own, Read: entry.Own || entry.Read, Content: entry.Content},
			Sender:  entry.Sender.UUID, Origin: strconv.FormatInt(entry.ID, 10),
		}
		if view.conv.key.kind != kindGroup {
			peer, err := e.user(ctx, userKey{l.caller.App.Number, view.conv.key.peer(l.caller.User.Number)})
			if err != nil {
				return nil, e.readFault(err)
			}
			m.Peer = peer.UUID
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// behind returns what the user sees behind an id.
func (l local) behind(ctx context.Context, view *threadView, after int64, limit int) ([]storedMessage, error) {
	var found []storedMessage
	if after == 0 {
		first, err := view.conv.atSeq(ctx, l.engine, view.minSeq())
		if err != nil || first.record == nil {
			return nil, err
		}
		if after = first.id; !view.state.conceals(first) {
			found = append(found, first)
		}
	}
	rest, err := view.conv.visiblePage(ctx, l.engine, HistoryQuery{After: after, Direction: Newer, Limit: limit}, view.state)
	found = append(found, rest...)
	return found[:min(len(found), limit)], err
}
