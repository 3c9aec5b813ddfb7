package openim

import (
	"cmp"
	"context"
	"slices"

	"parley/core"
)

// lastPlace is beyond every place in a conversation.
const lastPlace = 1<<53 - 1

// History lists messages of one conversation between two users, whose IDs are places in it, or of all of them; see
// Client.As. The platform tells the number of unread messages elsewhere: for one conversation Unread is -1.
func (r *remote) History(ctx context.Context, q core.HistoryQuery) (core.History, error) {
	switch {
	case q.Limit < 1 || q.Limit > core.MaxPage:
		return core.History{}, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	case q.Peer == "":
		return r.merged(ctx, q)
	}
	w := walk{remote: r, conversation: pairID(prefixSingle, r.userID, validText(q.Peer)), limit: int64(q.Limit)}
	h := core.History{Unread: -1}
	after, newer := q.After, q.Direction == core.Newer
	if after == 0 {
		after, newer = lastPlace+1, false
	}
	for {
		page, err := w.page(ctx, after, newer)
		if err != nil || len(page) == 0 {
			return h, err
		}
		for i := range page {
			if page[i].status != statusDeleted {
				h.Messages = append(h.Messages, r.message(&page[i], q.Peer))
			}
		}
		if len(h.Messages) > 0 {
			return h, nil
		}
		after = page[0].seq
		if newer {
			after = page[len(page)-1].seq
		}
	}
}

func (r *remote) message(d *messageData, peer string) core.Message {
	own := d.sendID == r.userID
	return core.Message{
		ID: d.seq, Seq: d.seq, Time: d.sendTime, Peer: peer, Own: own, Read: own || d.read,
		Content: incoming(d.contentType, d.content),
	}
}

// walk lists a conversation page by page.
type walk struct {
	remote       *remote
	conversation string
	limit        int64
}

// page lists the messages next to a place, deleted ones included.
func (w *walk) page(ctx context.Context, after int64, newer bool) ([]messageData, error) {
	switch {
	case !newer:
		return w.pull(ctx, 1, after-1)
	case after >= lastPlace:
		return nil, nil
	}
	page, err := w.pull(ctx, after+1, lastPlace)
	if err != nil || int64(len(page)) < w.limit || page[0].seq == after+1 {
		return page, err
	}
	// These are the newest, and there are more before them.
	below, err := w.pull(ctx, after+1, min(after+w.limit, page[0].seq-1))
	if err != nil || len(below) > 0 {
		return below, err
	}
	return w.oldest(ctx, after+1, page)
}

// oldest lists the first messages from begin on. page holds some of them, a whole page, and what comes before may have
// been cleared, up to where the platform does not tell.
func (w *walk) oldest(ctx context.Context, begin int64, page []messageData) ([]messageData, error) {
	for {
		below, err := w.pull(ctx, begin, page[0].seq-1)
		if err != nil {
			return nil, err
		}
		if int64(len(below)) < w.limit {
			return append(below, page...)[:w.limit], nil
		}
		page = below
	}
}

// pull lists the newest messages of a range of places, in their order.
func (w *walk) pull(ctx context.Context, begin, end int64) ([]messageData, error) {
	if begin > end {
		return nil, nil
	}
	q := pullQuery{userID: w.remote.userID, ranges: []seqRange{{conversationID: w.conversation, begin: begin, end: end, num: w.limit}}}
	var a pullAnswer
	if err := call(ctx, w.remote.client, w.remote.client.table.pull, &q, &a); err != nil {
		return nil, err
	}
	for i := range a.messages {
		if a.messages[i].conversationID == w.conversation {
			page := a.messages[i].messages
			slices.SortFunc(page, func(a, b messageData) int { return cmp.Compare(a.seq, b.seq) })
			return page, nil
		}
	}
	return nil, nil
}

// MarkRead marks what is read. The platform knows no more than how far a user has read: with an id everything up to that
// message becomes read. The number is that of the places which the mark has moved, so far as nobody else moves it at the
// same time.
func (r *remote) MarkRead(ctx context.Context, peer string, id int64) (int, error) {
	conversation := pairID(prefixSingle, r.userID, validText(peer))
	var a readSeqsAnswer
	err := call(ctx, r.client, r.client.table.readSeqs, &readSeqsQuery{userID: r.userID, conversationIDs: []string{conversation}}, &a)
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(a.seqs, func(s readSeqs) bool { return s.conversationID == conversation })
	if at < 0 {
		return 0, nil // there is no message
	}
	s := &a.seqs[at]
	if id == 0 {
		id = s.maxSeq
	}
	if id <= s.readSeq || id > s.maxSeq {
		return 0, nil
	}
	q := markQuery{conversationID: conversation, userID: r.userID, readSeq: id}
	return int(id - s.readSeq), call(ctx, r.client, r.client.table.markConversation, &q, &nothing{})
}
