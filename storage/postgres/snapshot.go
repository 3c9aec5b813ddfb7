package postgres

import (
	"bytes"
	"context"
	"time"

	"parley/storage"
)

// snapshot is a transaction as a reader sees it. It takes a connection and begins when it first reads.
type snapshot struct {
	ctx   context.Context //nolint:containedctx // a transaction lives no longer than the call that it belongs to
	store *store
	// begin is the statement that opens the transaction.
	begin string
	// queue lists the numbers on which the transaction waits for others before it begins.
	queue []int64
	// link is nil until the transaction has begun.
	link   *link
	began  time.Time
	queued bool
	outage *outage
	// failure is the first error of the database; everything after it fails, too.
	failure error
	// kind is the kind of failure.
	kind kind
	// got remembers the rows that were got, if it is not nil.
	got map[string]row
}

// row is what the map has under a key.
type row struct {
	// there says that there is a row, perhaps a tombstone, in which case value is nil.
	there bool
	value []byte
}

// Get implements storage.Reader.
func (t *snapshot) Get(key []byte) ([]byte, error) {
	if len(key) == 0 || len(key) > storage.MaxKey {
		return nil, t.failure
	}
	if known, ok := t.got[string(key)]; ok {
		return known.value, t.failure
	}
	var found row
	err := t.read(stmtGet, func(columns [][]byte) {
		found = row{there: true, value: bytes.Clone(columns[1])}
	}, func() { found = row{} }, key)
	if err != nil {
		return nil, err
	}
	if t.got != nil {
		t.got[string(key)] = found
	}
	return found.value, nil
}

// GetMulti implements storage.Reader.
func (t *snapshot) GetMulti(keys [][]byte) ([][]byte, error) {
	wanted := make([][]byte, 0, len(keys))
	found := make(map[string]row, len(keys))
	for _, key := range keys {
		if len(key) == 0 || len(key) > storage.MaxKey {
			continue
		}
		if _, ok := found[string(key)]; ok {
			continue
		}
		known, ok := t.got[string(key)]
		found[string(key)] = known
		if !ok {
			wanted = append(wanted, key)
		}
	}
	if len(wanted) > 0 {
		err := t.read(stmtGetMany, func(columns [][]byte) {
			found[string(columns[0])] = row{there: true, value: bytes.Clone(columns[1])}
		}, func() {}, encodeBytes(wanted))
		if err != nil {
			return nil, err
		}
	}
	if t.got != nil {
		for _, key := range wanted {
			t.got[string(key)] = found[string(key)]
		}
	}
	values := make([][]byte, len(keys))
	for i, key := range keys {
		values[i] = found[string(key)].value
	}
	return values, t.failure
}

// read runs a statement in the transaction, which it begins in the same round trip if that has to be done. take is called
// for every row, with columns that are valid during the call. If the connection is lost while the transaction begins,
// read calls again and starts over on another.
func (t *snapshot) read(name string, take func(columns [][]byte), again func(), parameters ...[]byte) error {
	if t.failure != nil {
		return t.failure
	}
	for {
		first := t.link == nil
		r := request{row: func(_ int, columns [][]byte) error { take(columns); return nil }}
		if first {
			if err := t.acquire(); err != nil {
				return t.fail(err)
			}
			r.add(t.begin)
		}
		r.add(name, parameters...)
		_, _, err := t.link.exchange(t.ctx, &r)
		if err == nil {
			t.outage.over()
			return nil
		}
		k := kindOf(t.ctx, err)
		if k == kindLost {
			t.store.noteLoss(t.link.session)
		}
		if !first || k != kindLost && k != kindConflict || time.Now().After(t.outage.end()) {
			return t.fail(err)
		}
		t.release()
		again()
		if err := pause(t.ctx, outagePause); err != nil {
			return t.fail(err)
		}
	}
}

// acquire takes a connection and waits in the queue.
func (t *snapshot) acquire() (err error) {
	t.link, err = t.store.acquire(t.ctx, t.outage)
	if err != nil {
		return err
	}
	t.began = time.Now()
	if len(t.queue) == 0 || !t.link.server.dialect.advisoryLocks {
		return nil
	}
	t.queued = true
	r := request{}
	r.add(stmtQueue, encodeInts(t.queue))
	// Queueing is a courtesy: who waited too long goes ahead, and a connection that was lost is noticed next.
	if _, _, err := t.link.exchange(t.ctx, &r); err != nil && kindOf(t.ctx, err) == kindContext {
		return t.ctx.Err()
	}
	return nil
}

// fail makes err the failure of the transaction.
func (t *snapshot) fail(err error) error {
	t.kind = kindOf(t.ctx, err)
	if t.kind == kindContext {
		err = t.ctx.Err()
	}
	t.failure = t.store.explain(t.kind, err)
	return t.failure
}

// release ends the transaction and gives its connection back, without waiting for the server.
func (t *snapshot) release() {
	if t.link == nil {
		return
	}
	l, queued := t.link, t.queued
	t.link, t.queued = nil, false
	conn := l.pooled.Conn().PgConn()
	if conn.IsClosed() || !queued && conn.TxStatus() == 'I' {
		l.pooled.Release()
		return
	}
	t.store.closing.Go(func() {
		r := request{}
		if conn.TxStatus() != 'I' {
			r.add(stmtRollback)
		}
		if queued {
			r.add(stmtUnqueue)
		}
		_, _, err := l.exchange(context.Background(), &r)
		if err == nil {
			l.pooled.Release()
			return
		}
		// The pool must not get it back, for it may hold what others wait for.
		t.store.log.Debug("a connection is given up", "engine", "postgres", "error", err)
		if err := l.pooled.Hijack().Close(context.Background()); err != nil {
			t.store.log.Debug("a connection was not closed in order", "engine", "postgres", "error", err)
		}
	})
}
