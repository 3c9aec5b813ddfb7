package memory

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"parley/storage"
	"parley/storage/storagetest"
)

func TestConformance(t *testing.T) {
	storagetest.Run(t, storagetest.Engine{
		Open: func(testing.TB, string) storage.Store { return New() },
	})
}

func TestOpen(t *testing.T) {
	for rawURL, valid := range map[string]bool{
		"memory:":          true,
		"memory://":        true,
		"memory:x":         false,
		"memory:///x":      false,
		"memory://host":    false,
		"memory:?size=1":   false,
		"memory:#fragment": false,
	} {
		location, err := url.Parse(rawURL)
		if err != nil {
			t.Fatal(err)
		}
		store, err := Open(t.Context(), location, storage.Options{})
		if (err == nil) != valid {
			t.Errorf("Open(%q) error = %v, want one: %v", rawURL, err, !valid)
		}
		if err == nil && !store.Exclusive() {
			t.Errorf("Open(%q) is not exclusive", rawURL)
		}
	}
}

// A writer that waits for its turn gives up when its context ends.
func TestUpdateWaitsNoLongerThanItsContext(t *testing.T) {
	store := New()
	err := store.Update(t.Context(), func(storage.Writer) error {
		ctx, cancel := context.WithCancel(t.Context())
		waiting := make(chan error, 1)
		go func() {
			waiting <- store.Update(ctx, func(storage.Writer) error { return errors.New("ran beside another writer") })
		}()
		cancel()
		return <-waiting
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update = %v, want context.Canceled", err)
	}
}
