package openim

import (
	"cmp"
	"context"
	"slices"

	"parley/core"
)

// The platform has no list of all conversations' messages. It is put together by their times; those of one millisecond are
// in the order of their conversations and places. An ID in it is that time and the number of the message among those of
// its millisecond, so that a list can go on behind it: it is no place, and means nothing in another list. Messages of one
// conversation are taken to be in the order of their times, as they are unless programs give them times of their own.

// numberBits is how many bits of an ID number the messages of a millisecond: those beyond share the last number.
const numberBits = 11

func mergedID(time int64, number int) int64 {
	return time<<numberBits | int64(min(number, 1<<numberBits-1))
}

// merge is a list of all conversations between two on its way.
type merge struct {
	remote  *remote
	query   core.HistoryQuery
	newer   bool
	from    int64 // the time at which the page is looked for
	streams []*stream
}

// merged lists messages of all conversations between two, as they were at the beginning of the call. It costs a request
// or two for each conversation that may have something for the page.
func (r *remote) merged(ctx context.Context, q core.HistoryQuery) (core.History, error) {
	extents, err := r.extents(ctx)
	if err != nil {
		return core.History{}, err
	}
	m := &merge{remote: r, query: q, newer: q.After != 0 && q.Direction == core.Newer, from: q.After >> numberBits}
	for i := range extents {
		p := &extents[i]
		if m.newer && p.maxTime < m.from || !m.newer && m.fullAbove(p.maxTime) {
			break // this conversation has nothing for the page, and neither have those behind it
		}
		if p.ref.Group != "" {
			continue
		}
		s := &stream{walk: walk{remote: r, conversation: p.id, limit: int64(q.Limit)}, extent: p, newer: m.newer}
		if err := s.start(ctx, m.from, q.After == 0); err != nil {
			return core.History{}, err
		}
		m.streams = append(m.streams, s)
	}
	return m.fill(ctx)
}

// fullAbove tells whether there is a page of messages that are newer than a time.
func (m *merge) fullAbove(time int64) bool {
	page, edge := m.page()
	return len(page) == m.query.Limit && time < edge
}

// fill reads on until nothing is left that belongs into the page.
func (m *merge) fill(ctx context.Context) (core.History, error) {
	for {
		page, edge := m.page()
		complete := true
		for _, s := range m.streams {
			if len(page) < m.query.Limit || !s.passed(edge) {
				if s.ended {
					continue
				}
				complete = false
				if err := s.more(ctx); err != nil {
					return core.History{}, err
				}
			}
		}
		if complete {
			return core.History{Messages: page}, nil
		}
	}
}

// sourced is a message and the conversation that it is in.
type sourced struct {
	*messageData

	extent *extent
}

// page returns what there is for the page so far, and the time of the message at its far end.
func (m *merge) page() (page []core.Message, edge int64) {
	var all []sourced
	for _, s := range m.streams {
		for i := range s.messages {
			all = append(all, sourced{&s.messages[i], s.extent})
		}
	}
	slices.SortFunc(all, func(a, b sourced) int {
		return cmp.Or(cmp.Compare(a.sendTime, b.sendTime), cmp.Compare(a.extent.id, b.extent.id), cmp.Compare(a.seq, b.seq))
	})
	number := 0
	for i, d := range all {
		if number++; i == 0 || all[i-1].sendTime != d.sendTime {
			number = 0
		}
		id := mergedID(d.sendTime, number)
		after := m.query.After
		if d.status == statusDeleted || after != 0 && (m.newer && id <= after || !m.newer && id >= after) {
			continue
		}
		shown := m.remote.message(d.messageData, d.extent.ref.Peer)
		shown.ID = id
		page = append(page, shown)
	}
	if excess := len(page) - m.query.Limit; excess > 0 && m.newer {
		page = page[:m.query.Limit]
	} else if excess > 0 {
		page = page[excess:]
	}
	if len(page) > 0 && m.newer {
		edge = page[len(page)-1].Time
	} else if len(page) > 0 {
		edge = page[0].Time
	}
	return page, edge
}
