package badger

import (
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dgraph-io/badger/v4"
)

func TestPauseIsLongerTheLessWaits(t *testing.T) {
	for _, c := range []struct {
		name                string
		waiting, processors int
		worked, want        time.Duration
	}{
		{"nothing waits", 0, 2, 10 * time.Millisecond, 100 * time.Millisecond},
		{"as many as start a compaction", 5, 2, 10 * time.Millisecond, 100 * time.Millisecond},
		{"four processors", 5, 4, 10 * time.Millisecond, 50 * time.Millisecond},
		{"one more", 6, 2, 10 * time.Millisecond, 50 * time.Millisecond},
		{"four more", 9, 2, 160 * time.Millisecond, 100 * time.Millisecond},
		{"full", 10, 2, time.Minute, 0},
		{"nothing was done", 0, 2, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPacer(func() int { return c.waiting }, c.processors, nil)
				start := time.Now()
				p.pause(c.worked)
				if got := time.Since(start); got != c.want {
					t.Errorf("a pause of %v, want %v", got, c.want)
				}
			})
		})
	}
}

func TestPauseEndsWhenTheFirstLevelFillsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		p := newPacer(func() int { return int(time.Since(start) / (100 * time.Millisecond)) }, 1, nil)
		p.pause(time.Hour)
		if got := time.Since(start); got != fullTables*100*time.Millisecond {
			t.Errorf("the pause ended after %v", got)
		}
	})
}

func TestPausesOfOneCompactionAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(func() int { return 0 }, 2, nil)
		start := time.Now()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { p.pause(10 * time.Millisecond) })
		}
		all.Wait()
		if got := time.Since(start); got != 400*time.Millisecond {
			t.Errorf("four goroutines that worked for 10 ms paused for %v, want 400 ms", got)
		}
	})
}

func TestPausesEndAtTheStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		p := newPacer(func() int { return 0 }, 2, stop)
		start := time.Now()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { p.pause(time.Hour) })
		}
		time.Sleep(time.Second)
		close(stop)
		all.Wait()
		if got := time.Since(start); got != time.Second {
			t.Errorf("the pauses ended after %v, want one second", got)
		}
	})
}

// The report is the engine's, and another version of it could word it otherwise.
func TestEngineReportsWhatItMerges(t *testing.T) {
	const valueSize = 32 << 10
	merges := make(chan time.Duration, 1)
	options := engineOptions(t.TempDir(), divide(minMemoryMiB)).WithSyncWrites(false).WithBypassLockGuard(false).WithLogger(&logger{
		log:         slog.New(slog.DiscardHandler),
		writeFailed: func(err error) { t.Error(err) },
		merged: func(took time.Duration) {
			select {
			case merges <- took:
			default:
			}
		},
	})
	db, err := badger.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	noise := rand.NewChaCha8([32]byte{})
	// The engine holds back writes while stallTables wait, so it must have compacted some before it has taken so many.
	const writes = 4 * stallTables * minMemtableMiB * mebibyte / valueSize
	for i := uint64(0); i < writes; {
		err := db.Update(func(txn *badger.Txn) error {
			for range 16 {
				value := make([]byte, valueSize)
				if _, err := noise.Read(value); err != nil {
					return err
				}
				i++
				if err := txn.Set(binary.BigEndian.AppendUint64(nil, i*0x9E3779B97F4A7C15), value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case took := <-merges:
			if took < 0 || took > time.Minute {
				t.Errorf("merging a table took %v", took)
			}
			return
		default:
		}
	}
	t.Error("the engine has compacted and reported nothing")
}
