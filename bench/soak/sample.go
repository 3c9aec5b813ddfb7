package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sample is what the metrics say at one moment.
type sample struct {
	at      time.Time
	gauges  map[string]float64
	buckets map[float64]float64 // requests by upper bound in seconds, each with those of the lower ones
	total   float64
	failed  float64
}

// gauges are the metrics that are written as they are, with their columns.
func gauges() [][2]string {
	return [][2]string{
		{"rss_bytes", "process_resident_memory_bytes"},
		{"mapped_bytes", "parley_resident_mapped_bytes"},
		{"heap_bytes", "go_memstats_heap_inuse_bytes"},
		{"goroutines", "go_goroutines"},
		{"open_files", "process_open_fds"},
		{"connections", "parley_open_connections"},
		{"cpu_seconds", "process_cpu_seconds_total"},
	}
}

func columns() []string {
	names := []string{"seconds"}
	for _, g := range gauges() {
		names = append(names, g[0])
	}
	return append(names, "requests", "requests_per_second", "failed", "p50_ms", "p99_ms")
}

// answerTimeout bounds the wait for the metrics.
const answerTimeout = 10 * time.Second

// look reads the metrics.
func look(ctx context.Context, o *options) (*sample, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.url, nil)
	if err != nil {
		return nil, err
	}
	if token := os.Getenv("PARLEY_ADMIN_TOKEN"); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // it has been read
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", o.url, answer.Status)
	}
	return read(answer.Body, o.endpoint)
}

// read parses metrics in Prometheus's text form, of requests those whose endpoint contains a text.
func read(r io.Reader, endpoint string) (*sample, error) {
	s := &sample{at: time.Now(), gauges: make(map[string]float64), buckets: make(map[float64]float64)}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		end := strings.LastIndexByte(line, ' ')
		if end < 0 || line[0] == '#' {
			continue
		}
		value, err := strconv.ParseFloat(line[end+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("not a metric: %q", line)
		}
		name, labels, _ := strings.Cut(line[:end], "{")
		s.gauges[name] = value
		if !strings.Contains(label(labels, "endpoint"), endpoint) {
			continue
		}
		switch name {
		case "parley_requests_total":
			s.total += value
			if label(labels, "outcome") != "ok" {
				s.failed += value
			}
		case "parley_request_duration_seconds_bucket":
			bound, err := strconv.ParseFloat(label(labels, "le"), 64)
			if err != nil {
				return nil, fmt.Errorf("not a bucket: %q", line)
			}
			s.buckets[bound] += value
		}
	}
	return s, lines.Err()
}

// label returns the value of a label. None of those that are asked for holds quotation marks.
func label(labels, name string) string {
	_, rest, ok := strings.Cut(","+labels, ","+name+`="`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// line is the line of s; its requests are those since before.
func (s *sample) line(before *sample, began time.Time) []string {
	number := func(f float64, decimals int) string { return strconv.FormatFloat(f, 'f', decimals, 64) }
	line := []string{number(s.at.Sub(began).Seconds(), 1)}
	for _, g := range gauges() {
		line = append(line, number(s.gauges[g[1]], 0))
	}
	requests := s.total - before.total
	return append(line, number(requests, 0), number(requests/s.at.Sub(before.at).Seconds(), 1), number(s.failed-before.failed, 0),
		number(1000*s.quantile(before, .5), 2), number(1000*s.quantile(before, .99), 2))
}

// quantile estimates a quantile of the durations since before, in seconds, as evenly spread in their bucket. Those beyond
// the last bound count as that, and without requests it is zero.
func (s *sample) quantile(before *sample, q float64) float64 {
	bounds := make([]float64, 0, len(s.buckets))
	for bound := range s.buckets {
		bounds = append(bounds, bound)
	}
	slices.Sort(bounds)
	count := func(i int) float64 { return s.buckets[bounds[i]] - before.buckets[bounds[i]] }
	if len(bounds) == 0 || count(len(bounds)-1) == 0 {
		return 0
	}
	rank := q * count(len(bounds)-1)
	lower, below := 0., 0.
	for i, bound := range bounds {
		if n := count(i); n >= rank {
			if math.IsInf(bound, 1) {
				return lower
			}
			return lower + (bound-lower)*(rank-below)/(n-below)
		}
		lower, below = bound, count(i)
	}
	return lower
}
