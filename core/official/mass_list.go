package official

import (
	"context"

	"parley/storage"
)

// massSend returns what callers see of a record.
func (m *massRecord) massSend() *MassSend {
	out := m.MassSend
	if out.Status != "" {
		return &out
	}
	var sum Counts
	status, succeeded := "", true
	sent, unknown, refused := 0, 0, 0
	for i := range out.Chunks {
		p := &out.Chunks[i]
		switch p.State {
		case ChunkPending, ChunkSending:
			out.Status = MassSending
			return &out
		case ChunkUnknown:
			unknown++
			continue
		case ChunkRefused:
			refused++
			continue
		case ChunkSent:
			sent++
		}
		if p.Finish == nil {
			out.Status = MassSending
			continue
		}
		if status == "" || succeeded && !p.Finish.Succeeded {
			status, succeeded = p.Finish.Status, p.Finish.Succeeded
		}
		sum.Total += p.Finish.Counts.Total
		sum.Filtered += p.Finish.Counts.Filtered
		sum.Sent += p.Finish.Counts.Sent
		sum.Failed += p.Finish.Counts.Failed
	}
	switch {
	case out.Status != "":
	case sent > 0:
		// A success of some chunks is none of the whole.
		out.Counts = &sum
		switch out.Status = status; {
		case succeeded && unknown > 0:
			out.Status = MassUnknown
		case succeeded && refused > 0:
			out.Status = MassFailed
		}
	case unknown > 0:
		out.Status = MassUnknown
	default:
		out.Status = MassFailed
	}
	return &out
}

// MassSend returns a mass send.
func (s *Service) MassSend(ctx context.Context, account, id string) (m *MassSend, err error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		record, err := readMass(r, a.number, id)
		if err == nil {
			m = record.massSend()
		}
		return err
	})
	return m, err
}

// MassSends returns a page of mass sends.
func (s *Service) MassSends(ctx context.Context, account string, p Page) (page MassSendPage, err error) {
	a, err := s.account(account)
	if err != nil {
		return page, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		records, total, err := readPage[massRecord](r, massList(a.number), tableMassSends, p)
		page.Total = total
		for _, m := range records {
			page.MassSends = append(page.MassSends, m.massSend())
		}
		return err
	})
	return page, err
}

// UnsentMassSends returns the IDs of the mass sends that have pending chunks, and on which no other process may be at work.
func (s *Service) UnsentMassSends(ctx context.Context, account string) ([]string, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	var ids []string
	err = s.view(ctx, func(r storage.Reader) error {
		marked, err := unsent(r, a.number)
		if err != nil {
			return err
		}
		for _, id := range marked {
			m, err := readMass(r, a.number, id)
			if err != nil {
				return err
			}
			if s.shared && m.Changed >= s.now()-abandoned.Milliseconds() {
				continue
			}
			for i := range m.Chunks {
				if m.Chunks[i].State == ChunkPending {
					ids = append(ids, id)
					break
				}
			}
		}
		return nil
	})
	return ids, err
}
