package badger

import (
	"encoding/binary"
	"testing"

	"parley/storage"
)

func benchKey(conversation, seq uint64) []byte {
	key := binary.BigEndian.AppendUint64([]byte("conversation"), conversation)
	return binary.BigEndian.AppendUint64(key, seq)
}

// openBench opens a store with the default memory.
func openBench(b *testing.B) *store {
	b.Helper()
	s, err := open(b.TempDir(), storage.Options{MinFreeMiB: 64}, freeBytes)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// BenchmarkGroupCommit commits 256 messages of 256 bytes in one synced transaction.
func BenchmarkGroupCommit(b *testing.B) {
	const group = 256
	s := openBench(b)
	value := make([]byte, 256)
	seq := uint64(0)
	for b.Loop() {
		err := s.Update(b.Context(), func(w storage.Writer) error {
			for range group {
				seq++
				if err := w.Set(benchKey(seq%1000, seq), value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*group), "ns/key")
}

// fill stores 1,000 conversations of 100 messages of 256 bytes and opens them again, so that they are in tables.
func fill(b *testing.B) *store {
	b.Helper()
	dir := b.TempDir()
	for range 2 {
		s := openSmall(b, dir)
		for conversation := range uint64(1000) {
			err := s.Update(b.Context(), func(w storage.Writer) error {
				for seq := range uint64(100) {
					if err := w.Set(benchKey(conversation, seq), make([]byte, 256)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return openSmall(b, dir)
}

func BenchmarkRead(b *testing.B) {
	const page = 20
	s := fill(b)
	run := func(name string, read func(r storage.Reader, conversation uint64) (int, error)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := uint64(0); b.Loop(); i++ {
				err := s.View(b.Context(), func(r storage.Reader) error {
					found, err := read(r, i*7%1000)
					if found != page {
						b.Fatalf("found %d of %d", found, page)
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("Get20", func(r storage.Reader, conversation uint64) (found int, err error) {
		keys := make([][]byte, page)
		for i := range keys {
			keys[i] = benchKey(conversation, uint64(80+i))
		}
		values, err := r.GetMulti(keys)
		for _, value := range values {
			if value != nil {
				found++
			}
		}
		return found, err
	})
	for name, reverse := range map[string]bool{"Scan20": false, "ScanReverse20": true} {
		run(name, func(r storage.Reader, conversation uint64) (found int, err error) {
			rg := storage.Range{
				From: benchKey(conversation, 0), To: benchKey(conversation, 100), Reverse: reverse, Limit: page,
			}
			err = r.Scan(rg, func(_, value []byte) bool {
				if len(value) == 256 {
					found++
				}
				return true
			})
			return found, err
		})
	}
}
