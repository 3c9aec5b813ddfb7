package badger

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"parley/storage"
)

const (
	crashDirVariable    = "PARLEY_CRASH_DIR"
	crashFirstVariable  = "PARLEY_CRASH_FIRST"
	crashCyclesVariable = "PARLEY_CRASH_CYCLES"

	crashWriters   = 4
	crashKeys      = 3 // written by one transaction
	crashValueSize = 16 << 10
)

// A process that commits as fast as it can is killed, again and again, on the same directory: what it acknowledged is
// there, and no transaction is there in part. The volume makes memtables rotate, so that kills hit that too.
func TestKill(t *testing.T) {
	cycles := 5
	if setting := os.Getenv(crashCyclesVariable); setting != "" {
		var err error
		if cycles, err = strconv.Atoi(setting); err != nil {
			t.Fatalf("%s: %v", crashCyclesVariable, err)
		}
	}
	dir := t.TempDir()
	next := uint64(1)
	for cycle := range cycles {
		first := next
		// A memtable holds about 170 transactions, so the kills come before, at and after its rotations.
		acked := runAndKill(t, dir, first, 100+cycle*71%300)
		s, err := open(dir, small(), freeBytes)
		if err != nil {
			t.Fatalf("cycle %d: %v", cycle, err)
		}
		err = s.View(t.Context(), func(r storage.Reader) error {
			for _, number := range acked {
				if found, err := crashRead(r, number); err != nil || found != crashKeys {
					t.Errorf("cycle %d: %d of %d keys of acknowledged transaction %d: %v", cycle, found, crashKeys, number, err)
				}
				next = max(next, number+1)
			}
			// Behind the acknowledged ones at most one transaction of each writer was on its way.
			for number := first; number < next+crashWriters; number++ {
				if found, err := crashRead(r, number); err != nil || found != 0 && found != crashKeys {
					t.Errorf("cycle %d: %d of %d keys of transaction %d: %v", cycle, found, crashKeys, number, err)
				}
			}
			next += crashWriters
			return nil
		})
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatalf("cycle %d: %v", cycle, err)
		}
	}
}

// runAndKill lets a child commit transactions from first on and kills it after so many acknowledgements. It returns the
// numbers of all that were acknowledged.
func runAndKill(t *testing.T, dir string, first uint64, acks int) []uint64 {
	t.Helper()
	var complaints bytes.Buffer
	child := exec.Command(os.Args[0], "-test.run=^TestKillChild$")
	child.Env = append(os.Environ(), crashDirVariable+"="+dir, crashFirstVariable+"="+strconv.FormatUint(first, 10))
	child.Stderr = &complaints
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var acked []uint64
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		number, err := strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil {
			break
		}
		// After the kill the pipe still gives what the child had written.
		if acked = append(acked, number); len(acked) == acks {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	killed := new(exec.ExitError)
	if err := child.Wait(); !errors.As(err, &killed) || len(acked) < acks {
		t.Fatalf("child ended by itself after %d acknowledgements: %v\n%s", len(acked), err, complaints.Bytes())
	}
	return acked
}

// TestKillChild is the process that TestKill kills.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(crashDirVariable)
	if dir == "" {
		t.Skip("started by TestKill")
	}
	first, err := strconv.ParseUint(os.Getenv(crashFirstVariable), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(dir, small(), freeBytes)
	if err != nil {
		t.Fatal(err)
	}
	var number atomic.Uint64
	number.Store(first - 1)
	var stdout sync.Mutex
	var writers sync.WaitGroup
	for range crashWriters {
		writers.Go(func() {
			for {
				n := number.Add(1)
				if err := s.Update(context.Background(), func(w storage.Writer) error { return crashWrite(w, n) }); err != nil {
					t.Errorf("transaction %d: %v", n, err)
					return
				}
				stdout.Lock()
				_, err := fmt.Println(n)
				stdout.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	writers.Wait()
}

// crashWrite writes the keys of transaction number; their values can be checked.
func crashWrite(w storage.Writer, number uint64) error {
	for i := range crashKeys {
		key := crashKey(number, i)
		if err := w.Set(key, crashValue(key)); err != nil {
			return err
		}
	}
	return nil
}

// crashRead returns how many keys of transaction number are there; they must be whole.
func crashRead(r storage.Reader, number uint64) (found int, err error) {
	for i := range crashKeys {
		key := crashKey(number, i)
		value, err := r.Get(key)
		if err != nil {
			return found, err
		}
		if value == nil {
			continue
		}
		found++
		if !bytes.Equal(value, crashValue(key)) {
			return found, fmt.Errorf("the value of %x is not what was written", key)
		}
	}
	return found, nil
}

func crashKey(number uint64, i int) []byte {
	return append(binary.BigEndian.AppendUint64([]byte("t"), number), byte(i))
}

// crashValue returns a value of its own for every key, which does not compress.
func crashValue(key []byte) []byte {
	value := make([]byte, 0, crashValueSize)
	for sum := sha256.Sum256(key); len(value) < crashValueSize; sum = sha256.Sum256(sum[:]) {
		value = append(value, sum[:]...)
	}
	return value
}
