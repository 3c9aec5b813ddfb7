package postgres

import (
	"context"
	"slices"
	"time"

	"parley/storage"
)

// writer is a snapshot with what the transaction has written, which is sent when it commits.
type writer struct {
	snapshot
	quota storage.Quota
	// written holds the values by key; nil is a deletion.
	written map[string][]byte
	// order has the keys of written in order, as long as it is valid.
	order []string
	valid bool
}

func newWriter(ctx context.Context, s *store, queue []int64, away *outage) *writer {
	w := &writer{written: map[string][]byte{}}
	w.snapshot = snapshot{ctx: ctx, store: s, begin: stmtBegin, queue: queue, outage: away, got: map[string]row{}}
	return w
}

// verdict is what becomes of an attempt.
type verdict int

const (
	// over ends the transaction with the error that comes with the verdict.
	over verdict = iota
	// again has it run again.
	again
	// conflicted has it run again, because another was in its way.
	conflicted
)

// run runs fn and commits.
func (w *writer) run(fn func(storage.Writer) error) (verdict, error) {
	defer w.release()
	err := fn(w)
	if w.failure != nil {
		return w.afterFailure(w.kind, w.failure)
	}
	if err != nil {
		return over, err
	}
	if err := w.quota.Err(); err != nil {
		return over, err
	}
	if err := w.ctx.Err(); err != nil || len(w.written) == 0 && !w.mayBeAhead() {
		return over, err
	}
	return w.commit()
}

// mayBeAhead tells that the transaction may have read what no standby has: a primary that was killed shows, when it is
// back, commits that were never acknowledged, and loses them if it is replaced then. Who finds the own record there takes
// it for stored, so the transaction, though it wrote nothing, ends with a commit that comes after those in the log.
func (w *writer) mayBeAhead() bool { return w.link != nil && w.link.server.standbys != "" }

// afterFailure decides about a transaction that certainly was not committed.
func (w *writer) afterFailure(k kind, err error) (verdict, error) {
	switch {
	case k == kindConflict:
		w.outage.over()
		return conflicted, nil
	case k == kindLost && time.Now().Before(w.outage.end()):
		return again, nil
	}
	return over, err
}

// Get implements storage.Reader.
func (w *writer) Get(key []byte) ([]byte, error) {
	if value, ok := w.written[string(key)]; ok {
		return value, nil
	}
	w.joinQueue(key)
	return w.snapshot.Get(key)
}

// GetMulti implements storage.Reader.
func (w *writer) GetMulti(keys [][]byte) ([][]byte, error) {
	if len(w.written) == 0 {
		w.joinQueue(keys...)
		return w.snapshot.GetMulti(keys)
	}
	others := make([][]byte, 0, len(keys))
	for _, key := range keys {
		if _, ok := w.written[string(key)]; !ok {
			others = append(others, key)
		}
	}
	w.joinQueue(others...)
	found, err := w.snapshot.GetMulti(others)
	if err != nil {
		return nil, err
	}
	values, next := make([][]byte, len(keys)), 0
	for i, key := range keys {
		if value, ok := w.written[string(key)]; ok {
			values[i] = value
			continue
		}
		values[i] = found[next]
		next++
	}
	return values, nil
}

// joinQueue has the transaction, if it has not begun, queue for those of keys that are contended.
func (w *writer) joinQueue(keys ...[]byte) {
	if w.link != nil {
		return
	}
	if more := w.store.hot.among(keys); len(more) > 0 {
		w.queue = append(w.queue, more...)
		slices.Sort(w.queue)
		w.queue = slices.Compact(w.queue)
	}
}

// Set implements storage.Writer.
func (w *writer) Set(key, value []byte) error {
	if err := w.quota.Set(key, value); err != nil {
		return err
	}
	if value == nil {
		value = []byte{}
	}
	w.write(key, value)
	return nil
}

// Delete implements storage.Writer.
func (w *writer) Delete(key []byte) error {
	if err := w.quota.Set(key, nil); err != nil {
		return err
	}
	w.write(key, nil)
	return nil
}

func (w *writer) write(key, value []byte) {
	if w.valid {
		if _, ok := w.written[string(key)]; !ok {
			w.valid = false
		}
	}
	w.written[string(key)] = value
}

// sorted returns the keys of written in order. The slice is not changed by later writes.
func (w *writer) sorted() []string {
	if !w.valid {
		w.order = make([]string, 0, len(w.written))
		for key := range w.written {
			w.order = append(w.order, key)
		}
		slices.Sort(w.order)
		w.valid = true
	}
	return w.order
}

// contended returns the numbers of the keys that the transaction has got and written: those that others like it may fight
// for.
func (w *writer) contended() []int64 {
	var keys []string
	for key := range w.written {
		if _, ok := w.got[key]; ok {
			keys = append(keys, key)
		}
	}
	return numbers(keys)
}
