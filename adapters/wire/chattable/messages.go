package chattable

import (
	"context"
	"errors"
	"io"

	"parley/core/archive"
	"parley/core/migrate"
)

// users names each user of the file once, in the order of the file. It returns false if nobody wants more.
func (s *Source) users(ctx context.Context, yield func(migrate.Item, error) bool) bool {
	at := s.start(nil)
	scan, err := s.scan(at)
	if err != nil {
		yield(migrate.Item{}, err)
		return false
	}
	cursor, err := at.encode()
	if err != nil {
		yield(migrate.Item{}, err)
		return false
	}
	seen := make(map[[16]byte]struct{})
	for ctx.Err() == nil {
		r, err := scan.next()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			yield(migrate.Item{}, err)
			return false
		}
		if r.bad != "" || !isUUID(r.values[columnOwner]) || !isUUID(r.values[columnPeer]) {
			continue // the messages' turn tells of it
		}
		for _, uuid := range [...][]byte{r.values[columnOwner], r.values[columnPeer]} {
			key := digest(uuid)
			if _, known := seen[key]; known {
				continue
			}
			seen[key] = struct{}{}
			user := &archive.User{ID: string(uuid), UUID: string(uuid)}
			item := migrate.Item{Record: archive.Record{Type: archive.TypeUser, User: user}, Cursor: cursor, Bytes: r.start}
			if !yield(item, nil) {
				return false
			}
		}
	}
	yield(migrate.Item{}, ctx.Err())
	return false
}

// messages yields the messages behind a place.
func (s *Source) messages(ctx context.Context, at *place, yield func(migrate.Item, error) bool) error {
	scan, err := s.scan(at)
	if err != nil {
		return err
	}
	f := newFold(s, at, scan, yield)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := scan.next()
		if errors.Is(err, io.EOF) {
			if f.rows == 0 && at.Offset == 0 && s.options.Format == SQL {
				return errNoRows
			}
			_, err := f.drain(0)
			return err
		}
		if err != nil {
			return err
		}
		if more, err := f.add(r); err != nil || !more {
			return err
		}
	}
}
