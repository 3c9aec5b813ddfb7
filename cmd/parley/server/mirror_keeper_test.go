package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"parley/storage"
	"parley/storage/memory"
)

func newTestKeeper(t *testing.T, store storage.Store, key byte) *mirrorKeeper {
	t.Helper()
	k, err := newMirrorKeeper(store, bytes.Repeat([]byte{key}, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeeperKeepsWritesInOrder(t *testing.T) {
	store := memory.New()
	k := newTestKeeper(t, store, 1)
	ctx := t.Context()
	canary := []byte("a token of a user")
	large := bytes.Repeat([]byte("0123456789abcdef"), 80<<10) // larger than a transaction
	all := [][]byte{canary, large, {}, []byte("last")}
	if err := k.Append(ctx, "app", 5, all[:2]); err != nil {
		t.Fatal(err)
	}
	if err := k.Append(ctx, "app", 7, all[2:]); err != nil {
		t.Fatal(err)
	}
	if err := k.Append(ctx, "apple", 1, [][]byte{[]byte("another app's")}); err != nil {
		t.Fatal(err)
	}
	items, err := k.Items(ctx, "app", 0, 10)
	if err != nil || len(items) != 4 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	for i, item := range items {
		if item.Number != uint64(5+i) || !bytes.Equal(item.Raw, all[i]) {
			t.Errorf("item %d is number %d with %d bytes", i, item.Number, len(item.Raw))
		}
	}
	if items, err = k.Items(ctx, "app", 6, 2); err != nil || len(items) != 2 || items[0].Number != 6 || len(items[0].Raw) != len(large) {
		t.Errorf("%d items, %v", len(items), err)
	}
	eachValue(t, store, func(key, value []byte) {
		if bytes.Contains(value, canary) {
			t.Errorf("%q holds a token", key)
		}
	})
	if _, err := newTestKeeper(t, store, 2).Items(ctx, "app", 0, 10); !errors.Is(err, errMirrorWrite) {
		t.Errorf("with another key: %v", err)
	}
	if err := k.Drop(ctx, "app", []uint64{5, 6, 7, 8, 9}); err != nil {
		t.Fatal(err)
	}
	left := 0
	eachValue(t, store, func([]byte, []byte) { left++ })
	if left != 1 {
		t.Errorf("%d values are left", left)
	}
}

func eachValue(t *testing.T, store storage.Store, visit func(key, value []byte)) {
	t.Helper()
	err := store.View(context.Background(), func(r storage.Reader) error {
		return r.Scan(storage.Range{}, func(key, value []byte) bool {
			visit(key, value)
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeeperKeepsStateAndDifferences(t *testing.T) {
	store := memory.New()
	k := newTestKeeper(t, store, 1)
	ctx := t.Context()
	if state, err := k.State(ctx, "app"); err != nil || state != nil {
		t.Errorf("at first: %q, %v", state, err)
	}
	if err := k.SetState(ctx, "app", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if state, err := k.State(ctx, "app"); err != nil || string(state) != "{}" {
		t.Errorf("%q, %v", state, err)
	}
	for _, n := range []int{3, 1, 0} {
		var groups [][]byte
		for i := range n {
			groups = append(groups, fmt.Append(nil, "group ", i))
		}
		if err := k.SetDifferences(ctx, groups); err != nil {
			t.Fatal(err)
		}
		got, err := k.Differences(ctx)
		if err != nil || len(got) != n || n > 0 && string(got[n-1]) != fmt.Sprint("group ", n-1) {
			t.Errorf("%q, %v", got, err)
		}
	}
	if err := k.SetDifferences(ctx, [][]byte{make([]byte, storage.MaxValue+1), []byte("small")}); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Differences(ctx); err != nil || len(got) != 1 || string(got[0]) != "small" {
		t.Errorf("%d groups, %v", len(got), err)
	}
}
