package official_test

import (
	"testing"
	"time"

	"parley/core/official"
	"parley/storage"
	"parley/storage/memory"
)

// sharedStore says that others may write to it.
type sharedStore struct{ storage.Store }

func (sharedStore) Exclusive() bool { return false }

// twoProcesses are two services on one store.
func twoProcesses(t *testing.T) (here, there *world) {
	t.Helper()
	store := sharedStore{memory.New()}
	here = newWorld(t, store)
	there = &world{store: store, now: here.now, options: here.options, account: here.account}
	there.open(t)
	return here, there
}

func TestProcessesKnowEachOthersAccounts(t *testing.T) {
	ctx := t.Context()
	here, there := twoProcesses(t)
	bound, err := here.Bind(ctx, "gh_1")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := there.Bind(ctx, "gh_1"); err != nil || again.ID != bound.ID {
		t.Errorf("the other process binds %+v, %v", again, err)
	}
	other, err := there.Bind(ctx, "gh_2")
	if err != nil {
		t.Fatal(err)
	}
	if found, err := here.Account(ctx, other.ID); err != nil || found.OriginalID != "gh_2" {
		t.Errorf("account %+v, %v", found, err)
	}
	if all, err := here.Accounts(ctx); err != nil || len(all) != 3 {
		t.Errorf("%d accounts, %v", len(all), err)
	}
	if err := here.SetCredentials(ctx, bound.ID, official.Credentials{AppID: "wx1", Secret: "s"}); err != nil {
		t.Fatal(err)
	}
	if err := there.SetMenuFetched(ctx, bound.ID, true); err != nil {
		t.Fatal(err)
	}
	if found, err := here.Account(ctx, bound.ID); err != nil || !found.HasCredentials || !found.MenuFetched {
		t.Errorf("of two changes in two processes %+v is left, %v", found, err)
	}
}

func TestProcessesMatchTheSameRules(t *testing.T) {
	ctx := t.Context()
	here, there := twoProcesses(t)
	match := func(w *world, want string) {
		t.Helper()
		reply, ok, err := w.Match(ctx, w.account, "hello")
		if err != nil || ok != (want != "") || reply.ID != want {
			t.Errorf("the reply is %q, %v, want %q", reply.ID, err, want)
		}
	}
	match(there, "")
	rule, err := here.CreateRule(ctx, here.account, official.RuleInput{
		Name: "greeting", Reply: official.Reply{ID: "a", Type: official.ReplyText},
		Keywords: []official.KeywordInput{{Content: "hello"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	match(there, "a")
	match(here, "a")
	if err := there.DeleteRule(ctx, there.account, rule); err != nil {
		t.Fatal(err)
	}
	match(here, "")
}

// A process that begins leaves alone what others are at work on, until nothing has happened to it for long.
func TestProcessesLeaveEachOthersWorkAlone(t *testing.T) {
	ctx := t.Context()
	here, there := twoProcesses(t)
	if _, err := here.Subscribe(ctx, here.account, "openid", here.now.UnixMilli(), nil); err != nil {
		t.Fatal(err)
	}
	mass, err := here.CreateMassSend(ctx, here.account, official.MassSendInput{
		Audience: official.Selection{Group: official.GroupAll}, Type: "text", Material: "m",
	})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := here.NextChunk(ctx, here.account, mass.ID)
	if err != nil || chunk == nil {
		t.Fatal(chunk, err)
	}
	if _, err := here.Enqueue(ctx, official.JobInput{Account: here.account, Kind: "kind", Key: "key"}); err != nil {
		t.Fatal(err)
	}
	job, err := here.TakeJob(ctx, "here", time.Hour)
	if err != nil || job == nil {
		t.Fatal(job, err)
	}
	state := func() official.ChunkState {
		t.Helper()
		found, err := here.MassSend(ctx, here.account, mass.ID)
		if err != nil {
			t.Fatal(err)
		}
		return found.Chunks[0].State
	}
	there.open(t)
	if got := state(); got != official.ChunkSending {
		t.Errorf("the chunk that is being sent is %s after another process has begun", got)
	}
	if stolen, err := there.TakeJob(ctx, "there", time.Hour); err != nil || stolen != nil {
		t.Errorf("the other process takes %+v, %v", stolen, err)
	}
	there.pass(time.Hour)
	if err := there.Tend(ctx); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != official.ChunkUnknown {
		t.Errorf("the chunk of a process that is gone is %s", got)
	}
	if taken, err := there.TakeJob(ctx, "there", time.Hour); err != nil || taken == nil || taken.ID != job.ID {
		t.Errorf("the job of a process that is gone is %+v, %v", taken, err)
	}
}

func TestLease(t *testing.T) {
	ctx := t.Context()
	here, there := twoProcesses(t)
	hold := func(w *world, owner string, want bool) {
		t.Helper()
		if held, err := w.Hold(ctx, "outbox", owner, time.Minute); err != nil || held != want {
			t.Errorf("%s holds it: %v, %v, want %v", owner, held, err, want)
		}
	}
	hold(here, "here", true)
	hold(there, "there", false)
	hold(here, "here", true)
	if err := there.Release(ctx, "outbox", "there"); err != nil {
		t.Fatal(err)
	}
	hold(there, "there", false)
	if err := here.Release(ctx, "outbox", "here"); err != nil {
		t.Fatal(err)
	}
	hold(there, "there", true)
	here.pass(2 * time.Minute)
	hold(here, "here", true)
}
