package server

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/adapters/wire/mirror"
	"parley/core"
)

// TestCutoverAndRollbackUnderLoad moves an app to the other server and back while its members talk. Nobody's request
// fails, nothing is lost, and both servers hold the same in the same order.
func TestCutoverAndRollbackUnderLoad(t *testing.T) {
	for _, mode := range []mirror.Mode{mirror.Legacy, mirror.MirrorLegacy} {
		t.Run(string(mode), func(t *testing.T) { cutoverUnderLoad(t, mode) })
	}
}

func cutoverUnderLoad(t *testing.T, mode mirror.Mode) {
	p := newPair(t, mode, nil)
	p.join(6)
	p.step("begin")
	var (
		wg    sync.WaitGroup
		stop  atomic.Bool
		total atomic.Int64
		acked [6][]string
	)
	for i := range p.members {
		wg.Go(func() {
			m := p.as(p.front, p.members[i])
			peer := p.members[i^1].session.UUID // both sides of a conversation talk
			for n := 0; !stop.Load(); n++ {
				text := fmt.Sprintf("%d/%d", i, n)
				if err := say(t, m, peer, text); err != nil {
					t.Errorf("message %s: %v", text, err)
					return
				}
				acked[i] = append(acked[i], text)
				if n%10 == 9 {
					if _, err := m.History(t.Context(), core.HistoryQuery{Peer: peer, Limit: 5}); err != nil {
						t.Errorf("reading: %v", err)
						return
					}
					if _, err := m.MarkRead(t.Context(), peer, 0); err != nil {
						t.Errorf("marking: %v", err)
						return
					}
				}
				total.Add(1)
			}
		})
	}
	more := func() {
		for from := total.Load(); total.Load() < from+300 && !t.Failed(); {
			if _, err := p.as(p.front, p.members[0]).Unread(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	more()
	p.commitWhenReady()
	more()
	if s := p.status(); s.State != mirror.Committed {
		t.Errorf("state %s", s.State)
	}
	if late, err := p.client(p.front).Login(t.Context(), "member0", password); err != nil {
		t.Error(err)
	} else if _, err := p.client(p.legacy).As(late).Unread(t.Context()); err != nil {
		t.Errorf("a session that began after the commit is not good at the legacy server: %v", err)
	}
	p.step("rollback")
	more()
	stop.Store(true)
	wg.Wait()
	p.front.Mirror().Settle()
	if s := p.status(); s.State != mirror.AtLegacy || s.Queue.Aside+s.Queue.Waiting > 0 || s.Queue.Counts != (mirror.Counts{}) || len(s.Log) < 4 {
		t.Errorf("status %+v", s)
	}
	groups, _ := p.front.Mirror().Groups(mirrorApp)
	if found := real(groups); len(found) > 0 {
		t.Logf("differences under load:\n%s", describe(found))
	}
	p.sameAtTheTime(acked[:])
}

// TestCutoverOfOpenIM moves an app whose business server sends in its users' names.
func TestCutoverOfOpenIM(t *testing.T) {
	p := newPair(t, mirror.MirrorLegacy, nil)
	p.join(2)
	p.step("begin")
	a, b := p.members[0].session.UUID, p.members[1].session.UUID
	im := p.openim(p.front)
	var sent []string
	more := func() {
		for range 40 {
			text := fmt.Sprint("text ", len(sent))
			from, to := a, b
			if len(sent)%3 == 0 {
				from, to = b, a
			}
			if err := say(t, im.As(from), to, text); err != nil {
				t.Fatal(err)
			}
			sent = append(sent, text)
		}
		if _, err := im.As(a).MarkRead(t.Context(), b, 0); err != nil {
			t.Fatal(err)
		}
	}
	more()
	p.commitWhenReady()
	more()
	p.step("rollback")
	p.front.Mirror().Settle()
	groups, _ := p.front.Mirror().Groups(mirrorApp)
	if found := real(groups); len(found) > 0 {
		t.Logf("differences while writes were on their way:\n%s", describe(found))
	}
	p.set(mirror.Local)
	for _, who := range [][2]string{{a, b}, {b, a}} {
		old, here := texts(t, p.openim(p.legacy).As(who[0]), who[1]), texts(t, p.openim(p.front).As(who[0]), who[1])
		if len(old) != len(sent) || !slices.Equal(old, here) {
			t.Errorf("%d texts at the legacy server, %d here, %d sent", len(old), len(here), len(sent))
		}
		was, err1 := p.openim(p.legacy).As(who[0]).Unread(t.Context())
		is, err2 := p.openim(p.front).As(who[0]).Unread(t.Context())
		if was != is || err1 != nil || err2 != nil {
			t.Errorf("%d unread at the legacy server, %d here, %v, %v", was, is, err1, err2)
		}
	}
}

// commitWhenReady commits in a moment in which nothing waits, which under load passes.
func (p *pairOfServers) commitWhenReady() {
	p.t.Helper()
	for range 10000 {
		err := p.front.Mirror().Commit(p.t.Context(), mirrorApp, false)
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "not ready") {
			p.t.Fatal(err)
		}
		if _, err := p.as(p.front, p.members[0]).Unread(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
	}
	p.t.Fatalf("it is never ready: %+v", p.status())
}

// sameAtTheTime compares both servers up to the rollback through their clients: what the legacy server was told after that
// is not repeated here.
func (p *pairOfServers) sameAtTheTime(acked [][]string) {
	t := p.t
	p.set(mirror.Local)
	for i, who := range p.members {
		peer := p.members[i^1].session.UUID
		old, here := texts(t, p.as(p.legacy, who), peer), texts(t, p.as(p.front, who), peer)
		if len(here) == 0 || len(old) < len(here) || !slices.Equal(old[:len(here)], here) {
			t.Errorf("%s: %d texts at the legacy server, %d here", who.name, len(old), len(here))
		}
		own := 0
		for _, text := range old {
			if strings.HasPrefix(text, "true ") {
				if want := fmt.Sprintf(`true {"content":%q}`, acked[i][own]); text != want {
					t.Fatalf("%s: the legacy server has %s, want %s", who.name, text, want)
				}
				own++
			}
		}
		if own != len(acked[i]) {
			t.Errorf("%s: %d of %d acknowledged messages are at the legacy server", who.name, own, len(acked[i]))
		}
	}
}
