package report

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"parley/bench/load"
	"parley/core"
)

// Target names what was put under load.
type Target struct {
	URL, Dialect string
	Users        int
}

// Make returns the report of a run by a driver of the given version on this machine.
func Make(r *load.Result, s *load.Settings, target Target, version string) *Result {
	out := &Result{
		Schema: Schema, Parley: version, Started: r.Started.UTC().Truncate(time.Millisecond), Machine: ThisMachine(),
		Settings: settings(s, target),
		Seconds:  r.Window.Seconds(), Stopped: string(r.Stopped), Sent: r.Sent, Unsent: r.Unsent,
	}
	var all load.OpResult
	for _, op := range load.Ops() {
		if s.Workload.Mix[op] == 0 {
			continue
		}
		o := &r.Ops[op]
		out.Operations = append(out.Operations, operation(op.String(), o, r.Window))
		all.Merge(o)
	}
	out.Total = operation("all", &all, r.Window)
	for i := range r.Seconds {
		second := &r.Seconds[i]
		p := Point{Second: i, Succeeded: make(map[string]int64), Errors: second.Errors, Slowest: micros(second.Slowest)}
		for _, o := range load.Ops() {
			if s.Workload.Mix[o] > 0 {
				p.Succeeded[o.String()] = second.Succeeded[o]
			}
		}
		out.Series = append(out.Series, p)
	}
	return out
}

func settings(s *load.Settings, target Target) Settings {
	w := &s.Workload
	return Settings{
		Target: target.URL, Dialect: target.Dialect, Users: target.Users,
		Mix: w.Mix.String(), Connections: s.Connections, Rate: s.Rate, Requests: s.Requests,
		Duration: s.Duration.Seconds(), Warmup: s.Warmup.Seconds(), Timeout: s.Timeout.Seconds(),
		Contacts: w.Contacts, Skew: w.Skew, Recipients: w.Recipients, Size: w.Size, Page: w.Page, Seed: w.Seed,
	}
}

func operation(name string, o *load.OpResult, window time.Duration) Operation {
	out := Operation{Name: name, Requests: o.Requests, Response: latency(o.Response), Service: latency(o.Service)}
	if window > 0 {
		out.Rate = float64(o.Succeeded) / window.Seconds()
	}
	for _, code := range core.Codes() {
		if n := o.Errors[code]; n > 0 {
			if out.Errors == nil {
				out.Errors = make(map[string]int64)
			}
			out.Errors[code.String()] = n
		}
	}
	return out
}

// curve are the percentages of a distribution's points: dense where it is rare.
var curve = [...]float64{
	0, 10, 25, 50, 62.5, 75, 80, 85, 90, 92.5, 95, 96.5, 97.5, 98, 98.5, 99,
	99.25, 99.5, 99.75, 99.9, 99.95, 99.975, 99.99, 99.995, 99.999, 99.9999, 100,
}

func latency(h *hdrhistogram.Histogram) Latency {
	if h == nil || h.TotalCount() == 0 {
		return Latency{}
	}
	at := func(percent float64) float64 { return micros(time.Duration(h.ValueAtPercentile(percent))) }
	l := Latency{
		Count: h.TotalCount(), Min: micros(time.Duration(h.Min())), Mean: micros(time.Duration(h.Mean())),
		P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), Max: micros(time.Duration(h.Max())),
	}
	for _, percent := range curve {
		l.Curve = append(l.Curve, Quantile{percent, at(percent)})
	}
	return l
}

// micros is d in microseconds, to a tenth.
func micros(d time.Duration) float64 { return float64(d/100) / 10 }
