package core

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/storage"
	"parley/storage/memory"
)

// listModel is the runs of one user, and beside them the newest message of each chat.
type listModel struct {
	engine   *Engine
	state    *appState
	newest   map[conversationKey]int64
	last     int64
	position uint64
	given    int // rows that batches had
	written  int // rows of the runs that were written for them
	rewrites int // rows that were written by compactions
}

const listUser UserNumber = 1 << 40

func newListModel(t interface{ Fatal(args ...any) }, store storage.Store) *listModel {
	env := Environment{Now: time.Now, Random: rand.Reader}
	e, err := Open(context.Background(), store, env, Options{CacheMiB: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	e.StopFollower()
	app, err := e.PutApp(context.Background(), App{})
	if err != nil {
		t.Fatal(err)
	}
	return &listModel{engine: e, state: e.appState(app.Number), newest: make(map[conversationKey]int64)}
}

// conversation numbers those that the user has: every fifth are notices.
func (m *listModel) conversation(n int) conversationKey {
	peer := UserNumber(1 + n*n%1_000_003 + n) // of many widths
	if n%5 == 0 {
		return noticesConversation(m.state.number, peer, listUser)
	}
	return directConversation(m.state.number, listUser, peer)
}

// batch moves some chats, the last of them to the top, as one step of the follower does.
func (m *listModel) batch(chats []int) error {
	g := gain{user: listUser, index: new(chatIndex)}
	for _, n := range chats {
		k := m.conversation(n)
		m.last += 1 + int64(n%3)*200
		g.add(&feedEntry{conversation: k, previous: m.newest[k], newest: m.last, from: [2]uint32{1, 1}})
		m.newest[k] = m.last
	}
	m.position += uint64(len(chats))
	var p *runPlan
	err := m.engine.store.View(context.Background(), func(r storage.Reader) (err error) {
		if g.index, err = m.state.index(r, listUser); err != nil {
			return err
		}
		var seen chatSet
		rows := g.newestFirst(nil, &seen)
		m.given += len(rows)
		h := runHead{m.position, tally{g.index.chats + g.more.chats, g.index.received + g.more.received}}
		p, err = planRuns(r, m.state.number, listUser, g.index, rows, &seen, h)
		return err
	})
	if err != nil {
		return err
	}
	for _, w := range p.sets {
		m.written += w.run.count
	}
	return m.engine.writePlans(m.state, []*runPlan{p})
}

// check compares the list with a plain sort, and the runs with what is said of them. It returns how many there are.
func (m *listModel) check(t interface{ Fatalf(string, ...any) }) (runs int) {
	want := slices.SortedFunc(maps.Keys(m.newest), func(a, b conversationKey) int { return cmp.Compare(m.newest[b], m.newest[a]) })
	err := m.engine.store.View(context.Background(), func(r storage.Reader) error {
		list, err := newChatList(r, m.state.number, listUser, nil)
		if err != nil {
			return err
		}
		if list.total != (tally{uint64(len(want)), m.position}) {
			t.Fatalf("the tally is %+v, want %d and %d", list.total, len(want), m.position)
		}
		rows, err := list.page(0, len(want)+1)
		if err != nil {
			return err
		}
		if len(rows) != len(want) {
			t.Fatalf("%d chats, want %d", len(rows), len(want))
		}
		for i, row := range rows {
			if row.conversation != want[i] || row.newest != m.newest[want[i]] {
				t.Fatalf("chat %d is %+v, want %+v at %d", i, row, want[i], m.newest[want[i]])
			}
		}
		runs, err = m.checkRuns(t, r)
		return err
	})
	if err != nil {
		t.Fatalf("the list cannot be read: %v", err)
	}
	return runs
}

func (m *listModel) checkRuns(t interface{ Fatalf(string, ...any) }, r storage.Reader) (int, error) {
	stored, err := loadChatIndex(r, m.state.number, listUser)
	if err != nil {
		return 0, err
	}
	known, err := m.state.index(r, listUser)
	if err != nil {
		return 0, err
	}
	if known.runHead != stored.runHead || !slices.Equal(known.runs, stored.runs) {
		t.Fatalf("remembered is %+v, stored %+v", known, stored)
	}
	above := int64(maxMessageID)
	for _, run := range stored.runs {
		if run.newest >= above || run.count < 1 || run.count > maxRun {
			t.Fatalf("run %+v below message %d", run, above)
		}
		rows := 0
		err := readRun(r, m.state.number, listUser, run, func(row chatRow) {
			if row.newest >= above || rows == 0 && row.newest != run.newest {
				t.Fatalf("row %+v in run %+v below message %d", row, run, above)
			}
			above = row.newest
			rows++
		})
		if err != nil {
			return 0, err
		}
		if rows != run.count {
			t.Fatalf("run %+v has %d rows", run, rows)
		}
	}
	return len(stored.runs), nil
}

// compact does what a step does at its end.
func (m *listModel) compact() error {
	before := m.state.wasteful
	if err := m.engine.compactWaste(m.state); err != nil {
		return err
	}
	if len(before) == 0 {
		return nil
	}
	m.rewrites += len(m.newest)
	return nil
}

// Batches of any kind give the list that a plain sort gives, in few runs, and a row is written few times.
func TestRunsAreASortedList(t *testing.T) {
	// A row is written once with its batch, once for every run of half its own run's size or more that joins it, and at
	// the most once more by a compaction; measured are 1 to 7 on average.
	const perRow = 10
	worst, compactions := 0.0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := newListModel(t, memory.New())
		defer func() {
			if err := m.engine.Close(); err != nil {
				t.Fatal(err)
			}
		}()
		chats := rapid.SampledFrom([]int{1, 3, 40, 700, 5000}).Draw(t, "chats")
		most := rapid.SampledFrom([]int{1, 2, 20, 600, 2000}).Draw(t, "largest batch")
		hot := rapid.IntRange(1, chats).Draw(t, "hot chats")
		for range rapid.SampledFrom([]int{1, 10, 40, 120}).Draw(t, "batches") {
			batch := make([]int, rapid.SampledFrom([]int{1, 1 + most/20, 1 + most/2, most}).Draw(t, "size"))
			first := rapid.IntRange(0, chats-1).Draw(t, "first")
			stride := rapid.SampledFrom([]int{0, 1, 7}).Draw(t, "stride")
			within := rapid.SampledFrom([]int{chats, hot}).Draw(t, "within")
			for i := range batch {
				batch[i] = (first + i*stride) % within
			}
			if err := m.batch(batch); err != nil {
				t.Fatal(err)
			}
			if err := m.compact(); err != nil {
				t.Fatal(err)
			}
		}
		runs := m.check(t)
		if limit := 10 + 10*(2*len(m.newest)+4*maxRun)/maxRun; runs > limit {
			t.Fatalf("%d runs for %d chats, want at most %d", runs, len(m.newest), limit)
		}
		if m.rewrites > 0 {
			compactions++
		}
		worst = max(worst, float64(m.written+m.rewrites)/float64(m.given))
		if m.written+m.rewrites > perRow*m.given {
			t.Fatalf("%d and %d rows written for %d", m.written, m.rewrites, m.given)
		}
	})
	t.Logf("at most %.1f rows were written for one; %d lists have been compacted", worst, compactions)
}

var errTaken = errors.New("the power was cut")

// cuttingStore fails one transaction, before it is committed or after.
type cuttingStore struct {
	storage.Store
	left  int
	after bool
}

func (s *cuttingStore) Update(ctx context.Context, fn func(storage.Writer) error) error {
	s.left--
	if s.left == 0 && !s.after {
		return errTaken
	}
	err := s.Store.Update(ctx, fn)
	if s.left == 0 && err == nil {
		return errTaken
	}
	return err
}

// A compaction of several transactions leaves the list as it was, and one that both ends and reopening survive,
// whichever of them is the last.
func TestCompactionInParts(t *testing.T) {
	const chats = 70_000 // three transactions, as is asserted by the third that fails
	for _, after := range []bool{false, true} {
		for cut := 1; cut <= 3; cut++ {
			store := &cuttingStore{Store: memory.New(), after: after}
			m := newListModel(t, store)
			batch := make([]int, 2000)
			for i := 0; !slices.Contains(m.state.wasteful, listUser); i++ {
				for k := range batch {
					batch[k] = (i*len(batch) + k) % chats
				}
				if err := m.batch(batch); err != nil {
					t.Fatal(err)
				}
			}
			m.check(t)
			store.left = cut
			err := m.compact()
			if !errors.Is(err, errTaken) {
				t.Fatalf("the transaction did not fail: %v", err)
			}
			if after { // the engine does not know what it has written
				if err := m.compactOnce(); !errors.Is(err, errCursorMoved) {
					t.Errorf("after a transaction that was committed unnoticed: %v", err)
				}
				if err := m.engine.takeOver(m.state); err != nil {
					t.Fatal(err)
				}
			}
			m.check(t)
			if err := m.compactOnce(); err != nil {
				t.Fatal(err)
			}
			m.check(t)
			if x := m.stored(t); x.wasteful() {
				t.Errorf("%d rows are left for %d chats", x.rows(), chats)
			}
			if err := m.engine.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func (m *listModel) compactOnce() error { return m.engine.compactRuns(m.state, listUser) }

// stored is what the store holds.
func (m *listModel) stored(t *testing.T) (x *chatIndex) {
	t.Helper()
	err := m.engine.store.View(context.Background(), func(r storage.Reader) (err error) {
		x, err = loadChatIndex(r, m.state.number, listUser)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}
