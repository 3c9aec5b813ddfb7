package report

import (
	"fmt"
	"slices"
)

// Comparison sets several runs against several others.
type Comparison struct {
	// RunsA and RunsB count the runs of either side.
	RunsA int     `json:"runs_a"`
	RunsB int     `json:"runs_b"`
	Rows  []Ratio `json:"rows"`
	// Verdict is one sentence.
	Verdict string `json:"verdict"`
	// Warnings tell what makes the sides hard to compare.
	Warnings []string `json:"warnings,omitempty"`
}

// Ratio is how a figure of B relates to that of A.
type Ratio struct {
	Operation string `json:"operation"`
	// Figure is "throughput", "p50", "p99" or "p99.9".
	Figure string  `json:"figure"`
	A      float64 `json:"a"` // median; per second or microseconds
	B      float64 `json:"b"`
	// Ratio is the median of B over that of A. The runs of either side spread it from Low to High: the smallest of B
	// over the largest of A, and the reverse.
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	// Judgement is "better", "worse", "same" or "unsure"; unsure is a change that the spread may explain.
	Judgement string `json:"judgement"`
}

const (
	// same is the change below which nobody should care.
	same = 0.03
	// unrepeated is the change that single runs must show before it is believed; what they spread is unknown.
	unrepeated = 0.15
)

// Compare sets the runs of B against those of A.
func Compare(a, b []*Result) *Comparison {
	c := &Comparison{RunsA: len(a), RunsB: len(b)}
	c.warn(a, b)
	names := []string{"all"}
	for _, o := range a[0].Operations {
		names = append(names, o.Name)
	}
	for _, name := range names {
		c.add(name, "throughput", a, b, true, func(o *Operation) float64 { return o.Rate })
		c.add(name, "p50", a, b, false, func(o *Operation) float64 { return o.Response.P50 })
		c.add(name, "p99", a, b, false, func(o *Operation) float64 { return o.Response.P99 })
		c.add(name, "p99.9", a, b, false, func(o *Operation) float64 { return o.Response.P999 })
	}
	c.Verdict = c.verdict(a, b)
	return c
}

// operation finds an operation by name; "all" is the sum.
func (r *Result) operation(name string) *Operation {
	if name == "all" {
		return &r.Total
	}
	for i := range r.Operations {
		if r.Operations[i].Name == name {
			return &r.Operations[i]
		}
	}
	return nil
}

// add compares one figure, unless a run lacks it.
func (c *Comparison) add(name, figure string, a, b []*Result, higher bool, of func(*Operation) float64) {
	values := func(runs []*Result) (all []float64) {
		for _, r := range runs {
			if o := r.operation(name); o != nil && of(o) > 0 {
				all = append(all, of(o))
			}
		}
		slices.Sort(all)
		return all
	}
	left, right := values(a), values(b)
	if len(left) != len(a) || len(right) != len(b) {
		return
	}
	r := Ratio{
		Operation: name, Figure: figure, A: median(left), B: median(right),
		Low: right[0] / left[len(left)-1], High: right[len(right)-1] / left[0],
	}
	r.Ratio = r.B / r.A
	r.Judgement = judge(&r, higher, len(a) > 1 && len(b) > 1)
	c.Rows = append(c.Rows, r)
}

// median of sorted values.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func judge(r *Ratio, higher, repeated bool) string {
	if r.Ratio > 1-same && r.Ratio < 1+same {
		return "same"
	}
	up := r.Ratio > 1
	apart := up && r.Low > 1 || !up && r.High < 1
	if !repeated {
		apart = r.Ratio > 1+unrepeated || r.Ratio < 1/(1+unrepeated)
	}
	switch {
	case !apart:
		return "unsure"
	case up == higher:
		return "better"
	}
	return "worse"
}

// warn tells what differs between the runs beside the figures.
func (c *Comparison) warn(a, b []*Result) {
	first := a[0]
	var machines, loads, broken bool
	for _, r := range slices.Concat(a, b) {
		machines = machines || r.Machine != first.Machine
		s := r.Settings
		s.Target, s.Dialect, s.Seed = first.Settings.Target, first.Settings.Dialect, first.Settings.Seed
		loads = loads || s != first.Settings
		broken = broken || r.Stopped == "interrupted"
	}
	add := func(is bool, text string) {
		if is {
			c.Warnings = append(c.Warnings, text)
		}
	}
	add(loads, "The runs were given different loads or settings.")
	add(machines, "The driver ran on different machines or versions.")
	add(broken, "A run was interrupted.")
	add(c.RunsA == 1 || c.RunsB == 1, fmt.Sprintf("One run tells nothing of the spread; only changes beyond %.0f %% are judged. Five a side, by turns, are good.", unrepeated*100))
}
