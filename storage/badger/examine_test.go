package badger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4/options"

	"parley/storage"
)

// tabled returns the directory of a closed store whose keys are in tables, and its URL.
func tabled(t *testing.T, keys int) (dir string, location *url.URL) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "store")
	s := openSmall(t, dir)
	random := rand.New(rand.NewPCG(1, 2))
	for first := 0; first < keys; first += 500 {
		err := s.Update(t.Context(), func(w storage.Writer) error {
			for i := first; i < min(keys, first+500); i++ {
				value := strings.Repeat(fmt.Sprintf("%x ", random.Uint32()), i%40)
				if err := w.Set(fmt.Appendf(nil, "key%06d", i), []byte(value)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, &url.URL{Scheme: "badger", Path: dir}
}

// examine returns the findings by their names, and closes the store if there is one.
func examine(t *testing.T, location *url.URL, read func(storage.Store)) map[string]storage.Finding {
	t.Helper()
	list, s := Examine(t.Context(), location, small())
	if (s == nil) != (read == nil) {
		t.Errorf("the store can be read: %t; %+v", s != nil, list)
	}
	if s != nil {
		if read != nil {
			read(s)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	findings := make(map[string]storage.Finding)
	for _, f := range list {
		if f.Text == "" || (f.Grade == storage.Fail || f.Grade == storage.Warn) == (f.Advice == "") && f.Grade != storage.Skip {
			t.Errorf("%+v teaches nothing", f)
		}
		findings[f.Check] = f
	}
	return findings
}

func wantGrade(t *testing.T, findings map[string]storage.Finding, check string, grade storage.Grade) {
	t.Helper()
	if got := findings[check]; got.Grade != grade {
		t.Errorf("%s is %q, want %q: %s", check, got.Grade, grade, got.Text)
	}
}

// listing returns what is in a directory, with sizes.
func listing(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprint(entry.Name(), info.Size(), info.ModTime().UnixNano()))
	}
	return names
}

func TestExamineSoundStore(t *testing.T) {
	const keys = 3000
	dir, location := tabled(t, keys)
	before := listing(t, dir)
	findings := examine(t, location, func(s storage.Store) {
		count := 0
		err := s.View(t.Context(), func(r storage.Reader) error {
			return r.Scan(storage.Range{}, func([]byte, []byte) bool { count++; return true })
		})
		if err != nil || count != keys {
			t.Errorf("%d keys can be read, %v", count, err)
		}
		if err := s.Update(t.Context(), set("k", "v")); err == nil {
			t.Error("the store can be written")
		}
		if _, err := open(dir, small(), freeBytes); holdsLock && !errors.Is(err, storage.ErrLocked) {
			t.Errorf("the store is opened while it is examined: %v", err)
		}
	})
	for _, f := range findings {
		if f.Grade != storage.Pass {
			t.Errorf("%+v", f)
		}
	}
	if after := listing(t, dir); !slices.Equal(before, after) {
		t.Errorf("examining changes the store: %v, %v", before, after)
	}
	openSmall(t, dir)
}

func TestExamineStoreInUse(t *testing.T) {
	dir, location := tabled(t, 1000)
	openSmall(t, dir)
	findings := examine(t, location, nil)
	for check, grade := range map[string]storage.Grade{
		"lock": storage.Pass, "tables": storage.Pass, "content": storage.Skip, "list of tables": storage.Pass,
	} {
		wantGrade(t, findings, check, grade)
	}
	if text := findings["lock"].Text; lockHolder(dir) != "" && !strings.Contains(text, fmt.Sprint(os.Getpid())) {
		t.Errorf("the holder of the lock is %q", text)
	}
}

// A store that was not closed is left as it is.
func TestExamineStoreAfterKill(t *testing.T) {
	dir, location := tabled(t, 1000)
	if err := os.WriteFile(filepath.Join(dir, "00009.mem"), make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "000777.sst"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	findings := examine(t, location, nil)
	wantGrade(t, findings, "last stop", storage.Warn)
	wantGrade(t, findings, "tables", storage.Pass)
	if after := listing(t, dir); !slices.Equal(before, after) {
		t.Errorf("examining changes the store: %v, %v", before, after)
	}
}

func TestExamineDefects(t *testing.T) {
	for name, test := range map[string]struct {
		damage func(dir string) error
		check  string
		grade  storage.Grade
	}{
		"no store": {os.RemoveAll, "store", storage.Fail},
		"no list":  {func(dir string) error { return os.Remove(filepath.Join(dir, "MANIFEST")) }, "store", storage.Fail},
		"list cut": {
			func(dir string) error { return os.Truncate(filepath.Join(dir, "MANIFEST"), 20) }, "list of tables", storage.Fail,
		},
		"list empty": {
			func(dir string) error { return os.Truncate(filepath.Join(dir, "MANIFEST"), 0) }, "list of tables", storage.Fail,
		},
		"list damaged": {func(dir string) error { return flip(filepath.Join(dir, "MANIFEST"), -1) }, "list of tables", storage.Fail},
		"table gone":   {func(dir string) error { return os.Remove(firstTable(dir)) }, "tables", storage.Fail},
		"table flip":   {func(dir string) error { return flip(firstTable(dir), 10) }, "tables", storage.Fail},
		"table cut":    {func(dir string) error { return os.Truncate(firstTable(dir), 100) }, "tables", storage.Fail},
		"table empty":  {func(dir string) error { return os.Truncate(firstTable(dir), 0) }, "tables", storage.Fail},
		"readable":     {func(dir string) error { return os.Chmod(dir, 0o755) }, "permissions", storage.Warn},
	} {
		t.Run(name, func(t *testing.T) {
			dir, location := tabled(t, 1000)
			if err := test.damage(dir); err != nil {
				t.Fatal(err)
			}
			var read func(storage.Store)
			if test.grade == storage.Warn {
				read = func(storage.Store) {}
			}
			wantGrade(t, examine(t, location, read), test.check, test.grade)
		})
	}
}

func TestExamineOtherURL(t *testing.T) {
	if findings, s := Examine(t.Context(), &url.URL{Scheme: "badger", Host: "elsewhere", Path: "/x"}, small()); s != nil || findings[0].Grade != storage.Fail {
		t.Errorf("%+v", findings)
	}
}

func TestExamineGivesUp(t *testing.T) {
	_, location := tabled(t, 10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if findings, s := Examine(ctx, location, small()); s != nil || findings[len(findings)-1].Grade != storage.Skip {
		t.Errorf("%+v", findings)
	}
}

func TestExamineSpace(t *testing.T) {
	for free, grade := range map[uint64]storage.Grade{10: storage.Fail, 100: storage.Warn, 199: storage.Warn, 200: storage.Pass} {
		e := &examination{limit: 100 * mebibyte}
		e.space(func(string) (uint64, error) { return free * mebibyte, nil })
		if e.findings[0].Grade != grade {
			t.Errorf("%d MiB free is %q, want %q", free, e.findings[0].Grade, grade)
		}
	}
}

func firstTable(dir string) string {
	names, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}

// flip changes one bit of the byte at the given place, which counts from the end if it is negative.
func flip(name string, at int) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if at < 0 {
		at += len(data)
	}
	data[at] ^= 1 << (at % 8)
	return os.WriteFile(name, data, 0o600)
}

// Whatever bit of a table is not what it was: the table is reported.
func TestEveryFlippedBitIsReported(t *testing.T) {
	dir, _ := tabled(t, 3000)
	name := firstTable(dir)
	sound, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := checkTable(name, options.Snappy); err != nil || entries == 0 {
		t.Fatalf("a sound table: %d entries, %v", entries, err)
	}
	damaged := filepath.Join(t.TempDir(), filepath.Base(name))
	random := rand.New(rand.NewPCG(3, 4))
	try := func(at int, bit byte) {
		t.Helper()
		data := slices.Clone(sound)
		data[at] ^= bit
		if err := os.WriteFile(damaged, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := checkTable(damaged, options.Snappy); !errors.Is(err, errTable) {
			t.Errorf("byte %d of %d, bit %x: %v", at, len(sound), bit, err)
		}
	}
	for range 200 {
		try(random.IntN(len(sound)), 1<<random.IntN(8))
	}
	// The end holds lengths, of which a wrong one leads the engine astray.
	for at := len(sound) - 40; at < len(sound); at++ {
		for bit := range 8 {
			try(at, 1<<bit)
		}
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte{}, false)
	f.Add(make([]byte, 100), true)
	f.Fuzz(func(t *testing.T, data []byte, compressed bool) {
		name := filepath.Join(t.TempDir(), "000001.sst")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		compression := options.None
		if compressed {
			compression = options.Snappy
		}
		if _, err := checkTable(name, compression); err == nil {
			t.Error("made-up bytes are a table")
		}
	})
}
