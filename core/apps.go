package core

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"parley/storage"
)

// AppKeyLength is the length of an app's key.
const AppKeyLength = 32

// appState is what the engine keeps in memory of one app beside its settings.
type appState struct {
	number   uint32
	headKey  []byte
	head     appHead // as the last group left it; belongs to the committer
	staged   stagedApp
	activity *activity
	indexes  *cache[UserNumber, *chatIndex] // as the follower has written them
	follow   feedCursor                     // as the follower has left it
	wasteful []UserNumber                   // whose runs are to be rewritten; belongs to the follower
	refusing atomic.Uint64                  // what head says, for readers
	epoch    atomic.Uint64                  // changes when conversations may have been changed behind the engine's back
	shown    atomic.Pointer[appHead]        // up to which readers find everything in memory; nil where it is not known
}

func (s *appState) setHead(h appHead) {
	s.head = h
	s.refusing.Store(h.refusing)
}

// appTable is the immutable list of all apps.
type appTable struct {
	ordered []*App
	byKey   map[string]*App
	states  []*appState
}

type appTablePointer = atomic.Pointer[appTable]

func (e *Engine) states() []*appState { return e.apps.Load().states }

func (e *Engine) appState(number uint32) *appState { return e.apps.Load().state(number) }

// Apps returns all apps in order of creation.
func (e *Engine) Apps() []*App { return e.apps.Load().ordered }

func (e *Engine) appNumbers() []uint32 {
	states := e.states()
	numbers := make([]uint32, len(states))
	for i, s := range states {
		numbers[i] = s.number
	}
	return numbers
}

// App returns the app with the given key. What another gateway has changed of it is seen after a second at the latest.
func (e *Engine) App(key string) (*App, bool) {
	a, ok := e.apps.Load().byKey[key]
	return a, ok
}

// PutApp creates the app with a.Key or replaces the settings of the one that exists. Its Number is chosen by the engine.
// An empty Key or Secret is generated for a new app and kept for an existing one.
func (e *Engine) PutApp(ctx context.Context, a App) (*App, error) {
	if a.Key == "" {
		key, err := e.randomHex(AppKeyLength / 2)
		if err != nil {
			return nil, err
		}
		a.Key = strings.ToUpper(key)
	}
	if len(a.Key) != AppKeyLength {
		return nil, NewFault(Invalid, FieldApp, "an app key has 32 characters")
	}
	if err := a.locate(); err != nil {
		return nil, err
	}
	secret, err := e.randomHex(32)
	if err != nil {
		return nil, err
	}
	op := &putAppOperation{app: a, secret: secret}
	if err := e.committer.commit(op); err != nil {
		return nil, err
	}
	return &op.app, nil
}

// RotateSecret gives the app a new random secret; access tokens and signatures made with the old one end at once.
func (e *Engine) RotateSecret(ctx context.Context, key string) (*App, error) {
	old, ok := e.App(key)
	if !ok {
		return nil, NewFault(NotFound, FieldApp, "the app does not exist")
	}
	a := *old
	secret, err := e.randomHex(32)
	if err != nil {
		return nil, err
	}
	a.Secret = secret
	return e.PutApp(ctx, a)
}

// locate loads the app's time zone.
func (a *App) locate() error {
	zone := a.Zone
	if zone == "" {
		zone = DefaultZone
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return &Fault{Code: Invalid, Field: FieldApp, Note: "the time zone is unknown: " + zone, cause: err}
	}
	a.location = location
	return nil
}

func (e *Engine) randomHex(bytes int) (string, error) {
	b := make([]byte, bytes)
	if _, err := io.ReadFull(e.env.Random, b); err != nil {
		return "", Wrap(Internal, "no random bytes", err)
	}
	return hex.EncodeToString(b), nil
}

// putAppOperation writes an app and its key. It runs in the committer, which is the only one to change the table.
type putAppOperation struct {
	app    App
	secret string // for an app that has none
}

func (op *putAppOperation) weight() (keys, bytes int) {
	bytes = 4096 + len(op.app.Secret) + len(op.app.Name)
	for _, settings := range op.app.Dialects {
		bytes += len(settings)
	}
	return 4, bytes
}

func (op *putAppOperation) stage(g *commitGroup) error {
	generation, err := readGeneration(g.tx)
	if err != nil {
		return err
	}
	if err := g.engine.catchUpApps(g.tx, generation); err != nil {
		return err
	}
	keyKey := appendAppKeyKey(nil, op.app.Key)
	value, err := g.tx.Get(keyKey)
	if err != nil {
		return err
	}
	if value == nil {
		if op.app.Number, err = nextAppNumber(g.tx); err != nil {
			return err
		}
		if err := g.tx.Set(keyKey, appendTable(nil, tableApps, op.app.Number)); err != nil {
			return err
		}
	} else {
		old, ok := g.engine.App(op.app.Key)
		if !ok {
			return corrupt(keyKey)
		}
		op.app.Number = old.Number
		if op.app.Secret == "" {
			op.app.Secret = old.Secret
		}
	}
	if op.app.Secret == "" {
		op.app.Secret = op.secret
	}
	record, err := json.Marshal(&op.app)
	if err != nil {
		return &Fault{Code: Invalid, Field: FieldApp, Note: "the settings are not valid JSON", cause: err}
	}
	if len(record) > storage.MaxValue {
		return NewFault(TooLarge, FieldApp, "the settings are too large")
	}
	if err := g.tx.Set(appendTable(nil, tableApps, op.app.Number), record); err != nil {
		return err
	}
	if err := g.tx.Set([]byte{tableGeneration}, appendCounters(nil, generation+1)); err != nil {
		return err
	}
	g.onCommit(func() {
		g.engine.showApp(&op.app)
		g.engine.generation.Store(generation + 1)
	})
	return nil
}

func nextAppNumber(r storage.Reader) (uint32, error) {
	number := uint32(1)
	var failed error
	last := storage.Prefix([]byte{tableApps})
	last.Reverse, last.Limit = true, 1
	err := r.Scan(last, func(key, _ []byte) bool {
		number, failed = parseAppNumber(key)
		number++
		return true
	})
	if err == nil {
		err = failed
	}
	return number, err
}

// showApp replaces or adds an app in the table.
func (e *Engine) showApp(a *App) {
	old := e.apps.Load()
	table := &appTable{byKey: make(map[string]*App, len(old.byKey)+1)}
	found := false
	for _, other := range old.ordered {
		if other.Number == a.Number {
			other, found = a, true
		}
		table.ordered = append(table.ordered, other)
	}
	table.states = append(table.states, old.states...)
	if !found {
		table.ordered = append(table.ordered, a)
		table.states = append(table.states, newAppState(a.Number, newActivity(0)))
	}
	for _, app := range table.ordered {
		table.byKey[app.Key] = app
	}
	e.apps.Store(table)
}

func newAppState(number uint32, recent *activity) *appState {
	return &appState{
		number: number, headKey: appendTable(nil, tableHeads, number), activity: recent,
		indexes: newCache[UserNumber, *chatIndex](indexCache, nil),
	}
}
