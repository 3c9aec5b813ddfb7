package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"parley/core"
	"parley/storage"
	"parley/storage/badger"
	"parley/storage/postgres"
)

// site is one or more gateways on a store, with users who know each other.
type site struct {
	name    string
	engines []*core.Engine
	stores  []storage.Store
	app     *core.App
	users   []*core.User
	turn    atomic.Int64
	dir     string // to be removed
}

// population is how many users a site has; everybody is both sender and recipient.
const population = 1000

// bulk is the number of recipients of a large send.
const bulk = 200

func openSites(ctx context.Context, o *options) (sites []*site, err error) {
	dir, err := os.MkdirTemp(o.dir, "parley-stores-")
	if err != nil {
		return nil, err
	}
	s, err := openSite(ctx, "Badger", 1, "badger://"+dir)
	s.dir = dir
	sites = append(sites, s)
	for _, place := range []struct{ nodes, location string }{{"one node", o.single}, {"three nodes", o.three}} {
		for gateways := 1; gateways <= 2 && err == nil && place.location != ""; gateways++ {
			s, err = openSite(ctx, fmt.Sprintf("PostgreSQL, %s, %d gateway(s)", place.nodes, gateways), gateways, place.location)
			sites = append(sites, s)
		}
	}
	return sites, err
}

func openSite(ctx context.Context, name string, gateways int, location string) (*site, error) {
	s := &site{name: name}
	engines := storage.Engines{"badger": badger.Open, "postgres": postgres.Open, "postgresql": postgres.Open}
	key := ""
	for range gateways {
		store, err := engines.Open(ctx, location, storage.Options{})
		if err != nil {
			return s, err
		}
		s.stores = append(s.stores, store)
		e, err := core.Open(ctx, store, core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{})
		if err != nil {
			return s, err
		}
		s.engines = append(s.engines, e)
		if key == "" {
			app, err := e.PutApp(ctx, core.App{Name: name})
			if err != nil {
				return s, err
			}
			key = app.Key
		}
		s.app, _ = e.App(key)
	}
	return s, s.populate(ctx)
}

// populate registers the users and lets each send a message to the next.
func (s *site) populate(ctx context.Context) error {
	s.users = make([]*core.User, population)
	err := together(population, func(i int) (err error) {
		s.users[i], err = s.engines[0].Register(ctx, s.app, core.NewUser{ID: strconv.Itoa(i)})
		return err
	})
	if err != nil {
		return err
	}
	return together(population, func(i int) error {
		for range 25 {
			if err := s.send(ctx, i, 1); err != nil {
				return err
			}
		}
		return nil
	})
}

// together runs n calls at once and returns the faults of all.
func together(n int, call func(i int) error) error {
	faults := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { faults[i] = call(i) })
	}
	wg.Wait()
	return errors.Join(faults...)
}

// gateway takes the gateways in turn.
func (s *site) gateway() *core.Engine {
	return s.engines[int(s.turn.Add(1))%len(s.engines)]
}

// send sends from the i-th user to the n after it.
func (s *site) send(ctx context.Context, i, n int) error {
	out := core.Outgoing{Content: core.Content{Kind: core.KindText, Body: []byte("the quick brown fox jumps over the lazy dog")}}
	for k := range n {
		out.To = append(out.To, s.users[(i+k+1)%population].UUID)
	}
	_, err := s.gateway().Send(ctx, core.Caller{App: s.app, User: s.users[i]}, out)
	return err
}

// list reads what the i-th user and the next said last.
func (s *site) list(ctx context.Context, i int) error {
	q := core.HistoryQuery{Peer: s.users[(i+1)%population].UUID, Limit: 20}
	h, err := s.gateway().History(ctx, core.Caller{App: s.app, User: s.users[i]}, q, nil)
	if err == nil && len(h.Messages) != q.Limit {
		err = fmt.Errorf("a list of %d messages", len(h.Messages))
	}
	return err
}

// work is one of the things that are measured.
type work struct {
	name string
	do   func(ctx context.Context, s *site, i int) (units int, err error)
}

var works = [...]work{
	{"sends", func(ctx context.Context, s *site, i int) (int, error) { return 1, s.send(ctx, i, 1) }},
	{"messages in sends to 200", func(ctx context.Context, s *site, i int) (int, error) { return bulk, s.send(ctx, i, bulk) }},
	{"lists of 20", func(ctx context.Context, s *site, i int) (int, error) { return 1, s.list(ctx, i) }},
}

// measure returns how many units of the work are done in a second.
func (s *site) measure(ctx context.Context, w *work, o *options) (float64, error) {
	var done, next atomic.Int64
	start := time.Now()
	err := together(o.senders, func(int) error {
		for time.Since(start) < o.duration {
			if err := ctx.Err(); err != nil {
				return err
			}
			units, err := w.do(ctx, s, int(next.Add(1))%population)
			if err != nil {
				return err
			}
			done.Add(int64(units))
		}
		return nil
	})
	return float64(done.Load()) / time.Since(start).Seconds(), err
}

func (s *site) close() error {
	var faults []error
	for _, e := range s.engines {
		faults = append(faults, e.Close())
	}
	for _, store := range s.stores {
		faults = append(faults, store.Close())
	}
	if s.dir != "" {
		faults = append(faults, os.RemoveAll(s.dir))
	}
	return errors.Join(faults...)
}
