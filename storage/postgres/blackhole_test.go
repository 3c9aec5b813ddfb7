package postgres_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"parley/storage"
	"parley/storage/postgres/postgrestest"
)

// The network between the gateways and the database swallows everything for ten seconds. A caller with a deadline is not
// held longer; the others go on after it, and nothing is there twice.
func TestBlackhole(t *testing.T) {
	t.Parallel()
	direct := postgrestest.Shared(t)
	p := postgrestest.NewProxy(t, direct)
	hasty := openStore(t, p.URL())
	l := newLedger()
	stop := l.load(t, 2, openStore(t, p.URL()), openStore(t, p.URL()))
	defer stop()
	l.await(t, calm)
	p.Blackhole()
	healed := time.NewTimer(10 * time.Second)
	for _, patience := range []time.Duration{100 * time.Millisecond, time.Second} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		began := time.Now()
		_, err := appendRecord(ctx, hasty, 0, "hasty")
		if held := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || held > patience+time.Second {
			t.Errorf("after %s of %s: %v", held, patience, err)
		}
		cancel()
	}
	<-healed.C
	p.Heal()
	mended := time.Now()
	gap := l.await(t, 1)
	t.Logf("the first acknowledgement came %s after the end, %s after the last before", time.Since(mended), gap)
	if late := time.Since(mended); late > 5*time.Second {
		t.Errorf("writing goes on only %s after the end", late)
	}
	l.await(t, calm)
	stop()
	// The hasty client asks what has become of its record.
	if err := l.write(t.Context(), hasty, 0, "hasty"); err != nil {
		t.Error(err)
	}
	for _, err := range l.check(t.Context(), openStore(t, direct), 2) {
		t.Error(err)
	}
}

// The network swallows everything and goes on to: Update gives up after a while that is bounded, with the error that says
// so, and the record is there once when it is tried again.
func TestBlackholeThatStays(t *testing.T) {
	if os.Getenv(failoverKillsVariable) == "" {
		t.Skipf("takes most of a minute: set %s", failoverKillsVariable)
	}
	t.Parallel()
	direct := postgrestest.Shared(t)
	p := postgrestest.NewProxy(t, direct)
	s := openStore(t, p.URL())
	l := newLedger()
	if err := l.write(t.Context(), s, 0, "before"); err != nil {
		t.Fatal(err)
	}
	p.Blackhole()
	began := time.Now()
	_, err := appendRecord(t.Context(), s, 0, "during")
	if held := time.Since(began); !errors.Is(err, storage.ErrUnavailable) || held > time.Minute {
		t.Errorf("after %s: %v", held, err)
	}
	t.Logf("given up after %s", time.Since(began))
	p.Heal()
	if err := l.write(t.Context(), s, 0, "during"); err != nil {
		t.Error(err)
	}
	for _, err := range l.check(t.Context(), openStore(t, direct), 1) {
		t.Error(err)
	}
}

// The gateways lose the primary from sight, and another is promoted while it lives on: they find the new one, and the old
// one has acknowledged nothing that the new one does not have.
func TestPartition(t *testing.T) {
	t.Parallel()
	c := postgrestest.Start(t, postgrestest.Options{Nodes: 3})
	c.WaitSync()
	var proxies []*postgrestest.Proxy
	for i := range 3 {
		proxies = append(proxies, postgrestest.NewProxy(t, c.NodeURL(i)))
	}
	// A node that says nothing holds every connection attempt up for so long before the next one is tried.
	through := postgrestest.ClusterURL(proxies...) + "&connect_timeout=2"
	l := newLedger()
	// One gateway loses sight of the old primary; the other goes on seeing it, and writing to it in vain.
	stop := l.load(t, clients, openStore(t, through), openStore(t, c.URL()))
	defer stop()
	l.await(t, calm)
	old := c.Primary()
	proxies[old].Blackhole()
	c.Promote((old + 1) % 3)
	gap := l.await(t, calm)
	c.Rejoin(old)
	proxies[old].Heal()
	c.WaitSync()
	l.await(t, calm)
	stop()
	for _, err := range l.check(t.Context(), openStore(t, c.URL()), clients) {
		t.Error(err)
	}
	t.Logf("%d acknowledged; the longest time without an acknowledgement was %s", len(l.acked), gap)
}
