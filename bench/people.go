package bench

import (
	"context"
	"crypto/md5" //nolint:gosec // what clients of the platforms send for a password
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"

	"parley/core"
)

// people are the users of a measurement.
type people struct {
	users    []*core.User
	tokens   []string // PhalApi access tokens of the first members
	sessions []string // YesApi sessions of the same
	admin    string   // OpenIM token of the administrator
	peers    int      // the users after each member with whom it has talked
}

// uuidOf is the UUID of the i-th user.
func uuidOf(i int) string { return fmt.Sprintf("%032X", i+1) }

// addUsers registers n users and the anonymous one. The ID of the i-th is i+1 in decimal, as access tokens name it.
func (p *Parley) addUsers(ctx context.Context, n int) ([]*core.User, error) {
	if _, err := p.Engine.Register(ctx, p.App, core.NewUser{UUID: anonymous}); err != nil {
		return nil, err
	}
	users := make([]*core.User, n)
	err := concurrently(n, func(i int) (err error) {
		users[i], err = p.Engine.Register(ctx, p.App, core.NewUser{ID: strconv.Itoa(i + 1), UUID: uuidOf(i)})
		return err
	})
	return users, err
}

// addPeople registers members who are signed in in both dialects, and other users up to n.
func (p *Parley) addPeople(ctx context.Context, n, members int) (*people, error) {
	if _, err := p.Engine.Register(ctx, p.App, core.NewUser{UUID: anonymous}); err != nil {
		return nil, err
	}
	all := &people{users: make([]*core.User, n), tokens: make([]string, members), sessions: make([]string, members)}
	err := concurrently(n, func(i int) (err error) {
		id := strconv.Itoa(i + 1)
		if i >= members {
			all.users[i], err = p.Engine.Register(ctx, p.App, core.NewUser{ID: id, UUID: uuidOf(i)})
			return err
		}
		if all.users[i], all.sessions[i], err = p.signIn(ctx, core.NewUser{ID: id, UUID: uuidOf(i), Username: "member" + id}); err != nil {
			return err
		}
		all.tokens[i], err = p.accessToken(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	all.admin, err = p.adminToken()
	return all, err
}

// signIn registers a user with a username and returns a session.
func (p *Parley) signIn(ctx context.Context, n core.NewUser) (u *core.User, session string, err error) {
	sum := md5.Sum([]byte("password")) //nolint:gosec // see the import
	n.Password = hex.EncodeToString(sum[:])
	if u, err = p.Engine.Register(ctx, p.App, n); err != nil {
		return nil, "", err
	}
	session, _, err = p.Engine.Login(ctx, p.App, n.Username, n.Password, true)
	return u, session, err
}

// converse lets each member exchange n messages with each of the given number of users after it, who take turns with it.
func (p *Parley) converse(ctx context.Context, all *people, peers, n int) error {
	members := len(all.tokens)
	all.peers = peers
	for k := range n {
		text := fmt.Sprintf("%s %02d", messageText[:len(messageText)-3], k) // as long, and each its own
		talk := func(i int) error { return p.sendText(ctx, text, all.users[i], uuids(all.users[i+1:i+1+peers])...) }
		talking := members
		if k%2 == 1 {
			talk = func(i int) error {
				return p.sendText(ctx, text, all.users[i+1], uuids(all.users[max(0, i+1-peers):min(i+1, members)])...)
			}
			talking = members + peers - 1
		}
		if err := concurrently(talking, talk); err != nil {
			return err
		}
	}
	return nil
}

func uuids(users []*core.User) []string {
	all := make([]string, len(users))
	for i, u := range users {
		all[i] = u.UUID
	}
	return all
}

// concurrently calls do for 0 to n-1, many at a time, so that writes share their syncs, and returns the first error.
func concurrently(n int, do func(i int) error) error {
	const atOnce = 512
	var (
		group  sync.WaitGroup
		once   sync.Once
		failed error
		next   = make(chan int)
	)
	for range min(n, atOnce) {
		group.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					once.Do(func() { failed = err })
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
	return failed
}

// sendTo sends the message text from one user.
func (p *Parley) sendTo(ctx context.Context, from *core.User, to ...string) error {
	return p.sendText(ctx, messageText, from, to...)
}

func (p *Parley) sendText(ctx context.Context, text string, from *core.User, to ...string) error {
	out := core.Outgoing{To: to, Content: core.Content{Kind: core.KindText, Body: []byte(text)}}
	_, err := p.Engine.Send(ctx, core.Caller{App: p.App, User: from}, out)
	return err
}
