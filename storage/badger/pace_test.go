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
		name       string
		backlog    backlog
		processors int
		worked     time.Duration
		want       time.Duration
	}{
		{"nothing waits", backlog{}, 2, 10 * time.Millisecond, 100 * time.Millisecond},
		{"as many as start a compaction", backlog{first: 5}, 2, 10 * time.Millisecond, 100 * time.Millisecond},
		{"four processors", backlog{first: 5}, 4, 10 * time.Millisecond, 50 * time.Millisecond},
		{"one more", backlog{first: 6}, 2, 10 * time.Millisecond, 50 * time.Millisecond},
		{"four more", backlog{first: 9}, 2, 160 * time.Millisecond, 100 * time.Millisecond},
		{"full", backlog{first: 10}, 2, time.Minute, 0},
		{"nothing was done", backlog{}, 2, 0, 0},
		{"little excess and much room", backlog{first: 0, excess: 0.5}, 2, 10 * time.Millisecond, 100 * time.Millisecond},
		{"excess", backlog{first: 1, excess: 4}, 2, 60 * time.Millisecond, 100 * time.Millisecond},
		{"excess and less room", backlog{first: 3, excess: 4}, 2, 120 * time.Millisecond, 100 * time.Millisecond},
		{"excess and no room", backlog{first: 5, excess: 1}, 2, 120 * time.Millisecond, 100 * time.Millisecond},
		{"excess and a full first level", backlog{first: 10, excess: 9}, 2, time.Minute, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPacer(func() backlog { return c.backlog }, c.processors, nil)
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
		p := newPacer(func() backlog { return backlog{first: int(time.Since(start) / (100 * time.Millisecond))} }, 1, nil)
		p.pause(time.Hour)
		if got := time.Since(start); got != fullTables*100*time.Millisecond {
			t.Errorf("the pause ended after %v", got)
		}
	})
}

func TestBacklogIsWhatLevelsHaveTooMuch(t *testing.T) {
	levels := []badger.LevelInfo{
		{NumTables: 3, Size: 90},
		{Size: 20, TargetSize: 10},
		{Size: 90, TargetSize: 100},
		{Size: 1015, TargetSize: 1000},
		{Size: 5000, TargetSize: 5000},
	}
	if got, want := backlogOf(levels, 10), (backlog{first: 3, excess: 2.5}); got != want {
		t.Errorf("the backlog is %+v, want %+v", got, want)
	}
}

func TestPausesOfOneCompactionAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(func() backlog { return backlog{} }, 2, nil)
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
		p := newPacer(func() backlog { return backlog{} }, 2, stop)
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
