package storage

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sort"
	"strings"
)

// Options are the settings that every engine understands as far as they concern it.
type Options struct {
	// MemoryMiB bounds what the engine keeps in memory beside the operating system's page cache; zero leaves the
	// engine's default.
	MemoryMiB int
	// MinFreeMiB is the free disk space below which the engine refuses writes; zero leaves the engine's default.
	MinFreeMiB int
}

// Opener opens the store that location names.
type Opener func(ctx context.Context, location *url.URL, opts Options) (Store, error)

// Engines maps the scheme of a store URL to the engine that opens it.
type Engines map[string]Opener

// Open opens the store at rawURL with the engine of its scheme: badger:///var/lib/parley, badger://./parley-data,
// memory:, postgres://user:password@host/database. No error holds the password.
func (e Engines) Open(ctx context.Context, rawURL string, opts Options) (Store, error) {
	location, err := url.Parse(rawURL)
	if err != nil {
		// The text of err holds the URL, and the URL may hold a password.
		return nil, errors.New("storage: what was given is not a store URL; in a password, write what is neither letter nor digit as %XX")
	}
	open, ok := e[location.Scheme]
	if !ok {
		known := make([]string, 0, len(e))
		for scheme := range e {
			known = append(known, scheme+":")
		}
		sort.Strings(known)
		return nil, fmt.Errorf("storage: no engine for %q; a store URL begins with one of %s",
			location.Redacted(), strings.Join(known, ", "))
	}
	return open(ctx, location, opts)
}
