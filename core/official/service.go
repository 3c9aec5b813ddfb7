package official

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"parley/core"
	"parley/storage"
)

// Service is the official accounts of one store. It is safe for concurrent use and has no goroutines of its own.
type Service struct {
	store  storage.Store
	env    core.Environment
	log    *slog.Logger
	sealer *sealer // nil without a key
	tick   atomic.Uint32

	random sync.Mutex // held while env.Random is read
	jobs   sync.Mutex // held while jobs change

	binding  sync.Mutex // held while accounts are added
	known    sync.RWMutex
	accounts []*accountState // by number, from 1 on
	byID     map[string]*accountState
}

// accountState is what the service remembers of an account.
type accountState struct {
	number uint32
	row    atomic.Pointer[Account]
	// changing is held by the one transaction that changes the account: they would conflict anyway, in the numbers of
	// lists.
	changing sync.Mutex
	matcher  atomic.Pointer[matcher] // nil until it is needed; emptied by every change of the rules
}

// Open starts the service on a store, which stays the caller's to close, and puts right what a crash has left behind. A
// shared store is refused with Unsupported, since the service remembers accounts and rules.
func Open(ctx context.Context, store storage.Store, env core.Environment, opts Options) (*Service, error) {
	if !store.Exclusive() {
		return nil, core.NewFault(core.Unsupported, "", "the store is shared, and others do not keep right what the service remembers")
	}
	sealer, err := newSealer(opts.Key)
	if err != nil {
		return nil, err
	}
	s := &Service{store: store, env: env, log: opts.Log, sealer: sealer, byID: map[string]*accountState{}}
	if s.log == nil {
		s.log = slog.Default()
	}
	for _, step := range [...]func(context.Context) error{
		s.loadAccounts, s.collectLoose, s.resumeGroupDeletions, s.settleInterrupted, s.releaseLeases,
	} {
		if err := step(ctx); err != nil {
			return nil, fault(err)
		}
	}
	return s, nil
}

// account returns what is remembered of an account.
func (s *Service) account(id string) (*accountState, error) {
	s.known.RLock()
	defer s.known.RUnlock()
	if a := s.byID[id]; a != nil {
		return a, nil
	}
	return nil, core.NewFault(core.NotFound, FieldAccount, "there is no such account")
}

// all returns the accounts in the order of their numbers.
func (s *Service) all() []*accountState {
	s.known.RLock()
	defer s.known.RUnlock()
	return slices.Clip(s.accounts)
}

// view runs fn on a snapshot.
func (s *Service) view(ctx context.Context, fn func(r storage.Reader) error) error {
	return fault(s.store.View(ctx, fn))
}

// update runs fn in a transaction that changes an account.
func (s *Service) update(ctx context.Context, a *accountState, fn func(c *change) error) error {
	a.changing.Lock()
	defer a.changing.Unlock()
	return s.commit(ctx, fn)
}

// commit runs fn in a transaction.
func (s *Service) commit(ctx context.Context, fn func(c *change) error) error {
	return fault(s.store.Update(ctx, func(w storage.Writer) error {
		c := &change{Writer: w, lists: map[string]*stagedList{}}
		if err := fn(c); err != nil {
			return err
		}
		return c.finish()
	}))
}

// now is the wall clock in milliseconds.
func (s *Service) now() int64 { return s.env.Now().UnixMilli() }

// place is the position of a row that is made now.
func (s *Service) place() place { return place{Time: s.now(), Tick: s.tick.Add(1)} }

// fault turns every error into a fault; a fault stays what it is.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return core.Wrap(core.Timeout, "the request was given up", err)
	case errors.Is(err, storage.ErrTooLarge):
		return core.Wrap(core.TooLarge, "the values take more room than one row or transaction has", err)
	case errors.Is(err, storage.ErrFull):
		return core.Wrap(core.Unavailable, "too little free disk space", err)
	case errors.Is(err, storage.ErrClosed):
		return core.Wrap(core.Unavailable, "the service is stopping", err)
	case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrFailed):
		return core.Wrap(core.Unavailable, "the change could not be committed", err)
	}
	return core.AsFault(err)
}
