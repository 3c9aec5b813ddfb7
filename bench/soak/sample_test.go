package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// page is the metrics of a server after n requests: nine of ten took less than a millisecond, the others up to ten.
func page(n int) string {
	return fmt.Sprintf(`# HELP go_goroutines Number of goroutines.
go_goroutines 12
process_resident_memory_bytes 1.5e+08
parley_resident_mapped_bytes 5e+07
parley_requests_total{dialect="d",endpoint="Send",outcome="ok"} %[1]d
parley_requests_total{dialect="d",endpoint="Send",outcome="invalid"} %[2]d
parley_requests_total{dialect="d",endpoint="List",outcome="ok"} 5
parley_request_duration_seconds_bucket{dialect="d",endpoint="Send",le="0.001"} %[3]d
parley_request_duration_seconds_bucket{dialect="d",endpoint="Send",le="0.01"} %[1]d
parley_request_duration_seconds_bucket{dialect="d",endpoint="Send",le="+Inf"} %[1]d
`, n, n/100, n*9/10)
}

func TestLine(t *testing.T) {
	before, err := read(strings.NewReader(page(1000)), "Send")
	if err != nil {
		t.Fatal(err)
	}
	now, err := read(strings.NewReader(page(2000)), "Send")
	if err != nil {
		t.Fatal(err)
	}
	before.at = time.Unix(100, 0)
	now.at = time.Unix(110, 0)
	want := "20.0 150000000 50000000 0 12 0 0 0 1010 101.0 10 0.56 9.10"
	if got := strings.Join(now.line(before, time.Unix(90, 0)), " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if q := now.quantile(now, .99); q != 0 {
		t.Errorf("without requests the quantile is %v", q)
	}
}

func TestReadRefusesOtherPages(t *testing.T) {
	for _, text := range []string{"<html> x", `parley_request_duration_seconds_bucket{le="x"} 1`} {
		if _, err := read(strings.NewReader(text), ""); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var looks atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := looks.Add(1)
		fmt.Fprint(w, page(int(n)*1000)) //nolint:errcheck // the reader notices
		if n == 4 {
			cancel()
		}
	}))
	defer server.Close()
	var out bytes.Buffer
	if err := run(ctx, []string{"-metrics", server.URL, "-every", "100ms"}, &out); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(lines) < 3 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}
