package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"parley/storage"
)

// rounds is how often the tests of conflicts play their game; PARLEY_TEST_ROUNDS says otherwise.
func rounds(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv("PARLEY_TEST_ROUNDS")
	if text == "" {
		if testing.Short() {
			return usual / 20
		}
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// together runs each of fns and fails t with their errors.
func together(t *testing.T, fns ...func() error) {
	t.Helper()
	errs := make([]error, len(fns))
	var wg sync.WaitGroup
	for i, fn := range fns {
		wg.Go(func() { errs[i] = fn() })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// TestWriteSkew has two gateways that each look whether the other is on duty before one leaves, in all the ways to be
// present and to be absent: at most one may leave.
func TestWriteSkew(t *testing.T) {
	d := newDatabase(t)
	location := d.schema(t)
	sides := [2]*store{openAt(t, location), openAt(t, location)}
	const workers = 4
	total := rounds(t, 20000)
	leaves := []struct {
		name   string
		before []byte
		on     func(value []byte) bool
		leave  func(storage.Writer, []byte) error
	}{
		{
			"set", []byte("on"), func(v []byte) bool { return string(v) == "on" },
			func(w storage.Writer, key []byte) error { return w.Set(key, []byte("off")) },
		},
		{
			"delete", []byte("on"), func(v []byte) bool { return v != nil },
			func(w storage.Writer, key []byte) error { return w.Delete(key) },
		},
		{
			"insert", nil, func(v []byte) bool { return v == nil },
			func(w storage.Writer, key []byte) error { return w.Set(key, []byte("off")) },
		},
	}
	for _, kind := range leaves {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			game := func(worker int) error {
				for round := range total / len(leaves) / workers {
					keys := [2][]byte{}
					for i := range keys {
						// Half of the rounds use keys that were used before, so that there are tombstones.
						keys[i] = fmt.Appendf(nil, "%s-%d-%d-%d", kind.name, worker, round/2, i)
					}
					err := sides[0].Update(t.Context(), func(w storage.Writer) error {
						for _, key := range keys {
							if kind.before == nil {
								if round%2 == 1 {
									if err := w.Delete(key); err != nil {
										return err
									}
								}
							} else if err := w.Set(key, kind.before); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						return err
					}
					both := make(chan struct{})
					errs := make(chan error, 2)
					for i, s := range sides {
						go func() {
							met := false
							errs <- s.Update(t.Context(), func(w storage.Writer) error {
								other, err := w.Get(keys[1-i])
								if err != nil {
									return err
								}
								if !met {
									met = true
									select {
									case both <- struct{}{}:
									case <-both:
									}
								}
								if !kind.on(other) {
									return nil
								}
								return kind.leave(w, keys[i])
							})
						}()
					}
					if err := errors.Join(<-errs, <-errs); err != nil {
						return err
					}
					on := 0
					err = sides[round%2].View(t.Context(), func(r storage.Reader) error {
						values, err := r.GetMulti(keys[:])
						for _, v := range values {
							if kind.on(v) {
								on++
							}
						}
						return err
					})
					if err != nil || on != 1 {
						return fmt.Errorf("%s, round %d: %d are on duty, want 1; %w", kind.name, round, on, err)
					}
				}
				return nil
			}
			games := make([]func() error, workers)
			for i := range games {
				games[i] = func() error { return game(i) }
			}
			together(t, games...)
		})
	}
}

// TestIncrements has two gateways count on one key.
func TestIncrements(t *testing.T) {
	const goroutines = 8
	d := newDatabase(t)
	location := d.schema(t)
	each := rounds(t, 1600) / (2 * goroutines)
	var work []func() error
	begin := time.Now()
	for range 2 {
		s := openAt(t, location)
		for range goroutines {
			work = append(work, func() error {
				for range each {
					if err := s.Update(t.Context(), increment("counter")); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	together(t, work...)
	t.Logf("%.0f increments a second", float64(2*goroutines*each)/time.Since(begin).Seconds())
	if got := readNumber(t, openAt(t, location), "counter"); got != 2*goroutines*each {
		t.Errorf("counted to %d, want %d", got, 2*goroutines*each)
	}
}

// increment adds one to the number under key.
func increment(key string) func(storage.Writer) error {
	return func(w storage.Writer) error {
		value, err := w.Get([]byte(key))
		if err != nil {
			return err
		}
		n := 0
		if value != nil {
			if n, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
		return w.Set([]byte(key), strconv.AppendInt(nil, int64(n)+1, 10))
	}
}

// readNumber returns the number under key, zero if there is none.
func readNumber(t *testing.T, s *store, key string) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(r storage.Reader) error {
		value, err := r.Get([]byte(key))
		if err != nil || value == nil {
			return err
		}
		n, err = strconv.Atoi(string(value))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
