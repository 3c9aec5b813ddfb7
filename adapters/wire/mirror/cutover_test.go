package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire/mirror"
)

// committed is a stage on which this server answers and the legacy server gets the writes.
func committed(t *testing.T, change func(*mirror.Options)) *stage {
	t.Helper()
	s := newStage(t, mirror.Legacy, change)
	s.must(s.front.Begin(t.Context(), toyApp))
	s.until("ready", func(a mirror.AppStatus) bool { return a.State == mirror.Ready })
	s.must(s.front.Commit(t.Context(), toyApp, false))
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) refused(err error, words string) {
	s.t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		s.t.Errorf("got %v, want %q", err, words)
	}
}

func idle(a mirror.AppStatus) bool { return a.Queue.Waiting == 0 }

func TestEveryTransition(t *testing.T) {
	s := newStage(t, mirror.MirrorLegacy, nil)
	ctx := t.Context()
	s.refused(s.front.Commit(ctx, toyApp, true), "in state legacy")
	s.refused(s.front.Rollback(ctx, toyApp, true), "in state legacy")
	s.refused(s.front.Abort(ctx, toyApp), "in state legacy")
	s.refused(s.front.Finish(ctx, toyApp, true), "in state legacy")
	s.must(s.front.Begin(ctx, toyApp))
	s.refused(s.front.Begin(ctx, toyApp), "in state")
	mode := mirror.Local
	s.refused(s.front.Set(ctx, toyApp, mirror.Change{Mode: &mode}), "commit and rollback only")
	s.call("POST", "/write"+own+"&n=1")
	s.until("idle", idle)
	if got := s.here.requests(); len(got) != 1 {
		t.Errorf("begun: %q here", got)
	}
	s.must(s.front.Abort(ctx, toyApp))
	s.call("POST", "/write"+own+"&n=2")
	if got := s.here.requests(); len(got) != 1 {
		t.Errorf("aborted: %q here", got)
	}
	s.must(s.front.Begin(ctx, toyApp))
	s.until("ready", func(a mirror.AppStatus) bool { return a.State == mirror.Ready })
	s.must(s.front.Commit(ctx, toyApp, false))
	if a := s.status(); a.State != mirror.Committed || a.Mode != mirror.MirrorLocal {
		t.Errorf("%+v", a.Plan)
	}
	legacy := len(s.legacy.requests())
	s.call("POST", "/write"+own+"&n=3")
	s.until("idle", idle)
	if got := s.legacy.requests()[legacy:]; len(got) != 1 || got[0] != "POST /write"+own+"&n=3" {
		t.Errorf("committed: %q", got)
	}
	s.must(s.front.Rollback(ctx, toyApp, false))
	if a := s.status(); a.State != mirror.AtLegacy || a.Mode != mirror.MirrorLegacy {
		t.Errorf("%+v", a.Plan)
	}
	s.must(s.front.Begin(ctx, toyApp))
	s.until("ready", func(a mirror.AppStatus) bool { return a.State == mirror.Ready })
	s.must(s.front.Commit(ctx, toyApp, false))
	s.must(s.front.Finish(ctx, toyApp, false))
	legacy = len(s.legacy.requests())
	s.call("POST", "/write"+own+"&n=4")
	s.until("idle", idle)
	if got := s.legacy.requests()[legacy:]; len(got) != 0 {
		t.Errorf("closed: %q", got)
	}
	var steps []string
	for _, step := range s.status().Log {
		steps = append(steps, string(step.To))
	}
	if got := strings.Join(steps, " "); got != "begun ready legacy begun ready committed legacy begun ready committed closed" {
		t.Errorf("the log says %s", got)
	}
}

// TestRepairQueue lets the legacy server be down while this one answers.
func TestRepairQueue(t *testing.T) {
	s := committed(t, nil)
	s.legacy.set(true, nil)
	for i := range 20 {
		if status, _ := s.call("POST", fmt.Sprintf("/write%s&n=%d", own, i)); status != 200 {
			t.Fatal(status)
		}
	}
	s.until("stuck", func(a mirror.AppStatus) bool { return a.Queue.Error != "" })
	if a := s.status(); a.Queue.Waiting != 20 || !strings.Contains(a.Queue.Error, errDown.Error()) {
		t.Errorf("%+v", a.Queue)
	}
	s.refused(s.front.Rollback(t.Context(), toyApp, false), "20 writes wait")
	s.refused(s.front.Finish(t.Context(), toyApp, false), "20 writes wait")
	if a := s.status(); a.State != mirror.Committed {
		t.Errorf("state %s", a.State)
	}
	s.legacy.set(false, nil)
	s.until("idle", idle)
	got := s.legacy.requests()
	for i := range 20 {
		if want := fmt.Sprintf("POST /write%s&n=%d", own, i); len(got) != 20 || got[i] != want {
			t.Fatalf("%q", got)
		}
	}
	s.must(s.front.Rollback(t.Context(), toyApp, false))
}

func TestRollbackByForceSetsAside(t *testing.T) {
	s := committed(t, nil)
	s.legacy.set(true, nil)
	s.call("POST", "/write"+own)
	s.until("stuck", func(a mirror.AppStatus) bool { return a.Queue.Error != "" })
	s.must(s.front.Rollback(t.Context(), toyApp, true))
	a := s.status()
	if a.State != mirror.AtLegacy || a.Queue.Aside != 1 || a.Queue.Waiting != 0 || !strings.Contains(a.Log[len(a.Log)-1].Note, "1 writes wait") {
		t.Errorf("%+v", a)
	}
	s.refused(s.front.Begin(t.Context(), toyApp), "earlier cutover")
	s.legacy.set(false, nil)
	s.must(s.front.Repair(t.Context(), toyApp, false))
	s.until("idle", func(a mirror.AppStatus) bool { return idle(a) && a.Queue.Aside == 0 })
	if len(s.legacy.requests()) != 1 {
		t.Errorf("%q", s.legacy.requests())
	}
}

func TestRefusedWritesAreSetAside(t *testing.T) {
	s := committed(t, nil)
	s.legacy.set(false, func(ctx *fasthttp.RequestCtx) {
		if ctx.QueryArgs().Has("bad") {
			ctx.SetBodyString(`{"ok":false,"why":"no such user"}`)
		}
	})
	s.call("POST", "/write"+own+"&bad")
	s.call("POST", "/write"+own)
	s.call("POST", "/end"+own+"&bad") // what is to end is not there
	s.until("idle", idle)
	if q := s.status().Queue; q.Aside != 1 || !slices.ContainsFunc(q.Reasons, func(r string) bool { return strings.Contains(r, "no such user") }) {
		t.Errorf("%+v", q)
	}
	s.refused(s.front.Rollback(t.Context(), toyApp, false), "1 the other server has refused")
	s.must(s.front.Repair(t.Context(), toyApp, true))
	s.must(s.front.Rollback(t.Context(), toyApp, false))
}

func TestIDsOfOneSideAreCounted(t *testing.T) {
	s := committed(t, nil)
	s.call("POST", "/write"+own+"&since=7")
	if q := s.status().Queue; q.Foreign != 1 || len(s.legacy.requests()) != 0 {
		t.Errorf("%+v", q)
	}
	s.refused(s.front.Rollback(t.Context(), toyApp, false), "name ids of one side")
}

// TestStateAndWritesOutliveTheProcess starts again in the middle.
func TestStateAndWritesOutliveTheProcess(t *testing.T) {
	s := committed(t, nil)
	s.legacy.set(true, nil)
	for i := range 5 {
		s.call("POST", fmt.Sprintf("/write%s&n=%d", own, i))
	}
	s.call("POST", "/write"+own+"&since=7")
	s.until("stuck", func(a mirror.AppStatus) bool { return a.Queue.Error != "" && a.Queue.Waiting == 5 })
	s.must(s.front.Close())
	s.legacy.set(false, nil)
	s.open(mirror.Legacy, nil)
	if a := s.status(); a.State != mirror.Committed || a.Queue.Foreign != 1 {
		t.Errorf("%+v", a)
	}
	s.call("POST", "/write"+own+"&n=5")
	s.until("idle", idle)
	got := s.legacy.requests()
	if len(got) != 6 || got[0] != "POST /write"+own+"&n=0" || got[5] != "POST /write"+own+"&n=5" {
		t.Errorf("%q", got)
	}
}

func TestWritesThatCannotBeStoredAreCounted(t *testing.T) {
	s := committed(t, nil)
	s.keeper.mu.Lock()
	s.keeper.broken = errors.New("the disk is full")
	s.keeper.mu.Unlock()
	if status, _ := s.call("POST", "/write"+own); status != 200 {
		t.Errorf("the client is told %d", status)
	}
	if s.status().Queue.Lost != 1 {
		t.Errorf("%+v", s.status().Queue)
	}
	s.refused(s.front.Rollback(t.Context(), toyApp, false), "1 are lost")
	s.refused(s.front.Rollback(t.Context(), toyApp, true), "the disk is full")
	if s.status().State != mirror.Committed {
		t.Error("a state that is not stored is in force")
	}
}

// TestStepsThatTakeTooLongDoNotHappen holds a request back and tries to begin meanwhile.
func TestStepsThatTakeTooLongDoNotHappen(t *testing.T) {
	s := newStage(t, mirror.Legacy, func(o *mirror.Options) { o.Hold = 20 * time.Millisecond })
	hold, reached := make(chan struct{}), make(chan struct{})
	s.legacy.set(false, func(*fasthttp.RequestCtx) {
		close(reached)
		<-hold
	})
	answered := make(chan int, 1)
	go func() {
		answered <- s.server.Send(t, []byte("GET /read"+own+" HTTP/1.1\r\nHost: chat.example\r\n\r\n")).StatusCode()
	}()
	<-reached
	s.refused(s.front.Begin(t.Context(), toyApp), "nothing has changed")
	if s.status().State != mirror.AtLegacy {
		t.Error("it has begun")
	}
	close(hold)
	if status := <-answered; status != 200 {
		t.Errorf("status %d", status)
	}
	s.legacy.set(false, nil)
	if status, _ := s.call("GET", "/read"+own); status != 200 {
		t.Errorf("afterwards: %d", status)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if s.front.Begin(cancelled, toyApp) != nil {
		t.Log("an operator who is gone is as good as another") // nothing runs, so nothing had to be waited for
	}
}

func TestSharedStoresDoNotMove(t *testing.T) {
	s := newStage(t, mirror.Legacy, func(o *mirror.Options) { o.Shared = true })
	s.refused(s.front.Begin(t.Context(), toyApp), "several servers")
}
