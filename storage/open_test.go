package storage

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	opened := errors.New("opened")
	engines := Engines{
		"one": func(_ context.Context, location *url.URL, opts Options) (Store, error) {
			if location.Path != "/data" || opts.MemoryMiB != 7 {
				t.Errorf("engine got %v, %+v", location, opts)
			}
			return nil, opened
		},
		"two": nil,
	}
	if _, err := engines.Open(t.Context(), "one:///data", Options{MemoryMiB: 7}); !errors.Is(err, opened) {
		t.Errorf("Open(one:///data) = %v, want what the engine returns", err)
	}
	for rawURL, word := range map[string]string{
		"three:///data": "one:, two:",
		"data":          "one:, two:",
		"one://%zz":     "not a store URL",

		"three://me:secret@host/data": "one:, two:",
		"one://me:se/cret@host/data":  "not a store URL",
	} {
		if _, err := engines.Open(t.Context(), rawURL, Options{}); err == nil || !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "cret") {
			t.Errorf("Open(%q) = %v, want an error with %q", rawURL, err, word)
		}
	}
}
