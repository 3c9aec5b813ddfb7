package core

import (
	"container/heap"
	"context"

	"parley/storage"
)

const (
	// exportBuffer bounds the bytes of the messages that an export has read ahead, if there are not more conversations.
	exportBuffer = 32 << 20
	// exportAhead is how many messages of one conversation it reads ahead at the most.
	exportAhead = 400
)

// exportQueue is the conversations by the ids of their next messages.
type exportQueue []*exportSource

// exportSource is a conversation that has a message left.
type exportSource struct {
	talk  *exportTalk
	next  int64
	ahead []storedMessage
}

func (q exportQueue) Len() int           { return len(q) }
func (q exportQueue) Less(i, j int) bool { return q[i].next < q[j].next }
func (q exportQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface; nothing is ever pushed.
func (q *exportQueue) Push(any) {}

// Pop implements heap.Interface.
func (q *exportQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// Messages calls visit for every message of the app, in the order of ids. The message is visit's until it returns.
func (x *Export) Messages(ctx context.Context, visit func(*ImportedMessage) error) error {
	sources := make([]exportSource, len(x.talks))
	queue := make(exportQueue, len(x.talks))
	for i := range x.talks {
		sources[i] = exportSource{talk: &x.talks[i], next: x.talks[i].first}
		queue[i] = &sources[i]
	}
	heap.Init(&queue)
	room := exportBuffer / max(1, len(queue))
	for len(queue) > 0 {
		s := queue[0]
		if len(s.ahead) == 0 {
			if err := x.readAhead(ctx, s, room); err != nil {
				return x.engine.readFault(err)
			}
			if s.ahead[0].id > s.next { // its turn may be later
				s.next = s.ahead[0].id
				heap.Fix(&queue, 0)
				continue
			}
		}
		m, err := x.message(ctx, s.talk.key, s.ahead[0])
		if err != nil {
			return x.engine.readFault(err)
		}
		if err := visit(m); err != nil {
			return err
		}
		s.ahead = s.ahead[1:]
		switch {
		case len(s.ahead) > 0:
			s.next = s.ahead[0].id
		case m.ID == s.talk.head.id:
			heap.Pop(&queue)
			s.ahead = nil
			continue
		default:
			s.next = m.ID + 1 // or later; it is read when its turn comes
			s.ahead = nil
		}
		heap.Fix(&queue, 0)
	}
	return nil
}

// readAhead reads the next messages of a conversation: as many as have room, and at least one.
func (x *Export) readAhead(ctx context.Context, s *exportSource, room int) error {
	var failed error
	err := x.engine.store.View(ctx, func(r storage.Reader) error {
		s.ahead = s.ahead[:0]
		left := room
		area := storage.Range{
			From: appendMessageKey(nil, s.talk.key, s.next), To: appendMessageKey(nil, s.talk.key, s.talk.head.id+1), Limit: exportAhead,
		}
		return r.Scan(area, func(key, value []byte) bool {
			var id int64
			if id, failed = parseMessageID(key); failed != nil {
				return false
			}
			m := storedMessage{id: id, record: append([]byte(nil), value...)}
			s.ahead = append(s.ahead, m)
			left -= int(messageSize(m))
			return left > 0
		})
	})
	switch {
	case err != nil:
		return err
	case failed != nil:
		return failed
	case len(s.ahead) == 0:
		return corrupt(appendMessageKey(nil, s.talk.key, s.next))
	}
	return nil
}

// message shows a stored message as it is imported.
func (x *Export) message(ctx context.Context, k conversationKey, s storedMessage) (*ImportedMessage, error) {
	r, err := parseMessageRecord(s.id, s.record)
	if err != nil {
		return nil, err
	}
	m := &ImportedMessage{
		Origin: exportedOrigin(r.id), ID: r.id, Seq: r.seq, Time: r.time, Deleted: r.deleted, Channel: k.channel(),
	}
	if m.From, err = x.id(ctx, r.sentBy(k)); err != nil {
		return nil, err
	}
	if k.kind == kindGroup {
		m.Group, err = x.group(ctx, GroupNumber(k.a))
	} else {
		m.To, err = x.id(ctx, k.peer(r.sentBy(k)))
	}
	if err != nil {
		return nil, err
	}
	if r.revoked != nil {
		m.Revoked = &ImportedRevocation{Role: r.revoked.role, Time: r.revoked.time}
		if m.Revoked.By, err = x.id(ctx, r.revoked.by); err != nil {
			return nil, err
		}
	}
	if !r.deleted {
		m.Content, err = parseContent(r.body)
	}
	return m, err
}
