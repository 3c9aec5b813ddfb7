package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

func revoke(c *wire.Call, q *revokeQuery, _ *nothing) error {
	if err := checkAccess(c, q.userID); err != nil {
		return err
	}
	// An administrator takes back anything, also in another's name.
	u, err := c.Engine.Find(c.Context, c.Caller.App, q.userID)
	if err != nil {
		return err
	}
	revoker := core.Caller{App: c.Caller.App, User: u, Privileged: c.Caller.Privileged}
	owner := u.ID
	at, ok := addressOf(c, owner, q.conversationID)
	if !ok && revoker.Privileged {
		return revokeForeign(c, q, revoker)
	}
	if !ok {
		return notFound("msg not found")
	}
	return revocationRefusal(c.Engine.Revoke(c.Context, revoker, at.ref, q.seq))
}

// revokeForeign takes back a message in a conversation that the administrator is not in: as one of its users, whose
// right to do so is the administrator's.
func revokeForeign(c *wire.Call, q *revokeQuery, revoker core.Caller) error {
	member, at, ok := anyMember(c, q.conversationID)
	if !ok {
		return notFound("msg not found")
	}
	return revocationRefusal(c.Engine.RevokeAs(c.Context, revoker, core.Caller{App: revoker.App, User: member}, at.ref, q.seq))
}

func revocationRefusal(err error) error {
	f := core.AsFault(err)
	switch {
	case f == nil:
		return nil
	case f.Code == core.NotFound, f.Code == core.Forbidden && f.Field == core.FieldMember:
		return notFound("msg not found")
	case f.Code == core.Conflict:
		return newRefusal(1404, "MsgAlreadyRevoke", "msg already revoke", core.Conflict)
	case f.Code == core.Forbidden:
		return noPermission("no permission")
	}
	return err
}

// anyMember returns a user from whose point of view an administrator looks at a conversation, and the conversation.
func anyMember(c *wire.Call, conversationID string) (*core.User, address, bool) {
	owner, ok := c.Caller.User.ID, true
	if _, isGroup := groupOfID(conversationID); !isGroup {
		owner, ok = memberOfID(c, conversationID)
	}
	if !ok {
		return nil, address{}, false
	}
	u, err := c.Engine.Find(c.Context, c.Caller.App, owner)
	if err != nil {
		return nil, address{}, false
	}
	at, ok := addressOf(c, owner, conversationID)
	return u, at, ok
}

func clearConversations(c *wire.Call, q *deleteQuery, _ *nothing) error {
	owner, err := ownerOf(c, q.userID)
	if err != nil {
		return err
	}
	for _, id := range q.conversationIDs {
		at, ok := addressOf(c, owner.User.ID, id)
		if !ok {
			continue // as in the platform: what is not there is empty already
		}
		if err := clearOne(c, owner, at.ref, q.sync.other); err != nil {
			return err
		}
	}
	return nil
}

func clearOne(c *wire.Call, owner core.Caller, ref core.Ref, forAll bool) error {
	owner.Privileged = c.Caller.Privileged && ref.Group != ""
	err := c.Engine.Clear(c.Context, owner, ref, forAll)
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	return err
}

func clearAll(c *wire.Call, q *deleteQuery, _ *nothing) error {
	owner, err := ownerOf(c, q.userID)
	if err != nil {
		return err
	}
	threads, err := c.Engine.Threads(c.Context, owner)
	if err != nil {
		return err
	}
	for i := range threads {
		t := &threads[i]
		ref := core.Ref{Channel: t.Channel}
		if t.Group != nil {
			ref.Group = t.Group.ID
		} else {
			ref.Peer = t.Peer.ID
		}
		if err := clearOne(c, owner, ref, q.sync.other); err != nil {
			return err
		}
	}
	return nil
}

func deleteMessages(c *wire.Call, q *deleteQuery, _ *nothing) error {
	owner, err := ownerOf(c, q.userID)
	if err != nil {
		return err
	}
	at, ok := addressOf(c, owner.User.ID, q.conversationID)
	if !ok {
		return notFound("record not found")
	}
	owner.Privileged = c.Caller.Privileged
	return c.Engine.DeleteEntries(c.Context, owner, at.ref, q.seqs, q.sync.other)
}

func deleteBySeq(c *wire.Call, q *deleteQuery, _ *nothing) error {
	u, at, ok := anyMember(c, q.conversationID)
	if !ok {
		return notFound("record not found")
	}
	as := core.Caller{App: c.Caller.App, User: u, Privileged: true}
	return c.Engine.DeleteEntries(c.Context, as, at.ref, q.seqs, true)
}

func deleteByTime(c *wire.Call, q *deleteQuery, _ *nothing) error {
	for _, id := range q.conversationIDs {
		u, at, ok := anyMember(c, id)
		if !ok {
			continue
		}
		as := core.Caller{App: c.Caller.App, User: u, Privileged: true}
		if err := c.Engine.DeleteBefore(c.Context, as, at.ref, q.timestamp); err != nil {
			return err
		}
	}
	return nil
}
