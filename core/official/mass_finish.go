package official

import (
	"context"
	"time"

	"parley/core"
	"parley/storage"
)

// chunkRef is the chunk behind a message number.
type chunkRef struct {
	MassSend string
	Index    int
}

// earlyReport is a report that waits for its chunk.
type earlyReport struct {
	Finish
	Came int64
}

// earlyAge is how long a report waits; sends that were made elsewhere are reported, too.
const earlyAge = 7 * 24 * time.Hour

// claimReport notes the message number of a chunk, and takes the report that has come already.
func (c *change) claimReport(account uint32, m *massRecord, p *Chunk) error {
	if err := save(c, reportKey(account, tableReports, p.MessageID), chunkRef{m.ID, p.Index}); err != nil {
		return err
	}
	key := reportKey(account, tableEarly, p.MessageID)
	early, err := load[earlyReport](c, key)
	if err != nil || early == nil {
		return err
	}
	p.Finish = &early.Finish
	return c.Delete(key)
}

// FinishChunk stores the platform's report on the chunk with its message number. A report that comes before SettleChunk is
// kept for it.
func (s *Service) FinishChunk(ctx context.Context, account string, messageID int64, f Finish) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if messageID <= 0 {
		return core.NewFault(core.Invalid, core.FieldMessage, "a message number is positive")
	}
	if err := checkText(core.FieldContent, f.Status, 1, maxName); err != nil {
		return err
	}
	came := s.now()
	return s.update(ctx, a, func(c *change) error {
		ref, err := load[chunkRef](c, reportKey(a.number, tableReports, messageID))
		if err != nil {
			return err
		}
		if ref == nil {
			return save(c, reportKey(a.number, tableEarly, messageID), earlyReport{f, came})
		}
		m, err := readMass(c, a.number, ref.MassSend)
		if err != nil {
			return err
		}
		if ref.Index >= len(m.Chunks) {
			return corrupt(reportKey(a.number, tableReports, messageID))
		}
		m.Chunks[ref.Index].Finish = &f
		return c.saveMass(a.number, m)
	})
}

// unsent returns the mass sends that are marked as not settled.
func unsent(r storage.Reader, account uint32) ([]string, error) {
	prefix := tableKey(account, tableUnsent)
	keys, err := firstKeys(r, prefix, 0)
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = string(key[len(prefix):])
	}
	return ids, err
}

// settleInterrupted settles what a process was sending that has not been heard of since a time, and forgets reports that
// nobody has claimed.
func (s *Service) settleInterrupted(ctx context.Context, before int64) error {
	for _, a := range s.all() {
		var ids []string
		err := s.view(ctx, func(r storage.Reader) (err error) {
			ids, err = unsent(r, a.number)
			return err
		})
		for _, id := range ids {
			if err == nil {
				err = s.settle(ctx, a, id, before)
			}
		}
		if err == nil {
			err = s.forgetEarly(ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetEarly deletes old reports, as many as one transaction can.
func (s *Service) forgetEarly(ctx context.Context, a *accountState) error {
	before := s.now() - earlyAge.Milliseconds()
	return s.update(ctx, a, func(c *change) error {
		keys, err := firstKeys(c, tableKey(a.number, tableEarly), 0)
		if err != nil {
			return err
		}
		for _, key := range keys {
			early, err := load[earlyReport](c, key)
			if err != nil {
				return err
			}
			if early != nil && early.Came < before && c.roomFor(1, 0) {
				err = c.Delete(key)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
