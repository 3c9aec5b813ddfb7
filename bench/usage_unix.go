//go:build unix

package bench

import (
	"syscall"
	"time"
)

// ProcessorTime returns the CPU time, user and system, that this process has used.
func ProcessorTime() (time.Duration, error) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0, err
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), nil
}
