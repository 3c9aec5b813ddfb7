package openim

import (
	"cmp"
	"slices"

	"parley/adapters/wire"
	"parley/core"
)

// address is what a conversation ID says about the conversation, for one of its users.
type address struct {
	ref             core.Ref
	session         int64
	groupID, peerID string
}

// addressOf reads a conversation ID; ok is false if the user is not in it.
func addressOf(c *wire.Call, userID, conversationID string) (a address, ok bool) {
	if a.ref, ok = refOf(c, userID, conversationID); !ok {
		return a, false
	}
	switch {
	case a.ref.Group != "":
		a.session, a.groupID = sessionGroup, a.ref.Group
	case a.ref.Channel == core.Notices:
		a.session, a.peerID = sessionNotification, a.ref.Peer
	default:
		a.session, a.peerID = sessionSingle, a.ref.Peer
	}
	return a, true
}

func newestSeq(c *wire.Call, q *ownerQuery, a *newestSeqAnswer) error {
	owner, err := ownerOf(c, q.userID)
	if err != nil {
		return err
	}
	threads, err := c.Engine.Threads(c.Context, owner)
	if err != nil {
		return err
	}
	note := func(id string, seq int64) {
		if seq > 0 {
			a.maxSeqs = append(a.maxSeqs, wire.Amount{Name: id, N: seq})
		}
	}
	events := func(peer string) error {
		t, err := c.Engine.Thread(c.Context, owner, core.Ref{Peer: peer, Channel: core.Events})
		if core.CodeOf(err) == core.NotFound {
			return nil
		}
		note(pairID(prefixEvents, owner.User.ID, peer), t.MaxSeq)
		return err
	}
	selfSeen := false
	for i := range threads {
		t := &threads[i]
		id, session := threadID(t, owner.User.ID)
		note(id, t.MaxSeq)
		if session != sessionSingle {
			continue
		}
		selfSeen = selfSeen || t.Peer.Number == owner.User.Number
		if err := events(t.Peer.ID); err != nil {
			return err
		}
	}
	if !selfSeen {
		if err := events(owner.User.ID); err != nil {
			return err
		}
	}
	slices.SortFunc(a.maxSeqs, func(a, b wire.Amount) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// pullForm and pullDownForm are the forms of a pull's answer in the two orders.
type (
	pullForm     struct{ *appSettings }
	pullDownForm struct{ *appSettings }
)

// formOf returns the form of the answer to q, nil if it shows more than one page.
func (q *pullQuery) formOf(c *wire.Call) (any, error) {
	settings, err := settingsOf(c)
	switch {
	case err != nil || len(q.ranges) != 1:
		return nil, err
	case q.order == orderDescending:
		return pullDownForm{settings}, nil
	}
	return pullForm{settings}, nil
}

// maxRanges bounds what one pull may ask for.
const maxRanges = 1000

func pull(c *wire.Call, q *pullQuery, a *pullAnswer) error {
	owner, err := ownerOf(c, q.userID)
	if err != nil {
		return err
	}
	if len(q.ranges) > maxRanges {
		return badArgs("too many seqRanges")
	}
	form, err := q.formOf(c)
	if err != nil {
		return err
	}
	for i := range q.ranges {
		r := &q.ranges[i]
		at, ok := addressOf(c, owner.User.ID, r.conversationID)
		if !ok {
			continue
		}
		list := &a.messages
		if at.ref.Channel == core.Events {
			list = &a.notifications
		}
		p := nextPulled(list, r.conversationID)
		if err := p.fill(c, a, owner, &at, r, q.order, form); err != nil {
			return err
		}
		if len(p.messages) == 0 { // the platform leaves it out, whatever the reason
			*list = (*list)[:len(*list)-1]
		}
	}
	return nil
}

// nextPulled makes room for the answer to one more range, in memory of an earlier call if there is any. A conversation
// that is asked for twice is answered once, as in the platform.
func nextPulled(list *[]pulled, conversationID string) *pulled {
	*list = slices.DeleteFunc(*list, func(p pulled) bool { return p.conversationID == conversationID })
	n := len(*list)
	*list = slices.Grow(*list, 1)[:n+1]
	p := &(*list)[n]
	*p = pulled{conversationID: conversationID, messages: p.messages[:0]}
	return p
}

// keptMessages bounds the memory that an answer keeps for the next one.
const keptMessages = 256

// recycle empties the answer and keeps its memory.
func (a *pullAnswer) recycle() {
	if cap(a.text) > maxKeptBuffer || len(a.messages) > 8 {
		*a = pullAnswer{}
		return
	}
	clear(a.entries)
	for i := range a.messages {
		if p := &a.messages[i]; cap(p.messages) > keptMessages {
			p.messages = nil
		} else {
			clear(p.messages)
		}
	}
	*a = pullAnswer{messages: a.messages[:0], entries: a.entries[:0], text: a.text[:0]}
}

// fill lists the messages of one range. What the user may not see is left out silently.
func (p *pulled) fill(c *wire.Call, a *pullAnswer, owner core.Caller, at *address, r *seqRange, order int64, form any) error {
	page, err := c.Engine.Entries(c.Context, owner, at.ref, core.EntryQuery{
		First: r.begin, Last: r.end, Limit: int(min(max(r.num, 0), core.MaxPage)), Form: form, Into: a.entries,
	})
	if code := core.CodeOf(err); code == core.NotFound || code == core.Forbidden {
		return nil
	}
	if err != nil {
		return err
	}
	a.entries, c.Rendered = page.Entries, page.Rendered
	p.isEnd = page.MaxSeq <= r.end
	if order == orderDescending {
		p.isEnd = r.begin <= page.MinSeq
	}
	p.messages = slices.Grow(p.messages, len(page.Entries))[:len(page.Entries)]
	for i := range page.Entries {
		if a.text, err = showEntry(c.Caller.App, &page.Entries[i], at, owner.User.ID, &p.messages[i], a.text); err != nil {
			return err
		}
	}
	return nil
}
