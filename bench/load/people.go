package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"parley/core"
)

// Member is a logged-in user.
type Member struct {
	Messenger core.Messenger
	// Address is where others send to.
	Address string
}

// People are the users who act and those whom they talk to.
type People struct {
	Members []Member
	// Peers are the addresses that members talk to; if there are none, the members talk to each other.
	Peers []string
}

// Gather logs in count members, at most parallel at a time, in the order of their numbers from 0. Logging in ends with
// the first error.
func Gather(ctx context.Context, count, parallel int, login func(ctx context.Context, number int) (Member, error)) ([]Member, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	members := make([]Member, count)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(parallel, count) {
		wait.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1)) - 1
				if n >= count {
					return
				}
				var err error
				if members[n], err = login(ctx, n); err != nil {
					cancel(fmt.Errorf("user %d cannot log in: %w", n+1, err))
				}
			}
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return members, nil
}

// check reports whether the people can do what the workload asks for.
func (p *People) check(w *Workload) error {
	others := len(p.Peers)
	if others == 0 {
		others = len(p.Members) - 1
	}
	switch {
	case len(p.Members) == 0:
		return errors.New("there is no user")
	case others < 1:
		return errors.New("one user has nobody to talk to: there must be at least 2")
	case w.Mix[Bulk] > 0 && others < w.Recipients:
		return fmt.Errorf("%d recipients need more users than there are", w.Recipients)
	}
	return nil
}

// contacts is how many others each member talks to.
func (p *People) contacts(w *Workload) int {
	wanted := w.Contacts
	if w.Mix[Bulk] > 0 {
		wanted = max(wanted, w.Recipients)
	}
	if len(p.Peers) > 0 {
		return min(wanted, len(p.Peers))
	}
	return min(wanted, len(p.Members)-1)
}

// contact is the address of a member's contact of the given rank: the neighbours on either side by turns.
func (p *People) contact(member, rank int) string {
	if n := len(p.Peers); n > 0 {
		return p.Peers[(member+rank)%n]
	}
	n := len(p.Members)
	distance := rank/2 + 1
	if rank%2 == 1 {
		distance = n - distance
	}
	return p.Members[(member+distance)%n].Address
}
