package core

import (
	"context"

	"parley/storage"
)

// friendsAtOnce is how many friendships one operation makes: two keys each.
const friendsAtOnce = 200

// Befriend makes owner and each of the others friends of each other; those who are already stay it. Addresses are UUIDs or
// IDs. An unknown one is the fault NotFound with the address as its note, and the owner among the friends is Conflict;
// then nothing is done. Long lists are written in several transactions: one that fails leaves those before it.
func (e *Engine) Befriend(ctx context.Context, app *App, owner string, friends []string) error {
	u, err := e.account(ctx, app, owner)
	if err != nil {
		return err
	}
	numbers := make([]UserNumber, len(friends))
	for i, address := range friends {
		friend, err := e.account(ctx, app, address)
		if err != nil {
			return err
		}
		if friend.Number == u.Number {
			return NewFault(Conflict, FieldUser, "nobody is a friend of itself")
		}
		numbers[i] = friend.Number
	}
	for len(numbers) > 0 {
		n := min(len(numbers), friendsAtOnce)
		if err := e.committer.commit(&friendOperation{app: app.Number, owner: u.Number, friends: numbers[:n]}); err != nil {
			return err
		}
		numbers = numbers[n:]
	}
	return nil
}

// account is lookup with the address as the note of its NotFound.
func (e *Engine) account(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.lookup(ctx, app, address)
	if CodeOf(err) == NotFound {
		return nil, NewFault(NotFound, FieldUser, address)
	}
	return u, err
}

// friendOperation makes friendships, both halves of each.
type friendOperation struct {
	app     uint32
	owner   UserNumber
	friends []UserNumber
}

func (op *friendOperation) weight() (keys, bytes int) {
	return 2 * len(op.friends), 2 * len(op.friends) * 64
}

func (op *friendOperation) stage(g *commitGroup) error {
	since := appendCounters(nil, uint64(g.now))
	for _, friend := range op.friends {
		key := appendFriendKey(nil, op.app, op.owner, friend)
		old, err := g.tx.Get(key)
		if err != nil {
			return err
		}
		if old != nil {
			continue
		}
		if err := g.tx.Set(key, since); err != nil {
			return err
		}
		if err := g.tx.Set(appendFriendKey(nil, op.app, friend, op.owner), since); err != nil {
			return err
		}
	}
	return nil
}

// Friends returns the IDs of a user's friends, in the order of Users. The fault for an unknown user is NotFound with the
// address as its note.
func (e *Engine) Friends(ctx context.Context, app *App, owner string) ([]string, error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return nil, err
	}
	u, err := e.account(ctx, app, owner)
	if err != nil {
		return nil, err
	}
	var numbers []UserNumber
	area := storage.Prefix(appendUserKey(nil, tableFriends, app.Number, u.Number))
	area.KeysOnly = true
	err = e.store.View(ctx, func(r storage.Reader) error {
		var failed error
		err := r.Scan(area, func(key, _ []byte) bool {
			var number uint64
			number, failed = parseSecond(key)
			numbers = append(numbers, UserNumber(number))
			return failed == nil
		})
		if err == nil {
			err = failed
		}
		return err
	})
	if err != nil {
		return nil, e.readFault(err)
	}
	ids := make([]string, len(numbers))
	for i, number := range numbers {
		friend, err := e.user(ctx, userKey{app.Number, number})
		if err != nil {
			return nil, err
		}
		ids[i] = friend.ID
	}
	return ids, nil
}
