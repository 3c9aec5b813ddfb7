package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// report prints the table, or the runs as JSON.
func report(out io.Writer, o *options, all []series) error {
	if o.json {
		return json.NewEncoder(out).Encode(all)
	}
	base := "echo"
	if o.against != "" {
		base = "other build"
	}
	mode := "unpinned"
	if o.pinned {
		mode = "pinned: server on one core, load on another"
	}
	if o.cold {
		mode += ", conversations not in memory"
	}
	if _, err := fmt.Fprintf(out, "%s, %d rounds of %v, medians; share = Parley/%s of the same round (lowest..highest)\n\n",
		mode, o.rounds, o.duration(), base); err != nil {
		return err
	}
	const head = "| workload | conns | %[1]s req/s | Parley req/s | messages/s | share | CPU/request %[1]s, Parley | share by CPU | p50 | p99 | %[1]s p50 | p99 |\n" +
		"|---|---|---|---|---|---|---|---|---|---|---|---|\n"
	if _, err := fmt.Fprintf(out, head, base); err != nil {
		return err
	}
	for i := range all {
		if _, err := io.WriteString(out, all[i].row()); err != nil {
			return err
		}
	}
	return nil
}

func (s *series) row() string {
	rates := ratios(s, func(e, p *sample) float64 { return p.rate() / e.rate() })
	costs := ratios(s, func(e, p *sample) float64 { return float64(e.cost()) / float64(p.cost()) })
	parley := median(s.Parley, (*sample).rate)
	return fmt.Sprintf("| %s | %d | %.0f | %.0f | %.0f | **%.0f %%** (%.0f..%.0f) | %v, %v | **%.0f %%** (%.0f..%.0f) | %v | %v | %v | %v |\n",
		s.Workload, s.Connections, median(s.Echo, (*sample).rate), parley, parley*float64(s.Messages),
		100*middle(rates), 100*rates[0], 100*rates[len(rates)-1],
		micros(median(s.Echo, (*sample).cost)), micros(median(s.Parley, (*sample).cost)),
		100*middle(costs), 100*costs[0], 100*costs[len(costs)-1],
		micros(median(s.Parley, (*sample).p50)), micros(median(s.Parley, (*sample).p99)),
		micros(median(s.Echo, (*sample).p50)), micros(median(s.Echo, (*sample).p99)))
}

func (s *sample) p50() time.Duration { return s.P50 }
func (s *sample) p99() time.Duration { return s.P99 }

// micros rounds to what the measurement can tell.
func micros(d time.Duration) time.Duration {
	if d < 100*time.Microsecond {
		return d.Round(100 * time.Nanosecond)
	}
	return d.Round(10 * time.Microsecond)
}

// ratios returns of's results for the rounds, sorted.
func ratios(s *series, of func(echo, parley *sample) float64) []float64 {
	all := make([]float64, len(s.Parley))
	for i := range all {
		all[i] = of(&s.Echo[i], &s.Parley[i])
	}
	slices.Sort(all)
	return all
}

func middle(sorted []float64) float64 { return sorted[len(sorted)/2] }

func median[T float64 | time.Duration](samples []sample, of func(*sample) T) T {
	all := make([]T, len(samples))
	for i := range samples {
		all[i] = of(&samples[i])
	}
	slices.Sort(all)
	return all[len(all)/2]
}
