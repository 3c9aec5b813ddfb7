package badger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"

	"parley/storage"
)

// Examine is the storage.Examiner of this engine. Of a store that a server has open it checks the files; the content can
// be read only while no server runs, and only if the last one has closed the store in good order: otherwise the engine
// would have to repair it first.
func Examine(ctx context.Context, location *url.URL, opts storage.Options) ([]storage.Finding, storage.Store) {
	e := &examination{memory: divide(opts.MemoryMiB)}
	e.limit = e.memory.minFree(opts.MinFreeMiB)
	dir, err := directory(location)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err == nil {
		e.dir, err = filepath.Abs(dir)
	}
	if err == nil {
		_, err = os.Stat(filepath.Join(e.dir, badger.ManifestFilename))
	}
	if err != nil {
		advice := "Give the store's URL with --store, and run this as the user that runs the server."
		if errors.Is(err, fs.ErrNotExist) {
			advice = "Start the server once, which makes the store, or give another URL with --store."
		}
		e.note("store", storage.Fail, advice, "%v", err)
		return e.findings, nil
	}
	e.note("store", storage.Pass, "", "%s", e.dir)
	e.permissions()
	e.space(freeBytes)
	return e.findings, e.content(ctx)
}

// examination gathers findings about one directory.
type examination struct {
	dir      string
	memory   memory
	limit    uint64
	findings []storage.Finding
}

func (e *examination) note(check string, grade storage.Grade, advice, format string, args ...any) {
	e.findings = append(e.findings, storage.Finding{Check: check, Grade: grade, Text: fmt.Sprintf(format, args...), Advice: advice})
}

// permissions checks that the owner can use the directory and nobody else can read it.
func (e *examination) permissions() {
	info, err := os.Stat(e.dir)
	if err != nil {
		e.note("permissions", storage.Fail, "Run this as the user that runs the server.", "%v", err)
		return
	}
	mode := info.Mode().Perm()
	switch {
	case mode&0o700 != 0o700:
		e.note("permissions", storage.Fail, "Give them back with: chmod 700 "+e.dir, "the owner lacks rights to its own directory: mode %o", mode)
	case mode&0o077 != 0:
		e.note("permissions", storage.Warn, "Take their rights with: chmod 700 "+e.dir, "others than the owner have rights to the directory: mode %o", mode)
	default:
		e.note("permissions", storage.Pass, "", "only the owner has rights to the directory")
	}
}

// space checks the free space against the guard that refuses writes.
func (e *examination) space(free func(string) (uint64, error)) {
	left, err := free(e.dir)
	const advice = "Free space on the disk, or move the store to a larger one."
	switch {
	case err != nil:
		e.note("disk space", storage.Warn, "Look with df whether the disk has room.", "%v", err)
	case left < e.limit:
		e.note("disk space", storage.Fail, advice, "%d MiB are free, and writes are refused below %d MiB", left/mebibyte, e.limit/mebibyte)
	case left < 2*e.limit:
		e.note("disk space", storage.Warn, advice, "%d MiB are free, and writes will be refused below %d MiB", left/mebibyte, e.limit/mebibyte)
	default:
		e.note("disk space", storage.Pass, "", "%d MiB are free; writes are refused below %d MiB", left/mebibyte, e.limit/mebibyte)
	}
}

// content checks the files and opens the store if they are as a server leaves them.
func (e *examination) content(ctx context.Context) storage.Store {
	lock, err := lockDir(e.dir)
	switch {
	case errors.Is(err, storage.ErrLocked):
		e.note("lock", storage.Pass, "", "the store is in use%s", lockHolder(e.dir))
		e.files(ctx, true)
		e.note("content", storage.Skip, "Stop the server and run this again, or run it on a copy, to check the content too.",
			"not read while a server has the store open")
		return nil
	case err != nil:
		e.note("lock", storage.Fail, "Run this as the user that runs the server.", "%v", err)
		return nil
	}
	e.note("lock", storage.Pass, "", "nobody has the store open")
	store := e.openQuiet(ctx, lock)
	if store == nil {
		if err := lock.Close(); err != nil {
			e.note("lock", storage.Warn, "", "%v", err)
		}
		return nil
	}
	return store
}

// openQuiet opens the store for reading if that changes nothing and leaves nothing out.
func (e *examination) openQuiet(ctx context.Context, lock io.Closer) storage.Store {
	if !e.files(ctx, false) {
		e.note("content", storage.Skip, "", "not read, for it would not be whole")
		return nil
	}
	options := engineOptions(e.dir, e.memory).WithReadOnly(true).WithLogger(&logger{log: slog.Default(), writeFailed: func(error) {}})
	db, err := badger.Open(options)
	if err != nil {
		e.note("content", storage.Fail, "Restore the store from a backup.", "the engine does not open the store: %v", err)
		return nil
	}
	return &quiet{store: store{dir: e.dir, db: db, lock: lock}}
}
