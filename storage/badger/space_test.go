package badger

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"

	"parley/storage"
)

func TestWritesStopWhileDiskIsNearlyFull(t *testing.T) {
	const limit = 300 * mebibyte
	var free atomic.Uint64
	free.Store(limit)
	s, err := open(t.TempDir(), storage.Options{MemoryMiB: minMemoryMiB, MinFreeMiB: 300},
		func(string) (uint64, error) { return free.Load(), nil })
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Update(t.Context(), set("k", "1")); err != nil {
		t.Fatalf("Update with enough space: %v", err)
	}

	free.Store(limit - 1)
	err = nil
	for err == nil {
		err = s.Update(t.Context(), set("k", "2"))
	}
	if !errors.Is(err, storage.ErrFull) {
		t.Errorf("Update on a full disk = %v, want ErrFull", err)
	}
	wantValue(t, s, "k", "2")

	free.Store(limit)
	for errors.Is(err, storage.ErrFull) {
		err = s.Update(t.Context(), set("k", "3"))
	}
	if err != nil {
		t.Errorf("Update after space was freed = %v", err)
	}
	wantValue(t, s, "k", "3")
}

func TestOpenOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	s := openSmall(t, dir)
	if err := s.Update(t.Context(), set("k", "v")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	opts := storage.Options{MemoryMiB: minMemoryMiB}
	if _, err := open(dir, opts, func(string) (uint64, error) { return mebibyte, nil }); !errors.Is(err, storage.ErrFull) {
		t.Errorf("open without room for its logs = %v, want ErrFull", err)
	}
	broken := errors.New("broken")
	if _, err := open(dir, opts, func(string) (uint64, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("open without knowing the free space = %v, want %v", err, broken)
	}

	s, err := open(dir, opts, func(string) (uint64, error) { return 500 * mebibyte, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), set("k", "w")); !errors.Is(err, storage.ErrFull) {
		t.Errorf("Update below the limit = %v, want ErrFull", err)
	}
	wantValue(t, s, "k", "v")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A measurement that fails changes nothing.
func TestSpaceUnknown(t *testing.T) {
	free, err := uint64(0), error(nil)
	s := &space{limit: 10, free: func(string) (uint64, error) { return free, err }, log: slog.New(slog.DiscardHandler)}
	s.check()
	free, err = 10, errors.New("unknown")
	s.check()
	if !errors.Is(s.err(), storage.ErrFull) {
		t.Errorf("err() = %v, want ErrFull as before", s.err())
	}
	err = nil
	s.check()
	if s.err() != nil {
		t.Errorf("err() = %v with enough space", s.err())
	}
}

func TestMinFree(t *testing.T) {
	for _, tt := range []struct {
		memtableMiB int64
		setting     int
		wantMiB     uint64
	}{
		{64, 0, 1024},
		{300, 0, 1216},
		{64, 5, 5},
	} {
		if got := (memory{memtable: tt.memtableMiB * mebibyte}).minFree(tt.setting); got != tt.wantMiB*mebibyte {
			t.Errorf("minFree(%d) with memtables of %d MiB = %d MiB, want %d",
				tt.setting, tt.memtableMiB, got/mebibyte, tt.wantMiB)
		}
	}
}
