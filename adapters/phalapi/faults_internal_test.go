package phalapi

import (
	"testing"

	"parley/core"
)

func TestEveryFaultHasANumberAndWords(t *testing.T) {
	if missing := faults().Missing(); len(missing) > 0 {
		t.Errorf("no row for %v", missing)
	}
	for _, code := range core.Codes() {
		if n := faults().Row(code).Number; n < 400 || n > 599 {
			t.Errorf("%v has the number %d", code, n)
		}
	}
}

func TestNumbersOfARemote(t *testing.T) {
	c := &Client{faults: faults()}
	for number, want := range map[int64]core.Code{
		400: core.Invalid, 404: core.Unsupported, 406: core.Unauthenticated, 407: core.Forbidden, 408: core.Unauthenticated,
		409: core.Limited, 418: core.Invalid, 500: core.Internal, 503: core.Unavailable, 504: core.Timeout, 599: core.Internal,
	} {
		if got := c.code(number); got != want {
			t.Errorf("%d is %v, want %v", number, got, want)
		}
	}
}
