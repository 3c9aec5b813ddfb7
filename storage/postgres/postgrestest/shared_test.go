package postgrestest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"parley/storage/postgres/postgrestest"
)

func TestShared(t *testing.T) {
	one, two := postgrestest.Shared(t), postgrestest.Shared(t)
	if one == two {
		t.Fatalf("the same database twice: %s", one)
	}
	for _, url := range []string{one, two} {
		c, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Exec(t.Context(), "CREATE TABLE only_here (k bytea)"); err != nil {
			t.Error(err)
		}
		// The connection stays open: the database is dropped all the same.
	}
}

// A server of one's own takes the place of the shared one, and keeps nothing in the end.
func TestSharedElsewhere(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Options{Forgetful: true})
	t.Setenv("PARLEY_TEST_POSTGRES", c.URL())
	t.Run("use", func(t *testing.T) {
		execute(t, connect(t, postgrestest.Shared(t)), "CREATE TABLE only_here (k bytea)")
		wantDatabases(t, c.URL(), 1)
	})
	wantDatabases(t, c.URL(), 0)
}

func wantDatabases(t *testing.T, url string, want int) {
	t.Helper()
	var got int
	count := "SELECT count(*) FROM pg_database WHERE datname LIKE 'parley_test_%'"
	if err := connect(t, url).QueryRow(t.Context(), count).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%d databases of tests, want %d", got, want)
	}
}
