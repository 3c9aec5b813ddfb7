package official_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/core"
	"parley/core/official"
)

var textToAll = official.MassSendInput{Audience: official.Selection{Group: official.GroupAll}, Type: "text", Material: "m1"}

// crowd imports followers.
func crowd(t testing.TB, w *world, count int) {
	t.Helper()
	updates := make([]official.FollowerUpdate, count)
	for i := range updates {
		updates[i] = official.FollowerUpdate{
			OpenID: fmt.Sprintf("oDF3iYx0ro3_7jD4HFRDfr_%05d", i), Subscribed: true, SubscribeTime: 1_600_000_000_000 + int64(i)*7919%9973*1000,
		}
	}
	for batch := range slices.Chunk(updates, 500) {
		ok(t, w.UpsertFollowers(t.Context(), w.account, batch))
	}
}

func massSends(t *testing.T, w *world) {
	ctx := t.Context()
	_, err := w.CreateMassSend(ctx, w.account, textToAll)
	refused(t, err, core.Invalid, official.FieldAudience)
	crowd(t, w, 3)
	m, err := w.CreateMassSend(ctx, w.account, textToAll)
	if err != nil || m.Status != official.MassSending || m.Size != 3 || len(m.Chunks) != 1 || m.Counts != nil {
		t.Fatalf("%+v, %v", m, err)
	}
	subscribe(t, w, "late")
	if ids, err := w.UnsentMassSends(ctx, w.account); err != nil || !slices.Equal(ids, []string{m.ID}) {
		t.Errorf("%q, %v", ids, err)
	}
	refused(t, w.SettleChunk(ctx, w.account, m.ID, 0, official.ChunkResult{State: official.ChunkSent}), core.Conflict, official.FieldChunk)
	chunk, err := w.NextChunk(ctx, w.account, m.ID)
	if err != nil || chunk == nil || len(chunk.OpenIDs) != 3 || slices.Contains(chunk.OpenIDs, "late") {
		t.Fatalf("%+v, %v", chunk, err)
	}
	if chunk, err := w.NextChunk(ctx, w.account, m.ID); err != nil || chunk != nil {
		t.Errorf("%+v, %v", chunk, err)
	}
	ok(t, w.SettleChunk(ctx, w.account, m.ID, 0, official.ChunkResult{State: official.ChunkPending, Note: "no token"}))
	chunk, err = w.NextChunk(ctx, w.account, m.ID)
	if err != nil || chunk == nil {
		t.Fatal(err)
	}
	refused(t, w.SettleChunk(ctx, w.account, m.ID, 0, official.ChunkResult{State: "flown"}), core.Invalid, official.FieldChunk)
	refused(t, w.SettleChunk(ctx, w.account, m.ID, 1, official.ChunkResult{State: official.ChunkSent}), core.NotFound, official.FieldChunk)
	before := size(t, w)
	ok(t, w.SettleChunk(ctx, w.account, m.ID, 0, official.ChunkResult{State: official.ChunkSent, MessageID: 77, Note: "ok"}))
	if n := size(t, w); n != before-2+1 { // the audience and the mark are gone, the message number is there
		t.Errorf("%d keys, before there were %d", n, before)
	}
	ok(t, w.FinishChunk(ctx, w.account, 77, official.Finish{Status: "send success", Succeeded: true, Counts: official.Counts{Total: 3, Sent: 3}}))
	got, err := w.MassSend(ctx, w.account, m.ID)
	if err != nil || got.Status != "send success" || *got.Counts != (official.Counts{Total: 3, Sent: 3}) || got.Chunks[0].Note != "ok" {
		t.Errorf("%+v, %v", got, err)
	}
	w.pass(time.Second)
	second, err := w.CreateMassSend(ctx, w.account, textToAll)
	ok(t, err)
	_, err = w.NextChunk(ctx, w.account, second.ID)
	ok(t, err)
	ok(t, w.SettleChunk(ctx, w.account, second.ID, 0, official.ChunkResult{State: official.ChunkRefused, Code: 45028, Note: "quota"}))
	page, err := w.MassSends(ctx, w.account, official.Page{Limit: 10})
	if err != nil || page.Total != 2 || page.MassSends[0].ID != second.ID || page.MassSends[0].Status != official.MassFailed ||
		page.MassSends[0].Chunks[0].Code != 45028 {
		t.Errorf("%+v, %v", page, err)
	}
}

func massCrash(t *testing.T, w *world) {
	ctx := t.Context()
	crowd(t, w, official.MaxChunk+1)
	m, err := w.CreateMassSend(ctx, w.account, textToAll)
	if err != nil || len(m.Chunks) != 2 || m.Chunks[0].Size != 5000 || m.Chunks[1].Size != 5001 {
		t.Fatalf("%+v, %v", m, err)
	}
	first, err := w.NextChunk(ctx, w.account, m.ID)
	ok(t, err)
	w.open(t) // the process has ended while the first chunk was being sent
	second, err := w.NextChunk(ctx, w.account, m.ID)
	if err != nil || second.Index != 1 || len(first.OpenIDs)+len(second.OpenIDs) != m.Size {
		t.Fatalf("%v", err)
	}
	all := slices.Concat(first.OpenIDs, second.OpenIDs)
	slices.Sort(all)
	if len(slices.Compact(all)) != m.Size {
		t.Error("a follower is in both chunks")
	}
	refused(t, w.SettleChunk(ctx, w.account, m.ID, 0, official.ChunkResult{State: official.ChunkSent, MessageID: 5}), core.Conflict, official.FieldChunk)
	if got, err := w.MassSend(ctx, w.account, m.ID); err != nil || got.Chunks[0].State != official.ChunkUnknown || got.Status != official.MassSending {
		t.Errorf("%+v, %v", got, err)
	}
	w.open(t)
	if chunk, err := w.NextChunk(ctx, w.account, m.ID); err != nil || chunk != nil {
		t.Errorf("%+v, %v", chunk, err)
	}
	if got, err := w.MassSend(ctx, w.account, m.ID); err != nil || got.Status != official.MassUnknown {
		t.Errorf("%+v, %v", got, err)
	}
	if ids, err := w.UnsentMassSends(ctx, w.account); err != nil || len(ids) != 0 {
		t.Errorf("%q, %v", ids, err)
	}
	// The process ends while the audience is being written down.
	w.pass(time.Second)
	before := size(t, w)
	sound := w.store
	broken := &failing{Store: sound, left: -1}
	w.store = broken
	w.open(t)
	broken.left = 2
	if _, err := w.CreateMassSend(ctx, w.account, textToAll); err == nil {
		t.Fatal("the mass send was made without power")
	}
	w.store = sound
	w.open(t)
	page, err := w.MassSends(ctx, w.account, official.Page{Limit: 1})
	if err != nil || page.Total != 2 || page.MassSends[0].Status != official.MassFailed {
		t.Errorf("%+v, %v", page, err)
	}
	if n := size(t, w); n != before+2 { // the record and its place in the list
		t.Errorf("%d keys, before there were %d", n, before)
	}
}

func reports(t *testing.T, w *world) {
	ctx := t.Context()
	crowd(t, w, 2)
	early := official.Finish{Status: "err(10001)", Counts: official.Counts{Total: 2, Filtered: 1, Sent: 0, Failed: 2}}
	ok(t, w.FinishChunk(ctx, w.account, 9, early))
	ok(t, w.FinishChunk(ctx, w.account, 10, early))
	m, err := w.CreateMassSend(ctx, w.account, textToAll)
	ok(t, err)
	_, err = w.NextChunk(ctx, w.account, m.ID)
	ok(t, err)
	ok(t, w.SettleChunk(ctx, w.account, m.ID, 0, official.ChunkResult{State: official.ChunkSent, MessageID: 9}))
	got, err := w.MassSend(ctx, w.account, m.ID)
	if err != nil || got.Status != "err(10001)" || got.Counts == nil || *got.Counts != early.Counts {
		t.Errorf("%+v, %v", got, err)
	}
	before := size(t, w)
	w.pass(8 * 24 * time.Hour)
	w.open(t)
	if n := size(t, w); n != before-1 {
		t.Errorf("%d keys, before there were %d", n, before)
	}
	refused(t, w.FinishChunk(ctx, w.account, 0, early), core.Invalid, core.FieldMessage)
}
