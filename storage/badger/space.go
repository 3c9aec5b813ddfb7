package badger

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"parley/storage"
)

// space watches the free space of the store's file system. The engine writes through memory maps, and a map that cannot
// be backed kills the process, so writes have to end before the disk is full.
type space struct {
	dir   string
	limit uint64
	free  func(dir string) (uint64, error)
	log   *slog.Logger
	low   atomic.Bool
}

// checkBeforeOpen is check that also refuses, with storage.ErrFull, what opening itself may write: need bytes, or the
// limit if that is less.
func (s *space) checkBeforeOpen(need uint64) error {
	free, err := s.free(s.dir)
	if err != nil {
		return fmt.Errorf("badger: %w", err)
	}
	if need = min(need, s.limit); free < need {
		return fmt.Errorf("badger: %s has %d MiB left, opening it takes up to %d: %w",
			s.dir, free/mebibyte, need/mebibyte, storage.ErrFull)
	}
	s.note(free)
	return nil
}

// check measures again. If it cannot, what is known stays.
func (s *space) check() {
	free, err := s.free(s.dir)
	if err != nil {
		s.log.Error("free space is unknown", "engine", "badger", "error", err)
		return
	}
	s.note(free)
}

func (s *space) note(free uint64) {
	low := free < s.limit
	if s.low.Swap(low) == low {
		return
	}
	attributes := []any{"dir", s.dir, "free_mib", free / mebibyte, "limit_mib", s.limit / mebibyte}
	if low {
		s.log.Error("disk nearly full: writes are refused", attributes...)
	} else {
		s.log.Warn("disk has room again: writes are accepted", attributes...)
	}
}

// err returns storage.ErrFull while writes are refused.
func (s *space) err() error {
	if s.low.Load() {
		return fmt.Errorf("badger: %s: %w", s.dir, storage.ErrFull)
	}
	return nil
}
