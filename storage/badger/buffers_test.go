package badger

import (
	"testing"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/ristretto/v2/z"

	"parley/storage"
)

// The pool is the engine's, and another version of it could have it elsewhere or build tables without it.
func TestEngineBuildsTablesInBuffersOfThePool(t *testing.T) {
	s, err := open(t.TempDir(), storage.Options{MemoryMiB: minMemoryMiB}, freeBytes)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	buffers, err := buffersOf(s.db)
	if err != nil {
		t.Fatal(err)
	}
	// A buffer is back in the pool a moment after its table can be seen, so it is looked for again with each further table.
	for tables := 0; buffers.trim(newBuffer) == 0; tables++ {
		if tables == 2*stallTables {
			t.Fatal("the engine has written tables and left no buffer in the pool")
		}
		writeTable(t, s)
	}
}

// writeTable writes about a memtable's worth.
func writeTable(t *testing.T, s storage.Store) {
	t.Helper()
	value := make([]byte, 64<<10)
	for i := range minMemtableMiB << 4 {
		err := s.Update(t.Context(), func(w storage.Writer) error { return w.Set([]byte{byte(i)}, value) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTrimDropsLargeBuffersOnly(t *testing.T) {
	pool := z.NewAllocatorPool(8)
	defer pool.Release()
	small, large := pool.Get(1000, "small"), pool.Get(100_000, "large")
	grown := pool.Get(1000, "grown")
	for range 100 {
		grown.Allocate(1000)
	}
	pool.Return(large)
	pool.Return(small)
	pool.Return(grown)
	b := buffers{pool: pool}
	if dropped := b.trim(50_000); dropped != 2 {
		t.Errorf("%d were dropped, want 2", dropped)
	}
	if dropped := b.trim(50_000); dropped != 0 {
		t.Errorf("%d were dropped afterwards", dropped)
	}
	if got := pool.Get(1, "again"); got != small {
		t.Error("the small buffer is gone, too")
	}
}

func TestBuffersOfAnEngineWithoutPool(t *testing.T) {
	if _, err := buffersOf(&badger.DB{}); err == nil {
		t.Error("an engine without a pool is taken for one with a pool")
	}
}
