package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// scale is the size of a measurement.
type scale struct {
	users, members int // members are those of the users who are signed in
	peers          int // the users after each member with whom it has talked
	length         int // the messages of each conversation
}

// coldCacheMiB lets an engine remember some hundred conversations, and all users of a measurement.
const coldCacheMiB = 1

// OpenWarm fills an empty store in dir with users and conversations, which the engine then remembers, and returns the
// workloads on them. Each is tried once.
func OpenWarm(ctx context.Context, dir string) (*Parley, []Workload, error) {
	p, err := Open(ctx, dir, 0)
	if err != nil {
		return nil, nil, err
	}
	all, err := p.fill(ctx, scale{users: 1000, members: 64, peers: 1, length: 40})
	if err != nil {
		return nil, nil, errors.Join(err, p.Close())
	}
	return p.try(slices.Concat(all.sends(), all.lists(), all.firstLists()))
}

// OpenCold fills an empty store in dir with far more conversations than the engine then remembers, opens it again, so that
// they are in the store's tables, and returns the lists of them. Whoever sends all requests of a list in turn finds none of
// the conversations in the engine's memory; the store's own caches may hold them. Each list is tried once.
func OpenCold(ctx context.Context, dir string) (*Parley, []Workload, error) {
	all, err := fillCold(ctx, dir, scale{users: 192, members: 64, peers: 128, length: 40})
	if err != nil {
		return nil, nil, err
	}
	p, err := Open(ctx, dir, coldCacheMiB)
	if err != nil {
		return nil, nil, err
	}
	return p.try(all.lists())
}

// fillCold fills a store and closes it, which writes everything into tables.
func fillCold(ctx context.Context, dir string, s scale) (all *people, err error) {
	p, err := Open(ctx, dir, 0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	return p.fill(ctx, s)
}

// fill registers people and lets them talk.
func (p *Parley) fill(ctx context.Context, s scale) (*people, error) {
	all, err := p.addPeople(ctx, s.users, s.members)
	if err != nil {
		return nil, err
	}
	return all, p.converse(ctx, all, s.peers, s.length)
}

// try sends the first request of every workload and notes the length of the answer. It closes p if one fails.
func (p *Parley) try(workloads []Workload) (*Parley, []Workload, error) {
	for i := range workloads {
		body, err := p.call(workloads[i].Requests[0])
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("%s: %w", workloads[i].Name, err), p.Close())
		}
		workloads[i].Answer = len(body)
	}
	return p, workloads, nil
}
