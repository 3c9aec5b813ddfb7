package load

import (
	"math"
	"math/rand/v2"
	"sort"
)

// ranks draws ranks below a bound, the lower the likelier: rank r has a weight of 1/(r+1)^skew. A skew of 0 makes all
// alike, a skew of 1 is Zipf's law. It is read only and safe for concurrent use.
type ranks struct {
	count      int
	cumulative []float64 // nil for a skew of 0
}

func newRanks(count int, skew float64) *ranks {
	r := &ranks{count: count}
	if skew == 0 {
		return r
	}
	r.cumulative = make([]float64, count)
	sum := 0.0
	for i := range r.cumulative {
		sum += math.Pow(float64(i+1), -skew)
		r.cumulative[i] = sum
	}
	return r
}

func (r *ranks) draw(random *rand.Rand) int {
	if r.cumulative == nil {
		return random.IntN(r.count)
	}
	point := random.Float64() * r.cumulative[r.count-1]
	return min(sort.SearchFloat64s(r.cumulative, point), r.count-1)
}
