// Package badger keeps a store in a directory with the embedded engine Badger.
//
// An Update is on the disk when it returns: the engine syncs its log once for every commit, so callers that want many
// writes a second put many of them into one Update. One process at a time can open a directory.
//
// Beyond the limits of package storage one more holds: keys that begin with "!badger!" belong to the engine, and Set and
// Delete refuse them.
package badger

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"parley/storage"
)

const (
	// defaultMemoryMiB is what a server gives to its store by default.
	defaultMemoryMiB = 192
	minMemoryMiB     = 64
	minMemtableMiB   = 8
	maxMemtableMiB   = 64

	// maxMemtables is how many the engine lets queue for being written out. With the one that is being filled and the
	// one that is being written there are two more in memory at the worst.
	maxMemtables = 2

	// valueLogMiB is the size of the value log. Values never go there, since all are below the threshold, but the engine
	// insists on having the file.
	valueLogMiB = 16

	mebibyte = 1 << 20
)

// Open is the storage.Opener of badger:///absolute/directory and badger://./relative/directory. It creates the directory
// if it is missing, for its owner only, and returns storage.ErrLocked if another process has it open and
// storage.ErrFull if there is not even room to open it.
//
// Of opts.MemoryMiB (192 if it is zero, at least 64) an eighth, but at most 64 MiB, is one memtable. Four of these can
// be in memory at the worst; the rest caches uncompressed blocks. Not counted is what compactions take while they run, which was
// seen to be up to six memtables, and indices and filters of tables, which are read through the page cache.
//
// Writes are refused with storage.ErrFull while the file system has less than opts.MinFreeMiB left; if that is zero, less
// than 1 GiB, or than four memtables and a value log if that is more.
func Open(ctx context.Context, location *url.URL, opts storage.Options) (storage.Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir, err := directory(location)
	if err != nil {
		return nil, err
	}
	return open(dir, opts, freeBytes)
}

// directory returns the directory that location names.
func directory(location *url.URL) (string, error) {
	relative := location.Host == "."
	plain := url.URL{Scheme: location.Scheme, Host: location.Host, Path: location.Path, RawPath: location.RawPath}
	if *location != plain || location.Host != "" && !relative || len(location.Path) < 2 {
		return "", fmt.Errorf("badger: a store URL is %[1]s:///absolute/directory or %[1]s://./relative/directory, not %[2]q",
			location.Scheme, location.Redacted())
	}
	if relative {
		return filepath.FromSlash("." + location.Path), nil
	}
	return filepath.FromSlash(location.Path), nil
}

// open opens dir; free measures its file system.
func open(dir string, opts storage.Options, free func(dir string) (uint64, error)) (*store, error) {
	dir, err := createDir(dir)
	if err != nil {
		return nil, fmt.Errorf("badger: %w", err)
	}
	memory := divide(opts.MemoryMiB)
	log := slog.Default()
	space := &space{dir: dir, limit: memory.minFree(opts.MinFreeMiB), free: free, log: log}
	if err := space.checkBeforeOpen(2 * uint64(memory.memtable)); err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &store{dir: dir, log: log, lock: lock, space: space, commit: (*badger.Txn).Commit, stop: make(chan struct{})}
	if err := removeEmptyLogs(dir); err != nil {
		return nil, s.abandon(err)
	}
	var opened atomic.Pointer[badger.DB] // compactions begin before Open returns
	pacer := newPacer(func() backlog {
		if db := opened.Load(); db != nil {
			return backlogOf(db.Levels(), memory.memtable)
		}
		return backlog{}
	}, runtime.GOMAXPROCS(0), s.stop)
	logger := &logger{log: log, writeFailed: s.fail, merged: pacer.pause}
	if err := recoverLarger(dir, memory, space, logger); err != nil {
		return nil, s.abandon(err)
	}
	if s.db, err = badger.Open(engineOptions(dir, memory).WithLogger(logger)); err != nil {
		return nil, s.abandon(err)
	}
	opened.Store(s.db)
	s.watch(time.NewTicker(watchInterval))
	return s, nil
}

// abandon gives up opening.
func (s *store) abandon(err error) error {
	if closeErr := s.lock.Close(); closeErr != nil {
		return fmt.Errorf("badger: open %s: %w, and then unlocking it: %w", s.dir, err, closeErr)
	}
	return fmt.Errorf("badger: open %s: %w", s.dir, err)
}

// engineOptions are the settings of the engine, each with its reason if it is not the memory's.
func engineOptions(dir string, memory memory) badger.Options {
	return badger.DefaultOptions(dir).
		// What is acknowledged survives a power cut; without it everything since the last flush is lost.
		WithSyncWrites(true).
		WithNumVersionsToKeep(1).
		WithDetectConflicts(true).
		// Above every value, so that all live in the tables and the value log needs no garbage collection.
		WithValueThreshold(mebibyte).
		WithValueLogFileSize(valueLogMiB * mebibyte).
		WithMemTableSize(memory.memtable).
		WithNumMemtables(maxMemtables).
		WithBlockCacheSize(memory.blockCache).
		WithNumLevelZeroTables(calmTables).
		WithNumLevelZeroTablesStall(stallTables).
		// About what a compaction of the first level brings. With the engine's 10 MiB every message would be rewritten once
		// more, on a level that one compaction overfills.
		WithBaseLevelSize(2 * memory.memtable).
		// The least that the engine takes. Compactions pause one after the other (see pacer), so more would only wait.
		WithNumCompactors(2).
		WithCompression(options.Snappy).
		// A block is checked when it is read from disk, not again while it is cached.
		WithChecksumVerificationMode(options.OnBlockRead).
		WithMetricsEnabled(false).
		// The lock of this package is the same lock, held from before the directory is tidied.
		WithBypassLockGuard(holdsLock)
}

// memory is how the memory of a store is divided, in bytes.
type memory struct {
	memtable, blockCache int64
}

func divide(totalMiB int) memory {
	if totalMiB == 0 {
		totalMiB = defaultMemoryMiB
	}
	totalMiB = max(totalMiB, minMemoryMiB)
	memtable := min(max(totalMiB/8, minMemtableMiB), maxMemtableMiB)
	return memory{
		memtable:   int64(memtable) * mebibyte,
		blockCache: int64(totalMiB-(maxMemtables+2)*memtable) * mebibyte,
	}
}

// minFree returns the free space in bytes below which writes are refused, for the setting in MiB.
func (m memory) minFree(settingMiB int) uint64 {
	if settingMiB > 0 {
		return uint64(settingMiB) * mebibyte
	}
	return uint64(max(1<<30, 4*m.memtable+valueLogMiB*mebibyte))
}
