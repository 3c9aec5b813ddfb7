package official

import (
	"context"
	"io"

	"parley/core"
	"parley/storage"
)

// content reads a blob chunk by chunk.
type content struct {
	ctx     context.Context //nolint:containedctx // an io.Reader has no other way to know when to stop
	service *Service
	account uint32
	ref     blobRef
	at      int64
	chunk   []byte // the one at number
	number  int64
}

func (s *Service) openBlob(ctx context.Context, account uint32, ref blobRef) *content {
	return &content{ctx: ctx, service: s, account: account, ref: ref}
}

// Size implements Content.
func (c *content) Size() int64 { return c.ref.Size }

// Read implements io.Reader.
func (c *content) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if c.at >= c.ref.Size {
		return 0, io.EOF
	}
	number := c.at / chunkSize
	if c.chunk == nil || number != c.number {
		if err := c.load(number); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.chunk[c.at%chunkSize:])
	c.at += int64(n)
	return n, nil
}

func (c *content) load(number int64) error {
	c.chunk = nil
	return c.service.view(c.ctx, func(r storage.Reader) error {
		b, err := r.Get(chunkKey(c.account, c.ref.ID, uint32(number)))
		if err != nil {
			return err
		}
		if int64(len(b)) != min(chunkSize, c.ref.Size-number*chunkSize) {
			return core.NewFault(core.NotFound, FieldMedia, "the content has been replaced")
		}
		c.chunk, c.number = append([]byte(nil), b...), number
		return nil
	})
}

// Seek implements io.Seeker.
func (c *content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.ref.Size
	}
	if offset < 0 || whence < io.SeekStart || whence > io.SeekEnd {
		return 0, core.NewFault(core.Invalid, FieldMedia, "the position lies outside the content")
	}
	c.at = offset
	return offset, nil
}
