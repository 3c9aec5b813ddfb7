package official

import (
	"context"
	"crypto/sha256"
	"encoding/binary"

	"parley/core"
	"parley/storage"
)

// inboundRecord is a received message in the store.
type inboundRecord struct {
	Inbound
	Place place
}

// maxInbound bounds the texts of a message other than its content.
const maxInbound = 2000

// The lists of received messages; events are in neither.
func inboundList(account uint32) list    { return list{account, "i"} }
func unansweredList(account uint32) list { return list{account, "j"} }

func checkInbound(in *Inbound) error {
	switch in.Kind {
	case InboundText, InboundImage, InboundVoice, InboundVideo, InboundLocation, InboundLink:
		if err := checkText(core.FieldMessage, in.ID, 1, maxID); err != nil {
			return err
		}
	case InboundEvent:
	default:
		return core.NewFault(core.Invalid, FieldKind, "there is no such kind of message")
	}
	if err := checkBytes(FieldFollower, in.Sender, 1, maxOpenID); err != nil {
		return err
	}
	if err := checkTime(in.Time); err != nil {
		return err
	}
	for _, text := range [...]string{
		in.Sender, in.Content, in.MediaID, in.ThumbMediaID, in.PictureURL, in.Copy, in.ThumbCopy, in.Format, in.Recognition,
		in.Latitude, in.Longitude, in.Scale, in.Label, in.Title, in.Description, in.URL, in.Event, in.EventKey,
	} {
		if err := checkText(core.FieldContent, text, 0, maxInbound); err != nil {
			return err
		}
	}
	return nil
}

// eventDigest is what an event has in common with its repetitions.
func eventDigest(in *Inbound) string {
	var b []byte
	for _, field := range [...]string{in.Sender, in.Event, in.EventKey} {
		b = append(binary.AppendUvarint(b, uint64(len(field))), field...)
	}
	digest := sha256.Sum256(binary.BigEndian.AppendUint64(b, uint64(in.Time)))
	return string(digest[:])
}

// StoreInbound stores a message once: a message with the ID, or an event with the sender, time, event and key, of a stored
// one is not stored again, and the stored one is returned with duplicate set.
func (s *Service) StoreInbound(ctx context.Context, account string, in Inbound) (stored *Inbound, duplicate bool, err error) {
	a, err := s.account(account)
	if err != nil {
		return nil, false, err
	}
	if err := checkInbound(&in); err != nil {
		return nil, false, err
	}
	if in.Kind == InboundEvent {
		if in.ID, err = s.newID(); err != nil {
			return nil, false, err
		}
	}
	record := &inboundRecord{Inbound: in, Place: place{Time: in.Time, Tick: s.tick.Add(1)}}
	err = s.update(ctx, a, func(c *change) error {
		old, err := c.storedInbound(a.number, &in)
		if duplicate = old != nil; err != nil || duplicate {
			stored = old
			return err
		}
		stored = &record.Inbound
		return c.addInbound(a.number, record)
	})
	if err != nil {
		return nil, false, err
	}
	return stored, duplicate, nil
}

// storedInbound returns the message of which in is a repetition, or nil.
func (c *change) storedInbound(account uint32, in *Inbound) (*Inbound, error) {
	id := in.ID
	if in.Kind == InboundEvent {
		known, err := load[string](c, idKey(account, tableEvents, eventDigest(in)))
		if err != nil || known == nil {
			return nil, err
		}
		id = *known
	}
	old, err := load[inboundRecord](c, idKey(account, tableInbound, id))
	if err != nil || old == nil {
		return nil, err
	}
	return &old.Inbound, nil
}

func (c *change) addInbound(account uint32, m *inboundRecord) error {
	if m.Kind == InboundEvent {
		if err := save(c, idKey(account, tableEvents, eventDigest(&m.Inbound)), m.ID); err != nil {
			return err
		}
		return save(c, idKey(account, tableInbound, m.ID), m)
	}
	sortKey := m.Place.newest(m.ID)
	if err := c.insert(inboundList(account), sortKey); err != nil {
		return err
	}
	if !m.Answered {
		if err := c.insert(unansweredList(account), sortKey); err != nil {
			return err
		}
	}
	return save(c, idKey(account, tableInbound, m.ID), m)
}

func readInbound(r storage.Reader, account uint32, id string) (*inboundRecord, error) {
	if err := checkID(core.FieldMessage, id); err != nil {
		return nil, err
	}
	m, err := load[inboundRecord](r, idKey(account, tableInbound, id))
	if err == nil && m == nil {
		err = notFound(core.FieldMessage)
	}
	return m, err
}

// Inbound returns a stored message or event.
func (s *Service) Inbound(ctx context.Context, account, id string) (in *Inbound, err error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		m, err := readInbound(r, a.number, id)
		if err == nil {
			in = &m.Inbound
		}
		return err
	})
	return in, err
}

func (s *Service) changeInbound(ctx context.Context, account, id string, modify func(c *change, number uint32, m *inboundRecord) error) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	return s.update(ctx, a, func(c *change) error {
		m, err := readInbound(c, a.number, id)
		if err != nil {
			return err
		}
		if err := modify(c, a.number, m); err != nil {
			return err
		}
		return save(c, idKey(a.number, tableInbound, id), m)
	})
}

// SetInboundCopy stores the IDs of our copies of a message's media; an empty one leaves what is there.
func (s *Service) SetInboundCopy(ctx context.Context, account, id, mediaCopy, thumbCopy string) error {
	if err := checkTexts(textCheck{FieldMedia, mediaCopy, 0, maxID}, textCheck{FieldMedia, thumbCopy, 0, maxID}); err != nil {
		return err
	}
	return s.changeInbound(ctx, account, id, func(_ *change, _ uint32, m *inboundRecord) error {
		if mediaCopy != "" {
			m.Copy = mediaCopy
		}
		if thumbCopy != "" {
			m.ThumbCopy = thumbCopy
		}
		return nil
	})
}

// MarkAnswered notes that a keyword has answered a message.
func (s *Service) MarkAnswered(ctx context.Context, account, id string) error {
	return s.changeInbound(ctx, account, id, func(c *change, number uint32, m *inboundRecord) error {
		m.Answered = true
		return c.remove(unansweredList(number), m.Place.newest(id))
	})
}
