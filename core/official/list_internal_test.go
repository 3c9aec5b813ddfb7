package official

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/storage"
	"parley/storage/memory"
)

// A list agrees with a sorted slice, whatever is inserted and removed in whatever transactions.
func TestListAgreesWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Service{store: memory.New()}
		ctx := context.Background()
		l := list{7, "list"}
		var model []int
		for range rapid.SampledFrom([]int{2, 6, 20}).Draw(t, "transactions") {
			from, count := rapid.SampledFrom([]int{0, 300, 600, 900, 1300}).Draw(t, "from"), rapid.SampledFrom([]int{1, 60, 450}).Draw(t, "count")
			step := rapid.SampledFrom([]int{1, 1, 2, -1, 7}).Draw(t, "step")
			remove := rapid.Bool().Draw(t, "remove")
			err := s.commit(ctx, func(c *change) error {
				for i := range count {
					n := max(0, from+i*step)
					at, there := slices.BinarySearch(model, n)
					var err error
					switch {
					case remove:
						err = c.remove(l, sortKeyOf(n))
						if there {
							model = slices.Delete(model, at, at+1)
						}
					case !there:
						model = slices.Insert(model, at, n)
						fallthrough
					default:
						err = c.insert(l, sortKeyOf(n))
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			offset, limit := rapid.SampledFrom([]int{0, len(model) / 2, len(model) * 9 / 10, len(model), len(model) + 1}).Draw(t, "offset"), rapid.IntRange(0, 700).Draw(t, "limit")
			checkList(t, s.store, l, model, offset, limit, rapid.IntRange(0, 3500).Draw(t, "rank"))
		}
	})
}

func sortKeyOf(n int) []byte { return binary.BigEndian.AppendUint16([]byte("key"), uint16(n)) }

func checkList(t *rapid.T, store storage.Store, l list, model []int, offset, limit, n int) {
	err := store.View(context.Background(), func(r storage.Reader) error {
		total, err := l.total(r)
		if err != nil || total != len(model) {
			t.Fatalf("total %d, %v; want %d", total, err, len(model))
		}
		page, err := l.page(r, offset, limit)
		if err != nil {
			return err
		}
		want := model[min(offset, len(model)):min(offset+limit, len(model))]
		if !slices.EqualFunc(page, want, func(key []byte, n int) bool { return string(key) == string(sortKeyOf(n)) }) {
			t.Fatalf("page of %d after %d has %d keys, want %d", limit, offset, len(page), len(want))
		}
		place, _ := slices.BinarySearch(model, n)
		if rank, err := l.rank(r, sortKeyOf(n)); err != nil || rank != place {
			t.Fatalf("rank of %d is %d, %v; want %d", n, rank, err, place)
		}
		sum := uint64(0)
		err = l.segments(r, func(start []byte, count uint64) bool {
			if sum += count; count > maxSegment || count == 0 && len(start) > 0 {
				t.Fatalf("a segment has %d keys", count)
			}
			return true
		})
		if sum != uint64(total) {
			t.Fatalf("the segments have %d keys of %d", sum, total)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A list that has been emptied in any order is as small as one that has never been filled.
func TestEmptiedListIsSmall(t *testing.T) {
	s := &Service{store: memory.New()}
	l := list{7, "list"}
	const count = 4000
	run := func(numbers []int, apply func(c *change, sortKey []byte) error,
	) {
		for batch := range slices.Chunk(numbers, 400) {
			err := s.commit(t.Context(), func(c *change) error {
				for _, n := range batch {
					if err := apply(c, sortKeyOf(n)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	ascending := make([]int, count)
	for i := range ascending {
		ascending[i] = i
	}
	descending := slices.Clone(ascending)
	slices.Reverse(descending)
	scattered := rand.New(rand.NewPCG(1, 2)).Perm(count)
	for _, fill := range [][]int{ascending, descending, scattered} {
		for _, drain := range [][]int{ascending, descending, scattered} {
			run(fill, func(c *change, sortKey []byte) error { return c.insert(l, sortKey) })
			run(drain, func(c *change, sortKey []byte) error { return c.remove(l, sortKey) })
			rows := 0
			err := s.view(t.Context(), func(r storage.Reader) error {
				return r.Scan(storage.Range{}, func(_, _ []byte) bool { rows++; return true })
			})
			if err != nil || rows != 2 { // the total and the first segment
				t.Errorf("%d rows are left, %v", rows, err)
			}
		}
	}
}
