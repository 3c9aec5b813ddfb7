package badger

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestMemtablesAreAdvisedAtOpen(t *testing.T) {
	s := openSmall(t, t.TempDir())
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	found, inMemtable := 0, false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		// A mapping begins with its addresses, in lower case; its properties follow.
		if field, _, _ := strings.Cut(line, " "); !strings.HasSuffix(field, ":") {
			_, _, inMemtable = memtableMapping([]byte(line), s.dir)
		}
		if flags, ok := strings.CutPrefix(line, "VmFlags:"); ok && inMemtable {
			found++
			if !slices.Contains(strings.Fields(flags), "rr") {
				t.Errorf("flags of a memtable are %q, want rr (random read) among them", flags)
			}
		}
	}
	if found == 0 {
		t.Error("no memtable is mapped")
	}
}

func TestMemtableMapping(t *testing.T) {
	const dir = "/data/store one"
	for line, want := range map[string]uintptr{
		"7f0000001000-7f0000003000 rw-s 00000000 fe:00 12 /data/store one/00001.mem":   0x2000,
		"7f0000001000-7f0000003000 rw-s 00000000 fe:00 12 /data/store one/000001.vlog": 0,
		"7f0000001000-7f0000003000 rw-s 00000000 fe:00 12 /data/store two/00001.mem":   0,
		"7f0000001000-7f0000003000 rw-p 00000000 00:00 0 ":                             0,
		"7f0000003000-7f0000001000 rw-s 00000000 fe:00 12 /data/store one/00001.mem":   0,
		"nonsense /data/store one/00001.mem":                                           0,
	} {
		from, to, ok := memtableMapping([]byte(line), dir)
		if ok != (want != 0) || ok && to-from != want {
			t.Errorf("memtableMapping(%q) = %x, %x, %v, want a length of %x", line, from, to, ok, want)
		}
	}
}
