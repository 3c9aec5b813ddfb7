package official

import (
	"context"
	"io"
	"slices"

	"parley/core"
	"parley/storage"
)

// mediaRecord is a medium in the store.
type mediaRecord struct {
	Media
	Blob  blobRef
	Place place
}

func mediaList(account uint32, kind MediaKind) list { return list{account, "m" + string(kind)} }

func readMedia(r storage.Reader, account uint32, id string) (*mediaRecord, error) {
	if err := checkID(FieldMedia, id); err != nil {
		return nil, err
	}
	m, err := load[mediaRecord](r, idKey(account, tableMedia, id))
	if err == nil && m == nil {
		err = notFound(FieldMedia)
	}
	return m, err
}

// media returns what callers see of a record.
func (m *mediaRecord) media() *Media {
	m.blob = m.Blob
	return &m.Media
}

// CreateMedia stores what r yields, at most limit bytes and else TooLarge with FieldMedia, and returns the medium. It reads
// r in portions of a megabyte; unless everything succeeds nothing becomes visible.
func (s *Service) CreateMedia(ctx context.Context, account string, kind MediaKind, name string, r io.Reader, limit int64) (*Media, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]MediaKind{KindImage, KindVoice, KindVideo, KindNewsImage, KindReceived}, kind) {
		return nil, core.NewFault(core.Invalid, FieldKind, "there is no such kind of media")
	}
	if err := checkText(FieldName, name, 0, maxName); err != nil {
		return nil, err
	}
	id, err := s.newID()
	if err != nil {
		return nil, err
	}
	blob, err := s.writeBlob(ctx, a, FieldMedia, r, limit)
	if err != nil {
		return nil, err
	}
	m := mediaRecord{Blob: blob, Place: s.place()}
	m.Media = Media{ID: id, Kind: kind, Name: name, Size: blob.Size, Created: m.Place.Time, Version: 1}
	err = s.update(ctx, a, func(c *change) error {
		if err := c.adopt(a.number, blob); err != nil {
			return err
		}
		if err := c.insert(mediaList(a.number, kind), m.Place.newest(id)); err != nil {
			return err
		}
		return save(c, idKey(a.number, tableMedia, id), m)
	})
	if err != nil {
		return nil, err // the blob stays loose, or the row refers to it
	}
	return m.media(), nil
}

// Media returns a medium of one of the kinds, or of any if none is given; deleted ones, too.
func (s *Service) Media(ctx context.Context, account, id string, kinds ...MediaKind) (m *Media, err error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		record, err := readMedia(r, a.number, id)
		if err != nil {
			return err
		}
		if len(kinds) > 0 && !slices.Contains(kinds, record.Kind) {
			return notFound(FieldMedia)
		}
		m = record.media()
		return nil
	})
	return m, err
}

// ListMedia returns a page of the media of a kind that are not deleted, the newest first.
func (s *Service) ListMedia(ctx context.Context, account string, kind MediaKind, p Page) (page MediaPage, err error) {
	a, err := s.account(account)
	if err != nil {
		return page, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		records, total, err := readPage[mediaRecord](r, mediaList(a.number, kind), tableMedia, p)
		page.Total = total
		for _, m := range records {
			page.Media = append(page.Media, m.media())
		}
		return err
	})
	return page, err
}

// readPage returns a page of the rows of a table that are in a list, and how many the list has.
func readPage[T any](r storage.Reader, l list, table byte, p Page) (rows []*T, total int, err error) {
	if err := checkPage(p); err != nil {
		return nil, 0, err
	}
	if total, err = l.total(r); err != nil {
		return nil, 0, err
	}
	sortKeys, err := l.page(r, p.Offset, p.Limit)
	if err != nil {
		return nil, 0, err
	}
	keys := make([][]byte, len(sortKeys))
	for i, sortKey := range sortKeys {
		id, err := parsePlaced(sortKey)
		if err != nil {
			return nil, 0, err
		}
		keys[i] = idKey(l.account, table, id)
	}
	if rows, err = loadAll[T](r, keys); err != nil {
		return nil, 0, err
	}
	if i := slices.Index(rows, nil); i >= 0 {
		return nil, 0, corrupt(keys[i])
	}
	return rows, total, nil
}

// OpenMedia returns a reader of a medium's content. ctx governs all reading.
func (s *Service) OpenMedia(ctx context.Context, account string, m *Media) (Content, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	return s.openBlob(ctx, a.number, m.blob), nil
}
