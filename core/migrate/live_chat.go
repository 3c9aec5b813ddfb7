package migrate

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"parley/core"
	"parley/core/archive"
)

// chat yields what is new in a conversation. One that is old is behind the cursor, which it leaves where it is.
func (r *liveRound) chat(ctx context.Context, c *liveChat, old bool) error {
	at := r.live.read[c.key]
	if at == nil {
		at = &chatPlace{sent: make(map[string][]int64)}
	}
	fresh := chatPlace{after: at.after, seq: at.seq, sent: maps.Clone(at.sent), unread: c.unread}
	members := make(map[string]bool)
	for {
		page, err := c.reader.Pull(ctx, c.ref, fresh.after, chatPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for i := range page {
			m := &page[i]
			if c.ref.Group != "" && !members[m.Sender] {
				members[m.Sender] = true
				if !r.join(c.ref.Group, m.Sender, len(members) == 1 && fresh.seq == 0) {
					return nil
				}
			}
			fresh.after = m.ID
			fresh.seq++
			fresh.note(m.Sender)
			if !r.give(archive.Record{Type: archive.TypeMessage, Message: c.record(m, fresh.seq)}) {
				return nil
			}
		}
	}
	for _, read := range c.reads(&fresh) {
		if !r.give(archive.Record{Type: archive.TypeRead, Read: read}) {
			return nil
		}
	}
	cursor := liveCursor{Time: c.time, Key: c.key}
	if old {
		cursor = r.at
	}
	text, err := json.Marshal(cursor)
	if err != nil {
		return errors.Join(errors.New("migrate: a cursor can not be written"), err)
	}
	if r.at = cursor; !r.settle(text) {
		return nil
	}
	r.live.read[c.key] = &fresh
	return nil
}

// join makes the sender of a message a member of its group, which begins with the first one.
func (r *liveRound) join(group, sender string, first bool) bool {
	if first {
		members := []archive.Member{{User: sender, Role: "owner"}}
		return r.give(archive.Record{Type: archive.TypeGroup, Group: &archive.Group{ID: group, Name: group, Owner: sender, Members: members}})
	}
	members := []archive.Member{{User: sender}}
	return r.give(archive.Record{Type: archive.TypeMembers, Members: &archive.Members{Group: group, Members: members}})
}

// maxUnread is how many places of either side are remembered for what is unread.
const maxUnread = 256

func (p *chatPlace) note(sender string) {
	list := p.sent[sender]
	p.sent[sender] = append(list[max(0, len(list)-maxUnread+1):], p.seq)
}

// record is a message as it is taken over. Whether it is read is told by the marks behind it.
func (c *liveChat) record(m *core.TranscriptMessage, seq int64) *archive.Message {
	a := &archive.Message{
		Seq: seq, Origin: m.Origin, From: m.Sender, Group: c.ref.Group, Channel: channelOf(c.ref), Time: m.Time, Body: NewBody(&m.Content),
	}
	if c.ref.Group == "" {
		if a.To = c.ref.Peer; m.Sender == c.ref.Peer {
			a.To = c.owner
		}
	}
	return a
}

func channelOf(ref core.Ref) string {
	switch ref.Channel {
	case core.Notices:
		return "notices"
	case core.Events:
		return "events"
	case core.Direct:
	}
	return ""
}

// reads tells what the members have read: all but as many of the newest messages of others as the platform says. A record
// without places says that nothing is; of whom the platform does not tell there is none.
func (c *liveChat) reads(p *chatPlace) (reads []*archive.Read) {
	for member, unread := range c.unread {
		upTo := p.seq
		if unread > 0 {
			var others []int64
			for sender, places := range p.sent {
				if sender != member {
					others = append(others, places...)
				}
			}
			slices.Sort(others)
			upTo = 0
			if n := len(others); unread <= n {
				upTo = others[n-unread] - 1
			}
		}
		if unread < 0 {
			continue
		}
		read := &archive.Read{Member: member, Group: c.ref.Group, Channel: channelOf(c.ref)}
		if upTo > 0 {
			read.Read = []archive.Run{{1, upTo}}
		}
		if c.ref.Group == "" {
			if read.Peer = c.ref.Peer; member == c.ref.Peer {
				read.Peer = c.owner
			}
		}
		reads = append(reads, read)
	}
	return reads
}
