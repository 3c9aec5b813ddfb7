package postgrestest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/storage/postgres/postgrestest"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A server that was killed does not say goodbye.
		_ = c.Close(context.Background())
	})
	return c
}

func execute(t *testing.T, c *pgx.Conn, sql string) {
	t.Helper()
	if _, err := c.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func wantRows(t *testing.T, url string, want int) {
	t.Helper()
	var got int
	if err := connect(t, url).QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%d rows, want %d", got, want)
	}
}

// Every part that a node can play, once: what was acknowledged is there at the end.
func TestCluster(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Options{Nodes: 3})
	c.WaitSync()
	execute(t, connect(t, c.URL()), "CREATE TABLE kept (n int)")
	rows := 0
	insert := func() {
		t.Helper()
		execute(t, connect(t, c.URL()), "INSERT INTO kept VALUES (1)")
		rows++
		wantRows(t, c.URL(), rows)
	}
	insert()

	c.Kill(1)
	insert() // the other standby acknowledges
	c.Restart(1)
	c.Stop(2)
	insert()
	c.Restart(2)
	c.WaitSync()

	c.Kill(c.Primary())
	c.Restart(c.Primary())
	c.WaitSync()
	insert()

	old := c.Primary()
	c.Failover()
	if c.Primary() == old {
		t.Fatal("no other node was promoted")
	}
	insert()
	c.Rejoin(old)
	c.WaitSync()
	insert()

	c.KillAll()
	if _, err := pgx.Connect(t.Context(), c.URL()); err == nil {
		t.Fatal("a dead cluster answers")
	}
	c.RestartAll()
	c.WaitSync()
	insert()
	for i := range 3 {
		wantRowsSoon(t, c.NodeURL(i), rows)
	}
}

// wantRowsSoon allows a standby to come after its primary.
func wantRowsSoon(t *testing.T, url string, want int) {
	t.Helper()
	c := connect(t, url)
	late := time.After(20 * time.Second)
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		var got int
		if err := c.QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got == want {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%d rows, want %d", got, want)
		}
	}
}

// A primary that lives on after another was promoted acknowledges nothing, and joins again without what it wrote.
func TestFormerPrimary(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Options{Nodes: 3})
	c.WaitSync()
	execute(t, connect(t, c.URL()), "CREATE TABLE kept (n int)")
	old := connect(t, c.NodeURL(0))
	c.Promote(1)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := old.Exec(ctx, "INSERT INTO kept VALUES (1)"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the former primary answers a write with %v", err)
	}
	execute(t, connect(t, c.NodeURL(1)), "INSERT INTO kept VALUES (2)")
	c.Rejoin(0)
	c.WaitSync()
	execute(t, connect(t, c.URL()), "INSERT INTO kept VALUES (3)")
	wantRowsSoon(t, c.NodeURL(0), 2)
}
