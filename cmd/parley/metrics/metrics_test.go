package metrics

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"parley/core"
)

func TestRecorder(t *testing.T) {
	m := New("v1")
	record := m.Meter("phalapi", "Platform.ChatMessage.Send")
	record(time.Millisecond, 0)
	record(time.Millisecond, 0)
	record(time.Second, core.Internal)
	record(time.Second, core.Invalid)
	want := map[string]float64{"ok": 2, "internal": 1, "invalid": 1, "not_found": 0}
	for outcome, n := range want {
		got := testutil.ToFloat64(m.requests.WithLabelValues("phalapi", "Platform.ChatMessage.Send", outcome))
		if got != n {
			t.Errorf("%s = %v, want %v", outcome, got, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() { record(time.Millisecond, core.Conflict) }); n != 0 {
		t.Errorf("recording allocates %v times", n)
	}
}

func TestScrape(t *testing.T) {
	m := New("v1")
	m.Connections(func() int { return 1 })
	m.Connections(func() int { return 2 })
	m.Refused(RefusedBody)
	m.Meter("yesapi", "App.Hello.World")(time.Millisecond, 0)
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`parley_requests_total{dialect="yesapi",endpoint="App.Hello.World",outcome="ok"} 1`,
		`parley_requests_total{dialect="yesapi",endpoint="App.Hello.World",outcome="internal"} 0`,
		`parley_request_duration_seconds_count{dialect="yesapi",endpoint="App.Hello.World"} 1`,
		`parley_refused_requests_total{reason="body_too_large"} 1`,
		"parley_open_connections 3", `parley_build_info{version="v1"} 1`, "go_goroutines ",
	} {
		if !strings.Contains(answer.Body.String(), want) {
			t.Errorf("the scrape lacks %s", want)
		}
	}
}

// Another part of the same process's memory, so there is some and it is less than all.
func TestMappedMemory(t *testing.T) {
	if len(mapped()) == 0 {
		t.Skip("this system does not tell it")
	}
	found, err := New("v1").registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	value := make(map[string]float64)
	for _, family := range found {
		if g := family.GetMetric()[0].GetGauge(); g != nil {
			value[family.GetName()] = g.GetValue()
		}
	}
	part, all := value["parley_resident_mapped_bytes"], value["process_resident_memory_bytes"]
	if part <= 0 || part >= all {
		t.Errorf("%v of %v bytes are mapped", part, all)
	}
}

func TestNamesFollowTheConventions(t *testing.T) {
	m := New("v1")
	m.Connections(func() int { return 0 })
	m.Meter("yesapi", "App.Hello.World")
	found, err := testutil.GatherAndLint(m.registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range found {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}
}
