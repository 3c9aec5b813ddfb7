package postgres

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"parley/storage"
	"parley/storage/postgres/postgrestest"
)

// through returns the URL of a proxy before the server at location.
func through(tb testing.TB, location *url.URL) (*postgrestest.Proxy, *url.URL) {
	tb.Helper()
	proxy := postgrestest.NewProxy(tb, location.String())
	behind, err := url.Parse(proxy.URL())
	if err != nil {
		tb.Fatal(err)
	}
	// One connection, so that the bytes of a commit are the same every time.
	return proxy, with(behind, "pool_max_conns", "1")
}

// TestUnknownCommit cuts the connection at every few bytes of a transaction, the last bytes of its commit included. However
// much the server received of it, it happens once.
func TestUnknownCommit(t *testing.T) {
	d := newDatabase(t)
	location := d.schema(t)
	proxy, behind := through(t, location)
	s := openAt(t, behind)
	direct := openAt(t, location)
	// So many that the number of digits, and so of bytes, stays the same.
	err := s.Update(t.Context(), func(w storage.Writer) error { return w.Set([]byte("counter"), []byte("1000")) })
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []struct {
		name   string
		change func(storage.Writer) error
	}{
		{"after a get", increment("counter")},
		{"blind", func(w storage.Writer) error { return w.Set([]byte("blind"), []byte("same")) }},
	} {
		update := func() int {
			t.Helper()
			runs := 0
			err := s.Update(t.Context(), func(w storage.Writer) error {
				runs++
				return kind.change(w)
			})
			if err != nil {
				t.Fatal(err)
			}
			return runs
		}
		update()
		before := proxy.Passed()
		update()
		size := proxy.Passed() - before
		// The whole of it several times, because a connection that is being closed may send its last bytes just then.
		once := 0
		cuts := []int64{size, size, size, size, size}
		for cut := int64(1); cut < size; cut += 17 {
			cuts = append(cuts, cut)
		}
		for _, cut := range cuts {
			proxy.Heal()
			update() // the pool has a good connection again
			count := readNumber(t, direct, "counter")
			proxy.CutAfter(cut)
			if update() == 1 && cut == size {
				once++
			}
			want := count + 1
			if kind.name == "blind" {
				want = count
			}
			if got := readNumber(t, direct, "counter"); got != want {
				t.Fatalf("%s: cut after %d of %d bytes: the counter went from %d to %d", kind.name, cut, size, count, got)
			}
		}
		if once == 0 {
			t.Errorf("%s: the server had everything, and the function was run twice every time", kind.name)
		}
	}
}

// TestSettle asks about a commit before it comes: it is told that there is none, and then there never is.
func TestSettle(t *testing.T) {
	s := openAt(t, newDatabase(t).schema(t))
	away := &outage{patience: s.patience}
	l, err := s.acquire(t.Context(), away)
	if err != nil {
		t.Fatal(err)
	}
	defer l.pooled.Release()
	commit := func(number int64) error {
		r := &request{}
		r.add(stmtBeginBlind)
		r.add(stmtMark, l.id[:], encodeInt(number))
		r.add(stmtCommit)
		_, _, err := l.exchange(t.Context(), r)
		if err != nil {
			r = &request{}
			r.add(stmtRollback)
			if _, _, err := l.exchange(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		return err
	}
	settled := func(number int64) bool {
		t.Helper()
		committed, err := s.settle(t.Context(), away, l.session, number, errDoubt)
		if err != nil {
			t.Fatal(err)
		}
		return committed
	}
	if settled(1) {
		t.Error("the first commit of a session that has no row yet is there")
	}
	if err := commit(1); err == nil {
		t.Error("a commit that was settled not to be came after all")
	}
	if err := commit(2); err != nil {
		t.Errorf("the next commit: %v", err)
	}
	for range 2 {
		if !settled(2) {
			t.Error("a commit that was there is not found")
		}
	}
	if settled(3) || commit(3) == nil {
		t.Error("a commit that was settled not to be came after all")
	}
	if settled(1) {
		t.Error("an old commit that never was is found")
	}
}

// TestSettleWaits asks about a commit while the server still works on it.
func TestSettleWaits(t *testing.T) {
	s := openAt(t, newDatabase(t).schema(t))
	away := &outage{patience: s.patience}
	l, err := s.acquire(t.Context(), away)
	if err != nil {
		t.Fatal(err)
	}
	defer l.pooled.Release()
	r := &request{}
	r.add(stmtBeginBlind)
	r.add(stmtMark, l.id[:], encodeInt(1))
	if _, _, err := l.exchange(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	answer := make(chan bool, 1)
	go func() {
		committed, err := s.settle(context.Background(), away, l.session, 1, errDoubt)
		answer <- committed && err == nil
	}()
	waitForLock(t, s)
	select {
	case <-answer:
		t.Error("settled before the commit was over")
	default:
	}
	r = &request{}
	r.add(stmtCommit)
	if _, _, err := l.exchange(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if !<-answer {
		t.Error("the commit was not found")
	}
}

// waitForLock returns when a session of the database waits for a lock.
func waitForLock(t *testing.T, s *store) {
	t.Helper()
	for waiting := 0; waiting == 0; {
		err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestCutInTheMiddle loses the connection while functions run.
func TestCutInTheMiddle(t *testing.T) {
	d := newDatabase(t)
	proxy, behind := through(t, d.schema(t))
	s := openAt(t, behind)
	if err := s.Update(t.Context(), increment("counter")); err != nil {
		t.Fatal(err)
	}
	cut := func() { proxy.Cut(); proxy.Heal() }

	t.Run("before the first read", func(t *testing.T) {
		runs := 0
		err := s.View(t.Context(), func(r storage.Reader) error {
			runs++
			cut()
			value, err := r.Get([]byte("counter"))
			if string(value) != "1" {
				t.Errorf("Get = %q", value)
			}
			return err
		})
		if err != nil || runs != 1 {
			t.Errorf("View = %v after %d runs", err, runs)
		}
	})
	t.Run("between two reads of a View", func(t *testing.T) {
		runs := 0
		err := s.View(t.Context(), func(r storage.Reader) error {
			runs++
			if _, err := r.Get([]byte("counter")); err != nil {
				return err
			}
			cut()
			_, err := r.Get([]byte("other"))
			return err
		})
		if !errors.Is(err, storage.ErrUnavailable) || runs != 1 {
			t.Errorf("View = %v after %d runs, want ErrUnavailable", err, runs)
		}
	})
	t.Run("between two reads of an Update", func(t *testing.T) {
		runs := 0
		err := s.Update(t.Context(), func(w storage.Writer) error {
			runs++
			if err := increment("counter")(w); err != nil {
				return err
			}
			if runs == 1 {
				cut()
			}
			if _, err := w.Get([]byte("other")); err != nil && runs > 1 {
				return err
			}
			return nil // the first time, as if nothing had happened
		})
		if err != nil || runs != 2 {
			t.Errorf("Update = %v after %d runs", err, runs)
		}
		if got := readNumber(t, s, "counter"); got != 2 {
			t.Errorf("counted to %d, want 2", got)
		}
	})
	t.Run("for good", func(t *testing.T) {
		s.patience = 0
		proxy.Cut()
		err := s.Update(t.Context(), increment("counter"))
		if !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("Update = %v, want ErrUnavailable", err)
		}
		if err := s.View(t.Context(), func(r storage.Reader) error {
			_, err := r.Get([]byte("counter"))
			return err
		}); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("View = %v, want ErrUnavailable", err)
		}
		proxy.Heal()
		s.patience = defaultPatience
		if got := readNumber(t, s, "counter"); got != 2 {
			t.Errorf("after it is back the counter is %d, want 2", got)
		}
	})
	t.Run("until the context ends", func(t *testing.T) {
		proxy.Cut()
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Update(ctx, func(w storage.Writer) error {
			cancel()
			return increment("counter")(w)
		})
		if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "unavailable") {
			t.Errorf("Update = %v, want context.Canceled", err)
		}
		proxy.Heal()
	})
}
