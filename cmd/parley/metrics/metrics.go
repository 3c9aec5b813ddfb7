// Package metrics counts and times what the server does, for Prometheus.
package metrics

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/adapters/wire"
	"parley/core"
)

// Metrics are the meters of one server, in a registry of their own.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	refused  *prometheus.CounterVec
	// Unrouted counts requests for paths that no dialect answers.
	Unrouted prometheus.Counter
	// Panics counts requests that ended in a panic.
	Panics prometheus.Counter

	mu          sync.Mutex
	connections []func() int
}

// Refusal is why a request was turned away before it reached a dialect.
type Refusal string

// The refusals.
const (
	RefusedFraming   Refusal = "framing"
	RefusedBody      Refusal = "body_too_large"
	RefusedHeader    Refusal = "header_too_large"
	RefusedTimeout   Refusal = "timeout"
	RefusedMalformed Refusal = "malformed"
)

// New returns the meters of a program of the given version.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_requests_total",
			Help: "Requests that an endpoint answered, by outcome: ok or the fault.",
		}, []string{"dialect", "endpoint", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "parley_request_duration_seconds",
			Help:    "Time from the decoded route to the written answer.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"dialect", "endpoint"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_refused_requests_total",
			Help: "Requests that were turned away before a dialect saw them, by reason.",
		}, []string{"reason"}),
		Unrouted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parley_unrouted_requests_total",
			Help: "Requests for paths that no dialect answers.",
		}),
		Panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parley_panics_total",
			Help: "Requests that ended in a panic; each is logged.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "parley_build_info",
		Help:        "1, labelled with the program's version.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	open := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_open_connections",
		Help: "Client connections that are open.",
	}, m.openConnections)
	m.registry.MustRegister(open, m.requests, m.duration, m.refused, m.Unrouted, m.Panics, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(mapped()...)
	for _, r := range []Refusal{RefusedFraming, RefusedBody, RefusedHeader, RefusedTimeout, RefusedMalformed} {
		m.refused.WithLabelValues(string(r))
	}
	return m
}

// Meter implements wire.Meter. The children are made here, so that recording is a few atomic additions.
func (m *Metrics) Meter(dialect, endpoint string) wire.Recorder {
	duration := m.duration.WithLabelValues(dialect, endpoint)
	outcomes := []prometheus.Counter{m.requests.WithLabelValues(dialect, endpoint, "ok")}
	for _, code := range core.Codes() {
		outcomes = append(outcomes, m.requests.WithLabelValues(dialect, endpoint, code.String()))
	}
	return func(took time.Duration, code core.Code) {
		if int(code) >= len(outcomes) {
			code = core.Internal
		}
		outcomes[code].Inc()
		duration.Observe(took.Seconds())
	}
}

// Refused counts a request that was turned away.
func (m *Metrics) Refused(why Refusal) { m.refused.WithLabelValues(string(why)).Inc() }

// Connections adds what count gives to the number of open connections.
func (m *Metrics) Connections(count func() int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.connections = append(m.connections, count)
}

func (m *Metrics) openConnections() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	total := 0
	for _, count := range m.connections {
		total += count()
	}
	return float64(total)
}

// Handler answers scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
