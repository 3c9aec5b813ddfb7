package core

import (
	"context"
)

// ImportedFriend is a friendship from elsewhere. User and Friend are addresses; a Since of zero means now.
type ImportedFriend struct {
	User, Friend string
	Since        int64 // milliseconds since the Unix epoch
}

// ImportFriends makes friendships with their original times, at most MaxImport. Those that there are stay as they are and
// count as Known; what is wrong with one rejects that one.
func (e *Engine) ImportFriends(ctx context.Context, app *App, friends []ImportedFriend) (result ImportResult, err error) {
	if len(friends) > MaxImport {
		return result, NewFault(TooLarge, FieldUser, "there are too many friends")
	}
	if err := e.observe(ctx, app.Number); err != nil {
		return result, err
	}
	op := &importFriendsOperation{app: app.Number}
	for i := range friends {
		pair, err := e.importedFriend(ctx, app, &friends[i])
		if fault, ok := rejectable(err); ok {
			result.reject(PartMessages, i, fault)
			continue
		}
		if err != nil {
			return result, err
		}
		op.pairs = append(op.pairs, pair)
	}
	if len(op.pairs) == 0 {
		return result, nil
	}
	err = e.committer.commit(op)
	result.Stored, result.Known = op.stored, len(op.pairs)-op.stored
	return result, err
}

// friendPair is a friendship between users who are known.
type friendPair struct {
	user, friend UserNumber
	since        int64
}

func (e *Engine) importedFriend(ctx context.Context, app *App, in *ImportedFriend) (pair friendPair, err error) {
	u, err := e.importedReceiver(ctx, app, in.User)
	if err != nil {
		return pair, err
	}
	friend, err := e.importedReceiver(ctx, app, in.Friend)
	if err != nil {
		return pair, err
	}
	if u.Number == friend.Number || in.Since < 0 {
		return pair, NewFault(Conflict, FieldUser, "nobody is a friend of itself, or since before 1970")
	}
	return friendPair{u.Number, friend.Number, in.Since}, nil
}

type importFriendsOperation struct {
	app    uint32
	pairs  []friendPair
	stored int
}

func (op *importFriendsOperation) weight() (keys, bytes int) {
	return 2 * len(op.pairs), 128 * len(op.pairs)
}

func (op *importFriendsOperation) stage(g *commitGroup) error {
	op.stored = 0
	for _, p := range op.pairs {
		key := appendFriendKey(nil, op.app, p.user, p.friend)
		old, err := g.tx.Get(key)
		if err != nil {
			return err
		}
		if old != nil {
			continue
		}
		if p.since == 0 {
			p.since = g.now
		}
		since := appendCounters(nil, uint64(p.since))
		if err := g.tx.Set(key, since); err != nil {
			return err
		}
		if err := g.tx.Set(appendFriendKey(nil, op.app, p.friend, p.user), since); err != nil {
			return err
		}
		op.stored++
	}
	return nil
}

// ImportedThread is what a member has set for a conversation elsewhere. Member is an address.
type ImportedThread struct {
	Member  string
	Ref     Ref
	Options ThreadOptions
}

// ImportThread takes over a member's settings for a conversation, unless it has some already: stored is false then. The
// faults are those of ChangeThread.
func (e *Engine) ImportThread(ctx context.Context, app *App, in ImportedThread) (stored bool, err error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return false, err
	}
	u, err := e.importedReceiver(ctx, app, in.Member)
	if err != nil {
		return false, err
	}
	k, err := e.conversationOf(ctx, Caller{App: app, User: u}, in.Ref)
	if err != nil {
		return false, err
	}
	o := &in.Options
	op := &importThreadOperation{threadOperation: threadOperation{user: u.Number, key: k, change: &ThreadChange{
		Pinned: &o.Pinned, Private: &o.Private, Destruct: &o.Destruct, Reception: &o.Reception, Attached: &o.Attached,
		Extra: &o.Extra, Mention: &o.Mention, BurnSeconds: &o.BurnSeconds, MinSeq: &o.MinSeq, MaxSeq: &o.MaxSeq,
		DestructSeconds: &o.DestructSeconds, DestructTime: &o.DestructTime,
	}}}
	err = e.committer.commit(op)
	return op.stored, err
}

// importThreadOperation is a threadOperation that changes nothing of what there is.
type importThreadOperation struct {
	threadOperation
	stored bool
}

func (op *importThreadOperation) stage(g *commitGroup) error {
	op.stored = false
	old, err := g.tx.Get(appendThreadKey(nil, op.user, op.key))
	if err != nil || old != nil {
		return err
	}
	op.stored = true
	return op.threadOperation.stage(g)
}
