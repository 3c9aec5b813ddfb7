package core

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/storage"
	"parley/storage/memory"
)

// runRows reads a whole run; it fails if there is no end.
func runRows(t interface{ Fatalf(string, ...any) }, app uint32, user UserNumber, run runRef, value []byte) ([]chatRow, runHead, error) {
	rr, h, err := newRunReader(app, user, run, value)
	if err != nil {
		return nil, h, err
	}
	var rows []chatRow
	for {
		row, ok, err := rr.next()
		if err != nil || !ok {
			return rows, h, err
		}
		// A row takes two bytes at the least.
		if rows = append(rows, row); 2*len(rows) > len(value) {
			t.Fatalf("%d rows in %d bytes", len(rows), len(value))
		}
	}
}

// Whatever stands under a run's key is read without a panic and to an end, as rows in order of conversations that the user
// has. What is written of such rows is read as the same.
func FuzzRun(f *testing.F) {
	p := runPlan{user: 7}
	rows := []chatRow{
		{directConversation(3, 7, 9), 1 << 40}, {noticesConversation(3, 8, 7), 1000}, {directConversation(3, 7, 7), 1},
	}
	p.write(3, rows, &runHead{5, tally{3, 1 << 33}})
	f.Add(p.sets[0].value, int64(1<<40), 3)
	f.Add(p.sets[0].value, int64(1<<40), 400)
	f.Add(p.sets[0].value[:len(p.sets[0].value)-1], int64(1<<40), 3)
	f.Add([]byte{}, int64(0), 1)
	f.Add(slices.Repeat([]byte{0xff}, 30), int64(-1), 1<<31)
	f.Add(append([]byte{recordVersion, 0, 0, 0}, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 4), int64(5), 1)
	f.Fuzz(func(t *testing.T, value []byte, newest int64, count int) {
		const app, user = 3, 7
		run := runRef{newest, count}
		rows, h, err := runRows(t, app, user, run, value)
		if err != nil {
			return
		}
		previous := newest
		for _, row := range rows {
			if row.newest > previous || row.newest < 1 {
				t.Fatalf("message %d after %d", row.newest, previous)
			}
			previous = row.newest
			users, n := row.conversation.listed()
			if row.conversation.app != app || !slices.Contains(users[:n], user) {
				t.Fatalf("conversation %+v", row.conversation)
			}
		}
		if len(rows) == 0 || len(rows) > maxRun {
			return
		}
		p := runPlan{user: user}
		p.write(app, rows, &h)
		again, head, err := runRows(t, app, user, p.sets[0].run, p.sets[0].value)
		if err != nil || head != h || !slices.Equal(again, rows) {
			t.Fatalf("%v became %v with %+v: %v", rows, again, head, err)
		}
	})
}

// A run's key of any bytes names no run, or the one that has this key.
func FuzzRunKey(f *testing.F) {
	f.Add(appendRunKey(nil, 1, 2, runRef{3, 4}))
	f.Add(appendRunKey(nil, 1, 2, runRef{3, 0}))
	f.Add(appendRunKey(nil, 1, 2, runRef{-3, 4}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, key []byte) {
		run, err := parseRunKey(key)
		if err != nil {
			return
		}
		if run.newest < 0 || run.count < 1 {
			t.Fatalf("%x is %+v", key, run)
		}
		if again := appendRunKey(nil, 0, 0, run); !bytes.Equal(again[appPrefixWidth+8:], key[appPrefixWidth+8:]) {
			t.Fatalf("%x is %+v, whose key is %x", key, run, again)
		}
	})
}

// Rows of any numbers are read as they were written, in runs that follow each other as their keys do.
func TestRunRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		user := UserNumber(rapid.Uint64Range(1, 1<<62).Draw(t, "user"))
		distances := rapid.Int64Range(1, 1<<42)
		peers := rapid.Uint64Range(1, 1<<62)
		rows := make([]chatRow, rapid.SampledFrom([]int{1, 2, 20, maxRun, maxRun + 1, 3 * maxRun}).Draw(t, "rows"))
		id := rapid.Int64Range(int64(len(rows))<<42, maxMessageID).Draw(t, "newest")
		for i := range rows {
			if i > 0 {
				id -= distances.Draw(t, "distance")
			}
			peer := UserNumber(peers.Draw(t, "peer"))
			if rows[i] = (chatRow{directConversation(4, peer, user), id}); peer%3 == 0 {
				rows[i].conversation = noticesConversation(4, peer, user)
			}
		}
		h := runHead{rapid.Uint64().Draw(t, "up to"), tally{rapid.Uint64().Draw(t, "chats"), rapid.Uint64().Draw(t, "received")}}
		p := runPlan{user: user}
		p.write(4, rows, &h)
		var got []chatRow
		var above []byte
		for _, w := range p.sets {
			key := appendRunKey(nil, 4, user, w.run)
			if bytes.Compare(above, key) >= 0 || w.run.count > maxRun {
				t.Fatalf("run %+v under %x after %x", w.run, key, above)
			}
			above = key
			some, head, err := runRows(t, 4, user, w.run, w.value)
			if err != nil || head != h {
				t.Fatalf("head %+v, want %+v: %v", head, h, err)
			}
			got = append(got, some...)
		}
		if !slices.Equal(got, rows) {
			t.Fatalf("%v, want %v", got, rows)
		}
	})
}

// A store that holds what no version has written ends a walk with an error.
func TestForeignRunsEndWithAnError(t *testing.T) {
	run := runRef{5, 1}
	good := appendRunRow(appendRunHead(nil, new(runHead)), 2, chatRow{directConversation(1, 2, 3), 5}, 5)
	for name, keys := range map[string][][2][]byte{
		"a key of another length":      {{appendRunKey(nil, 1, 2, run)[:20], good}},
		"a value of another version":   {{appendRunKey(nil, 1, 2, run), {recordVersion + 1}}},
		"a run without rows":           {{appendRunKey(nil, 1, 2, runRef{5, 0}), good}},
		"more rows than the value has": {{appendRunKey(nil, 1, 2, runRef{5, 2}), good}},
		"four runs, the last one of which has no rows": {
			{appendRunKey(nil, 1, 2, runRef{8, 1}), good},
			{appendRunKey(nil, 1, 2, runRef{7, 1}), good},
			{appendRunKey(nil, 1, 2, runRef{6, 1}), good},
			{appendRunKey(nil, 1, 2, runRef{5, 0}), good},
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			store := memory.New()
			err := store.Update(ctx, func(tx storage.Writer) error {
				for _, pair := range keys {
					if err := tx.Set(pair[0], pair[1]); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			err = store.View(ctx, func(r storage.Reader) error {
				list, err := newChatList(r, 1, 2, nil)
				for ok := true; err == nil && ok && ctx.Err() == nil; {
					_, ok, err = list.next()
				}
				return err
			})
			if err == nil {
				t.Error("it was read as if it were right")
			}
		})
	}
}
