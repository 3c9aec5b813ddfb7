package postgres_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"parley/storage/postgres/postgrestest"
)

const (
	failoverKillsVariable = "PARLEY_FAILOVER_KILLS"
	failoverCutsVariable  = "PARLEY_FAILOVER_CUTS"
	unknownCutsVariable   = "PARLEY_UNKNOWN_CUTS"

	// clients is how many write through each gateway, each to a log of its own that it shares with one of every other
	// gateway.
	clients = 4
	// calm is how many acknowledgements there are between two faults.
	calm = 100
)

// Two gateways write to three nodes, which are killed in turn, half of the time the primary, for which another is promoted,
// and then all at once. What was acknowledged is there once, at its place, and nothing else is.
func TestFailover(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Options{Nodes: 3})
	c.WaitSync()
	l := newLedger()
	stop := l.load(t, clients, openStore(t, c.URL()), openStore(t, c.URL()))
	defer stop()
	l.await(t, calm)
	began := time.Now()
	var worst [3]time.Duration
	kills, cuts := setting(t, failoverKillsVariable, 2), setting(t, failoverCutsVariable, 1)
	for kill := range kills {
		if kill%2 == 0 {
			old := c.Primary()
			c.Failover()
			worst[0] = max(worst[0], l.await(t, calm))
			c.Rejoin(old)
		} else {
			standby := (c.Primary() + 1 + kill/2%2) % 3
			c.Kill(standby)
			worst[1] = max(worst[1], l.await(t, calm))
			c.Restart(standby)
		}
		c.WaitSync()
		l.await(t, calm)
	}
	for range cuts {
		c.KillAll()
		c.RestartAll()
		worst[2] = max(worst[2], l.await(t, calm))
		c.WaitSync()
		l.await(t, calm)
	}
	took := time.Since(began)
	stop()
	for _, err := range l.check(t.Context(), openStore(t, c.URL()), clients) {
		t.Error(err)
	}
	t.Logf("%d acknowledged in %s through %d kills and %d cuts of all nodes; the longest time without an acknowledgement "+
		"was %s at a failover, %s at the kill of a standby, %s at a cut; %d times Update gave up",
		len(l.acked), took.Round(time.Millisecond), kills, cuts, worst[0].Round(time.Millisecond),
		worst[1].Round(time.Millisecond), worst[2].Round(time.Millisecond), l.tries)
}

// setting is the number in an environment variable, or otherwise.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return number
}
