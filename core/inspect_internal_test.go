package core

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"parley/storage"
	"parley/storage/memory"
)

// lived returns what a store holds after a little of everything: its app's number is 1.
func lived(t *testing.T) map[string][]byte {
	t.Helper()
	ctx := t.Context()
	store := memory.New()
	env := Environment{Now: time.Now, Random: rand.Reader}
	e, err := Open(ctx, store, env, Options{CacheMiB: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	app, err := e.PutApp(ctx, App{Name: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	callers := make([]Caller, 6)
	ids := make([]string, len(callers))
	for n := range callers {
		ids[n] = fmt.Sprint("user", n)
		u, err := e.Register(ctx, app, NewUser{ID: ids[n], Username: "name" + ids[n]})
		if err != nil {
			t.Fatal(err)
		}
		callers[n] = Caller{App: app, User: u, Privileged: n == 0}
	}
	text := func(n int) Content { return Content{Kind: KindText, Body: fmt.Appendf(nil, "text %d", n)} }
	group, err := e.CreateGroup(ctx, callers[0], NewGroup{Name: "all", Owner: ids[0], Members: ids[1:]})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 90 {
		from, to := n%len(callers), (n*n+1)%len(callers)
		out := Outgoing{To: []string{ids[to]}, Content: text(n), Channel: []Channel{Direct, Direct, Notices, Events}[n%4]}
		if n%3 == 0 {
			out.Key = fmt.Sprint("key", n)
		}
		if _, err := e.Send(ctx, callers[from], out); err != nil {
			t.Fatal(n, err)
		}
		if n%10 == 0 {
			if _, err := e.SendToGroup(ctx, callers[from], group.ID, Outgoing{Content: text(n)}); err != nil {
				t.Fatal(err)
			}
		}
		if n == 60 {
			e.follow() // what comes later stays in the feed
		}
	}
	err = errors.Join(
		e.Befriend(ctx, app, ids[0], ids[1:3]),
		e.Revoke(ctx, callers[0], Ref{Group: group.ID}, 1),
		e.DeleteEntries(ctx, callers[0], Ref{Group: group.ID}, []int64{2}, true),
		e.Clear(ctx, callers[1], Ref{Peer: ids[2]}, false),
		e.RemoveMembers(ctx, callers[0], group.ID, ids[5:]),
		e.Close(),
	)
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string][]byte)
	err = store.View(ctx, func(r storage.Reader) error {
		return r.Scan(storage.Range{}, func(key, value []byte) bool {
			rows[string(key)] = bytes.Clone(value)
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// storeOf returns a store that holds rows.
func storeOf(t *testing.T, rows map[string][]byte) storage.Store {
	t.Helper()
	store := memory.New()
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	for key, value := range rows {
		if err := store.Update(t.Context(), func(w storage.Writer) error { return w.Set([]byte(key), value) }); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// nthOf returns the nth key of a table of app 1, or of what begins so.
func nthOf(t *testing.T, rows map[string][]byte, n int, table ...byte) string {
	t.Helper()
	prefix := string(appendTable(nil, table[0], 1)) + string(table[1:])
	var keys []string
	for key := range maps.Keys(rows) {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	if len(keys) <= n {
		t.Fatalf("there are %d rows of %q", len(keys), table)
	}
	for i := range keys { // the nth in order
		least := i
		for j := i + 1; j < len(keys); j++ {
			if keys[j] < keys[least] {
				least = j
			}
		}
		keys[i], keys[least] = keys[least], keys[i]
		if i == n {
			break
		}
	}
	return keys[n]
}

func TestInspectSoundStore(t *testing.T) {
	rows := lived(t)
	reported := int64(0)
	found, err := Inspect(t.Context(), storeOf(t, rows), func(keys int64) { reported = keys })
	if err != nil || found.Found != 0 {
		t.Fatalf("%d defects: %+v, %v", found.Found, found.Defects, err)
	}
	if found.Keys != int64(len(rows)) || reported != found.Keys || found.Apps != 1 || found.Users != 6 ||
		found.Messages < 99 || found.Conversations < 10 || found.Bytes == 0 {
		t.Errorf("found %+v", found)
	}
	for _, table := range []byte{tableFeed, tableCursors, tableChats, tableReads, tableMessageKeys, tableFriends} {
		nthOf(t, rows, 0, table) // the store is worth the walk
	}
	if found, err = Inspect(t.Context(), storeOf(t, nil), nil); err != nil || found.Found != 0 || found.Keys != 0 {
		t.Errorf("an empty store: %+v, %v", found, err)
	}
}

func TestInspectFindsDefects(t *testing.T) {
	sound := lived(t)
	head, err := parseHead(sound[string(appendTable(nil, tableHeads, 1))])
	if err != nil {
		t.Fatal(err)
	}
	group := []byte{tableMessages, kindGroup}
	direct := []byte{tableMessages, kindDirect}
	// change replaces the value of a row by what f makes of it.
	change := func(f func(value []byte) []byte, n int, table ...byte) func(map[string][]byte) {
		return func(rows map[string][]byte) {
			key := nthOf(t, rows, n, table...)
			rows[key] = f(bytes.Clone(rows[key]))
		}
	}
	remove := func(n int, table ...byte) func(map[string][]byte) {
		return func(rows map[string][]byte) { delete(rows, nthOf(t, rows, n, table...)) }
	}
	broken := func([]byte) []byte { return []byte{99} }
	for name, test := range map[string]struct {
		plant func(map[string][]byte)
		want  string
	}{
		"settings": {change(broken, 0, tableApps), "settings cannot be read"},
		"app key": {func(rows map[string][]byte) {
			maps.DeleteFunc(rows, func(key string, _ []byte) bool { return key[0] == tableAppKeys })
		}, "key does not lead"},
		"head":             {change(broken, 0, tableHeads), "head cannot be read"},
		"head gone":        {remove(0, tableHeads), "newer than the app's newest"},
		"cursor":           {change(broken, 0, tableCursors), "cursor of the chat lists cannot be read"},
		"cursor ahead":     {change(func([]byte) []byte { return appendCounters(nil, head.feedEnd+1, 1, 0, 0) }, 0, tableCursors), "which ends at"},
		"feed":             {change(broken, 1, tableFeed), "the feed cannot be read"},
		"feed gap":         {remove(1, tableFeed), "the feed lacks"},
		"feed begins late": {remove(0, tableFeed), "the feed lacks"},
		"feed ends early": {func(rows map[string][]byte) {
			h := head
			h.feedEnd += 5
			rows[string(appendTable(nil, tableHeads, 1))] = h.append(nil)
		}, "the feed lacks"},
		"message":            {change(broken, 3, group...), unreadable},
		"message gone":       {remove(3, group...), "has place 5 after place 3"},
		"first message gone": {remove(0, group...), "has place 2 after place 0"},
		"message twice": {func(rows map[string][]byte) {
			key := nthOf(t, rows, 4, group...)
			last := []byte(nthOf(t, rows, 5, group...))
			last[len(last)-1]-- // between the two
			rows[string(last)] = rows[key]
		}, "has place 5 after place 5"},
		"message counts": {change(func(value []byte) []byte {
			m, err := parseMessageRecord(1, value)
			if err != nil {
				t.Fatal(err)
			}
			m.from[0] += 7
			return appendMessageRecord(nil, &m)
		}, 1, direct...), "of one member and"},
		"message from the future": {func(rows map[string][]byte) {
			key := nthOf(t, rows, 0, direct...)
			rows[key[:len(key)-8]+"\x00\x01\x00\x00\x00\x00\x00\x00"] = rows[key]
		}, "newer than the app's newest"},
		"user":            {change(broken, 2, tableUsers), unreadable},
		"user gone":       {remove(2, tableUsers), "5 of the app's 6 users"},
		"name gone":       {remove(1, tableNames, nameUUID), "does not lead to it"},
		"name elsewhere":  {change(func([]byte) []byte { return appendCounters(nil, 5) }, 0, tableNames, nameID), "does not lead to it"},
		"name to nowhere": {change(func([]byte) []byte { return appendCounters(nil, 77) }, 0, tableNames, nameGroup), "leads to 77"},
		"name":            {change(broken, 0, tableNames), unreadable},
		"group":           {change(broken, 0, tableGroups), unreadable},
		"group gone":      {remove(0, tableGroups), "does not exist"},
		"member gone":     {remove(2, tableMembers), "has 4 members and counts 5"},
		"member":          {change(broken, 2, tableMembers), unreadable},
		"read":            {change(broken, 0, tableReads), unreadable},
		"message key":     {change(broken, 0, tableMessageKeys), unreadable},
		"friend":          {change(broken, 0, tableFriends), unreadable},
		"joined":          {change(broken, 0, tableJoined), unreadable},
		"run":             {change(broken, 0, tableChats), "chat list of user"},
		"run cut":         {change(func(value []byte) []byte { return value[:len(value)-1] }, 0, tableChats), "chat list of user"},
		"run key": {func(rows map[string][]byte) {
			rows[nthOf(t, rows, 0, tableChats)+"x"] = nil
		}, unreadable},
		"run counts": {change(func(value []byte) []byte { value[2]++; return value }, 0, tableChats), "chats and counts"},
		"run ahead": {change(func(value []byte) []byte {
			return append(appendCounters(nil, head.feedEnd+9), value[2:]...)
		}, 0, tableChats), "chat list of user"},
		"chat without message": {func(rows map[string][]byte) {
			for key := range rows {
				if strings.HasPrefix(key, string(appendTable(nil, tableMessages, 1))+"d") {
					delete(rows, key)
				}
			}
		}, "names a message that does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := maps.Clone(sound)
			test.plant(rows)
			found, err := Inspect(t.Context(), storeOf(t, rows), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range found.Defects {
				if strings.Contains(d.Text, test.want) && d.App == 1 && len(d.Key) > 0 {
					return
				}
			}
			t.Errorf("%d defects, none of which is %q: %+v", found.Found, test.want, found.Defects)
		})
	}
}

// A store full of defects takes no more memory than one with a few, and rows that nobody wrote do no harm.
func TestInspectStrangeRows(t *testing.T) {
	rows := lived(t)
	for table := range 256 {
		for _, tail := range []string{"", "\x00\x00\x00\x01", "\x00\x00\x00\x01\x00", strings.Repeat("\x00", 40)} {
			for _, value := range []string{"", "\x01", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "{}"} {
				rows[string(rune(table%128))+tail+value] = []byte(value)
			}
		}
	}
	found, err := Inspect(t.Context(), storeOf(t, rows), nil)
	if err != nil || len(found.Defects) != MaxDefects || found.Found <= MaxDefects || found.Keys != int64(len(rows)) {
		t.Errorf("%d of %d defects in %d rows, %v", len(found.Defects), found.Found, found.Keys, err)
	}
}

func TestInspectEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	found, err := Inspect(ctx, storeOf(t, lived(t)), func(int64) { cancel() })
	if !errors.Is(err, context.Canceled) || found == nil || found.Keys == 0 {
		t.Errorf("Inspect = %+v, %v", found, err)
	}
}
