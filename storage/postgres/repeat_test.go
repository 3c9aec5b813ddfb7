package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"parley/storage/postgres/postgrestest"
)

// A primary that was killed shows, when it is back, what no standby had acknowledged. A client that finds its record there
// must not be told so before a standby has it: the primary may be lost for good the next moment.
func TestFoundRecordIsOnStandby(t *testing.T) {
	t.Parallel()
	c := postgrestest.Start(t, postgrestest.Options{Nodes: 3})
	c.WaitSync()
	s := openStore(t, c.URL())
	if _, err := appendRecord(t.Context(), s, 0, "before"); err != nil {
		t.Fatal(err)
	}
	c.Kill(1)
	c.Kill(2)
	unanswered := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := appendRecord(ctx, s, 0, "client"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without a standby: %v", err)
		}
	}
	unanswered()
	c.Kill(0)
	c.Restart(0)
	unanswered()
	c.Restart(1)
	at, err := appendRecord(t.Context(), s, 0, "client")
	if err != nil || at.number != 2 {
		t.Errorf("with a standby: %v, %v", at, err)
	}
}
