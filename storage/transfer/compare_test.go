package transfer_test

import (
	"errors"
	"maps"
	"testing"

	"parley/storage/transfer"
)

func TestDifferencesAreLocated(t *testing.T) {
	pairs := sample(8)
	for name, test := range map[string]struct {
		put    map[string]string
		remove string
		want   transfer.Table
	}{
		"missing":   {nil, "m000100", transfer.Table{Missing: 1, First: []byte("m000100"), How: transfer.Missing}},
		"the first": {nil, "a", transfer.Table{Missing: 1, First: []byte("a"), How: transfer.Missing}},
		"the last":  {nil, "\xff\xff", transfer.Table{Missing: 1, First: []byte("\xff\xff"), How: transfer.Missing}},
		"extra": {
			map[string]string{"m000100x": "", "m000099x": ""},
			"",
			transfer.Table{Extra: 2, First: []byte("m000099x"), How: transfer.Extra},
		},
		"at the end": {map[string]string{"\xff\xff\xff": ""}, "", transfer.Table{Extra: 1, First: []byte("\xff\xff\xff"), How: transfer.Extra}},
		"changed": {
			map[string]string{"m000100": "?", "m002000": ""},
			"",
			transfer.Table{Changed: 2, First: []byte("m000100"), How: transfer.Changed},
		},
		"of each kind": {
			map[string]string{"m000200": "?", "m0003001": ""},
			"m000400",
			transfer.Table{Missing: 1, Extra: 1, Changed: 1, First: []byte("m000200"), How: transfer.Changed},
		},
	} {
		t.Run(name, func(t *testing.T) {
			source, target := newStore(t, pairs), newStore(t, pairs)
			put(t, target, test.put)
			if test.remove != "" {
				remove(t, target, test.remove)
			}
			before := dump(t, target)
			found, err := newCopy(source, target).Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if found.Equal() || found.Moved() || found.Differences() != test.want.Missing+test.want.Extra+test.want.Changed {
				t.Errorf("found %d differences", found.Differences())
			}
			for _, table := range found.Tables {
				if differs := table.Prefix == test.want.First[0]; table.Equal() == differs {
					t.Errorf("table %q is equal: %t", table.Prefix, !differs)
				} else if differs && (string(table.First) != string(test.want.First) || table.How != test.want.How ||
					table.Missing != test.want.Missing || table.Extra != test.want.Extra || table.Changed != test.want.Changed) {
					t.Errorf("found %+v, want %+v", table, test.want)
				}
			}
			wantPairs(t, target, before)
		})
	}
}

func TestTablesOfAComparison(t *testing.T) {
	pairs := map[string]string{"m1": "a", "m2": "bc", "mz": "", "z": "d"}
	found, err := newCopy(newStore(t, pairs), newStore(t, pairs)).Verify(t.Context())
	if err != nil || len(found.Tables) != 2 || !found.Equal() {
		t.Fatalf("%+v, %v", found, err)
	}
	m := found.Tables[0]
	for _, side := range []transfer.Side{m.Source, m.Target} {
		if m.Prefix != 'm' || side.Keys != 3 || side.Bytes != 9 || string(side.First) != "m1" || string(side.Last) != "mz" {
			t.Errorf("table %q is %+v", m.Prefix, side)
		}
	}
	// What moves from a key to a value changes the digest.
	moved, err := newCopy(newStore(t, map[string]string{"m1": "a", "m2b": "c", "mz": ""}), newStore(t, nil)).Verify(t.Context())
	if err != nil || moved.Tables[0].Source.Digest == m.Source.Digest {
		t.Errorf("another table has the same digest, %v", err)
	}
}

// A source that is written to while it is copied is noticed, wherever the write lands.
func TestSourceChangesDuringTheCopy(t *testing.T) {
	for name, key := range map[string]string{"before": "a", "behind": "m002499"} {
		t.Run(name, func(t *testing.T) {
			pairs := sample(9)
			source, target := newStore(t, pairs), newStore(t, nil)
			c := newCopy(source, target)
			c.Report = func(p transfer.Progress) {
				if p.Phase == transfer.Copying && p.Done < 1500 || p.Phase == transfer.Verifying && p.Done == 0 {
					put(t, source, map[string]string{key: string(p.Phase)})
				}
			}
			found, err := c.Run(t.Context())
			if err != nil || found.Equal() || !found.Moved() {
				t.Fatalf("the change is not noticed: %v", err)
			}
			if u, err := transfer.ReadUnfinished(t.Context(), target); err != nil || u == nil {
				t.Errorf("the target says that it is complete: %v", err)
			}
			again := newCopy(source, target)
			again.Restart = true
			now := maps.Clone(dump(t, source))
			wantCopied(t, again, now)
		})
	}
}

// A change that somebody has taken back is seen as well: what was copied is not what is there.
func TestTargetChangesDuringTheCopy(t *testing.T) {
	pairs := sample(10)
	source, target := newStore(t, pairs), newStore(t, nil)
	if _, err := newCopy(source, &frail{Store: target, left: 4}).Run(t.Context()); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	put(t, target, map[string]string{"m000001x": "stray"})
	found, err := newCopy(source, target).Run(t.Context())
	if err != nil || found.Equal() || found.Moved() || found.Differences() != 1 {
		t.Fatalf("found %+v, %v", found, err)
	}
	remove(t, target, "m000001x")
	wantCopied(t, newCopy(source, target), pairs)
}
