package core

import (
	"context"
	"slices"

	"parley/storage"
)

// followStep brings the chat lists of one app up to as many entries of the feed as it takes at once, and at most limit.
//
// The users' runs are written first, in as many transactions as they need, and the cursor moves in the last one. A crash
// in between leaves runs that are ahead of the cursor; they say so, and readers as well as the next step leave out the
// entries that such a run contains.
func (e *Engine) followStep(state *appState, limit int) error {
	base, entries, records := state.activity.oldest(limit)
	n := followable(base, len(entries), records)
	plans, err := e.planStep(state, base, entries[:n])
	if err != nil {
		return err
	}
	for len(plans) > 0 {
		some := fittingPlans(plans)
		if err := e.writePlans(state, plans[:some]); err != nil {
			return err
		}
		plans = plans[some:]
	}
	finished := state.activity.finished(n)
	err = e.followUpdate(state, base+uint64(n), func(tx storage.Writer) error {
		for _, position := range finished {
			if err := tx.Delete(appendFeedKey(nil, state.number, position)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	state.activity.advanceTo(base + uint64(n))
	return e.compactWaste(state)
}

// followWrites bounds the keys of one transaction of the follower.
const followWrites = storage.MaxWrites - 16

// followable returns how many of the entries, which begin at base, one step takes: as many as have feed records that can
// be deleted in one transaction.
func followable(base uint64, entries int, records []uint64) int {
	if len(records) > followWrites {
		return min(entries, int(records[followWrites]-base))
	}
	return entries
}

// gain is what some feed entries add to one user's chat list.
type gain struct {
	user  UserNumber
	index *chatIndex
	rows  []chatRow // oldest first; a conversation may stand there more than once
	more  tally
}

// planStep works out how the entries change the runs of each user.
func (e *Engine) planStep(state *appState, base uint64, entries []feedEntry) (plans []*runPlan, err error) {
	gains, of := gather(entries)
	err = e.store.View(context.Background(), func(r storage.Reader) error {
		if err := state.unmoved(r); err != nil {
			return err
		}
		for i := range gains {
			if gains[i].index, err = state.index(r, gains[i].user); err != nil {
				return err
			}
		}
		for i := range entries {
			for _, g := range of[i] {
				if g > 0 && base+uint64(i) >= gains[g-1].index.upTo {
					gains[g-1].add(&entries[i])
				}
			}
		}
		var seen chatSet
		rows := make([]chatRow, 0, maxRun)
		for i := range gains {
			g := &gains[i]
			if len(g.rows) == 0 {
				continue
			}
			seen.clear()
			rows = g.newestFirst(rows[:0], &seen)
			h := runHead{base + uint64(len(entries)), tally{g.index.chats + g.more.chats, g.index.received + g.more.received}}
			p, err := planRuns(r, state.number, g.user, g.index, rows, &seen, h)
			if err != nil {
				return err
			}
			plans = append(plans, p)
		}
		return nil
	})
	return plans, err
}

// gather returns the users whom the entries concern, in the order of their first entries, with room for the rows of each,
// and for each entry the numbers of its users among them, from one; zero is none.
func gather(entries []feedEntry) (gains []gain, of [][2]int32) {
	numbers := make(map[UserNumber]int32)
	of = make([][2]int32, len(entries))
	var counts []int32
	all := 0
	for i := range entries {
		users, listed := entries[i].listed()
		all += listed
		for side, user := range users[:listed] {
			n := numbers[user]
			if n == 0 {
				gains, counts = append(gains, gain{user: user}), append(counts, 0)
				n = int32(len(gains))
				numbers[user] = n
			}
			counts[n-1]++
			of[i][side] = n
		}
	}
	rows := make([]chatRow, all)
	for i, n := range counts {
		gains[i].rows, rows = rows[:0:n], rows[n:]
	}
	return gains, of
}

func (g *gain) add(f *feedEntry) {
	g.rows = append(g.rows, chatRow{f.conversation, f.newest})
	g.more.received += uint64(f.from[1-f.conversation.side(g.user)])
	if f.previous == 0 {
		g.more.chats++
	}
}

// newestFirst appends the rows in the order of a run, of each conversation the newest. Their conversations are added to
// seen.
func (g *gain) newestFirst(rows []chatRow, seen *chatSet) []chatRow {
	for _, row := range slices.Backward(g.rows) {
		if seen.add(row.conversation) {
			rows = append(rows, row)
		}
	}
	return rows
}

// index returns what is known of a user's runs, from memory or from the store. As long as the cursor is where this engine
// has left it, nobody else has written runs.
func (s *appState) index(r storage.Reader, user UserNumber) (*chatIndex, error) {
	if x, ok := s.indexes.get(user); ok {
		return x, nil
	}
	return loadChatIndex(r, s.number, user)
}

// fittingPlans returns how many of the plans, and at least one, fit into a transaction.
func fittingPlans(plans []*runPlan) int {
	keys, bytes := 0, 0
	for i, p := range plans {
		k, b := p.weight()
		if keys, bytes = keys+k, bytes+b; i > 0 && (keys > followWrites || bytes > groupBytes) {
			return i
		}
	}
	return len(plans)
}

// writePlans writes the runs of some users. The cursor stays.
func (e *Engine) writePlans(state *appState, plans []*runPlan) error {
	err := e.followUpdate(state, state.follow.position, func(tx storage.Writer) error {
		for _, p := range plans {
			if err := p.apply(tx, state.number); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range plans {
		state.indexes.put(p.user, p.next, p.next.size())
		if p.next.wasteful() {
			state.wasteful = append(state.wasteful, p.user)
		}
	}
	return nil
}
