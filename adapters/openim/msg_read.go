package openim

import (
	"cmp"
	"slices"

	"parley/adapters/wire"
	"parley/core"
)

func checkMarkMessages(q *markQuery) error {
	switch {
	case q.conversationID == "":
		return badArgs("conversationID is empty")
	case !q.seqsGiven:
		return badArgs("seqs is empty")
	case q.userID == "":
		return badArgs("userID is empty")
	case slices.ContainsFunc(q.seqs, func(seq int64) bool { return seq < 1 }):
		return badArgs("seqs has 0 value is invalid")
	}
	return nil
}

func checkReadSeq(q *markQuery) error {
	if err := q.conversation(); err != nil {
		return err
	}
	if q.readSeq < 1 {
		return badArgs("hasReadSeq is invalid")
	}
	return nil
}

// markMessages marks everything up to the newest of the given messages: that is how far the platform's read position
// moves.
func markMessages(c *wire.Call, q *markQuery, _ *nothing) error {
	if len(q.seqs) == 0 {
		_, _, err := q.resolve(c)
		return err
	}
	return q.mark(c, slices.Max(q.seqs), false)
}

func markConversation(c *wire.Call, q *markQuery, _ *nothing) error {
	return q.mark(c, q.readSeq, false)
}

func setReadSeq(c *wire.Call, q *markQuery, _ *nothing) error { return q.mark(c, q.readSeq, true) }

// resolve finds whose conversation is meant and which.
func (q *markQuery) resolve(c *wire.Call) (core.Caller, address, error) {
	owner, err := ownerOf(c, q.userID)
	if err != nil {
		return owner, address{}, err
	}
	at, ok := addressOf(c, owner.User.ID, q.conversationID)
	if !ok {
		return owner, at, notFound("record not found")
	}
	return owner, at, nil
}

func (q *markQuery) mark(c *wire.Call, seq int64, back bool) error {
	owner, at, err := q.resolve(c)
	if err != nil {
		return err
	}
	err = c.Engine.ReadUpTo(c.Context, owner, at.ref, seq, back)
	switch core.CodeOf(err) {
	case core.Invalid:
		return badArgs("hasReadSeq must not be bigger than maxSeq")
	case core.NotFound, core.Forbidden:
		return notFound("record not found")
	default:
		return err
	}
}

func listReadSeqs(c *wire.Call, q *readSeqsQuery, a *readSeqsAnswer) error {
	owner, err := ownerOf(c, q.userID)
	if err != nil {
		return err
	}
	threads, err := c.Engine.Threads(c.Context, owner)
	if err != nil {
		return err
	}
	wanted := make(map[string]bool, len(q.conversationIDs))
	for _, id := range q.conversationIDs {
		wanted[id] = true
	}
	for i := range threads {
		t := &threads[i]
		id, _ := threadID(t, owner.User.ID)
		if t.Options.Pinned && q.pinned {
			a.pinned = append(a.pinned, id)
		}
		if len(wanted) == 0 || wanted[id] {
			a.seqs = append(a.seqs, readSeqs{id, t.MaxSeq, t.ReadSeq, t.MaxTime})
		}
	}
	slices.SortFunc(a.seqs, func(a, b readSeqs) int { return cmp.Compare(a.conversationID, b.conversationID) })
	slices.Sort(a.pinned)
	return nil
}
