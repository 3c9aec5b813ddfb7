package migrate

import (
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"

	"parley/core"
	"parley/core/archive"
)

// side is a member's view of what it and a peer say to each other, by their IDs.
type side struct{ member, peer string }

// waiting is what the source says that a member has not read.
type waiting struct {
	// unnamed counts the messages that no read record can name. places are those of the others: each by how far it is from
	// the one before, for there may be as many as there are messages.
	unnamed int64
	last    int64
	places  []byte
	told    bool
}

func (v *verification) waitingOf(ctx context.Context, member, peer string) (*waiting, error) {
	var s side
	var err error
	if s.member, err = v.name(ctx, member); err == nil {
		s.peer, err = v.name(ctx, peer)
	}
	w := v.waiting[s]
	if w == nil {
		w = &waiting{told: !v.marked}
		v.waiting[s] = w
	}
	return w, err
}

// note takes what a record says of what is read. Groups and notices are left out: what counts there depends on when a
// member came.
func (v *verification) note(ctx context.Context, r *archive.Record) error {
	switch {
	case r.Message != nil && r.Message.Group == "" && r.Message.Channel == "":
		m := r.Message
		w, err := v.waitingOf(ctx, m.To, m.From)
		switch {
		case err != nil || m.Read:
			return err
		case m.Seq <= w.last:
			w.unnamed++
		default:
			w.places = binary.AppendUvarint(w.places, uint64(m.Seq-w.last))
			w.last = m.Seq
		}
	case r.Read != nil && r.Read.Group == "" && r.Read.Channel == "":
		w, err := v.waitingOf(ctx, r.Read.Member, r.Read.Peer)
		if err != nil {
			return err
		}
		w.told = true
		w.drop(r.Read.Read)
	}
	return nil
}

// drop takes out the places of ascending runs.
func (w *waiting) drop(runs []archive.Run) {
	if len(runs) == 0 {
		return
	}
	var kept []byte
	at, before := int64(0), int64(0)
	for rest := w.places; len(rest) > 0; {
		step, n := binary.Uvarint(rest)
		rest = rest[n:]
		at += int64(step)
		for len(runs) > 0 && runs[0][1] < at {
			runs = runs[1:]
		}
		if len(runs) == 0 || at < runs[0][0] {
			kept = binary.AppendUvarint(kept, uint64(at-before))
			before = at
		}
	}
	w.places = kept
}

// count is how many messages are unread. Every place ends with a byte below 0x80.
func (w *waiting) count() int64 {
	n := w.unnamed
	for _, b := range w.places {
		if b < 0x80 {
			n++
		}
	}
	return n
}

// compareUnread sets what the members have not read against each other, wherever both sides tell.
func (v *verification) compareUnread(ctx context.Context) error {
	members := make(map[string][]string)
	for s, w := range v.waiting {
		if w.told {
			members[s.member] = append(members[s.member], s.peer)
		}
	}
	for _, member := range slices.Sorted(maps.Keys(members)) {
		here, err := v.unreadHere(ctx, member)
		if core.CodeOf(err) == core.NotFound {
			continue // which is among the findings
		}
		if err != nil {
			return err
		}
		for _, peer := range slices.Sorted(slices.Values(members[member])) {
			there := v.waiting[side{member, peer}].count()
			count, ok := here[peer]
			switch {
			case !ok || count < 0: // there is no such conversation, which is among the findings
			case count == there:
				v.report.Unread[Match]++
			default:
				v.report.Unread[Differ]++
				v.find(Finding{
					Verdict: Differ, Conversation: min(member, peer) + " " + max(member, peer),
					Note: member + " has " + strconv.FormatInt(there, 10) + " unread messages in the source and " + strconv.FormatInt(count, 10) + " in the app",
				})
			}
		}
	}
	return nil
}

// unreadHere lists what a member of the app has not read, by the peers' IDs.
func (v *verification) unreadHere(ctx context.Context, member string) (map[string]int64, error) {
	u, err := v.options.Engine.Find(ctx, v.options.App, member)
	if err != nil {
		return nil, err
	}
	view, ok := v.options.Engine.As(core.Caller{App: v.options.App, User: u}).(core.Transcript)
	if !ok {
		return nil, nil
	}
	chats, err := view.Chats(ctx)
	here := make(map[string]int64, len(chats))
	for i := range chats {
		if c := &chats[i]; c.Ref.Group == "" && c.Ref.Channel == core.Direct && c.Peer != nil {
			here[c.Peer.ID] = int64(c.Unread)
		}
	}
	return here, err
}
