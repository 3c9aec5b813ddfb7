package badger

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"parley/storage"
)

func TestOpenWithLessMemoryAfterAKill(t *testing.T) {
	const (
		updates = 100
		each    = 1000 // writes of an update
	)
	value := bytes.Repeat([]byte("v"), 100)
	key := func(i int) []byte { return binary.BigEndian.AppendUint64([]byte("key"), uint64(i)) }
	running := t.TempDir()
	large, err := open(running, storage.Options{MemoryMiB: 256, MinFreeMiB: 1}, freeBytes)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := large.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i := range updates {
		err := large.Update(t.Context(), func(w storage.Writer) error {
			for k := range each {
				if err := w.Set(key(i*each+k), value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, prepare := range map[string]func(*testing.T, string){
		"as it was left":                func(*testing.T, string) {},
		"killed again after reading it": cutLog,
	} {
		t.Run(name, func(t *testing.T) {
			killed := filepath.Join(t.TempDir(), "killed") // what a process leaves that ends now
			if err := os.CopyFS(killed, os.DirFS(running)); err != nil {
				t.Fatal(err)
			}
			log := onlyLog(t, killed)
			prepare(t, log)
			s, err := open(killed, small(), freeBytes)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			if info, err := os.Stat(onlyLog(t, killed)); err != nil || info.Size() != 2*minMemtableMiB*mebibyte {
				t.Errorf("the log of the new memtable: %v, %v", info, err)
			}
			err = s.View(t.Context(), func(r storage.Reader) error {
				for i := range updates * each {
					if got, err := r.Get(key(i)); err != nil || !bytes.Equal(got, value) {
						t.Fatalf("key %d has %q, %v", i, got, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// onlyLog returns the name of the only log of a memtable in dir.
func onlyLog(t *testing.T, dir string) string {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "*"+memtableExt))
	if err != nil || len(logs) != 1 {
		t.Fatalf("logs: %v, %v", logs, err)
	}
	return logs[0]
}

// cutLog cuts a log behind its last record, as the engine does when it has read it.
func cutLog(t *testing.T, name string) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	content = bytes.TrimRight(content, "\x00")
	if len(content)%(2*mebibyte) == 0 {
		t.Fatal("the cut log looks like a whole one")
	}
	if err := os.Truncate(name, int64(len(content))); err != nil {
		t.Fatal(err)
	}
}

func TestMemtableOfALog(t *testing.T) {
	for log, want := range map[int64]int64{
		0:                  0,
		16 * mebibyte:      8 * mebibyte,
		128 * mebibyte:     64 * mebibyte,
		16*mebibyte - 4321: 32*mebibyte - 8642,
	} {
		if got := memtableOf(log); got != want {
			t.Errorf("a log of %d bytes: %d, want %d", log, got, want)
		}
	}
}
