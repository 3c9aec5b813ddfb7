//go:build linux || darwin

package badger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"parley/storage"
)

// holdsLock says that lockDir really locks.
const holdsLock = true

// lockDir locks dir until the lock is closed or the process ends. It is the lock that the engine and its tools take.
func lockDir(dir string) (io.Closer, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("badger: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = storage.ErrLocked
	}
	return nil, errors.Join(fmt.Errorf("badger: lock %s: %w", dir, err), f.Close())
}

// freeBytes returns how many bytes an ordinary user can still write to the file system of dir.
func freeBytes(dir string) (uint64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return stat.Bavail * uint64(stat.Bsize), nil
}
