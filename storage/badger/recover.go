package badger

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
)

// recoverLarger opens and closes the engine in dir with larger memtables than memory has, if a process that was killed has
// left the log of one: afterwards all that was in logs is in tables. The engine reads each log into one memtable and
// ends the whole process if it does not fit, so without this a server that was killed could not be started with less memory.
// The caller holds the lock of dir.
func recoverLarger(dir string, memory memory, space *space, log badger.Logger) error {
	needed, err := largestMemtable(dir)
	if err != nil || needed <= memory.memtable {
		return err
	}
	if err := space.checkBeforeOpen(2 * uint64(needed)); err != nil {
		return err
	}
	memory.memtable = needed
	db, err := badger.Open(engineOptions(dir, memory).WithLogger(log))
	if err != nil {
		return err
	}
	return db.Close()
}

// largestMemtable returns the size in bytes of a memtable into which each memtable's log in dir fits, zero if there is none.
func largestMemtable(dir string) (size int64, err error) {
	logs, err := filepath.Glob(filepath.Join(dir, "*"+memtableExt))
	for _, name := range logs {
		info, statErr := os.Stat(name)
		if statErr != nil {
			err = errors.Join(err, statErr)
			continue
		}
		size = max(size, memtableOf(info.Size()))
	}
	return size, err
}

// memtableOf returns the size of a memtable into which a log of the given length fits.
func memtableOf(log int64) int64 {
	// The engine makes a log twice as long as its memtable is large, and memtables have whole mebibytes. When it has read one
	// again it cuts it behind the last record, and a record takes up to twice as much in the memtable.
	if log%(2*mebibyte) == 0 {
		return log / 2
	}
	return 2 * log
}
