package report

import (
	"slices"
	"strings"
	"testing"
)

// runs are closed-loop runs with the given throughputs and a p99 of 1000/throughput ms.
func runs(rates ...float64) (all []*Result) {
	for _, rate := range rates {
		o := Operation{Name: "send", Requests: 1000, Rate: rate, Response: Latency{Count: 1000, P50: 1e5 / rate, P99: 1e6 / rate, P999: 2e6 / rate}}
		total := o
		total.Name = "all"
		all = append(all, &Result{Schema: Schema, Total: total, Operations: []Operation{o}})
	}
	return all
}

func TestVerdicts(t *testing.T) {
	failing := runs(500, 500)
	for _, r := range failing {
		r.Total.Errors = map[string]int64{"limited": 100}
	}
	open := func(all []*Result) []*Result {
		for _, r := range all {
			r.Settings.Rate = 100
			r.Total.Rate = 100
		}
		return all
	}
	slowLists := runs(200, 202)
	for _, r := range slowLists {
		r.Operations[0].Response.P99 *= 10
	}
	for name, c := range map[string]struct {
		a, b []*Result
		want string
	}{
		"faster":           {runs(100, 110, 105), runs(200, 220, 210), "B is better: its throughput 2.00× that of A (1.82 to 2.20)."},
		"slower":           {runs(200, 220, 210), runs(100, 110, 105), "B is worse: its throughput 0.50×"},
		"the same":         {runs(100, 101, 99), runs(101, 100, 102), "B is as good as A: its throughput differs by 1.0 %."},
		"overlapping":      {runs(100, 130), runs(120, 140), "No difference is proven"},
		"single":           {runs(100), runs(110), "No difference is proven"},
		"single, far":      {runs(100), runs(150), "B is better"},
		"single, far down": {runs(150), runs(100), "B is worse"},
		"fails":            {runs(100, 100), failing, "B fails more often, 10.00 % of the requests against 0.00 %"},
		"failed before":    {failing, runs(100, 100), "B is worse"},
		"open loop":        {open(runs(100, 101)), open(runs(200, 201)), "B is better: its p99 response time 0.50×"},
		"with a but":       {runs(100, 101), slowLists, "But send is worse: p99 5"},
		"nothing measured": {runs(0), runs(0), "nothing in common"},
	} {
		if got := Compare(c.a, c.b).Verdict; !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestRatios(t *testing.T) {
	c := Compare(runs(100, 300, 200), runs(500, 400))
	at := slices.IndexFunc(c.Rows, func(r Ratio) bool { return r.Operation == "send" && r.Figure == "throughput" })
	if at < 0 {
		t.Fatalf("rows %+v", c.Rows)
	}
	if r := c.Rows[at]; r.A != 200 || r.B != 450 || r.Ratio != 2.25 || r.Low != 400.0/300 || r.High != 5 || r.Judgement != "better" {
		t.Errorf("ratio %+v", r)
	}
	if c.RunsA != 3 || c.RunsB != 2 || len(c.Rows) != 8 || len(c.Table()) != 9 {
		t.Errorf("%d and %d runs, %d rows", c.RunsA, c.RunsB, len(c.Rows))
	}
}

func TestWarnings(t *testing.T) {
	a, b := runs(100, 100), runs(100, 100)
	if c := Compare(a, b); len(c.Warnings) > 0 {
		t.Errorf("like runs: %v", c.Warnings)
	}
	b[1].Settings.Connections, b[0].Machine.Cores, a[1].Stopped = 7, 8, "interrupted"
	text := strings.Join(Compare(a, b).Warnings, "\n")
	for _, want := range []string{"different loads", "different machines", "interrupted"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in %q", want, text)
		}
	}
	if text := strings.Join(Compare(a, b[:1]).Warnings, "\n"); !strings.Contains(text, "One run tells nothing") {
		t.Errorf("of one run is said: %s", text)
	}
}
