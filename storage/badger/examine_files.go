package badger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"

	"parley/storage"
)

const restoreAdvice = "Do not start a server on it; restore the store from a backup, and keep the damaged one."

// files checks the list of tables and every table. It returns whether the engine would open the store without repairing
// it. In a store that is in use, files come and go.
func (e *examination) files(ctx context.Context, inUse bool) bool {
	manifest, torn, err := e.manifest()
	if err != nil {
		e.note("list of tables", storage.Fail, restoreAdvice, "%s cannot be read: %v", badger.ManifestFilename, err)
		return false
	}
	strays, logs, err := e.strays(manifest)
	switch {
	case err != nil:
		e.note("list of tables", storage.Fail, "Run this as the user that runs the server.", "%v", err)
		return false
	case inUse:
		e.note("list of tables", storage.Pass, "", "%d tables", len(manifest.Tables))
		return e.tables(ctx, manifest, true)
	case torn && len(strays) > 0:
		e.note("list of tables", storage.Fail, restoreAdvice,
			"the end of %s cannot be read, and the next start would delete %d tables that are not in the rest: %v", badger.ManifestFilename, len(strays), strays)
		e.tables(ctx, manifest, false)
		return false
	case torn || len(strays) > 0 || len(logs) > 0:
		e.tables(ctx, manifest, false)
		e.note("last stop", storage.Warn, "Start the server and stop it, which repairs that, and run this again to check the content.",
			"the store was not closed in good order, as after a power cut: %d logs, %d unfinished tables", len(logs), len(strays))
		return false
	}
	e.note("list of tables", storage.Pass, "", "%d tables; the store was closed in good order", len(manifest.Tables))
	return e.tables(ctx, manifest, false)
}

// manifest reads the list of tables; torn tells that its end is missing or cannot be read.
func (e *examination) manifest() (m badger.Manifest, torn bool, err error) {
	file, err := os.Open(filepath.Join(e.dir, badger.ManifestFilename))
	if err != nil {
		return m, false, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	m, end, err := badger.ReplayManifestFile(file, 0, engineOptions(e.dir, e.memory))
	if err != nil {
		return m, false, err
	}
	info, err := file.Stat()
	if err != nil {
		return m, false, err
	}
	return m, end != info.Size(), nil
}

// strays lists the tables that the manifest does not name, and the logs of memtables that were not written out.
func (e *examination) strays(m badger.Manifest) (tables, logs []string, err error) {
	entries, err := os.ReadDir(e.dir)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		if filepath.Ext(name) == memtableExt {
			logs = append(logs, name)
		}
		if id, ok := table.ParseFileID(name); ok {
			if _, known := m.Tables[id]; !known {
				tables = append(tables, name)
			}
		}
	}
	return tables, logs, nil
}

// shownFiles is how many damaged files are named.
const shownFiles = 5

// tables checks every table of the manifest and returns whether all are whole.
func (e *examination) tables(ctx context.Context, m badger.Manifest, inUse bool) bool {
	var damaged []string
	var bytes int64
	var last error
	ids := make([]uint64, 0, len(m.Tables))
	for id := range m.Tables {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			e.note("tables", storage.Skip, "", "%v", err)
			return false
		}
		name := table.NewFilename(id, e.dir)
		if info, err := os.Stat(name); err == nil {
			bytes += info.Size()
		}
		_, err := checkTable(name, m.Tables[id].Compression)
		if err == nil || inUse && errors.Is(err, fs.ErrNotExist) {
			continue // the server has merged it into others meanwhile
		}
		last = err
		damaged = append(damaged, filepath.Base(name))
	}
	if len(damaged) == 0 {
		e.note("tables", storage.Pass, "", "every checksum of %d tables is right, %d MiB", len(ids), bytes/mebibyte)
		return true
	}
	text := fmt.Sprint(damaged[:min(len(damaged), shownFiles)])
	e.note("tables", storage.Fail, restoreAdvice, "%d of %d tables are damaged: %s, the last because: %v", len(damaged), len(ids), text, last)
	return false
}
