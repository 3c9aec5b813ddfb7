package core

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/storage"
	"parley/storage/memory"
)

// countingStore counts what its readers ask for.
type countingStore struct {
	storage.Store
	reads atomic.Int64
}

func (s *countingStore) View(ctx context.Context, fn func(storage.Reader) error) error {
	return s.Store.View(ctx, func(r storage.Reader) error { return fn(countingReader{r, &s.reads}) })
}

type countingReader struct {
	storage.Reader
	reads *atomic.Int64
}

func (r countingReader) Get(key []byte) ([]byte, error) {
	r.reads.Add(1)
	return r.Reader.Get(key)
}

func (r countingReader) Scan(area storage.Range, visit func(key, value []byte) bool) error {
	r.reads.Add(1)
	return r.Reader.Scan(area, visit)
}

// maxSeekReads is how often one lookup may ask the store: a few times for the tail, and at most twice for each time that
// the distance in ids is halved, which begins below 2^38 here.
const maxSeekReads = 80

// longTalk is a conversation whose ids are given, with neighbours before and behind it in the store.
type longTalk struct {
	engine   *Engine
	store    *countingStore
	key      conversationKey
	messages []messageRecord
}

const seekAlice, seekBob = UserNumber(3), UserNumber(7)

// newLongTalk writes messages with the given ids; byBob tells which of them are Bob's.
func newLongTalk(t *testing.T, ids []int64, byBob func(i int) bool) *longTalk {
	t.Helper()
	talk := &longTalk{
		store: &countingStore{Store: memory.New()}, key: directConversation(1, seekAlice, seekBob),
		messages: make([]messageRecord, len(ids)),
	}
	var from [2]uint64
	for i, id := range ids {
		m := messageRecord{id: id, time: id, seq: int64(i + 1), body: []byte("body")}
		if byBob(i) {
			m.sender = 1
		}
		from[m.sender]++
		m.from = from
		talk.messages[i] = m
	}
	around := []conversationKey{directConversation(1, seekAlice, seekBob-1), talk.key, directConversation(1, seekAlice, seekBob+1)}
	for part := range slices.Chunk(talk.messages, storage.MaxWrites/len(around)) {
		err := talk.store.Update(context.Background(), func(tx storage.Writer) error {
			for i := range part {
				for _, k := range around {
					if err := tx.Set(appendMessageKey(nil, k, part[i].id), appendMessageRecord(nil, &part[i])); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	talk.engine, err = Open(context.Background(), talk.store, Environment{Now: time.Now, Random: rand.Reader}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if app, err := talk.engine.PutApp(context.Background(), App{}); err != nil || app.Number != talk.key.app {
		t.Fatalf("app %+v, %v", app, err)
	}
	return talk
}

func (talk *longTalk) close(t *testing.T) {
	t.Helper()
	if err := talk.engine.Close(); err != nil {
		t.Error(err)
	}
}

// lookup runs one search on a conversation of which nothing is remembered if it is cold, and returns what it read.
func (talk *longTalk) lookup(t *rapid.T, cold bool, search func(*conversation) error) int64 {
	if cold {
		talk.engine.conversations.drop(talk.key)
	}
	c := talk.engine.acquire(talk.key)
	defer c.release()
	before := talk.store.reads.Load()
	if err := search(c); err != nil {
		t.Fatal(err)
	}
	return talk.store.reads.Load() - before
}

// check makes one drawn lookup of each kind and compares it with a scan of all messages.
func (talk *longTalk) check(t *rapid.T) (reads int64) {
	ctx := context.Background()
	n := uint64(len(talk.messages))
	cold := rapid.Bool().Draw(t, "cold")
	same := func(got storedMessage, want *messageRecord) {
		if want == nil && got.record == nil {
			return
		}
		if want == nil || got.id != want.id || string(got.record) != string(appendMessageRecord(nil, want)) {
			t.Fatalf("found id %d, want %+v", got.id, want)
		}
	}
	for _, of := range []measure{bySeq, byReadable(talk.key, seekAlice), byReadable(talk.key, seekBob)} {
		least := rapid.Uint64Range(1, n+1).Draw(t, "at least")
		reads = max(reads, talk.lookup(t, cold, func(c *conversation) error {
			got, err := c.find(ctx, talk.engine, least, of)
			i := slices.IndexFunc(talk.messages, func(m messageRecord) bool { return of(&m) >= least })
			if i < 0 {
				same(got, nil)
			} else {
				same(got, &talk.messages[i])
			}
			return err
		}))
	}
	seq := rapid.Int64Range(-1, int64(n)+1).Draw(t, "seq")
	reads = max(reads, talk.lookup(t, cold, func(c *conversation) error {
		got, err := c.atSeq(ctx, talk.engine, seq)
		if seq < 1 || seq > int64(n) {
			same(got, nil)
		} else {
			same(got, &talk.messages[seq-1])
		}
		return err
	}))
	first := rapid.Int64Range(1, int64(n)).Draw(t, "first")
	last := rapid.Int64Range(first, min(int64(n), first+MaxPage-1)).Draw(t, "last")
	reads = max(reads, talk.lookup(t, cold, func(c *conversation) error {
		got, err := c.between(ctx, talk.engine, first, last)
		if int64(len(got)) != last-first+1 {
			t.Fatalf("%d messages from %d to %d", len(got), first, last)
		}
		for i := range got {
			same(got[i], &talk.messages[first-1+int64(i)])
		}
		return err
	}))
	return reads
}

// Places and counts are found in conversations of every length, whatever lies between their messages, with few reads.
func TestSeek(t *testing.T) {
	spreads := map[string]func(i int) int64{ // distance of message i from the one before
		"alone":       func(int) int64 { return 1 },
		"even":        func(int) int64 { return 1000 },
		"late burst":  func(i int) int64 { return 1 + int64(i/1500)*100_000_000 },
		"early burst": func(i int) int64 { return 1 + int64(max(0, 1500-i)/1499)*100_000_000 },
		"bursts":      func(i int) int64 { return []int64{1, 1, 1, 1, 100_000_000}[i%100/20] },
		"growing":     func(i int) int64 { return 1 + int64(i)*int64(i) },
		"shrinking":   func(i int) int64 { return 1 + int64(1<<30)>>(i/80) },
		"exploding":   func(i int) int64 { return 1 << (i / 100) },
	}
	for name, spread := range spreads {
		for _, length := range []int{1, 2, tailLength, tailLength + 1, 2*tailLength + 1, 105, 106, 700, 3000} {
			t.Run(fmt.Sprint(name, "/", length), func(t *testing.T) {
				ids := make([]int64, length)
				at := int64(1)
				for i := range ids {
					at += spread(i)
					ids[i] = at
				}
				talk := newLongTalk(t, ids, func(i int) bool { return i%7 > 2 || i > 900 && i < 1400 })
				defer talk.close(t)
				var most int64
				rapid.Check(t, func(t *rapid.T) { most = max(most, talk.check(t)) })
				if most >= maxSeekReads {
					t.Errorf("a lookup took %d reads", most)
				}
				t.Log(most, "reads at the most")
			})
		}
	}
}

// The ids of a conversation in a busy app are spread at random.
func TestSeekRandom(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		gaps := rapid.SliceOfN(rapid.SampledFrom([]int64{1, 1, 1, 2, 50, 1000, 1 << 20, 1 << 26}), 1, 60).Draw(rt, "gaps")
		run := rapid.IntRange(1, 50).Draw(rt, "run")
		var ids []int64
		at := int64(0)
		for _, gap := range gaps {
			for range run {
				at += gap
				ids = append(ids, at)
			}
		}
		side := rapid.Uint64().Draw(rt, "side")
		talk := newLongTalk(t, ids, func(i int) bool { return side>>(i/3%64)&1 == 1 })
		defer talk.close(t)
		for range 10 {
			if n := talk.check(rt); n >= maxSeekReads {
				rt.Fatalf("a lookup took %d reads", n)
			}
		}
	})
}
