package official

import (
	"context"
	"slices"
	"strings"

	"parley/core"
	"parley/storage"
)

// ListInbound returns a page of received messages, the newest first. A query with Contains reads all messages of its time;
// every other costs the same wherever its page lies.
func (s *Service) ListInbound(ctx context.Context, account string, q InboundQuery) (page InboundPage, err error) {
	a, err := s.account(account)
	if err != nil {
		return page, err
	}
	if err := checkPage(q.Page); err != nil {
		return page, err
	}
	if q.Start < 0 || q.End < 0 {
		return page, core.NewFault(core.Invalid, FieldTime, "the time lies before 1970")
	}
	l := inboundList(a.number)
	if q.HideAnswered {
		l = unansweredList(a.number)
	}
	err = s.view(ctx, func(r storage.Reader) error {
		page = InboundPage{}
		first, end, err := timeSpan(r, l, q.Start, q.End)
		if err != nil {
			return err
		}
		var records []*inboundRecord
		if q.Contains == "" {
			page.Total = end - first
			records, err = readInbounds(r, l, first+q.Page.Offset, min(q.Page.Limit, end-first-q.Page.Offset))
		} else {
			records, page.Total, err = searchInbound(ctx, r, l, first, end, &q)
		}
		if err != nil {
			return err
		}
		page.Messages, err = withSenders(r, a.number, records)
		return err
	})
	return page, err
}

// timeSpan returns the places in a list between which the messages of a time are.
func timeSpan(r storage.Reader, l list, start, end int64) (first, last int, err error) {
	if last, err = l.total(r); err != nil {
		return 0, 0, err
	}
	if end > 0 {
		if first, err = l.rank(r, newestFirst(end-1, "")); err != nil {
			return 0, 0, err
		}
	}
	if start > 0 {
		last, err = l.rank(r, newestFirst(start-1, ""))
	}
	return first, max(first, last), err
}

// readInbounds returns the messages at places of a list.
func readInbounds(r storage.Reader, l list, offset, limit int) ([]*inboundRecord, error) {
	sortKeys, err := l.page(r, offset, limit)
	if err != nil {
		return nil, err
	}
	keys := make([][]byte, len(sortKeys))
	for i, sortKey := range sortKeys {
		id, err := parsePlaced(sortKey)
		if err != nil {
			return nil, err
		}
		keys[i] = idKey(l.account, tableInbound, id)
	}
	all, err := loadAll[inboundRecord](r, keys)
	if err == nil {
		if i := slices.Index(all, nil); i >= 0 {
			err = corrupt(keys[i])
		}
	}
	return all, err
}

// searchInbound returns the page of the messages that contain the query's text, and counts them all.
func searchInbound(ctx context.Context, r storage.Reader, l list, first, end int, q *InboundQuery) (page []*inboundRecord, total int, err error) {
	wanted := strings.ToLower(q.Contains)
	for ; first < end; first += MaxPage {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		portion, err := readInbounds(r, l, first, min(MaxPage, end-first))
		if err != nil {
			return nil, 0, err
		}
		for _, m := range portion {
			if m.Kind != InboundText || !strings.Contains(strings.ToLower(m.Content), wanted) {
				continue
			}
			if total >= q.Page.Offset && len(page) < q.Page.Limit {
				page = append(page, m)
			}
			total++
		}
	}
	return page, total, nil
}

// withSenders adds what is known of the senders.
func withSenders(r storage.Reader, account uint32, records []*inboundRecord) ([]*ReceivedMessage, error) {
	keys := make([][]byte, len(records))
	for i, m := range records {
		keys[i] = idKey(account, tableFollowers, m.Sender)
	}
	senders, err := loadAll[Follower](r, keys)
	if err != nil {
		return nil, err
	}
	all := make([]*ReceivedMessage, len(records))
	for i, m := range records {
		all[i] = &ReceivedMessage{Inbound: m.Inbound}
		if f := senders[i]; f != nil {
			all[i].Nickname, all[i].Avatar = f.Nickname, f.Avatar
		}
	}
	return all, nil
}
