package official

import (
	"bytes"
	"context"
	"errors"
	"io"

	"parley/core"
	"parley/storage"
)

const (
	// chunkSize is the length of all chunks of a blob but the last.
	chunkSize = 60 << 10
	// chunksAtOnce is how many chunks one transaction writes.
	chunksAtOnce = 16
	// deletedAtOnce is how many chunks one transaction deletes.
	deletedAtOnce = 500
)

// blobRef is the place and the length of a sequence of bytes, which is never modified. Until the row that refers to it is
// stored the blob is loose: a mark in the store says that nobody refers to it, and Open removes what has one.
type blobRef struct {
	ID   blobID
	Size int64
}

// fill reads until portion is full or r has ended. Only io.EOF is an end: a reader that reports an end which it did not
// expect has lost something.
func fill(r io.Reader, portion []byte) (n int, end bool, err error) {
	for idle := 0; n < len(portion); {
		m, err := r.Read(portion[n:])
		n += m
		switch {
		case errors.Is(err, io.EOF):
			return n, true, nil
		case err != nil:
			return n, false, err
		case m > 0:
			idle = 0
		case idle > 100:
			return n, false, io.ErrNoProgress
		}
		idle++
	}
	return n, false, nil
}

// writeBlob stores what r yields as a loose blob. It fails with TooLarge and the field beyond limit bytes. After an error
// nothing is left behind, or something that Open removes.
func (s *Service) writeBlob(ctx context.Context, a *accountState, field core.Field, r io.Reader, limit int64) (blobRef, error) {
	var ref blobRef
	id, err := s.newUUID()
	if err != nil {
		return ref, err
	}
	ref.ID = id
	portion := make([]byte, min(max(limit, 0)+1, chunkSize*chunksAtOnce))
	for end := false; !end; {
		var n int
		n, end, err = fill(r, portion)
		_, known := errors.AsType[*core.Fault](err)
		switch {
		case err == nil:
			err = s.writePortion(ctx, a, ref, portion[:n], field, limit)
		case !known:
			err = core.Wrap(core.Invalid, "the upload ended early", err)
		}
		if err != nil {
			s.discard(ctx, a, ref.ID)
			return ref, err
		}
		ref.Size += int64(n)
	}
	return ref, nil
}

func (s *Service) writePortion(ctx context.Context, a *accountState, ref blobRef, portion []byte, field core.Field, limit int64) error {
	if ref.Size+int64(len(portion)) > limit {
		return core.NewFault(core.TooLarge, field, "the content is larger than it may be")
	}
	if len(portion) == 0 && ref.Size > 0 {
		return nil
	}
	return s.commit(ctx, func(c *change) error {
		if ref.Size == 0 {
			if err := c.Set(looseKey(a.number, ref.ID), encodeNumber(uint64(s.now()))); err != nil {
				return err
			}
		}
		number := uint32(ref.Size / chunkSize)
		for at := 0; at < len(portion); at += chunkSize {
			chunk := portion[at:min(at+chunkSize, len(portion))]
			if err := c.Set(chunkKey(a.number, ref.ID, number), chunk); err != nil {
				return err
			}
			number++
		}
		return nil
	})
}

// adopt ends a blob's being loose, in the transaction that stores a reference to it.
func (c *change) adopt(account uint32, ref blobRef) error { return c.Delete(looseKey(account, ref.ID)) }

// disown makes a blob loose, in the transaction that removes the reference to it; discard then deletes it.
func (c *change) disown(account uint32, ref blobRef) error {
	return c.Set(looseKey(account, ref.ID), encodeNumber(0)) // at once, if discard does not come to it
}

// discard deletes a loose blob, also for a caller that has given up. What it fails to delete Open will.
func (s *Service) discard(ctx context.Context, a *accountState, blob blobID) {
	if err := s.deleteBlob(context.WithoutCancel(ctx), a.number, blob); err != nil {
		s.log.Warn("a blob that nobody refers to stays until the next start", "account", a.row.Load().ID, "error", err)
	}
}

func (s *Service) deleteBlob(ctx context.Context, account uint32, blob blobID) error {
	for last := false; !last; {
		err := s.commit(ctx, func(c *change) error {
			keys, err := firstKeys(c, blobPrefix(account, blob), deletedAtOnce)
			if err != nil {
				return err
			}
			for _, key := range keys {
				if err := c.Delete(key); err != nil {
					return err
				}
			}
			if last = len(keys) < deletedAtOnce; last {
				return c.Delete(looseKey(account, blob))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// firstKeys returns the first keys that begin with prefix, all of them with a limit of zero.
func firstKeys(r storage.Reader, prefix []byte, limit int) (keys [][]byte, err error) {
	err = r.Scan(storage.Range{From: prefix, To: storage.After(prefix), Limit: limit, KeysOnly: true}, func(key, _ []byte) bool {
		keys = append(keys, bytes.Clone(key))
		return true
	})
	return keys, err
}

// collectLoose deletes the blobs to which nobody refers, and which nobody has begun to write since a time.
func (s *Service) collectLoose(ctx context.Context, before int64) error {
	var keys [][]byte
	var failed error
	err := s.view(ctx, func(r storage.Reader) error {
		return r.Scan(storage.Prefix(tableKey(0, tableLoose)), func(key, value []byte) bool {
			var since uint64
			if since, failed = decodeNumber(value); int64(since) < before {
				keys = append(keys, bytes.Clone(key))
			}
			return failed == nil
		})
	})
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	for _, key := range keys {
		account, blob, err := parseLoose(key)
		if err != nil {
			return err
		}
		if err := s.deleteBlob(ctx, account, blob); err != nil {
			return err
		}
	}
	return nil
}
