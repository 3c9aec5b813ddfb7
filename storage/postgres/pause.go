package postgres

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	maxTries = 100
	// A pause after a conflict is random between nothing and a bound that doubles with every try, from the first to the
	// last of these.
	firstPause = 400 * time.Microsecond
	lastPause  = 25600 * time.Microsecond
	// outagePause is the bound of the pauses between attempts to reach a database that was not there.
	outagePause = 200 * time.Millisecond
)

// pauseBound returns the bound of the pause before the given try, which counts from zero; before the first there is none.
func pauseBound(try int) time.Duration {
	switch {
	case try == 0:
		return 0
	case try > 6:
		return lastPause
	default:
		return firstPause << (try - 1)
	}
}

// pause waits for a random time below bound. It returns the error of ctx if that ends first.
func pause(ctx context.Context, bound time.Duration) error {
	if bound == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(rand.N(bound)) //nolint:gosec // nothing secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// outage is how long the database has been out of reach, as one transaction sees it.
type outage struct {
	patience time.Duration
	since    time.Time
}

// end returns when the patience is over; the outage begins with the first call.
func (o *outage) end() time.Time {
	if o.since.IsZero() {
		o.since = time.Now()
	}
	return o.since.Add(o.patience)
}

// over says that the database has answered.
func (o *outage) over() { o.since = time.Time{} }
