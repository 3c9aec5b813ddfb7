package openim

import (
	"context"
	"slices"
	"sort"
)

// stream is a conversation on its way into a list of all: a run of its messages that grows into one direction.
type stream struct {
	walk

	extent   *extent
	newer    bool
	messages []messageData // in their order, deleted ones included
	next     int64         // the place before which, or with newer behind which, the run goes on
	ended    bool          // there is nothing more
}

// start looks for the place from which on messages are not before a time, or, if the list goes to older ones, not
// behind it; newest begins at the end.
func (s *stream) start(ctx context.Context, time int64, newest bool) error {
	s.next = s.extent.maxSeq + 1
	if newest || !s.newer && s.extent.maxTime <= time {
		return s.more(ctx)
	}
	if !s.newer {
		time++
	}
	first, err := s.at(ctx, time)
	if err != nil {
		return err
	}
	if s.next = first; s.newer {
		s.next--
	}
	return s.more(ctx)
}

// searchPage is how many messages a search looks at at once.
const searchPage = 100

// at returns the first place whose message is not older than a time, or the one behind the last. What has been cleared at
// the beginning is older.
func (s *stream) at(ctx context.Context, time int64) (int64, error) {
	w := s.walk
	w.limit = searchPage
	page, err := w.pull(ctx, 1, s.extent.maxSeq) // it is mostly near the end
	if err != nil || len(page) == 0 || page[len(page)-1].sendTime < time {
		return s.extent.maxSeq + 1, err
	}
	if page[0].sendTime < time || len(page) < searchPage {
		return firstSince(page, time), nil
	}
	low, high := int64(1), page[0].seq // it is one of these, or between them
	for low < high {
		middle := low + (high-low)/2
		end := min(middle+searchPage, high) - 1
		if page, err = w.pull(ctx, middle, end); err != nil {
			return 0, err
		}
		switch {
		case len(page) == 0 || page[len(page)-1].sendTime < time:
			low = end + 1
		case page[0].sendTime < time || page[0].seq > middle:
			return firstSince(page, time), nil
		default:
			high = middle
		}
	}
	return low, nil
}

// firstSince returns the place of the first message that is not older than a time; the last is not.
func firstSince(page []messageData, time int64) int64 {
	return page[sort.Search(len(page)-1, func(i int) bool { return page[i].sendTime >= time })].seq
}

// more reads a page.
func (s *stream) more(ctx context.Context) error {
	if s.newer && s.next >= s.extent.maxSeq || !s.newer && s.next <= 1 {
		s.ended = true
		return nil
	}
	page, err := s.page(ctx, s.next, s.newer)
	if err != nil {
		return err
	}
	if s.newer {
		page = slices.DeleteFunc(page, func(m messageData) bool { return m.seq > s.extent.maxSeq })
	}
	if s.ended = len(page) == 0; s.ended {
		return nil
	}
	if s.newer {
		s.next = page[len(page)-1].seq
		s.messages = append(s.messages, page...)
	} else {
		s.next = page[0].seq
		s.messages = append(page, s.messages...)
	}
	return nil
}

// passed tells whether the run goes beyond a time, so that it has all messages of it.
func (s *stream) passed(time int64) bool {
	switch {
	case len(s.messages) == 0:
		return false
	case s.newer:
		return s.messages[len(s.messages)-1].sendTime > time
	}
	return s.messages[0].sendTime < time
}
