package openim

import (
	"slices"

	"parley/adapters/wire"
	"parley/core"
)

// threadInfo shows a thread of the user with the given ID.
func threadInfo(t *core.Thread, ownerID string) conversationInfo {
	o := &t.Options
	info := conversationInfo{
		ownerID: ownerID, reception: int64(o.Reception), pinned: o.Pinned, attached: o.Attached, private: o.Private,
		mention: int64(o.Mention), ex: o.Extra, burnSeconds: int64(o.BurnSeconds), minSeq: o.MinSeq, maxSeq: o.MaxSeq,
		destructSeconds: o.DestructSeconds, destructTime: o.DestructTime, destruct: o.Destruct,
	}
	if t.MinSeq > 1 {
		info.minSeq = max(info.minSeq, t.MinSeq)
	}
	info.id, info.kind = threadID(t, ownerID)
	if t.Group != nil {
		info.groupID = t.Group.ID
	} else {
		info.userID = t.Peer.ID
	}
	return info
}

// conversationsOf lists the conversations of the owner that a query names: those with messages, groups, and those with
// settings, in the order of their IDs.
func conversationsOf(c *wire.Call, ownerID string) ([]conversationInfo, error) {
	owner, err := ownerOf(c, ownerID)
	if err != nil {
		return nil, err
	}
	threads, err := c.Engine.Threads(c.Context, owner)
	if err != nil {
		return nil, err
	}
	list := make([]conversationInfo, 0, len(threads))
	for i := range threads {
		list = append(list, threadInfo(&threads[i], ownerID))
	}
	slices.SortFunc(list, func(a, b conversationInfo) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	return list, nil
}

func listConversations(c *wire.Call, q *conversationsQuery, a *conversationsAnswer) error {
	list, err := conversationsOf(c, q.ownerID)
	if len(list) > 0 {
		a.list = list
	}
	return err
}

func pageConversations(c *wire.Call, q *conversationsQuery, a *conversationsAnswer) error {
	list, err := conversationsOf(c, q.ownerID)
	if err != nil {
		return err
	}
	a.total = int64(len(list))
	if page := pageOf(list, &q.page); len(page) > 0 {
		a.list = page
	}
	return nil
}

// pageOf returns the part of a list that a page selects.
func pageOf[E any](list []E, p *pagination) []E {
	offset, limit := p.bounds()
	list = list[min(offset, len(list)):]
	return list[:min(limit, len(list))]
}

func showConversation(c *wire.Call, q *conversationsQuery, a *conversationsAnswer) error {
	owner, err := ownerOf(c, q.ownerID)
	if err != nil {
		return err
	}
	t, found, err := threadOf(c, owner, q.id)
	if err == nil && !found {
		err = notFound("conversation not found")
	}
	if err != nil {
		return err
	}
	a.one = threadInfo(&t, q.ownerID)
	return nil
}

// threadOf returns the thread that a conversation ID names, if the owner has it.
func threadOf(c *wire.Call, owner core.Caller, id string) (t core.Thread, found bool, err error) {
	at, ok := addressOf(c, owner.User.ID, id)
	if !ok {
		return t, false, nil
	}
	t, err = c.Engine.Thread(c.Context, owner, at.ref)
	if code := core.CodeOf(err); code == core.NotFound || code == core.Forbidden {
		return t, false, nil
	}
	return t, err == nil, err
}

// maxConversationIDs bounds what one call may ask for.
const maxConversationIDs = 1000

func someConversations(c *wire.Call, q *conversationsQuery, a *conversationsAnswer) error {
	owner, err := ownerOf(c, q.ownerID)
	if err != nil {
		return err
	}
	if len(q.ids) > maxConversationIDs {
		return badArgs("too many conversationIDs")
	}
	for _, id := range q.ids {
		t, found, err := threadOf(c, owner, id)
		if err != nil {
			return err
		}
		if found {
			a.list = append(a.list, threadInfo(&t, q.ownerID))
		}
	}
	return nil
}
