package postgres_test

import (
	"fmt"
	"testing"

	"parley/storage/postgres/postgrestest"
)

// The connection breaks after every so many bytes of a transaction, its commit included, so that the server has done what
// the store does not know of, or has not: Update returns nil each time, and each record is there once.
func TestCommitIsCutAnywhere(t *testing.T) {
	direct := postgrestest.Shared(t)
	p := postgrestest.NewProxy(t, direct)
	s := openStore(t, p.URL())
	l := newLedger()
	write := func(client string) int64 {
		before := p.Passed()
		if err := l.write(t.Context(), s, 0, client); err != nil {
			t.Fatal(err)
		}
		return p.Passed() - before
	}
	write("first, which makes the connection")
	whole := write("second")
	step := max(1, whole/int64(setting(t, unknownCutsVariable, 40)))
	cuts := 0
	for bytes := int64(1); bytes <= whole; bytes += step {
		p.CutAfter(bytes)
		write(fmt.Sprintf("cut after %d bytes", bytes))
		p.Heal()
		write(fmt.Sprintf("after the cut after %d bytes", bytes))
		cuts++
	}
	if l.tries > 0 {
		t.Errorf("%d times Update did not find out for itself", l.tries)
	}
	for _, err := range l.check(t.Context(), openStore(t, direct), 1) {
		t.Error(err)
	}
	t.Logf("%d cuts within the %d bytes of a transaction", cuts, whole)
}
