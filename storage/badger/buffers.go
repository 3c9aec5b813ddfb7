package badger

import (
	"errors"
	"reflect"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/ristretto/v2/z"
)

// The engine builds tables in buffers that it takes from a pool. A buffer grows to what the largest table needed that was ever
// built in it, some sixty megabytes when a memtable is written out and four times that when the first level is merged into
// itself, and keeps this size. Tables take turns at the buffers, so in time all of them are large, and the pool gives none of
// them up as long as compactions, which pause but do not end, take one every two seconds. So the store looks into the pool and
// drops the large ones. The engine has no setting for this and does not export the pool, only the pool's type.

const (
	// keptBuffer is the size in bytes above which a buffer is dropped. It holds the tables of all levels but the largest.
	keptBuffer = 16 * mebibyte
	// newBuffer is the least that a buffer has, in bytes.
	newBuffer = 512
)

// buffers are the engine's unused buffers. They must not be looked at while the engine is being closed.
type buffers struct {
	pool *z.AllocatorPool
}

// buffersOf returns an error if this version of the engine keeps its buffers in another way.
func buffersOf(db *badger.DB) (buffers, error) {
	field := reflect.ValueOf(db).Elem().FieldByName("allocPool")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*z.AllocatorPool]() || field.IsNil() {
		return buffers{}, errors.New("badger: the engine has no pool of buffers where it used to be")
	}
	return buffers{pool: (*z.AllocatorPool)(field.UnsafePointer())}, nil
}

// trim drops the unused buffers that are larger than limit, in bytes, and returns how many it has dropped.
func (b buffers) trim(limit uint64) (dropped int) {
	var kept []*z.Allocator
	for {
		buffer := b.pool.Get(newBuffer, "unused")
		size := buffer.Allocated()
		if newBuffer < size && size <= limit {
			kept = append(kept, buffer)
			continue
		}
		buffer.Release()
		if size <= newBuffer { // made just now, since there were no more
			break
		}
		dropped++
	}
	for _, buffer := range kept {
		b.pool.Return(buffer)
	}
	return dropped
}
