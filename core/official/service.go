package official

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

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

	shared   bool       // others write to the store, too
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
	matcher  atomic.Pointer[matcher] // nil until it is needed
	rules    atomic.Uint64           // changes of the rules, as far as they are known
}

// Open starts the service on a store, which stays the caller's to close, and puts right what a crash has left behind. Where
// several share the store, what another may still be at work on is left to Tend.
func Open(ctx context.Context, store storage.Store, env core.Environment, opts Options) (*Service, error) {
	sealer, err := newSealer(opts.Key)
	if err != nil {
		return nil, err
	}
	s := &Service{
		store: store, env: env, log: opts.Log, sealer: sealer, byID: map[string]*accountState{}, shared: !store.Exclusive(),
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	steps := []func(context.Context) error{s.loadAccounts, s.mend, s.resumeGroupDeletions}
	if !s.shared {
		steps = append(steps, s.releaseLeases)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, fault(err)
		}
	}
	return s, nil
}

// abandoned is how long nothing has happened to what a process is taken to have left behind, where others may be at work.
const abandoned = 15 * time.Minute

// Shared tells whether other processes may write to the store.
func (s *Service) Shared() bool { return s.shared }

// Tend puts right what a process that is gone has left half done. Where several share the store it is to be called every
// few minutes; where this process is alone Open has done it.
func (s *Service) Tend(ctx context.Context) error {
	if !s.shared {
		return nil
	}
	return s.mend(ctx)
}

func (s *Service) mend(ctx context.Context) error {
	before := int64(math.MaxInt64)
	if s.shared {
		before = s.now() - abandoned.Milliseconds()
	}
	if err := s.collectLoose(ctx, before); err != nil {
		return fault(err)
	}
	return fault(s.settleInterrupted(ctx, before))
}

// account returns what is known of an account.
func (s *Service) account(id string) (*accountState, error) {
	a := s.remembered(id)
	if s.shared {
		if err := s.refresh(a); err != nil {
			return nil, fault(err)
		}
		if a == nil {
			a = s.remembered(id)
		}
	}
	if a == nil {
		return nil, core.NewFault(core.NotFound, FieldAccount, "there is no such account")
	}
	return a, nil
}

func (s *Service) remembered(id string) *accountState {
	s.known.RLock()
	defer s.known.RUnlock()
	return s.byID[id]
}

// refreshTime bounds the reading of what others may have changed of an account.
const refreshTime = 10 * time.Second

// refresh reads an account as it is now, or those that are not known yet.
func (s *Service) refresh(a *accountState) error {
	ctx, cancel := context.WithTimeout(context.Background(), refreshTime)
	defer cancel()
	if a == nil {
		return s.loadAccounts(ctx)
	}
	return s.view(ctx, func(r storage.Reader) error {
		values, err := r.GetMulti([][]byte{accountKey(a.number), tableKey(a.number, tableRuleChanges)})
		if err != nil {
			return err
		}
		row, err := decode[Account](values[0])
		if err != nil {
			return err
		}
		a.row.Store(row)
		return a.learnRules(values[1])
	})
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
	case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrFailed), errors.Is(err, storage.ErrUnavailable):
		return core.Wrap(core.Unavailable, "the change could not be committed", err)
	}
	return core.AsFault(err)
}
