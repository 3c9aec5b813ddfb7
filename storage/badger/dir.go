package badger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// createDir makes sure that dir is a directory whose name survives a power cut, and returns its absolute path without
// symbolic links. What it creates is for the owner only.
func createDir(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := mkdirAndSync(dir); err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// mkdirAndSync is os.MkdirAll that syncs the parent of every directory that it creates.
func mkdirAndSync(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err := mkdirAndSync(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	switch {
	case err == nil:
		return syncDir(filepath.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s is not a directory", dir)
		}
		return nil
	default:
		return err
	}
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// removeEmptyLogs removes log files of no length, with which the engine refuses to open. They are left by a process that
// was killed between creating such a file and giving it its size, or between cutting it and removing it; nothing was
// ever acknowledged that is only there. The caller holds the lock of dir: in a store in use such a file is alive.
func removeEmptyLogs(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if ext := filepath.Ext(entry.Name()); ext != memtableExt && ext != ".vlog" {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() && info.Size() == 0 {
			if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// memtableExt ends the names of the logs of memtables.
const memtableExt = ".mem"
