package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"parley/adapters/wire/mirror"
)

// Mirror are the meters of the mirror.
type Mirror struct {
	compared   *prometheus.CounterVec
	skipped    *prometheus.CounterVec
	dropped    *prometheus.CounterVec
	unanswered *prometheus.CounterVec
}

var _ mirror.Meter = (*Mirror)(nil)

// Mirror makes the meters of the mirror. It is called once.
func (m *Metrics) Mirror() *Mirror {
	v := &Mirror{
		compared: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_mirror_comparisons_total",
			Help: "Answers of both servers that were compared, by verdict.",
		}, []string{"dialect", "endpoint", "verdict"}),
		skipped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_mirror_not_compared_total",
			Help: "Requests in a mirror mode whose answers are not compared, by reason.",
		}, []string{"dialect", "endpoint", "reason"}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_mirror_dropped_total",
			Help: "Comparisons that were given up, for too many waited.",
		}, []string{"dialect"}),
		unanswered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_mirror_unanswered_total",
			Help: "Requests that the legacy server has not answered.",
		}, []string{"dialect"}),
	}
	m.registry.MustRegister(v.compared, v.skipped, v.dropped, v.unanswered)
	return v
}

// Watch adds gauges of the comparisons that wait and of the writes that wait or were set aside. It is called once.
func (m *Metrics) Watch(f *mirror.Front) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_mirror_queue_length",
		Help: "Comparisons that wait.",
	}, func() float64 { return float64(f.Waiting()) }))
	for _, app := range f.Apps() {
		for state, count := range map[string]func(mirror.QueueStatus) int{
			"waiting": func(s mirror.QueueStatus) int { return s.Waiting },
			"aside":   func(s mirror.QueueStatus) int { return s.Aside },
		} {
			m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name:        "parley_cutover_writes",
				Help:        "Writes that have yet to be repeated on the other server, or that it has refused.",
				ConstLabels: prometheus.Labels{"app": app, "state": state},
			}, func() float64 {
				s, err := f.Status(app)
				if err != nil {
					return 0
				}
				return float64(count(s.Queue))
			}))
		}
	}
}

// Compared implements mirror.Meter.
func (v *Mirror) Compared(dialect, operation string, verdict mirror.Verdict) {
	v.compared.WithLabelValues(dialect, operation, string(verdict)).Inc()
}

// Skipped implements mirror.Meter.
func (v *Mirror) Skipped(dialect, operation, reason string) {
	v.skipped.WithLabelValues(dialect, operation, reason).Inc()
}

// Dropped implements mirror.Meter.
func (v *Mirror) Dropped(dialect string) { v.dropped.WithLabelValues(dialect).Inc() }

// Unanswered implements mirror.Meter.
func (v *Mirror) Unanswered(dialect string) { v.unanswered.WithLabelValues(dialect).Inc() }
