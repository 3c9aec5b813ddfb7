package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/storage"
)

// countRows counts the rows of a table.
func countRows(t *testing.T, s *store, table string) (n int) {
	t.Helper()
	if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestCleaner makes tombstones in the three ways in which they come to be, and cleans.
func TestCleaner(t *testing.T) {
	location := newDatabase(t).schema(t)
	s := openAt(t, location)
	update := func(fn func(storage.Writer) error) {
		t.Helper()
		if err := s.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	const many = 3 * cleanBatch
	for round := range 2 {
		update(func(w storage.Writer) error {
			for i := range many {
				if err := w.Set(fmt.Appendf(nil, "%04d", i), []byte("value")); err != nil {
					return err
				}
			}
			return w.Set([]byte("kept"), nil)
		})
		update(func(w storage.Writer) error {
			if _, err := w.Get([]byte("absent")); err != nil {
				return err
			}
			for i := range many {
				if err := w.Delete(fmt.Appendf(nil, "%04d", i)); err != nil {
					return err
				}
			}
			return errors.Join(w.Delete([]byte("never")), w.Set([]byte("0000"), []byte("back")))
		})
		update(func(w storage.Writer) error { return w.Delete([]byte("0001")) })
		update(func(w storage.Writer) error { return w.Set([]byte("0001"), []byte("back")) })
		if got := countRows(t, s, "parley_tombstone"); got != many+1 {
			t.Errorf("round %d: %d entries of tombstones, want %d", round, got, many+1)
		}
		if err := s.cleanOnce(t.Context(), time.Hour, time.Hour); err != nil {
			t.Fatal(err)
		}
		if got := countRows(t, s, "parley_map"); got != many+3 {
			t.Errorf("round %d: young tombstones were removed, %d rows are left", round, got)
		}
		if err := s.cleanOnce(t.Context(), 0, time.Hour); err != nil {
			t.Fatal(err)
		}
		if got := countRows(t, s, "parley_map"); got != 3 {
			t.Errorf("round %d: %d rows are left, want 3", round, got)
		}
		if got := countRows(t, s, "parley_tombstone"); got != 0 {
			t.Errorf("round %d: %d entries of tombstones are left", round, got)
		}
	}
	other := openAt(t, location)
	if err := other.Update(t.Context(), increment("counter")); err != nil {
		t.Fatal(err)
	}
	if err := s.cleanOnce(t.Context(), 0, 0); err != nil {
		t.Fatal(err)
	}
	if got := countRows(t, s, "parley_session"); got > 1 {
		t.Errorf("%d sessions are left", got)
	}
	if err := other.Update(t.Context(), increment("counter")); err != nil {
		t.Errorf("after its session was removed: %v", err)
	}
	if got := readNumber(t, s, "counter"); got != 2 {
		t.Errorf("counted to %d, want 2", got)
	}
}

// TestCleanerAgainstInsertions has two gateways take and give back a few keys that only one may have at a time, while the
// tombstones vanish under them as fast as they can.
func TestCleanerAgainstInsertions(t *testing.T) {
	location := newDatabase(t).schema(t)
	sides := []*store{openAt(t, location), openAt(t, location)}
	each := rounds(t, 1200) / 6
	ctx, cancel := context.WithCancel(t.Context())
	var cleaning sync.WaitGroup
	cleaning.Go(func() {
		for ctx.Err() == nil {
			if err := sides[0].cleanOnce(ctx, 0, keepSessions); err != nil && ctx.Err() == nil {
				t.Errorf("the cleaner: %v", err)
			}
		}
	})
	var work []func() error
	for worker := range 6 {
		s := sides[worker%2]
		work = append(work, func() error {
			own := fmt.Appendf(nil, "worker-%d", worker)
			for round := range each {
				seat := fmt.Appendf(nil, "seat-%d", round%2)
				taken := false
				err := s.Update(t.Context(), func(w storage.Writer) error {
					owner, err := w.Get(seat)
					taken = owner == nil
					if err != nil || !taken {
						return err
					}
					return errors.Join(w.Set(seat, own), increment("taken")(w))
				})
				if err != nil || !taken {
					if err != nil {
						return err
					}
					continue
				}
				err = s.Update(t.Context(), func(w storage.Writer) error {
					owner, err := w.Get(seat)
					if err != nil {
						return err
					}
					if string(owner) != string(own) {
						return fmt.Errorf("%s has the seat of %s", owner, own)
					}
					return errors.Join(w.Delete(seat), increment("given back")(w))
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	together(t, work...)
	cancel()
	cleaning.Wait()
	taken, back := readNumber(t, sides[0], "taken"), readNumber(t, sides[1], "given back")
	if taken != back || taken == 0 {
		t.Errorf("taken %d times, given back %d times", taken, back)
	}
}
