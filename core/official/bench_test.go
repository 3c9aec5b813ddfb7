package official_test

import (
	"testing"

	"parley/core/official"
)

// BenchmarkFollowers reads pages of ten of 100,000 followers, at both ends.
func BenchmarkFollowers(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *world{"memory": onMemory, "badger": onBadger} {
		b.Run(name, func(b *testing.B) {
			w := open(b)
			crowd(b, w, 100_000)
			b.ResetTimer()
			for offset, where := range map[int]string{0: "first", 99_990: "last"} {
				b.Run(where, func(b *testing.B) {
					for b.Loop() {
						page, err := w.Followers(b.Context(), w.account, official.GroupAll, official.Page{Offset: offset, Limit: 10})
						if err != nil || len(page.Followers) != 10 || page.Total != 100_000 {
							b.Fatal(len(page.Followers), page.Total, err)
						}
					}
				})
			}
		})
	}
}

// BenchmarkImport imports a full batch of new followers.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := onBadger(b)
		b.StartTimer()
		crowd(b, w, 500)
	}
}
