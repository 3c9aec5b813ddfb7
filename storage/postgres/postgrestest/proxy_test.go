package postgrestest_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/storage/postgres/postgrestest"
)

func TestProxyCut(t *testing.T) {
	p := postgrestest.NewProxy(t, postgrestest.Shared(t))
	c := connect(t, p.URL())
	execute(t, c, "SELECT 1")
	p.Cut()
	if _, err := c.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a cut connection answers")
	}
	if _, err := pgx.Connect(t.Context(), p.URL()); err == nil {
		t.Error("there is a new connection while it is cut")
	}
	p.Heal()
	execute(t, connect(t, p.URL()), "SELECT 1")
}

func TestProxyBlackhole(t *testing.T) {
	p := postgrestest.NewProxy(t, postgrestest.Shared(t))
	c := connect(t, p.URL())
	p.Blackhole()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	var late net.Error
	if _, err := pgx.Connect(ctx, p.URL()); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("a connection through the hole, or its refusal: %v", err)
	}
	answered := make(chan error, 1)
	go func() {
		_, err := c.Exec(t.Context(), "SELECT 1")
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Errorf("an answer through the hole: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	p.Heal()
	if err := <-answered; err != nil {
		t.Errorf("what was on its way got lost: %v", err)
	}
}

// The statement arrives whole or not at all, wherever it is cut, and the client never learns which.
func TestProxyCutAfter(t *testing.T) {
	direct := postgrestest.Shared(t)
	p := postgrestest.NewProxy(t, direct)
	execute(t, connect(t, direct), "CREATE TABLE kept (n int)")
	const insert = "INSERT INTO kept VALUES (1)"
	message := int64(1 + 4 + len(insert) + 1) // its letter, its length, the text, a zero
	for _, tt := range []struct {
		bytes int64
		rows  int
	}{{message - 1, 0}, {message, 1}} {
		c := connect(t, p.URL())
		before := p.Passed()
		p.CutAfter(tt.bytes)
		if err := c.PgConn().Exec(t.Context(), insert).Close(); err == nil {
			t.Errorf("cut after %d bytes: the client has an answer", tt.bytes)
		}
		if passed := p.Passed() - before; passed != tt.bytes {
			t.Errorf("%d bytes passed, want %d", passed, tt.bytes)
		}
		execute(t, connect(t, p.URL()), "SELECT 1") // others are not touched
		wantRowsSoon(t, direct, tt.rows)
	}
}
