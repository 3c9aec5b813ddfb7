// Package load drives a chat service with many users' requests and measures how it answers. With a rate the loop is
// open: requests are due at fixed times, whether or not earlier ones have been answered, and a response time counts from
// when its request was due, so that a service which stalls cannot hide it by holding up its own clients. Without a rate
// the loop is closed: each connection sends its next request when it has the answer to the last one.
package load

import (
	"errors"
	"fmt"
	"time"
)

// Settings are the bounds of a run. None of them is ever exceeded.
type Settings struct {
	Workload Workload
	// Connections is the number of requests that are under way at once, at the most.
	Connections int
	// Rate is the number of requests that are due in a second; zero closes the loop.
	Rate float64
	// Warmup is how long requests are sent before they are counted.
	Warmup time.Duration
	// Duration is how long requests are counted: none begins later. Those under way are waited for.
	Duration time.Duration
	// Requests is how many are sent at the most, warm-up included; zero means that only Duration ends the run.
	Requests int64
	// Timeout ends a request that is not answered, which counts as an error.
	Timeout time.Duration
}

// The bounds of settings.
const (
	MaxConnections = 4096
	MaxRate        = 10_000_000
	MaxDuration    = 24 * time.Hour
	MaxTimeout     = time.Minute
)

// Check reports what is wrong with the settings.
func (s *Settings) Check() error {
	switch {
	case s.Connections < 1 || s.Connections > MaxConnections:
		return fmt.Errorf("the connections must be from 1 to %d", MaxConnections)
	case !(s.Rate >= 0 && s.Rate <= MaxRate):
		return fmt.Errorf("the rate must be from 0, for none, to %d requests per second", MaxRate)
	case s.Warmup < 0 || s.Warmup > MaxDuration:
		return fmt.Errorf("the warm-up must be from 0 to %v", MaxDuration)
	case s.Duration <= 0 || s.Duration > MaxDuration:
		return fmt.Errorf("the duration must be above 0 and at most %v", MaxDuration)
	case s.Requests < 0:
		return errors.New("the number of requests must not be negative")
	case s.Timeout <= 0 || s.Timeout > MaxTimeout:
		return fmt.Errorf("the timeout must be above 0 and at most %v", MaxTimeout)
	}
	return s.Workload.Check()
}
