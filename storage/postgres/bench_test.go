package postgres

import (
	"fmt"
	"testing"

	"parley/storage"
)

func benchKey(conversation, seq int) []byte {
	return fmt.Appendf(nil, "conversation-%06d-%08d", conversation, seq)
}

func BenchmarkUpdate(b *testing.B) {
	s := openAt(b, newDatabase(b).schema(b))
	value := make([]byte, 256)
	seq := 0
	for _, writes := range []int{1, 200} {
		b.Run(fmt.Sprintf("blind/%d", writes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				err := s.Update(b.Context(), func(w storage.Writer) error {
					for range writes {
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
		})
		b.Run(fmt.Sprintf("afterGet/%d", writes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				err := s.Update(b.Context(), func(w storage.Writer) error {
					seq++
					if _, err := w.GetMulti([][]byte{[]byte("head"), benchKey(1, 1), benchKey(0, seq)}); err != nil {
						return err
					}
					for range writes {
						seq++
						if err := w.Set(benchKey(seq%1000, seq), value); err != nil {
							return err
						}
					}
					return w.Set([]byte("head"), value)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkView(b *testing.B) {
	s := openAt(b, newDatabase(b).schema(b))
	value := make([]byte, 256)
	for conversation := range 100 {
		err := s.Update(b.Context(), func(w storage.Writer) error {
			for seq := range 100 {
				if err := w.Set(benchKey(conversation, seq), value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Run("Get", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			err := s.View(b.Context(), func(r storage.Reader) error {
				found, err := r.Get(benchKey(i%100, i%97))
				if found == nil {
					b.Fatal("absent")
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Scan20", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			found := 0
			err := s.View(b.Context(), func(r storage.Reader) error {
				rg := storage.Range{From: benchKey(i%100, 0), To: benchKey(i%100, 100), Reverse: true, Limit: 20}
				return r.Scan(rg, func(_, _ []byte) bool { found++; return true })
			})
			if err != nil || found != 20 {
				b.Fatal(found, err)
			}
		}
	})
}
