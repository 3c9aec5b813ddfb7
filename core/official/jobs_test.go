package official_test

import (
	"testing"
	"time"

	"parley/core"
	"parley/core/official"
)

func jobs(t *testing.T, w *world) {
	ctx := t.Context()
	if _, any, err := w.NextJobTime(ctx); err != nil || any {
		t.Errorf("%t, %v", any, err)
	}
	followers, err := w.Enqueue(ctx, official.JobInput{Account: w.account, Kind: "followers", Payload: []byte("p")})
	ok(t, err)
	_, err = w.Enqueue(ctx, official.JobInput{Account: w.account, Kind: "followers"})
	refused(t, err, core.Exists, official.FieldJob)
	later := w.now.Add(time.Hour).UnixMilli()
	_, err = w.Enqueue(ctx, official.JobInput{Account: w.account, Kind: "fetch", Key: "1", RunAt: later})
	ok(t, err)

	take := func(owner, want string, kinds ...string) *official.Job {
		t.Helper()
		j, err := w.TakeJob(ctx, owner, time.Minute, kinds...)
		ok(t, err)
		switch {
		case j == nil && want != "":
			t.Fatalf("no job for %s", owner)
		case j != nil && j.Kind != want:
			t.Fatalf("%s got %+v", owner, j)
		}
		return j
	}
	take("a", "", "fetch")
	j := take("a", "followers")
	if string(j.Payload) != "p" || j.ID != followers.ID || j.Owner != "a" {
		t.Errorf("%+v", j)
	}
	take("b", "")
	ok(t, w.SaveProgress(ctx, j.ID, "a", []byte("half"), time.Minute))
	refused(t, w.SaveProgress(ctx, j.ID, "b", nil, time.Minute), core.Conflict, official.FieldJob)
	refused(t, w.FinishJob(ctx, "missing", "a"), core.NotFound, official.FieldJob)
	if at, any, err := w.NextJobTime(ctx); err != nil || !any || at != w.now.Add(time.Minute).UnixMilli() {
		t.Errorf("%d, %t, %v", at, any, err)
	}
	w.pass(time.Minute) // a has not renewed
	if j := take("b", "followers"); string(j.Progress) != "half" {
		t.Errorf("%+v", j)
	}
	refused(t, w.FinishJob(ctx, j.ID, "a"), core.Conflict, official.FieldJob)
	ok(t, w.FailJob(ctx, j.ID, "b", "upstream is down", w.now.Add(time.Second).UnixMilli()))
	take("c", "")
	w.pass(time.Second)
	if j := take("c", "followers"); j.Failures != 1 || j.Note != "upstream is down" {
		t.Errorf("%+v", j)
	}
	w.open(t) // c has ended with its process
	j = take("d", "followers")
	if found, err := w.FindJob(ctx, w.account, "followers", ""); err != nil || found.Owner != "d" {
		t.Errorf("%+v, %v", found, err)
	}
	ok(t, w.FinishJob(ctx, j.ID, "d"))
	_, err = w.FindJob(ctx, w.account, "followers", "")
	refused(t, err, core.NotFound, official.FieldJob)
	_, err = w.Enqueue(ctx, official.JobInput{Account: w.account, Kind: "followers"})
	ok(t, err)
	w.pass(2 * time.Hour)
	take("e", "followers", "followers", "menu")
	take("e", "fetch")
	_, err = w.TakeJob(ctx, "e", 0)
	refused(t, err, core.Invalid, official.FieldTime)
	_, err = w.Enqueue(ctx, official.JobInput{Account: w.account, Kind: "k", Payload: make([]byte, 16<<10+1)})
	refused(t, err, core.TooLarge, official.FieldJob)
	full := make([]byte, 16<<10)
	_, err = w.Enqueue(ctx, official.JobInput{Account: w.account, Kind: "k", Payload: full})
	ok(t, err)
	ok(t, w.SaveProgress(ctx, take("e", "k").ID, "e", full, time.Minute))
}

func cursors(t *testing.T, w *world) {
	ctx := t.Context()
	if p, err := w.Cursor(ctx, w.account, "out"); err != nil || p != "" {
		t.Errorf("%q, %v", p, err)
	}
	ok(t, w.SetCursor(ctx, w.account, "out", "17"))
	w.open(t)
	if p, err := w.Cursor(ctx, w.account, "out"); err != nil || p != "17" {
		t.Errorf("%q, %v", p, err)
	}
	refused(t, w.SetCursor(ctx, w.account, "", "1"), core.Invalid, official.FieldCursor)
}
