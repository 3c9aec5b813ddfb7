package openim

import (
	"cmp"
	"context"
	"slices"

	"parley/core"
)

// extent is a conversation of a user and how far it goes.
type extent struct {
	id      string
	ref     core.Ref
	maxSeq  int64
	readSeq int64
	maxTime int64 // of the newest message, in milliseconds
}

// extents lists the conversations of the user that have messages, the newest message first.
func (r *remote) extents(ctx context.Context) ([]extent, error) {
	var known conversationsAnswer
	err := call(ctx, r.client, r.client.table.allConversations, &conversationsQuery{ownerID: r.userID}, &known)
	if err != nil || len(known.list) == 0 {
		return nil, err
	}
	var a readSeqsAnswer
	if err := call(ctx, r.client, r.client.table.readSeqs, &readSeqsQuery{userID: r.userID}, &a); err != nil {
		return nil, err
	}
	seqs := make(map[string]*readSeqs, len(a.seqs))
	for i := range a.seqs {
		seqs[a.seqs[i].conversationID] = &a.seqs[i]
	}
	var all []extent
	for i := range known.list {
		c := &known.list[i]
		if s := seqs[c.id]; s != nil && s.maxSeq > 0 {
			all = append(all, extent{c.id, c.ref(), s.maxSeq, s.readSeq, s.maxTime})
		}
	}
	slices.SortFunc(all, func(a, b extent) int {
		return cmp.Or(cmp.Compare(b.maxTime, a.maxTime), cmp.Compare(a.id, b.id))
	})
	return all, nil
}

// ref names a conversation as core does.
func (i *conversationInfo) ref() core.Ref {
	switch i.kind {
	case sessionGroup:
		return core.Ref{Group: i.groupID}
	case sessionNotification:
		return core.Ref{Peer: i.userID, Channel: core.Notices}
	}
	return core.Ref{Peer: i.userID}
}

// conversationOf returns the ID of the conversation that ref names.
func (r *remote) conversationOf(ref core.Ref) string {
	switch {
	case ref.Group != "":
		return prefixGroup + validText(ref.Group)
	case ref.Channel == core.Notices:
		return pairID(prefixNotification, r.userID, validText(ref.Peer))
	}
	return pairID(prefixSingle, r.userID, validText(ref.Peer))
}
