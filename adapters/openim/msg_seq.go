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
	for i := range q.ranges {
		r := &q.ranges[i]
		at, ok := addressOf(c, owner.User.ID, r.conversationID)
		if !ok {
			continue
		}
		p := pulled{conversationID: r.conversationID}
		if err := p.fill(c, owner, &at, r, q.order); err != nil {
			return err
		}
		switch {
		case len(p.messages) == 0: // the platform leaves it out, whatever the reason
		case at.ref.Channel == core.Events:
			a.notifications = append(a.notifications, p)
		default:
			a.messages = append(a.messages, p)
		}
	}
	return nil
}

// fill lists the messages of one range. What the user may not see is left out silently.
func (p *pulled) fill(c *wire.Call, owner core.Caller, at *address, r *seqRange, order int64) error {
	page, err := c.Engine.Entries(c.Context, owner, at.ref, core.EntryQuery{
		First: r.begin, Last: r.end, Limit: int(min(max(r.num, 0), core.MaxPage)),
	})
	if code := core.CodeOf(err); code == core.NotFound || code == core.Forbidden {
		return nil
	}
	if err != nil {
		return err
	}
	p.isEnd = page.MaxSeq <= r.end
	if order == orderDescending {
		p.isEnd = r.begin <= page.MinSeq
	}
	for i := range page.Entries {
		m, err := showEntry(c.Caller.App, &page.Entries[i], at, owner.User.ID)
		if err != nil {
			return err
		}
		p.messages = append(p.messages, m)
	}
	return nil
}
