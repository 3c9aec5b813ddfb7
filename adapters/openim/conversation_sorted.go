package openim

import (
	"cmp"
	"slices"

	"parley/adapters/wire"
	"parley/core"
)

func sortedConversations(c *wire.Call, q *sortedQuery, a *sortedAnswer) error {
	owner, err := ownerOf(c, q.userID)
	if err != nil {
		return err
	}
	threads, err := c.Engine.Threads(c.Context, owner)
	if err != nil {
		return err
	}
	threads = slices.DeleteFunc(threads, func(t core.Thread) bool {
		if t.Last == nil {
			return true // the platform's list shows messages
		}
		id, _ := threadID(&t, q.userID)
		return len(q.ids) > 0 && !slices.Contains(q.ids, id)
	})
	if len(threads) == 0 {
		return notFound("record not found")
	}
	slices.SortFunc(threads, newestFirst)
	a.total = int64(len(threads))
	for i := range threads {
		a.unread += int64(threads[i].Unread)
	}
	for _, t := range pageOf(threads, &q.page) {
		last, err := lastOf(c.Caller.App, &t, owner.User)
		if err != nil {
			return err
		}
		id, _ := threadID(&t, q.userID)
		a.list = append(a.list, sortedConversation{
			id: id, reception: int64(t.Options.Reception), unread: int64(t.Unread), pinned: t.Options.Pinned, last: last,
		})
	}
	return nil
}

// newestFirst orders threads: pinned ones first, then by the time of the newest message, and by its id where the times are
// the same, so that no thread is ever left out or listed twice.
func newestFirst(a, b core.Thread) int {
	if a.Options.Pinned != b.Options.Pinned {
		if a.Options.Pinned {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.Last.Time, a.Last.Time), cmp.Compare(b.Last.ID, a.Last.ID))
}

// lastOf shows a thread's newest message. Its name and picture are those of the user as they are now: between two the
// other one's, whoever sent the message; in a group there is only the sender's name.
func lastOf(app *core.App, t *core.Thread, owner *core.User) (lastMessage, error) {
	_, session := threadID(t, owner.ID)
	m, _, err := showMessage(app, t.Last, session, nil)
	if err != nil {
		return lastMessage{}, err
	}
	last := lastMessage{
		serverMsgID: m.serverMsgID, clientMsgID: m.clientMsgID, session: session, sendID: t.Last.Sender.ID,
		senderName: t.Last.Sender.Nickname, time: t.Last.Time, from: m.from, contentType: m.contentType,
		content: wire.View(m.content), ex: m.meta.ex,
	}
	if g := t.Group; g != nil {
		last.groupID, last.groupName, last.groupFace = g.ID, g.Name, g.Avatar
		last.groupType, last.groupMembers = groupTypeWorking, int64(g.Members)
		return last, nil
	}
	last.senderName, last.face = t.Peer.Nickname, t.Peer.Avatar
	if last.recvID = owner.ID; t.Last.Own {
		last.recvID = t.Peer.ID
	}
	return last, nil
}
