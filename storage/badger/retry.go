package badger

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	maxTries = 100
	// A pause is random between nothing and a bound that doubles with every try, from the first to the last of these:
	// from a fraction of a commit to a dozen of them.
	firstPause = 200 * time.Microsecond
	lastPause  = 12800 * time.Microsecond
)

// pause waits before the given try, which counts from zero; before the first it does not wait. It returns the error of
// ctx if that ends first.
func pause(ctx context.Context, try int) error {
	if try == 0 {
		return nil
	}
	bound := lastPause
	if shift := try - 1; shift < 6 {
		bound = firstPause << shift
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
