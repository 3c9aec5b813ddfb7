//go:build !linux

package metrics

import "github.com/prometheus/client_golang/prometheus"

// mapped returns nothing: only Linux tells which pages belong to files.
func mapped() []prometheus.Collector { return nil }
