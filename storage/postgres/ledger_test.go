package postgres_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"parley/storage"
	"parley/storage/postgres"
)

// A ledger is a few logs in a store, written as a chat engine writes: a head row counts the records, a record carries the
// key of the client that wrote it, and a client that does not know whether its record is there writes it again under the
// same key. It remembers what was acknowledged, and tells in the end what is not as it was acknowledged.
type ledger struct {
	mu    sync.Mutex
	acked map[string]entry // by client key
	since time.Time        // the last acknowledgement
	gap   time.Duration    // the longest time between two since the last look
	more  chan struct{}    // closed at the next acknowledgement
	tries int              // attempts that ended without an acknowledgement
}

// entry is the place of a record.
type entry struct {
	log    byte
	number uint64
}

func newLedger() *ledger {
	return &ledger{acked: map[string]entry{}, since: time.Now(), more: make(chan struct{})}
}

func headKey(log byte) []byte { return []byte{'h', log} }

func recordKey(at entry) []byte { return binary.BigEndian.AppendUint64([]byte{'r', at.log}, at.number) }

func clientKey(client string) []byte { return []byte("c" + client) }

// append writes one record and returns its place, which is the old one if the client has written it before.
func appendRecord(ctx context.Context, s storage.Store, log byte, client string) (at entry, err error) {
	err = s.Update(ctx, func(w storage.Writer) error {
		at = entry{log: log}
		got, err := w.GetMulti([][]byte{clientKey(client), headKey(log)})
		if err != nil {
			return err
		}
		if got[0] != nil {
			at.number = binary.BigEndian.Uint64(got[0])
			return nil
		}
		if got[1] != nil {
			at.number = binary.BigEndian.Uint64(got[1])
		}
		at.number++
		number := binary.BigEndian.AppendUint64(nil, at.number)
		return errors.Join(w.Set(headKey(log), number), w.Set(recordKey(at), []byte(client)), w.Set(clientKey(client), number))
	})
	return at, err
}

// write appends the record of a client and tries again as long as the database is away, or until ctx ends.
func (l *ledger) write(ctx context.Context, s storage.Store, log byte, client string) error {
	for {
		at, err := appendRecord(ctx, s, log, client)
		switch {
		case err == nil:
			l.ack(client, at)
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !errors.Is(err, storage.ErrUnavailable) && !errors.Is(err, storage.ErrConflict):
			return fmt.Errorf("record of %s: %w", client, err)
		}
		l.mu.Lock()
		l.tries++
		l.mu.Unlock()
	}
}

func (l *ledger) ack(client string, at entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked[client] = at
	now := time.Now()
	l.gap, l.since = max(l.gap, now.Sub(l.since)), now
	close(l.more)
	l.more = make(chan struct{})
}

// await waits for so many more acknowledgements, and returns the longest time between two since the last call.
func (l *ledger) await(t *testing.T, count int) time.Duration {
	t.Helper()
	late := time.After(2 * time.Minute)
	for range count {
		l.mu.Lock()
		more := l.more
		l.mu.Unlock()
		select {
		case <-more:
		case <-late:
			t.Fatal("no more acknowledgements")
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	gap := l.gap
	l.gap = 0
	return gap
}

// load lets so many clients write through every store until stop is called, which returns when each of them has an
// acknowledgement for its last record.
func (l *ledger) load(t *testing.T, clients int, stores ...storage.Store) (stop func()) {
	t.Helper()
	end := make(chan struct{})
	var all sync.WaitGroup
	for gateway, s := range stores {
		for client := range clients {
			all.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-end:
						return
					default:
					}
					name := fmt.Sprintf("gateway %d client %d record %d", gateway, client, n)
					if err := l.write(t.Context(), s, byte(client), name); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	return sync.OnceFunc(func() { close(end); all.Wait() })
}

// check compares a store with what was acknowledged. Every client has its acknowledgements, so there is nothing else.
func (l *ledger) check(ctx context.Context, s storage.Store, logs int) (broken []error) {
	found := map[string]entry{}
	complain := func(format string, args ...any) { broken = append(broken, fmt.Errorf(format, args...)) }
	err := s.View(ctx, func(r storage.Reader) error {
		for log := range logs {
			head, err := r.Get(headKey(byte(log)))
			if err != nil {
				return err
			}
			next := entry{byte(log), 1}
			err = r.Scan(storage.Prefix([]byte{'r', byte(log)}), func(key, value []byte) bool {
				if !bytes.Equal(key, recordKey(next)) {
					complain("log %d: %x where record %d belongs", log, key, next.number)
				}
				if old, ok := found[string(value)]; ok {
					complain("%s is there twice: %v and %v", value, old, next)
				}
				found[string(value)] = next
				next.number++
				return true
			})
			if err != nil {
				return err
			}
			if next.number > 1 && !bytes.Equal(head, binary.BigEndian.AppendUint64(nil, next.number-1)) {
				complain("log %d: the head is %x after %d records", log, head, next.number-1)
			}
		}
		return nil
	})
	if err != nil {
		complain("the store cannot be read: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for client, at := range l.acked {
		if found[client] != at {
			complain("%s was acknowledged at %v and is at %v", client, at, found[client])
		}
		delete(found, client)
	}
	for client, at := range found {
		complain("%s at %v was never acknowledged", client, at)
	}
	return broken
}

// openStore opens a store that is closed at the end of the test.
func openStore(t *testing.T, database string) storage.Store {
	t.Helper()
	location, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	s, err := postgres.Open(t.Context(), location, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
