package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/procfs"
)

// mapped tells how much of the resident memory is not the program's own: a store's files are mapped, and their pages stay
// as long as nobody else needs the room. Without it a growing store looks like a leak.
func mapped() []prometheus.Collector {
	return []prometheus.Collector{prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_resident_mapped_bytes",
		Help: "Part of process_resident_memory_bytes that are pages of mapped files; the kernel takes them back when it needs them.",
	}, func() float64 {
		self, err := procfs.Self()
		if err != nil {
			return 0
		}
		status, err := self.NewStatus()
		if err != nil {
			return 0
		}
		return float64(status.RssFile)
	})}
}
