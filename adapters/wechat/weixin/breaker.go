package weixin

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	defaultTrip = 5
	defaultRest = 30 * time.Second
)

// newBreaker returns what keeps an account from waiting for a platform that does not answer. Only failures of the network
// count, neither refusals nor callers that give up.
func newBreaker(trip uint32, rest time.Duration, log *slog.Logger) *gobreaker.CircuitBreaker[struct{}] {
	if trip == 0 {
		trip = defaultTrip
	}
	if rest <= 0 {
		rest = defaultRest
	}
	return gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout:     rest,
		ReadyToTrip: func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= trip },
		IsSuccessful: func(err error) bool {
			return !errors.Is(err, ErrUnavailable)
		},
		IsExcluded: func(err error) bool {
			return errors.Is(err, context.Canceled) || errors.Is(err, errSource) || errors.Is(err, errSink)
		},
		OnStateChange: func(_ string, _, to gobreaker.State) {
			log.Warn("the platform's availability has changed", "state", to.String())
		},
	})
}

// broken tells whether an error is the breaker's own.
func broken(err error) bool {
	return errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests)
}
