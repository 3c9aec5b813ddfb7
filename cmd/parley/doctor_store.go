package main

import (
	"context"
	"net/url"
	"strings"

	"parley/cmd/parley/settings"
	"parley/core"
	"parley/storage"
	"parley/storage/badger"
	"parley/storage/postgres"
	"parley/storage/transfer"
)

// examiners look at the stores of each scheme.
func examiners() map[string]storage.Examiner {
	return map[string]storage.Examiner{
		"badger": badger.Examine, "memory": examineMemory, "postgres": postgres.Examine, "postgresql": postgres.Examine,
	}
}

// examineMemory has nothing to look at: such a store is another one in every process.
func examineMemory(context.Context, *url.URL, storage.Options) ([]storage.Finding, storage.Store) {
	return []storage.Finding{{
		Check: "store", Grade: storage.Warn, Text: "a store in memory is empty at every start",
		Advice: "Set store to a badger: URL for anything but a try.",
	}}, nil
}

// examineStore examines the store of the settings and its content.
func (p *program) examineStore(ctx context.Context, s *settings.Settings, d *diagnosis) {
	location, err := url.Parse(s.Store)
	if err != nil {
		d.note("store", storage.Fail, "Set store to a URL such as badger:///var/lib/parley.", "this is not the URL of a store")
		return
	}
	examine, ok := examiners()[location.Scheme]
	if !ok {
		d.note("store", storage.Fail, "Set store to a URL such as badger:///var/lib/parley.", "there is no engine for the scheme %q", location.Scheme)
		return
	}
	findings, store := examine(ctx, location, storage.Options{MemoryMiB: s.MemoryMiB / 2, MinFreeMiB: s.MinFreeMiB})
	d.Findings = append(d.Findings, findings...)
	if store == nil {
		return
	}
	p.examineContent(ctx, store, d)
	if err := store.Close(); err != nil {
		d.note("store", storage.Warn, "Look into the system's log for errors of the disk.", "closing it fails: %v", err)
	}
}

// examineContent reads everything in a store.
func (p *program) examineContent(ctx context.Context, store storage.Store, d *diagnosis) {
	u, err := transfer.ReadUnfinished(ctx, store)
	if err == nil && u != nil {
		d.note("copy", storage.Fail, "Finish it with `parley store copy`, or throw it away with --restart.",
			"the store is an unfinished copy of %s, %.1f %% of which is there", u.Source, u.Share())
		return // what is not there yet is no defect
	}
	if err != nil {
		d.note("copy", storage.Fail, "Restore the store from a backup.", "%v", err)
		return
	}
	progress := newCopyProgress(p.stderr)
	found, err := core.Inspect(ctx, store, func(keys int64) { progress.show(transfer.Progress{Phase: "reading", Done: keys}) })
	progress.done()
	d.describe(found, err)
}

// urlSecrets lists what may be secret in the URL of a store.
func urlSecrets(rawURL string) (secrets []string) {
	location, err := url.Parse(rawURL)
	if err != nil {
		return nil
	}
	if password, ok := location.User.Password(); ok {
		secrets = append(secrets, password)
	}
	for name, values := range location.Query() {
		if strings.Contains(strings.ToLower(name), "password") {
			secrets = append(secrets, values...)
		}
	}
	return secrets
}
