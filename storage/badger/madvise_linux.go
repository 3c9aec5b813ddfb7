package badger

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// adviseMemtables tells the kernel that the mapped memtable logs of dir are touched at random. Otherwise it reads ahead
// in them and keeps them in large folios, and each sync of some hundred bytes rewrites a whole folio: measured, that
// multiplies what goes to the disk by fifteen. A mapping that vanishes meanwhile is no error, since advice changes
// nothing but speed.
func adviseMemtables(dir string) error {
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return fmt.Errorf("badger: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		from, to, ok := memtableMapping(lines.Bytes(), dir)
		if !ok {
			continue
		}
		_, _, errno := syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_RANDOM)
		if errno != 0 && errno != syscall.ENOMEM {
			return fmt.Errorf("badger: madvise: %w", errno)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("badger: %w", err)
	}
	return nil
}

// memtableMapping returns the addresses of a line of /proc/self/maps, "from-to perms offset dev inode path", if it maps
// a memtable log of dir.
func memtableMapping(line []byte, dir string) (from, to uintptr, ok bool) {
	if !bytes.HasSuffix(line, []byte(memtableExt)) {
		return 0, 0, false
	}
	slash := bytes.IndexByte(line, '/')
	if slash < 0 || filepath.Dir(string(line[slash:])) != dir {
		return 0, 0, false
	}
	addresses, _, _ := bytes.Cut(line, []byte{' '})
	low, high, _ := bytes.Cut(addresses, []byte{'-'})
	a, errA := strconv.ParseUint(string(low), 16, strconv.IntSize)
	b, errB := strconv.ParseUint(string(high), 16, strconv.IntSize)
	return uintptr(a), uintptr(b), errA == nil && errB == nil && a < b
}
