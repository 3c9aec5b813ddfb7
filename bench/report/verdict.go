package report

import (
	"fmt"
	"math"
	"slices"
)

// verdict is the comparison in one sentence. With a rate the throughput is given, and the response times tell; without
// one the throughput does.
func (c *Comparison) verdict(a, b []*Result) string {
	if worse, before := errorShare(b), errorShare(a); worse > before+0.001 {
		return fmt.Sprintf("B fails more often, %.2f %% of the requests against %.2f %%: its other figures do not count.", 100*worse, 100*before)
	}
	figure, what := "throughput", "throughput"
	if a[0].Settings.Rate > 0 {
		figure, what = "p99", "p99 response time"
	}
	at := slices.IndexFunc(c.Rows, func(r Ratio) bool { return r.Operation == "all" && r.Figure == figure })
	if at < 0 {
		return "The runs have nothing in common that could be compared."
	}
	r := &c.Rows[at]
	change := fmt.Sprintf("%s %.2f× that of A", what, r.Ratio)
	if c.RunsA > 1 && c.RunsB > 1 {
		change += fmt.Sprintf(" (%.2f to %.2f)", r.Low, r.High)
	}
	switch r.Judgement {
	case "better":
		return "B is better: its " + change + "." + c.but("worse")
	case "worse":
		return "B is worse: its " + change + "." + c.but("better")
	case "same":
		return fmt.Sprintf("B is as good as A: its %s differs by %.1f %%.", what, 100*math.Abs(r.Ratio-1)) + c.but("worse")
	}
	return "No difference is proven: B has a " + change + ", which chance may explain."
}

// but names single operations that go against the verdict.
func (c *Comparison) but(judgement string) string {
	for _, r := range c.Rows {
		if r.Operation != "all" && r.Judgement == judgement && (r.Figure == "throughput" || r.Figure == "p99") {
			return fmt.Sprintf(" But %s is %s: %s %.2f×.", r.Operation, judgement, r.Figure, r.Ratio)
		}
	}
	return ""
}

// errorShare is the share of failed requests, of all runs together.
func errorShare(runs []*Result) float64 {
	var failed, all int64
	for _, r := range runs {
		failed += r.Total.ErrorCount()
		all += r.Total.Requests
	}
	if all == 0 {
		return 0
	}
	return float64(failed) / float64(all)
}

// Table lays the comparison out for a terminal: lines of cells.
func (c *Comparison) Table() [][]string {
	lines := [][]string{{"OPERATION", "FIGURE", "A", "B", "B/A", "SPREAD", "B IS"}}
	for _, r := range c.Rows {
		show := Micros
		if r.Figure == "throughput" {
			show = func(x float64) string { return perSecond(x) + "/s" }
		}
		lines = append(lines, []string{
			r.Operation, r.Figure, show(r.A), show(r.B), fmt.Sprintf("%.2f", r.Ratio), fmt.Sprintf("%.2f–%.2f", r.Low, r.High), r.Judgement,
		})
	}
	return lines
}
