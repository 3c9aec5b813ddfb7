package core_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

// acked is a message that a sender was told to be delivered.
type acked struct {
	id, seq int64
	text    string
}

// crowdTalk is one conversation of the crowd: two members by their numbers, or the group.
type crowdTalk struct {
	a, b  int
	group bool
}

// crowd is three accounts, all of whom talk with each other and in a group at the same time.
type crowd struct {
	engine  *core.Engine
	callers []core.Caller

	mu    sync.Mutex
	acked map[crowdTalk][]acked
}

const (
	crowdSize  = 3
	crowdGroup = "crowd"
	crowdSends = 120 // by each sender
)

func (c *crowd) ref(user int, k crowdTalk) core.Ref {
	if k.group {
		return core.Ref{Group: crowdGroup}
	}
	return core.Ref{Peer: c.callers[k.a+k.b-user].User.ID}
}

// talks returns the conversations of a member.
func (c *crowd) talks(user int) []crowdTalk {
	all := []crowdTalk{{group: true}}
	for peer := range crowdSize {
		if peer != user {
			all = append(all, crowdTalk{a: min(user, peer), b: max(user, peer)})
		}
	}
	return all
}

func newCrowd(t *testing.T, store *memory.Store) *crowd {
	t.Helper()
	w := newWorld(t, store)
	c := &crowd{engine: w.engine, acked: make(map[crowdTalk][]acked)}
	n := core.NewGroup{ID: crowdGroup}
	for i := range crowdSize {
		c.callers = append(c.callers, core.Caller{App: w.app, User: register(t, w, fmt.Sprint("user", i))})
		if i > 0 {
			n.Members = append(n.Members, fmt.Sprint("user", i))
		}
	}
	if _, err := c.engine.CreateGroup(context.Background(), c.callers[0], n); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *crowd) note(k crowdTalk, text string, d core.Delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acked[k] = append(c.acked[k], acked{d.ID, d.Seq, text})
}

// send lets a member talk to both others and to the group. The last member never says that it has seen anything.
func (c *crowd) send(t *testing.T, user, sender int) {
	ctx := context.Background()
	for i := range crowdSends {
		text := fmt.Sprint(user, " ", sender, " ", i)
		out := core.Outgoing{
			Content: core.Content{Kind: core.KindText, Body: []byte(text)}, Seen: i%3 == 0 && user != crowdSize-1,
		}
		if i%2 == 0 {
			d, err := c.engine.SendToGroup(ctx, c.callers[user], crowdGroup, out)
			if err != nil {
				t.Error(err)
				return
			}
			c.note(crowdTalk{group: true}, text, d)
			continue
		}
		var talks []crowdTalk
		for _, k := range c.talks(user)[1:] {
			talks = append(talks, k, k)
			to := c.ref(user, k).Peer
			out.To = append(out.To, to, to)
		}
		results, err := c.engine.Dispatch(ctx, c.callers[user], out)
		if err != nil || len(results) != len(talks) {
			t.Error(len(results), err)
			return
		}
		for n, r := range results {
			if r.Err != nil {
				t.Error(r.Err)
			}
			c.note(talks[n], text, r.Delivery)
		}
	}
}

// tolerate reports errors other than those that a race with another member explains.
func tolerate(t *testing.T, err error, codes ...core.Code) {
	t.Helper()
	for _, code := range codes {
		if core.CodeOf(err) == code {
			return
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// meddle revokes, deletes and moves marks of a member at random.
func (c *crowd) meddle(t *testing.T, user int) {
	ctx, caller := context.Background(), c.callers[user]
	random := rand.New(rand.NewPCG(uint64(user), 1))
	for i := range crowdSends {
		all := c.talks(user)
		ref := c.ref(user, all[random.IntN(len(all))])
		page, err := c.engine.Entries(ctx, caller, ref, core.EntryQuery{Last: 1 << 40, Limit: 10})
		if err != nil {
			t.Error(err)
			return
		}
		if page.MaxSeq == 0 {
			continue
		}
		seq := 1 + random.Int64N(page.MaxSeq)
		switch i % 4 {
		case 0:
			tolerate(t, c.engine.Revoke(ctx, caller, ref, seq), core.NotFound, core.Conflict, core.Forbidden)
		case 1:
			tolerate(t, c.engine.DeleteEntries(ctx, caller, ref, []int64{seq, page.MaxSeq}, false))
		case 2:
			tolerate(t, c.engine.DeleteEntries(ctx, caller, ref, []int64{seq}, true), core.Forbidden)
		case 3:
			if user != crowdSize-1 {
				tolerate(t, c.engine.ReadUpTo(ctx, caller, ref, seq, random.IntN(2) == 0))
			}
		}
	}
}

// read moves the marks of the last member, who alone does so, and returns where it has left them.
func (c *crowd) read(t *testing.T, marks map[crowdTalk]int64) {
	ctx, user := context.Background(), crowdSize-1
	random := rand.New(rand.NewPCG(7, 7))
	for range crowdSends {
		for _, k := range c.talks(user) {
			ref := c.ref(user, k)
			page, err := c.engine.Entries(ctx, c.callers[user], ref, core.EntryQuery{})
			if err != nil {
				t.Error(err)
				return
			}
			seq, back := random.Int64N(page.MaxSeq+1), random.IntN(3) == 0
			if err := c.engine.ReadUpTo(ctx, c.callers[user], ref, seq, back); err != nil {
				t.Error(err)
				return
			}
			if back || seq > marks[k] {
				marks[k] = seq
			}
		}
	}
}

// watch lists everything of a member many times, and once more after stop: no place is ever missing, and no number exceeds
// what is there.
func (c *crowd) watch(t *testing.T, user int, stop <-chan struct{}) {
	newest := make(map[crowdTalk]int64)
	for round := 0; round <= crowdSends; round++ {
		if round == crowdSends {
			<-stop // one more round, when nothing moves any more
		}
		runtime.Gosched() // others may have one processor between them
		for _, k := range c.talks(user) {
			if seq := c.look(t, user, k, newest[k]); seq >= newest[k] {
				newest[k] = seq
			} else {
				t.Errorf("the newest place went from %d to %d", newest[k], seq)
			}
		}
		threads, err := c.engine.Threads(context.Background(), c.callers[user])
		if err != nil {
			t.Error(err)
		}
		for i := range threads {
			checkBounds(t, &threads[i])
		}
		if t.Failed() {
			return
		}
	}
}

func checkBounds(t *testing.T, thread *core.Thread) {
	t.Helper()
	if thread.Unread < 0 || int64(thread.Unread) > thread.MaxSeq || thread.ReadSeq > thread.MaxSeq ||
		thread.Last != nil && (thread.Last.Seq > thread.MaxSeq || thread.Last.Hidden) {
		t.Errorf("%+v ends with %+v", thread, thread.Last)
	}
}

// look lists the newest entries of a conversation from the given place on and returns the last.
func (c *crowd) look(t *testing.T, user int, k crowdTalk, from int64) int64 {
	ctx, caller, ref := context.Background(), c.callers[user], c.ref(user, k)
	page, err := c.engine.Entries(ctx, caller, ref, core.EntryQuery{First: from, Last: 1 << 40, Limit: 70})
	if err != nil {
		t.Error(err)
		return from
	}
	for i, entry := range page.Entries {
		if want := page.MaxSeq - int64(len(page.Entries)-1-i); entry.Seq != want || i > 0 && entry.ID <= page.Entries[i-1].ID {
			t.Errorf("entry %d of %d is %+v, up to %d", i, len(page.Entries), entry, page.MaxSeq)
		}
	}
	if want := min(70, page.MaxSeq-max(from, page.MinSeq)+1); int64(len(page.Entries)) != max(0, want) {
		t.Errorf("%d entries from %d, bounds %d to %d", len(page.Entries), from, page.MinSeq, page.MaxSeq)
	}
	if thread, err := c.engine.Thread(ctx, caller, ref); err == nil {
		checkBounds(t, &thread)
	} else {
		tolerate(t, err, core.NotFound)
	}
	if !k.group {
		h, err := c.engine.History(ctx, caller, core.HistoryQuery{Peer: ref.Peer, Limit: 30}, nil)
		if err != nil {
			t.Error(err)
		}
		for i := range h.Messages {
			if i > 0 && h.Messages[i].ID <= h.Messages[i-1].ID {
				t.Errorf("message %d comes after %d", h.Messages[i].ID, h.Messages[i-1].ID)
			}
		}
	}
	return page.MaxSeq
}

// entries lists a whole conversation.
func (c *crowd) entries(t *testing.T, user int, k crowdTalk) (all []core.Entry) {
	t.Helper()
	for first := int64(1); ; first += core.MaxPage {
		page, err := c.engine.Entries(context.Background(), c.callers[user], c.ref(user, k), core.EntryQuery{
			First: first, Last: first + core.MaxPage - 1, Limit: core.MaxPage,
		})
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page.Entries...); len(page.Entries) < core.MaxPage {
			return all
		}
	}
}

// check compares the crowd at rest with what was acknowledged, and its counters with its entries.
func (c *crowd) check(t *testing.T, marks map[crowdTalk]int64) {
	t.Helper()
	ctx := context.Background()
	for user, caller := range c.callers {
		total := 0
		for _, k := range c.talks(user) {
			thread, err := c.engine.Thread(ctx, caller, c.ref(user, k))
			if err != nil {
				t.Fatal(err)
			}
			if thread.MaxSeq != int64(len(c.acked[k])) {
				t.Errorf("%+v has %d places and %d acknowledged messages", k, thread.MaxSeq, len(c.acked[k]))
			}
			bySeq := make(map[int64]core.Entry)
			unread, unreadByMark := 0, 0
			for _, entry := range c.entries(t, user, k) {
				bySeq[entry.Seq] = entry
				if k.group || !entry.Own {
					unread += map[bool]int{false: 1}[entry.Read]
					unreadByMark += map[bool]int{true: 1}[entry.Seq > marks[k]]
				}
			}
			// What is hidden from the beginning on is not listed; a member may have read it or not.
			if hidden := thread.MinSeq - 1; int64(thread.Unread-unread) > hidden || thread.Unread < unread {
				t.Errorf("%d counts %d unread in %+v and lists %d", user, thread.Unread, k, unread)
			}
			if user == crowdSize-1 && (unread != unreadByMark || thread.ReadSeq < marks[k]) {
				t.Errorf("%d unread beyond %d, want %d; read up to %d", unread, marks[k], unreadByMark, thread.ReadSeq)
			}
			places := make(map[int64]bool)
			for _, a := range c.acked[k] {
				if places[a.seq] || a.seq < 1 || a.seq > thread.MaxSeq {
					t.Errorf("the place of %+v is taken or does not exist", a)
				}
				places[a.seq] = true
				got, listed := bySeq[a.seq]
				if listed && (got.ID != a.id || got.Revoked == nil && !got.Hidden && string(got.Content.Body) != a.text) ||
					!listed && a.seq >= thread.MinSeq {
					t.Errorf("%+v is %+v, %v", a, got, listed)
				}
			}
			if !k.group {
				total += thread.Unread
			}
		}
		if n, err := c.engine.Unread(ctx, caller); err != nil || n != total {
			t.Errorf("%d has %d unread in all, want %d: %v", user, n, total, err)
		}
	}
}

// Senders, revokers, deleters and readers at once lose nothing, and nobody ever sees a gap.
func TestConcurrentThreads(t *testing.T) {
	store := memory.New()
	c := newCrowd(t, store)
	var work, watch sync.WaitGroup
	stop := make(chan struct{})
	marks := make(map[crowdTalk]int64)
	for user := range crowdSize {
		work.Go(func() { c.send(t, user, 0) })
		work.Go(func() { c.send(t, user, 1) })
		work.Go(func() { c.meddle(t, user) })
		watch.Go(func() { c.watch(t, user, stop) })
	}
	work.Go(func() { c.read(t, marks) })
	work.Wait()
	close(stop)
	watch.Wait()
	c.check(t, marks)
	second := openEngine(t, store)
	defer closeEngine(t, second)
	c.engine = second
	c.check(t, marks) // nothing of it depends on what the first engine remembers
}
