package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/storage"
	"parley/storage/postgres/postgrestest"
	"parley/storage/storagetest"
)

// database is a database of a test's own, in which every store may have a schema of its own.
type database struct {
	location *url.URL
	schemas  atomic.Int64
}

func newDatabase(tb testing.TB) *database {
	tb.Helper()
	location, err := url.Parse(postgrestest.Shared(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return &database{location: location}
}

// with returns the URL of the database with a further parameter.
func with(location *url.URL, name, value string) *url.URL {
	changed := *location
	query := changed.Query()
	query.Set(name, value)
	changed.RawQuery = query.Encode()
	return &changed
}

// schema makes a schema and returns the URL of a store in it.
func (d *database) schema(tb testing.TB) *url.URL {
	tb.Helper()
	name := fmt.Sprintf("test_%d", d.schemas.Add(1))
	d.execute(tb, "CREATE SCHEMA "+name)
	return with(d.location, "search_path", name)
}

// execute runs SQL on the database.
func (d *database) execute(tb testing.TB, sql string) { tb.Helper(); execute(tb, d.location, sql) }

func execute(tb testing.TB, location *url.URL, sql string) {
	tb.Helper()
	// The context of a test has ended when its cleanups run.
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, location.String())
	if err != nil {
		tb.Fatal(err)
	}
	defer func() {
		if err := conn.Close(ctx); err != nil {
			tb.Error(err)
		}
	}()
	if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
		tb.Fatal(err)
	}
}

// openAt opens a store that is closed at the end of tb, unless tb closes it.
func openAt(tb testing.TB, location *url.URL) *store {
	tb.Helper()
	s, err := open(context.Background(), location, slog.New(slog.DiscardHandler), 10*time.Second)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil && !strings.Contains(err.Error(), "closed") {
			tb.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	d := newDatabase(t)
	places := map[string]*url.URL{}
	storagetest.Run(t, storagetest.Engine{Durable: true, Open: func(tb testing.TB, dir string) storage.Store {
		if places[dir] == nil {
			places[dir] = d.schema(tb)
		}
		return openAt(tb, places[dir])
	}})
}

// TestOpenAtOnce has several gateways start on an empty database, use it and close.
func TestOpenAtOnce(t *testing.T) {
	d := newDatabase(t)
	location := with(d.schema(t), "application_name", "opened at once")
	work := make([]func() error, 6)
	for i := range work {
		work[i] = func() error {
			s, err := Open(t.Context(), location, storage.Options{})
			if err != nil {
				return err
			}
			return errors.Join(s.Update(t.Context(), increment("counter")), s.Close())
		}
	}
	together(t, work...)
	s := openAt(t, d.location)
	for left := 1; left > 0; {
		err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'opened at once'`).Scan(&left)
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := readNumber(t, openAt(t, location), "counter"); got != len(work) {
		t.Errorf("counted to %d, want %d", got, len(work))
	}
}

// TestPlans looks whether every access to the map is by its key, also as long as the server knows nothing of the table.
func TestPlans(t *testing.T) {
	s := openAt(t, newDatabase(t).schema(t))
	for _, statement := range statements(dialectOf("PostgreSQL 15")) {
		if !strings.Contains(statement.sql, "FROM parley_map") {
			continue
		}
		parameters := map[int]string{1: `('a')`, 2: `(ARRAY['a'::bytea], 1)`, 3: `('a', 'b', 20)`}[strings.Count(statement.sql, "$")]
		if statement.name == stmtGetMany {
			parameters = `(ARRAY['a'::bytea])`
		}
		rows, err := s.pool.Query(t.Context(), `EXPLAIN EXECUTE `+statement.name+parameters)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(plan, "\n")
		if !strings.Contains(text, "using parley_map_pkey") || strings.Contains(text, "Sort") {
			t.Errorf("%s:\n%s", statement.name, text)
		}
	}
}
