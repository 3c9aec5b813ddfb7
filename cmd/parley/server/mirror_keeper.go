package server

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"parley/adapters/wire/mirror"
	"parley/storage"
)

// The mirror's keys begin with a zero byte, as those of no table of core do, and a kind. They stand in the store and not
// in a file beside it, so that a copy or a backup of the store holds what goes with its data.
const (
	mirrorPrefix     = "\x00mirror\x00"
	mirrorState      = 's'
	mirrorWrite      = 'w'
	mirrorDifference = 'd'
)

// mirrorChunk is how much of a write one value holds, and mirrorBatch how much one transaction writes.
const (
	mirrorChunk = 32 << 10
	mirrorBatch = 512 << 10
)

// mirrorKeeper keeps the mirror's state in the store. Writes that wait are sealed: they hold the tokens of users.
type mirrorKeeper struct {
	store  storage.Store
	seal   cipher.AEAD
	random io.Reader
}

var _ mirror.Keeper = (*mirrorKeeper)(nil)

func newMirrorKeeper(store storage.Store, key []byte, random io.Reader) (*mirrorKeeper, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	return &mirrorKeeper{store, seal, random}, err
}

func mirrorKey(kind byte, app string) []byte {
	return append(append(append([]byte(mirrorPrefix), kind), app...), 0)
}

// writeKey is the key of a part of a write.
func writeKey(app string, number uint64, part int) []byte {
	key := binary.BigEndian.AppendUint64(mirrorKey(mirrorWrite, app), number)
	return binary.BigEndian.AppendUint16(key, uint16(part))
}

// State implements mirror.Keeper.
func (k *mirrorKeeper) State(ctx context.Context, app string) (state []byte, err error) {
	err = k.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(mirrorKey(mirrorState, app))
		if value != nil {
			state = append([]byte{}, value...)
		}
		return err
	})
	return state, err
}

// SetState implements mirror.Keeper.
func (k *mirrorKeeper) SetState(ctx context.Context, app string, state []byte) error {
	return k.store.Update(ctx, func(w storage.Writer) error { return w.Set(mirrorKey(mirrorState, app), state) })
}

// pair is a key with its value.
type pair struct{ key, value []byte }

// Append implements mirror.Keeper. A write that is too large for one transaction gets its first part, without which it is
// not there, last.
func (k *mirrorKeeper) Append(ctx context.Context, app string, first uint64, items [][]byte) error {
	var batch []pair
	size := 0
	flush := func() error {
		err := k.store.Update(ctx, func(w storage.Writer) error {
			for _, p := range batch {
				if err := w.Set(p.key, p.value); err != nil {
					return err
				}
			}
			return nil
		})
		batch, size = batch[:0], 0
		return err
	}
	for i, raw := range items {
		parts, err := k.split(app, first+uint64(i), raw)
		if err != nil {
			return err
		}
		for _, part := range slices.Backward(parts) {
			n := len(part.key) + len(part.value)
			if size+n > mirrorBatch {
				if err := flush(); err != nil {
					return err
				}
			}
			batch = append(batch, part)
			size += n
		}
	}
	return flush()
}

// split seals a write and cuts it into parts, the first of which begins with their number.
func (k *mirrorKeeper) split(app string, number uint64, raw []byte) ([]pair, error) {
	nonce := make([]byte, k.seal.NonceSize(), k.seal.NonceSize()+len(raw)+k.seal.Overhead())
	if _, err := io.ReadFull(k.random, nonce); err != nil {
		return nil, err
	}
	sealed := k.seal.Seal(nonce, nonce, raw, mirrorKey(mirrorWrite, app))
	var parts []pair
	for part := 0; part == 0 || len(sealed) > 0; part++ {
		n := min(len(sealed), mirrorChunk)
		parts = append(parts, pair{writeKey(app, number, part), sealed[:n]})
		sealed = sealed[n:]
	}
	parts[0].value = append(binary.BigEndian.AppendUint16(nil, uint16(len(parts))), parts[0].value...)
	return parts, nil
}

var errMirrorWrite = errors.New("a write that waits for the legacy server cannot be read; if secret_key has changed, set the old one again")

// Items implements mirror.Keeper.
func (k *mirrorKeeper) Items(ctx context.Context, app string, from uint64, limit int) (items []mirror.Item, err error) {
	prefix := mirrorKey(mirrorWrite, app)
	err = k.store.View(ctx, func(r storage.Reader) error {
		items = nil
		missing := 0 // parts of the last item
		scan := r.Scan(storage.Range{From: writeKey(app, from, 0), To: storage.After(prefix)}, func(key, value []byte) bool {
			if len(key) != len(prefix)+10 {
				return true
			}
			number, part := binary.BigEndian.Uint64(key[len(prefix):]), binary.BigEndian.Uint16(key[len(prefix)+8:])
			if part == 0 {
				if len(items) == limit || len(value) < 2 {
					return false
				}
				missing = int(binary.BigEndian.Uint16(value)) - 1
				items = append(items, mirror.Item{Number: number, Raw: append([]byte(nil), value[2:]...)})
				return true
			}
			if last := len(items) - 1; last >= 0 && items[last].Number == number && missing > 0 {
				items[last].Raw = append(items[last].Raw, value...)
				missing--
			}
			return true
		})
		return scan
	})
	if err != nil {
		return nil, err
	}
	for i := range items {
		raw, size := items[i].Raw, k.seal.NonceSize()
		if len(raw) < size {
			return nil, errMirrorWrite
		}
		if items[i].Raw, err = k.seal.Open(nil, raw[:size], raw[size:], prefix); err != nil {
			return nil, fmt.Errorf("%w: number %d", errMirrorWrite, items[i].Number)
		}
	}
	return items, nil
}

// Drop implements mirror.Keeper.
func (k *mirrorKeeper) Drop(ctx context.Context, app string, numbers []uint64) error {
	return k.store.Update(ctx, func(w storage.Writer) error {
		for _, number := range numbers {
			first, err := w.Get(writeKey(app, number, 0))
			if err != nil {
				return err
			}
			parts := 1
			if len(first) >= 2 {
				parts = int(binary.BigEndian.Uint16(first))
			}
			for part := range parts {
				if err := w.Delete(writeKey(app, number, part)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Differences implements mirror.Keeper.
func (k *mirrorKeeper) Differences(ctx context.Context) (groups [][]byte, err error) {
	err = k.store.View(ctx, func(r storage.Reader) error {
		groups = nil
		return r.Scan(storage.Prefix(mirrorKey(mirrorDifference, "")), func(_, value []byte) bool {
			groups = append(groups, append([]byte(nil), value...))
			return true
		})
	})
	return groups, err
}

// SetDifferences implements mirror.Keeper.
func (k *mirrorKeeper) SetDifferences(ctx context.Context, groups [][]byte) error {
	prefix := mirrorKey(mirrorDifference, "")
	err := k.store.Update(ctx, func(w storage.Writer) error {
		var old [][]byte
		err := w.Scan(storage.Range{From: prefix, To: storage.After(prefix), Limit: storage.MaxWrites, KeysOnly: true}, func(key, _ []byte) bool {
			old = append(old, append([]byte(nil), key...))
			return true
		})
		for _, key := range old {
			if err == nil {
				err = w.Delete(key)
			}
		}
		return err
	})
	for i, group := range groups {
		if err != nil {
			return err
		}
		if len(group) > storage.MaxValue {
			continue // three examples of the largest size, escaped, may be more than a value holds
		}
		err = k.store.Update(ctx, func(w storage.Writer) error {
			return w.Set(binary.BigEndian.AppendUint32(slices.Clip(prefix), uint32(i)), group)
		})
	}
	return err
}
