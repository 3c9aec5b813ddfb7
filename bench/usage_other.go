//go:build !unix

package bench

import (
	"errors"
	"time"
)

// ProcessorTime is not available on this system.
func ProcessorTime() (time.Duration, error) {
	return 0, errors.New("bench: CPU time is only read on Unix")
}
