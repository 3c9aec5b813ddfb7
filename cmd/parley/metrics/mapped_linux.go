package metrics

import (
	"math"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/procfs"
)

// mapped tells how much of the resident memory is not the program's own: a store's files are mapped, and their pages stay
// as long as nobody else needs the room. Without it a growing store looks like a leak.
func mapped() []prometheus.Collector {
	return []prometheus.Collector{prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_resident_mapped_bytes",
		Help: "Part of process_resident_memory_bytes that are pages of mapped files; the kernel takes them back when it needs them.",
	}, mappedBytes)}
}

// mappedBytes is not a number where /proc does not tell: zero would say that nothing is mapped.
func mappedBytes() float64 {
	self, err := procfs.Self()
	if err != nil {
		return math.NaN()
	}
	status, err := self.NewStatus()
	if err != nil {
		return math.NaN()
	}
	return float64(status.RssFile)
}
