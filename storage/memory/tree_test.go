package memory

import (
	"encoding/binary"
	"hash/maphash"
	"testing"

	"parley/storage"
)

func depth(n *node) int {
	if n == nil {
		return 0
	}
	return 1 + max(depth(n.left), depth(n.right))
}

// Keys in ascending order are the worst case of a tree without balance.
func TestTreeStaysShallow(t *testing.T) {
	const keys = 100_000
	// The depth of a random tree of n keys is about 3 log2 n with a thin tail; a list would be as deep as it is long.
	const limit = 80
	tr := tree{seed: maphash.MakeSeed()}
	for i := range uint32(keys) {
		tr = tr.set(binary.BigEndian.AppendUint32(nil, i), []byte{})
	}
	if got := depth(tr.root); got > limit {
		t.Errorf("depth of %d keys is %d, want at most %d", keys, got, limit)
	}
	for i := range uint32(keys) {
		if i%1000 != 0 {
			tr = tr.remove(binary.BigEndian.AppendUint32(nil, i))
		}
	}
	left := 0
	tr.scan(storage.Range{}, func(*node) bool { left++; return true })
	if left != keys/1000 {
		t.Errorf("%d keys left, want %d", left, keys/1000)
	}
}

func TestTreeSnapshotsAreImmutable(t *testing.T) {
	a, b := []byte("a"), []byte("b")
	one := tree{seed: maphash.MakeSeed()}.set(a, []byte("1"))
	two := one.set(a, []byte("2")).set(b, []byte("2"))
	three := two.remove(a)
	for i, tt := range []struct {
		tree tree
		a, b string
	}{{one, "1", ""}, {two, "2", "2"}, {three, "", "2"}} {
		if got := string(tt.tree.get(a)) + "," + string(tt.tree.get(b)); got != tt.a+","+tt.b {
			t.Errorf("snapshot %d holds %q, want %q", i, got, tt.a+","+tt.b)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	const keys = 100_000
	tr := tree{seed: maphash.MakeSeed()}
	for i := range uint32(keys) {
		tr = tr.set(binary.BigEndian.AppendUint32(nil, i), []byte{})
	}
	var key [4]byte
	for i := uint32(0); b.Loop(); i++ {
		binary.BigEndian.PutUint32(key[:], i%keys)
		tr.get(key[:])
	}
}
