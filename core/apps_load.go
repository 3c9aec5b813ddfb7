package core

import (
	"context"
	"encoding/json"

	"parley/storage"
)

// loadApps reads all apps with their heads and what their chat lists lack.
func (e *Engine) loadApps(ctx context.Context) error {
	e.apps.Store(new(appTable))
	return e.store.View(ctx, func(r storage.Reader) error {
		generation, err := readGeneration(r)
		if err != nil {
			return err
		}
		if err := e.readApps(r); err != nil {
			return err
		}
		e.generation.Store(generation)
		return nil
	})
}

func readGeneration(r storage.Reader) (generation uint64, err error) {
	value, err := r.Get([]byte{tableGeneration})
	if err != nil {
		return 0, err
	}
	return generation, parseCounters(value, &generation)
}

// catchUpApps makes the table of apps that of r, whose generation is given. The caller holds e.committing.
func (e *Engine) catchUpApps(r storage.Reader, generation uint64) error {
	if e.generation.Load() == generation {
		return nil
	}
	if err := e.readApps(r); err != nil {
		return err
	}
	e.generation.Store(generation)
	return nil
}

// readApps replaces the table of apps. What is remembered of those that are known already stays.
func (e *Engine) readApps(r storage.Reader) error {
	known := e.apps.Load()
	table := &appTable{byKey: make(map[string]*App)}
	var failed error
	err := r.Scan(storage.Prefix([]byte{tableApps}), func(_, value []byte) bool {
		a := new(App)
		if failed = json.Unmarshal(value, a); failed == nil {
			failed = a.locate()
		}
		table.ordered = append(table.ordered, a)
		table.byKey[a.Key] = a
		return failed == nil
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	for _, a := range table.ordered {
		state := known.state(a.Number)
		if state == nil {
			if state, err = e.loadAppState(r, a.Number); err != nil {
				return err
			}
		}
		table.states = append(table.states, state)
	}
	e.apps.Store(table)
	return nil
}

func (t *appTable) state(number uint32) *appState {
	for _, s := range t.states {
		if s.number == number {
			return s
		}
	}
	return nil
}

func (e *Engine) loadAppState(r storage.Reader, number uint32) (*appState, error) {
	cursor, err := readCursor(r, number)
	if err != nil {
		return nil, err
	}
	recent, err := loadActivity(r, number, cursor.position)
	if err != nil {
		return nil, err
	}
	state := newAppState(number, recent)
	state.follow = cursor
	value, err := r.Get(state.headKey)
	if err != nil {
		return nil, err
	}
	head, err := parseHead(value)
	state.setHead(head)
	e.show(state)
	return state, err
}
