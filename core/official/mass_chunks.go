package official

import (
	"context"
	"errors"
	"slices"

	"parley/core"
)

// changeMass stores a mass send as modify leaves it.
func (s *Service) changeMass(ctx context.Context, a *accountState, id string, modify func(c *change, m *massRecord) error) error {
	return s.update(ctx, a, func(c *change) error {
		m, err := readMass(c, a.number, id)
		if err != nil {
			return err
		}
		if err := modify(c, m); err != nil {
			return err
		}
		m.Changed = s.now()
		return c.saveMass(a.number, m)
	})
}

// NextChunk marks the next pending chunk as being sent, durably, and hands it out; nil if there is none. After a crash it
// is ChunkUnknown.
func (s *Service) NextChunk(ctx context.Context, account, id string) (*ChunkToSend, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	var next *ChunkToSend
	err = s.update(ctx, a, func(c *change) error {
		next = nil
		m, err := readMass(c, a.number, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(m.Chunks, func(p Chunk) bool { return p.State == ChunkPending })
		if i < 0 {
			return nil
		}
		m.Chunks[i].State = ChunkSending
		next = &ChunkToSend{Index: i}
		if next.OpenIDs, err = readChunk(c, a.number, id, i); err != nil {
			return err
		}
		if len(next.OpenIDs) != m.Chunks[i].Size {
			return corrupt(chunkPrefix(a.number, id, i))
		}
		m.Changed = s.now()
		return c.saveMass(a.number, m)
	})
	if err != nil {
		return nil, err
	}
	return next, nil
}

func checkResult(r *ChunkResult) error {
	switch {
	case !slices.Contains([]ChunkState{ChunkSent, ChunkRefused, ChunkUnknown, ChunkPending}, r.State):
		return core.NewFault(core.Invalid, FieldChunk, "a chunk cannot be settled like that")
	case r.MessageID < 0 || r.MessageID != 0 && r.State != ChunkSent:
		return core.NewFault(core.Invalid, FieldChunk, "only a sent chunk has a message number")
	}
	return checkText(FieldChunk, r.Note, 0, maxDescription)
}

// SettleChunk stores the platform's answer to a chunk in ChunkSending: ChunkSent, ChunkRefused, ChunkUnknown, or
// ChunkPending if the call was certainly not made. A chunk in another state is a Conflict with FieldChunk.
func (s *Service) SettleChunk(ctx context.Context, account, id string, index int, result ChunkResult) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if err := checkResult(&result); err != nil {
		return err
	}
	settled := false
	err = s.changeMass(ctx, a, id, func(c *change, m *massRecord) error {
		if index < 0 || index >= len(m.Chunks) {
			return notFound(FieldChunk)
		}
		p := &m.Chunks[index]
		if p.State != ChunkSending {
			return core.NewFault(core.Conflict, FieldChunk, "the chunk is not being sent")
		}
		p.State, p.MessageID, p.Code, p.Note = result.State, result.MessageID, result.Code, result.Note
		settled = m.settled()
		if p.MessageID == 0 {
			return nil
		}
		return c.claimReport(a.number, m, p)
	})
	if err != nil || !settled {
		return err
	}
	return s.dropAudience(ctx, a, id)
}

// settled tells that nothing more will be sent.
func (m *massRecord) settled() bool {
	return m.Status == MassFailed || m.Status == "" && !slices.ContainsFunc(m.Chunks, func(p Chunk) bool {
		return p.State == ChunkPending || p.State == ChunkSending
	})
}

// dropAudience deletes the audience of a settled mass send, and at last the mark that it is not settled.
func (s *Service) dropAudience(ctx context.Context, a *accountState, id string) error {
	for last := false; !last; {
		err := s.update(ctx, a, func(c *change) error {
			keys, err := firstKeys(c, audiencePrefix(a.number, id), deletedAtOnce)
			if err != nil {
				return err
			}
			for _, key := range keys {
				if err := c.Delete(key); err != nil {
					return err
				}
			}
			if last = len(keys) < deletedAtOnce; last {
				return c.Delete(idKey(a.number, tableUnsent, id))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// errBusy reports that somebody may still be at work.
var errBusy = errors.New("official: the mass send has changed lately")

// settle ends what nobody is working on any more: a preparation has failed, and what became of a chunk that was being sent
// is unknown. Chunks that are pending remain so. A mass send that has changed since a time is left alone.
func (s *Service) settle(ctx context.Context, a *accountState, id string, before int64) error {
	settled := false
	err := s.changeMass(ctx, a, id, func(_ *change, m *massRecord) error {
		if m.Changed >= before {
			return errBusy
		}
		if m.Status == MassPreparing {
			m.Status = MassFailed
		}
		for i := range m.Chunks {
			if m.Chunks[i].State == ChunkSending {
				m.Chunks[i].State = ChunkUnknown
			}
		}
		settled = m.settled()
		return nil
	})
	if errors.Is(err, errBusy) {
		return nil
	}
	if err != nil || !settled {
		return err
	}
	return s.dropAudience(ctx, a, id)
}
