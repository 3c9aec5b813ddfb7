package transfer_test

import (
	"context"
	"errors"
	"testing"

	"parley/storage"
	"parley/storage/transfer"
)

func TestCopy(t *testing.T) {
	for name, pairs := range map[string]map[string]string{
		"nothing": {},
		"one key": {"a": "1"},
		"pages":   sample(1),
	} {
		t.Run(name, func(t *testing.T) {
			source, target := newStore(t, pairs), newStore(t, nil)
			wantCopied(t, newCopy(source, target), pairs)
			wantPairs(t, source, pairs)
		})
	}
}

func TestCopyWithRepeatedTransactions(t *testing.T) {
	pairs := sample(2)
	source, target := newStore(t, pairs), newStore(t, nil)
	wantCopied(t, newCopy(source, again{target}), pairs)
}

// Whichever transaction fails, and whether it was committed or not, the same copy then ends well, and until then the
// target says that it is not complete.
func TestCopyGoesOnAfterEveryFailure(t *testing.T) {
	pairs := sample(3)
	source := newStore(t, pairs)
	for _, committed := range []bool{false, true} {
		for nth := 1; ; nth++ {
			target := newStore(t, nil)
			broken := &frail{Store: target, left: nth, committed: committed}
			_, err := newCopy(source, broken).Run(t.Context())
			if broken.left > 0 {
				if err != nil {
					t.Fatal(err)
				}
				break // there are fewer transactions
			}
			if !errors.Is(err, errBroken) {
				t.Fatalf("transaction %d fails, and Run returns %v", nth, err)
			}
			began := len(dump(t, target)) > 0
			unfinished, err := transfer.ReadUnfinished(t.Context(), target)
			if err != nil || (unfinished != nil) != began && !committed {
				t.Fatalf("after transaction %d the target says %+v, %v", nth, unfinished, err)
			}
			c := newCopy(source, target)
			if unfinished == nil && began {
				// Only the removal of the row was left, and it has happened.
				wantCopied(t, c, pairs)
				continue
			}
			resumed := false
			c.Resumed = func(u *transfer.Unfinished) {
				resumed = u.Source == "here" && u.Done <= u.Total && u.Total == int64(len(pairs))
			}
			wantCopied(t, c, pairs)
			if resumed != began {
				t.Errorf("after transaction %d the copy resumes: %t", nth, resumed)
			}
		}
	}
}

func TestCopyEndsWithItsContext(t *testing.T) {
	pairs := sample(4)
	source, target := newStore(t, pairs), newStore(t, nil)
	for _, phase := range []transfer.Phase{transfer.Counting, transfer.Copying, transfer.Verifying} {
		ctx, cancel := context.WithCancel(t.Context())
		c := newCopy(source, target)
		c.Report = func(p transfer.Progress) {
			if p.Phase == phase {
				cancel()
			}
		}
		if _, err := c.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped while %s: %v", phase, err)
		}
	}
	unfinished, err := transfer.ReadUnfinished(t.Context(), target)
	if err != nil || unfinished == nil || unfinished.Share() != 100 || unfinished.Started.UnixMilli() != 1700000000000 {
		t.Errorf("stopped while verifying, the target says %+v, %v", unfinished, err)
	}
	wantCopied(t, newCopy(source, target), pairs)
}

func TestProgress(t *testing.T) {
	pairs := sample(5)
	c := newCopy(newStore(t, pairs), newStore(t, nil))
	last := make(map[transfer.Phase]transfer.Progress)
	c.Report = func(p transfer.Progress) {
		if p.Done < last[p.Phase].Done {
			t.Errorf("%s goes back from %d to %d", p.Phase, last[p.Phase].Done, p.Done)
		}
		last[p.Phase] = p
	}
	wantCopied(t, c, pairs)
	all := int64(len(pairs))
	for _, want := range []transfer.Progress{
		{Phase: transfer.Counting, Done: all},
		{Phase: transfer.Copying, Done: all, Total: all},
		{Phase: transfer.Verifying, Done: all, Total: all},
	} {
		if last[want.Phase] != want {
			t.Errorf("%s ends with %+v, want %+v", want.Phase, last[want.Phase], want)
		}
	}
}

func TestRefusedTargets(t *testing.T) {
	source := newStore(t, map[string]string{"a": "1", "b": "2"})
	unfinished := func(t *testing.T, name string) storage.Store {
		t.Helper()
		target := newStore(t, nil)
		c := newCopy(source, &frail{Store: target, left: 3})
		c.Name = name
		if _, err := c.Run(t.Context()); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		return target
	}
	empty := newStore(t, nil)
	for name, test := range map[string]struct {
		source, target storage.Store
		restart        bool
		want           error
	}{
		"data":                        {source, newStore(t, map[string]string{"a": "1"}), false, transfer.ErrForeign},
		"data, to be restarted":       {source, newStore(t, map[string]string{"a": "1"}), true, transfer.ErrForeign},
		"another copy":                {source, unfinished(t, "there"), false, transfer.ErrOtherCopy},
		"another copy, restarted":     {source, unfinished(t, "there"), true, nil},
		"this copy, restarted":        {source, unfinished(t, "here"), true, nil},
		"this copy":                   {source, unfinished(t, "here"), false, nil},
		"empty, to be restarted":      {source, newStore(t, nil), true, nil},
		"one store":                   {empty, empty, false, transfer.ErrSameStore},
		"an unfinished source":        {unfinished(t, "there"), newStore(t, nil), false, transfer.ErrIncompleteSource},
		"a row that nobody has wrote": {source, newStore(t, map[string]string{rowKey: "1"}), false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			before := dump(t, test.target)
			c := newCopy(test.source, test.target)
			c.Restart = test.restart
			if name == "a row that nobody has wrote" {
				if _, err := c.Run(t.Context()); err == nil {
					t.Error("the row is read")
				}
				return
			}
			if test.want == nil {
				wantCopied(t, c, dump(t, test.source))
				return
			}
			if _, err := c.Run(t.Context()); !errors.Is(err, test.want) {
				t.Errorf("Run = %v, want %v", err, test.want)
			}
			wantPairs(t, test.target, before)
		})
	}
}

// A restart that is itself broken is continued, with and without being asked to restart again.
func TestRestartGoesOnAfterEveryFailure(t *testing.T) {
	old, pairs := sample(6), map[string]string{"m000001": "new", "z": "new"}
	first, second := newStore(t, old), newStore(t, pairs)
	for nth := 1; ; nth++ {
		target := newStore(t, nil)
		if _, err := newCopy(first, &frail{Store: target, left: 4}).Run(t.Context()); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		broken := &frail{Store: target, left: nth, committed: nth%2 == 0}
		c := newCopy(second, broken)
		c.Name, c.Restart = "second", true
		_, err := c.Run(t.Context())
		if broken.left > 0 {
			break
		}
		if !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		unfinished, err := transfer.ReadUnfinished(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		if unfinished == nil {
			wantPairs(t, target, pairs)
			continue
		}
		c = newCopy(second, target)
		c.Name, c.Restart = "second", unfinished.Source != "second"
		wantCopied(t, c, pairs)
	}
}

// Two copies at once notice each other.
func TestSecondCopy(t *testing.T) {
	source, target := newStore(t, sample(7)), newStore(t, nil)
	c := newCopy(source, target)
	once := true
	c.Report = func(p transfer.Progress) {
		if p.Phase == transfer.Copying && once {
			once = false
			other := newCopy(source, &frail{Store: target, left: 3}) // two pages further
			if _, err := other.Run(t.Context()); !errors.Is(err, errBroken) {
				t.Errorf("the second copy ends with %v", err)
			}
		}
	}
	if _, err := c.Run(t.Context()); !errors.Is(err, transfer.ErrSecondCopy) {
		t.Errorf("Run = %v, want ErrSecondCopy", err)
	}
}
