package official

import (
	"context"
	"math"

	"parley/core"
	"parley/storage"
)

// massRecord is a mass send in the store. Its Status is MassPreparing, MassFailed, or empty where the chunks tell it; its
// Counts are not stored.
type massRecord struct {
	MassSend
	Place   place
	Changed int64 // when the last step was made
}

const (
	// partBytes bounds the OpenIDs in one row.
	partBytes = 48 << 10
	// partsAtOnce is how many rows one transaction writes.
	partsAtOnce = 15
)

func massList(account uint32) list { return list{account, "s"} }

func readMass(r storage.Reader, account uint32, id string) (*massRecord, error) {
	if err := checkID(FieldMassSend, id); err != nil {
		return nil, err
	}
	m, err := load[massRecord](r, idKey(account, tableMassSends, id))
	if err == nil && m == nil {
		err = notFound(FieldMassSend)
	}
	return m, err
}

func (c *change) saveMass(account uint32, m *massRecord) error {
	return save(c, idKey(account, tableMassSends, m.ID), m)
}

// CreateMassSend writes down the audience of a mass send, as it is now, and returns the record with its chunks pending. An
// empty audience is Invalid with FieldAudience, and nothing is stored.
func (s *Service) CreateMassSend(ctx context.Context, account string, in MassSendInput) (*MassSend, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	if err := checkTexts(textCheck{FieldKind, in.Type, 1, maxID}, textCheck{core.FieldMessage, in.Material, 1, maxID}); err != nil {
		return nil, err
	}
	var openIDs []string
	err = s.EachFollower(ctx, account, in.Audience, func(f *Follower) bool {
		openIDs = append(openIDs, f.OpenID)
		return true
	})
	if err != nil {
		return nil, err
	}
	if len(openIDs) == 0 {
		return nil, core.NewFault(core.Invalid, FieldAudience, "nobody is in the audience")
	}
	m := &massRecord{Place: s.place()}
	m.Changed = m.Place.Time
	m.MassSend = MassSend{MassSendInput: in, Created: m.Place.Time, Status: MassPreparing}
	if m.ID, err = s.newID(); err != nil {
		return nil, err
	}
	err = s.update(ctx, a, func(c *change) error {
		if err := c.Set(idKey(a.number, tableUnsent, m.ID), nil); err != nil {
			return err
		}
		if err := c.insert(massList(a.number), m.Place.newest(m.ID)); err != nil {
			return err
		}
		return c.saveMass(a.number, m)
	})
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, a, m, openIDs); err != nil {
		if err := s.settle(context.WithoutCancel(ctx), a, m.ID, math.MaxInt64); err != nil {
			s.log.Warn("a mass send stays in preparation until the next start", "mass_send", m.ID, "error", err)
		}
		return nil, err
	}
	return m.massSend(), nil
}

// chunkSizes divides an audience into as few chunks as possible of as equal a size as possible, so that none has a single
// follower unless the audience has.
func chunkSizes(audience int) []int {
	chunks := (audience + MaxChunk - 1) / MaxChunk
	sizes := make([]int, chunks)
	for i := range sizes {
		sizes[i] = audience*(i+1)/chunks - audience*i/chunks
	}
	return sizes
}

// audiencePart is one row of an audience.
type audiencePart struct {
	chunk, part int
	openIDs     []string
}

// divide cuts an audience into rows.
func divide(openIDs []string) (parts []audiencePart) {
	for chunk, size := range chunkSizes(len(openIDs)) {
		rest := openIDs[:size]
		openIDs = openIDs[size:]
		for part := 0; len(rest) > 0; part++ {
			n, bytes := 0, 0
			for n < len(rest) && bytes+len(rest[n])+3 <= partBytes {
				bytes += len(rest[n]) + 3
				n++
			}
			parts = append(parts, audiencePart{chunk, part, rest[:n]})
			rest = rest[n:]
		}
	}
	return parts
}

// prepare stores the audience and makes the mass send ready.
func (s *Service) prepare(ctx context.Context, a *accountState, m *massRecord, openIDs []string) error {
	parts := divide(openIDs)
	for len(parts) > 0 {
		n := min(len(parts), partsAtOnce)
		err := s.commit(ctx, func(c *change) error {
			for _, p := range parts[:n] {
				if err := save(c, audienceKey(a.number, m.ID, p.chunk, p.part), p.openIDs); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		parts = parts[n:]
	}
	m.Size, m.Status, m.Chunks = len(openIDs), "", nil
	for i, size := range chunkSizes(len(openIDs)) {
		m.Chunks = append(m.Chunks, Chunk{Index: i, Size: size, State: ChunkPending})
	}
	return s.update(ctx, a, func(c *change) error { return c.saveMass(a.number, m) })
}

// readChunk returns the followers of a chunk.
func readChunk(r storage.Reader, account uint32, id string, chunk int) (openIDs []string, err error) {
	var failed error
	err = r.Scan(storage.Prefix(chunkPrefix(account, id, chunk)), func(_, value []byte) bool {
		part, err := decode[[]string](value)
		if err != nil {
			failed = err
			return false
		}
		openIDs = append(openIDs, *part...)
		return true
	})
	if failed != nil {
		err = failed
	}
	return openIDs, err
}
