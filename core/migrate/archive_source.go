package migrate

import (
	"context"
	"errors"
	"io"
	"iter"

	"parley/core/archive"
)

// Archive is an archive of an app as a source.
type Archive struct {
	file io.ReadSeeker
	size int64
	name string
}

var (
	_ Source = (*Archive)(nil)
	_ Sized  = (*Archive)(nil)
)

// OpenArchive returns the archive in a file of the given size as a source. It reads the header.
func OpenArchive(file io.ReadSeeker, size int64) (*Archive, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	head, err := archive.NewReader(file).Header()
	if err != nil {
		return nil, err
	}
	return &Archive{file: file, size: size, name: "archive:" + head.App}, nil
}

// Name implements Source: archives of one app hold the same messages under the same ids.
func (a *Archive) Name() string { return a.name }

// Size implements Sized.
func (a *Archive) Size() int64 { return a.size }

// Records implements Source.
func (a *Archive) Records(ctx context.Context, cursor []byte) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		r, err := a.open(cursor)
		for err == nil {
			var item Item
			if err = ctx.Err(); err != nil {
				break
			}
			if item.Record, err = r.Next(); err != nil {
				break
			}
			item.Bytes = r.Offset()
			item.Cursor, err = r.Cursor()
			if err == nil && !yield(item, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(Item{}, err)
		}
	}
}

func (a *Archive) open(cursor []byte) (*archive.Reader, error) {
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if cursor != nil {
		r, err := archive.Continue(a.file, cursor)
		if !errors.Is(err, archive.ErrOtherArchive) {
			return r, err
		}
		if _, err := a.file.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return archive.NewReader(a.file), nil
}
