package report

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/bench/load"
	"parley/core"
)

// service answers on the clock of the test, and refuses some.
type service struct {
	core.Messenger
	count int
}

func (s *service) Send(context.Context, core.Outgoing) ([]core.Delivery, error) {
	if s.count++; s.count%50 == 0 {
		return nil, core.NewFault(core.Limited, "", "slow down")
	}
	time.Sleep(time.Duration(s.count%17+1) * time.Millisecond)
	return nil, nil
}

func (s *service) History(context.Context, core.HistoryQuery) (core.History, error) {
	time.Sleep(300 * time.Microsecond)
	return core.History{}, nil
}

// run measures the service for ten simulated seconds.
func run(t *testing.T) (r *Result) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &load.Settings{
			Workload:    load.Workload{Mix: load.Mix{load.Send: 3, load.List: 1}, Contacts: 1, Recipients: 1, Size: 10, Page: 20, Seed: 3},
			Connections: 1, Rate: 100, Duration: 10 * time.Second, Timeout: time.Second,
		}
		m := load.Member{Messenger: new(service), Address: `<script>`}
		result, err := load.Run(t.Context(), *s, load.People{Members: []load.Member{m, m}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r = Make(result, s, Target{URL: "http://127.0.0.1:8080/<i>", Dialect: "yesapi", Users: 2}, "1.2.3")
	})
	return r
}

func TestMake(t *testing.T) {
	r := run(t)
	if r.Schema != Schema || r.Seconds != 10 || r.Stopped != "duration" || r.Sent != 1000 || r.Unsent != 0 || len(r.Series) < 10 {
		t.Errorf("made %+v", r)
	}
	if len(r.Operations) != 2 || r.Operations[0].Name != "send" || r.Operations[1].Name != "list" {
		t.Fatalf("operations %+v", r.Operations)
	}
	send, list := &r.Operations[0], &r.Operations[1]
	if send.Requests+list.Requests != 1000 || r.Total.Requests != 1000 || send.Errors["limited"] != send.Requests/50 {
		t.Errorf("%d sends with errors %v, %d lists", send.Requests, send.Errors, list.Requests)
	}
	if list.Service.P50 < 300 || list.Service.P50 > 301 || send.Service.Max < 16900 || send.Service.Max > 17100 {
		t.Errorf("service times %+v and %+v", list.Service, send.Service)
	}
	if rate := r.Total.Rate; rate < 97 || rate > 100 {
		t.Errorf("%v requests per second", rate)
	}
	var succeeded, failed int64
	for _, p := range r.Series {
		succeeded += p.Succeeded["send"] + p.Succeeded["list"]
		failed += p.Errors
	}
	if succeeded+failed != 1000 || failed != r.Total.ErrorCount() {
		t.Errorf("the series has %d successes and %d errors", succeeded, failed)
	}
	last := 0.0
	for _, q := range send.Response.Curve {
		if q.Time < last {
			t.Errorf("the curve falls at %v %%", q.Percent)
		}
		last = q.Time
	}
}

// TestPageIsOneFile looks for anything that a browser would fetch.
func TestPageIsOneFile(t *testing.T) {
	html, err := run(t).HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []string{"http://", "https://", "src=", "href=", "url(", "@import", "<link", "<script", "<i>"} {
		if bytes.Contains(bytes.ToLower(html), []byte(foreign)) {
			t.Errorf("the page contains %s", foreign)
		}
	}
	for _, want := range []string{"Throughput", "Response times", "Stalls", "Errors by kind", "limited", "send=3, list=1", "127.0.0.1:8080/&lt;i&gt;", "1.2.3"} {
		if !bytes.Contains(html, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := bytes.Count(html, []byte("<svg viewBox=\"0 0 ")); n != 4 || bytes.Count(html, []byte("</svg>")) != 4 {
		t.Errorf("the page has %d charts", n)
	}
	if coordinate := regexp.MustCompile(`NaN|[+-]Inf`).Find(html); coordinate != nil {
		t.Errorf("a chart has a coordinate %s", coordinate)
	}
}

// TestPageOfLittle: runs that ended at once, or in which nothing succeeded, have a page, too.
func TestPageOfLittle(t *testing.T) {
	for name, r := range map[string]*Result{
		"nothing":  {},
		"one":      {Seconds: 0.1, Operations: []Operation{{Name: "send", Requests: 1, Response: Latency{Count: 1, P50: 10, Max: 10, Curve: []Quantile{{50, 10}}}}}},
		"two":      {Seconds: 2, Operations: []Operation{{Name: "send", Requests: 2, Response: Latency{Count: 2, P50: 10, Max: 10, Curve: []Quantile{{50, 10}}}}}, Series: []Point{{}, {Second: 1}}},
		"failures": {Seconds: 3, Operations: []Operation{{Name: "list", Requests: 9, Errors: map[string]int64{"timeout": 9}}}, Series: []Point{{Errors: 3}, {Errors: 3}, {Errors: 3}}},
	} {
		html, err := r.HTML()
		if err != nil || !bytes.HasSuffix(html, []byte("</html>\n")) || bytes.Contains(html, []byte("NaN")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFilesHoldSeveralRuns(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs.json")
	for i := range 3 {
		if err := Append(name, &Result{Schema: Schema, Sent: int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := Read(name)
	if err != nil || len(runs) != 3 || runs[2].Sent != 2 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	if left, err := filepath.Glob(name + ".*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for text, want := range map[string]string{
		`{"schema":1,"sent":5}`: "",
		`[{"schema":1}]`:        "",
		`[]`:                    "empty",
		``:                      "empty",
		`{}`:                    "schemas up to 1",
		`[null]`:                "schemas up to 1",
		`{"schema":2}`:          "schemas up to 1",
		`hello`:                 "holds no results",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Read(name)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
		if err := Append(name, &Result{Schema: Schema}); (err == nil) != (want == "") {
			t.Errorf("appending to %s: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := json.Marshal([]*Result{{Schema: 1, Total: Operation{Name: "all", Rate: 5}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"schema":1,"seconds":-5,"series":[{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		results, err := parse(text)
		if err != nil {
			return
		}
		if c := Compare(results, results); c.Verdict == "" {
			t.Error("no verdict")
		}
	})
}

func TestFormats(t *testing.T) {
	for want, got := range map[string]string{
		"0 µs": Micros(0), "12.3 µs": Micros(12.34), "999 µs": Micros(999), "1 ms": Micros(1000), "1.23 ms": Micros(1234), "60 s": Micros(6e7),
		"0": Count(0), "999": Count(999), "1,000": Count(1000), "-1,234,567": Count(-1234567), "-123": Count(-123),
		"12.3 %": share(123, 1000), "0 %": share(1, 0),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRemarks(t *testing.T) {
	r := run(t)
	r.Unsent, r.Stopped = 1234, "interrupted"
	text := strings.Join(r.Remarks(), "\n")
	for _, want := range []string{"Open loop at 100", "1,234 due requests were never sent", "Interrupted after 10.0 s", "ended with limited"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in %s", want, text)
		}
	}
	if rows := r.Table(); len(rows) != 4 || len(rows[0]) != len(rows[1]) || rows[3][0] != "all" {
		t.Errorf("table %v", rows)
	}
}
