package core_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"parley/core"
	"parley/storage"
	"parley/storage/memory"
)

const restless = 600 // chats of a user that move again and again

// newRestless returns a model in which user 0 talks with all others.
func newRestless(t *testing.T) *runsModel {
	t.Helper()
	m := newRunsModel(t, memory.New(), 1+restless)
	m.moveAll(t, rand.New(rand.NewPCG(3, 4)))
	return m
}

// moveAll moves every chat of user 0, in some order.
func (m *runsModel) moveAll(t *testing.T, random *rand.Rand) {
	t.Helper()
	to := random.Perm(restless)
	for i := range to {
		to[i]++
	}
	m.send(t, 0, core.Direct, to...)
}

// checkRuns checks that what a user's runs hold in vain does not grow. The rows of steps that have not ended come on top.
func (m *runsModel) checkRuns(t *testing.T, steps int) {
	t.Helper()
	runs, rows, err := m.engine.Runs(m.caller(0))
	if limit := 2*restless + 4*core.MaxRun + steps*restless; err != nil || rows > limit {
		t.Fatalf("%d rows for %d chats, want at most %d: %v", rows, restless, limit, err)
	}
	// Of a merge that exceeds a run the rest is a run, and nine lie between one of which half is new and a full one.
	if limit := 2*(rows/core.MaxRun) + 10; runs > limit {
		t.Fatalf("%d runs of %d rows, want at most %d", runs, rows, limit)
	}
}

func TestRunsOfARestlessListStayFew(t *testing.T) {
	m := newRestless(t)
	random := rand.New(rand.NewPCG(5, 6))
	compactions, before := 0, 0
	for round := range 60 {
		for range random.IntN(30) {
			m.send(t, 1+random.IntN(restless), core.Direct, 0)
			m.follow(t, 1+random.IntN(3))
			m.checkRuns(t, 0)
		}
		m.moveAll(t, random)
		m.follow(t, 1+random.IntN(2*restless))
		m.checkRuns(t, 0)
		_, rows, err := m.engine.Runs(m.caller(0))
		if err != nil {
			t.Fatal(err)
		}
		if rows < before {
			compactions++
		}
		before = rows
		if round%6 == 0 {
			m.check(t, 0, 100)
		}
	}
	if compactions == 0 {
		t.Error("the runs have never been rewritten")
	}
	m.reopen(t)
	m.check(t, 0, restless+1)
}

// Every transaction of the steps in which runs are rewritten fails once in every way.
func TestCompactionSurvivesEveryFailure(t *testing.T) {
	m := newRestless(t)
	random := rand.New(rand.NewPCG(7, 8))
	const rounds = 7 // after so many the runs are rewritten
	last := 0        // the last transaction of a step that has failed
	for _, f := range []fate{{"refused", storage.ErrConflict, false}, {"committed", storage.ErrConflict, true}} {
		for k := 1; k <= 5; k++ {
			for round := range rounds {
				m.moveAll(t, random)
				m.store.arm(k, f)
				if err := m.engine.FollowOnce(1 << 15); err != nil {
					last = max(last, k)
					m.check(t, 0, 200)
				}
				m.store.arm(0, f)
				m.checkRuns(t, rounds)
				if (round+k)%3 == 0 {
					m.reopen(t)
				}
			}
			m.moveAll(t, random)
			m.follow(t, 1<<15)
			m.checkRuns(t, 0)
			m.check(t, 0, 200)
			m.check(t, 1+random.IntN(restless), 10)
		}
	}
	if last < 4 {
		t.Errorf("the last transaction that failed was number %d of a step: none that rewrites runs", last)
	}
}

// What one call lists holds every chat once and in order, whatever is written and rewritten meanwhile.
func TestListsDuringCompaction(t *testing.T) {
	m := newRestless(t)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for reader := range 2 {
		readers.Go(func() {
			unread := 0
			for {
				select {
				case <-done:
					return
				default:
				}
				if reader == 0 {
					unread = m.checkTotals(t, unread)
					m.checkOnePage(t, 0, core.MaxPage)
				} else {
					m.checkOnePage(t, 100, 150)
					m.checkAllThreads(t)
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		random := rand.New(rand.NewPCG(9, 10))
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := m.engine.FollowOnce(1 + random.IntN(2*restless)); err != nil {
				t.Error(err)
			}
		}
	}()
	random := rand.New(rand.NewPCG(11, 12))
	for range 25 {
		m.moveAll(t, random)
		for range 20 {
			m.send(t, 1+random.IntN(restless), core.Direct, 0)
		}
	}
	close(done)
	readers.Wait()
	<-ended
	m.follow(t, 1<<15)
	m.check(t, 0, 200)
	m.checkRuns(t, 0)
}

// checkTotals checks that user 0's unread messages have not become fewer, and returns how many they are.
func (m *runsModel) checkTotals(t *testing.T, before int) int {
	unread, err := m.engine.Unread(context.Background(), m.caller(0))
	if err != nil || unread < before {
		t.Errorf("%d unread after %d: %v", unread, before, err)
	}
	return unread
}

func (m *runsModel) checkOnePage(t *testing.T, offset, limit int) {
	page, err := m.engine.Conversations(context.Background(), m.caller(0), offset, limit)
	if err != nil || page.Total != restless || len(page.Conversations) != min(limit, restless-offset) {
		t.Errorf("%d chats on a page of %d: %v", len(page.Conversations), page.Total, err)
	}
	seen := make(map[string]bool)
	for i, chat := range page.Conversations {
		if seen[chat.Peer.UUID] || i > 0 && chat.Last.ID >= page.Conversations[i-1].Last.ID {
			t.Errorf("chat %d of a page is there twice or out of order", i)
		}
		seen[chat.Peer.UUID] = true
	}
}

func (m *runsModel) checkAllThreads(t *testing.T) {
	threads, err := m.engine.Threads(context.Background(), m.caller(0))
	seen := make(map[string]bool)
	for _, thread := range threads {
		seen[thread.Peer.UUID] = true
	}
	if err != nil || len(threads) != restless || len(seen) != restless {
		t.Errorf("%d threads with %d others: %v", len(threads), len(seen), err)
	}
}
