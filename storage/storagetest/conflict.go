package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"parley/storage"
)

// meeting lets two transactions wait for each other. They do not wait for ever: an engine may run transactions one
// after another, and then the second does not come before the first has ended.
type meeting chan struct{}

// attend reports whether the other came.
func (m meeting) attend() bool {
	select {
	case m <- struct{}{}:
		return true
	case <-m:
		return true
	case <-time.After(50 * time.Millisecond):
		return false
	}
}

// A transaction that writes does not commit on what it got if another transaction has changed that meanwhile.
func testStaleRead(t *testing.T, store storage.Store) {
	set := func(w storage.Writer, key string) error { return w.Set([]byte(key), []byte("new")) }
	del := func(w storage.Writer, key string) error { return w.Delete([]byte(key)) }
	multi := func(r storage.Reader, key string) (string, error) {
		values, err := r.GetMulti([][]byte{[]byte("other"), []byte(key)})
		if err != nil || values[1] == nil {
			return "absent", err
		}
		return string(values[1]), nil
	}
	tests := []struct {
		name    string
		present bool
		read    func(storage.Reader, string) (string, error)
		change  func(storage.Writer, string) error
		after   string
	}{
		{"changed", true, get, set, "new"},
		{"deleted", true, get, del, "absent"},
		{"inserted", false, get, set, "new"},
		{"changed, GetMulti", true, multi, set, "new"},
		{"inserted, GetMulti", false, multi, set, "new"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			key := tt.name
			if tt.present {
				put(t, store, pair{key, "old"})
			}
			changed := make(chan error, 1)
			runs, interleaved := 0, false
			var read string
			err := store.Update(t.Context(), func(w storage.Writer) (err error) {
				runs++
				if read, err = tt.read(w, key); err != nil {
					return err
				}
				if runs == 1 {
					go func() {
						changed <- store.Update(t.Context(), func(w storage.Writer) error { return tt.change(w, key) })
					}()
					select {
					case err := <-changed:
						interleaved = true
						if err != nil {
							return err
						}
					case <-time.After(50 * time.Millisecond):
					}
				}
				return w.Set([]byte("result"), []byte(read))
			})
			if err != nil {
				t.Fatal(err)
			}
			if interleaved && read != tt.after {
				t.Errorf("committed on %q after %d runs, want %q", read, runs, tt.after)
			}
			if !interleaved {
				if err := <-changed; err != nil {
					t.Fatal(err)
				}
			}
			view(t, store, func(r storage.Reader) error {
				got, err := get(r, "result")
				if got != read {
					t.Errorf("the store holds the result of reading %q, want that of the last run, %q", got, read)
				}
				return err
			})
		})
	}
}

// Two transactions that each read what the other writes do not both commit on the old state: exactly one of them finds
// the other's key absent.
func testWriteSkew(t *testing.T, store storage.Store) {
	for round := range 12 {
		sides := [2][]byte{fmt.Appendf(nil, "%d-left", round), fmt.Appendf(nil, "%d-right", round)}
		both := make(meeting)
		errs := make(chan error, len(sides))
		for i := range sides {
			own, other := sides[i], sides[1-i]
			go func() {
				met := false
				errs <- store.Update(t.Context(), func(w storage.Writer) error {
					value, err := w.Get(other)
					if err != nil {
						return err
					}
					if !met {
						met = true
						both.attend()
					}
					if value != nil {
						return nil
					}
					return w.Set(own, []byte("first"))
				})
			}()
		}
		if err := errors.Join(<-errs, <-errs); err != nil {
			t.Fatal(err)
		}
		view(t, store, func(r storage.Reader) error {
			values, err := r.GetMulti(sides[:])
			if err == nil && (values[0] == nil) == (values[1] == nil) {
				t.Errorf("round %d: left holds %q and right %q, want exactly one", round, values[0], values[1])
			}
			return err
		})
	}
}

// concurrently runs fn in n goroutines and fails t with their errors.
func concurrently(t *testing.T, n int, fn func(worker int) error) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func testIncrements(t *testing.T, store storage.Store) {
	const workers, each = 8, 25
	key := []byte("counter")
	concurrently(t, workers, func(int) error {
		for range each {
			err := store.Update(t.Context(), func(w storage.Writer) error {
				value, err := number(w, key)
				if err != nil {
					return err
				}
				return w.Set(key, strconv.AppendInt(nil, value+1, 10))
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	wantContents(t, store, pair{"counter", strconv.Itoa(workers * each)})
}

// number reads a decimal; an absent key is zero.
func number(r storage.Reader, key []byte) (int64, error) {
	value, err := r.Get(key)
	if err != nil || value == nil {
		return 0, err
	}
	return strconv.ParseInt(string(value), 10, 64)
}

// Transactions that only write have nothing to be stale, however they collide.
func testBlindWrites(t *testing.T, store storage.Store) {
	const workers, each = 8, 10
	concurrently(t, workers, func(worker int) error {
		for range each {
			err := store.Update(t.Context(), func(w storage.Writer) error {
				value := strconv.AppendInt(nil, int64(worker), 10)
				return errors.Join(w.Set([]byte("a"), value), w.Set([]byte("b"), value), w.Delete([]byte("c")))
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	all := contents(t, store)
	if len(all) != 2 || all[0].value != all[1].value {
		t.Errorf("the store holds %q, want a and b from the same transaction", all)
	}
}

// Money moves between accounts; nobody ever sees a sum that is not the whole.
func testBank(t *testing.T, store storage.Store) {
	const accounts, start, workers, each = 6, 100, 4, 20
	account := func(i int) []byte { return fmt.Appendf(nil, "account-%d", i) }
	var opening []pair
	for i := range accounts {
		opening = append(opening, pair{string(account(i)), strconv.Itoa(start)})
	}
	put(t, store, opening...)

	audit := func() error {
		return store.View(t.Context(), func(r storage.Reader) error {
			all, err := scan(r, storage.Range{})
			if err != nil {
				return err
			}
			sum := 0
			for _, p := range all {
				balance, err := strconv.Atoi(p.value)
				if err != nil {
					return err
				}
				if balance < 0 {
					return fmt.Errorf("%s is at %d", p.key, balance)
				}
				sum += balance
			}
			if sum != accounts*start {
				return fmt.Errorf("the sum is %d, want %d: %q", sum, accounts*start, all)
			}
			return nil
		})
	}
	concurrently(t, workers, func(worker int) error {
		random := rand.New(rand.NewPCG(1, uint64(worker)))
		for range each {
			from, to, amount := random.IntN(accounts), random.IntN(accounts), random.Int64N(start)
			if from == to {
				continue
			}
			err := store.Update(t.Context(), func(w storage.Writer) error {
				balance, err := number(w, account(from))
				if err != nil || balance < amount {
					return err
				}
				other, err := number(w, account(to))
				if err != nil {
					return err
				}
				return errors.Join(
					w.Set(account(from), strconv.AppendInt(nil, balance-amount, 10)),
					w.Set(account(to), strconv.AppendInt(nil, other+amount, 10)))
			})
			if err := errors.Join(err, audit()); err != nil {
				return err
			}
		}
		return nil
	})
	if err := audit(); err != nil {
		t.Error(err)
	}
}
