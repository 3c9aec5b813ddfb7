package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"parley/storage"
)

const (
	// oldTransaction is the age in seconds from which a transaction of anybody is in the way: nothing that has been
	// overwritten since can be cleaned up.
	oldTransaction = 5 * 60
	// manyTombstones is the share of tombstones, in percent, from which they make scans slow.
	manyTombstones = 50
)

// Examine is the storage.Examiner of this engine. It looks at the server and at the tables, which may be in use, and changes
// neither.
func Examine(ctx context.Context, location *url.URL, _ storage.Options) ([]storage.Finding, storage.Store) {
	e := &examination{}
	config, err := configure(location)
	if err != nil {
		e.note("store", storage.Fail, "Correct the URL that --store gives.", "%v", err)
		return e.findings, nil
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig.Copy())
	if err != nil {
		e.note("store", storage.Fail, "Do what the sentence says, or correct the URL that --store gives.", "%v", refusal(location, err))
		return e.findings, nil
	}
	readable := e.look(ctx, location, conn.PgConn(), config.ConnConfig.RuntimeParams)
	if err := conn.Close(ctx); err != nil {
		e.note("connection", storage.Warn, "Look into the server's log.", "it was not closed in good order: %v", err)
	}
	if !readable {
		return e.findings, nil
	}
	s := &store{log: slog.Default(), patience: defaultPatience, stop: func() {}}
	if err := s.connect(ctx, config); err != nil {
		e.note("store", storage.Fail, "Do what the sentence says.", "%v", refusal(location, err))
		return e.findings, nil
	}
	return e.findings, &quiet{s}
}

// examination gathers findings about one database.
type examination struct {
	findings []storage.Finding
}

func (e *examination) note(check string, grade storage.Grade, advice, format string, args ...any) {
	e.findings = append(e.findings, storage.Finding{Check: check, Grade: grade, Text: fmt.Sprintf(format, args...), Advice: advice})
}

// judge notes a finding that is either as it should be or not.
func (e *examination) judge(check string, good bool, bad storage.Grade, advice, format string, args ...any) {
	if good {
		bad, advice = storage.Pass, ""
	}
	e.note(check, bad, advice, format, args...)
}

// look makes all checks and reports whether the content can be read.
func (e *examination) look(ctx context.Context, location *url.URL, conn *pgconn.PgConn, chosen map[string]string) bool {
	about, err := meet(ctx, conn, chosen)
	if about.version != "" {
		e.note("server", storage.Pass, "", "%s: %s", place(location), about.version)
	}
	if err != nil {
		e.note("store", storage.Fail, "Do what the sentence says.", "%v", refusal(location, err))
		return false
	}
	if about.dialect.durabilitySettings {
		e.note("durability", storage.Pass, "", "fsync and full_page_writes are on, synchronous_commit is %s", about.commitLevel)
		e.standbys(ctx, conn, about)
		e.checksums(ctx, conn)
	} else {
		e.note("durability", storage.Skip, "", "%s has no settings for it in a session", about.dialect.name)
	}
	version, err := readVersion(ctx, conn)
	switch {
	case err != nil:
		e.note("tables", storage.Fail, "Grant the user SELECT on the tables.", "%s", oneLine(err))
		return false
	case version == 0:
		e.note("tables", storage.Fail, "Start the server once, which creates them, or name their schema with ?search_path= in the URL.",
			"there are none in the schema %s", about.schema)
		return false
	}
	e.judge("tables", version == schemaVersion, storage.Fail, "Run the newer program.",
		"they are in the schema %s and of version %d; this program knows version %d", about.schema, version, schemaVersion)
	if version != schemaVersion {
		return false
	}
	if about.dialect.durabilitySettings {
		e.sizes(ctx, conn)
		e.transactions(ctx, conn)
	}
	return true
}

// numbersOf returns the whole numbers in the only row of a query, or notes that they cannot be had.
func (e *examination) numbersOf(ctx context.Context, conn *pgconn.PgConn, check, sql string, into ...*int64) bool {
	row, err := textRow(ctx, conn, sql)
	if err == nil && len(row) != len(into) {
		err = errors.New("the server answered something else")
	}
	for i := 0; err == nil && i < len(into); i++ {
		_, err = fmt.Sscan(row[i], into[i])
	}
	if err != nil {
		e.note(check, storage.Skip, "", "the server does not say: %s", oneLine(err))
	}
	return err == nil
}

func (e *examination) standbys(ctx context.Context, conn *pgconn.PgConn, about server) {
	const check = "standbys"
	if about.standbys == "" {
		e.note(check, storage.Warn, "Set synchronous_standby_names, so that an acknowledged message is on two machines.",
			"no synchronous standby: what is acknowledged is on one machine only")
		return
	}
	var following int64
	if e.numbersOf(ctx, conn, check, `SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')`, &following) {
		e.judge(check, following > 0, storage.Fail, "Start the standbys: commits wait for them. If they run, grant the user pg_monitor, which this check needs.",
			"%d synchronous standbys follow, of %s", following, about.standbys)
	}
}

func (e *examination) checksums(ctx context.Context, conn *pgconn.PgConn) {
	state, err := scalar(ctx, conn, `SHOW data_checksums`)
	e.judge("checksums", err == nil && state == "on", storage.Warn, "Stop the server and run: pg_checksums --enable",
		"data_checksums is %q: whether the server notices damaged pages", state)
}

func (e *examination) sizes(ctx context.Context, conn *pgconn.PgConn) {
	var bytes, rows, tombstones int64
	if !e.numbersOf(ctx, conn, "size", `SELECT pg_total_relation_size('parley_map'),
		greatest((SELECT reltuples FROM pg_class WHERE oid = 'parley_map'::regclass), 0)::bigint,
		(SELECT count(*) FROM parley_tombstone)`, &bytes, &rows, &tombstones) {
		return
	}
	e.note("size", storage.Pass, "", "%d MiB, about %d keys", bytes>>20, max(rows-tombstones, 0))
	share := 100 * tombstones / max(rows, tombstones, 1)
	e.judge("tombstones", share < manyTombstones || tombstones < 10000, storage.Warn,
		"They are removed after half an hour; if there are as many then, look into the log for what keeps the cleaner from it.",
		"%d, %d percent of the keys", tombstones, share)
}

func (e *examination) transactions(ctx context.Context, conn *pgconn.PgConn) {
	const check = "longest transaction"
	var seconds int64
	if e.numbersOf(ctx, conn, check, `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::bigint
		FROM pg_stat_activity WHERE datname = current_database()`, &seconds) {
		e.judge(check, seconds < oldTransaction, storage.Warn,
			"Find it in pg_stat_activity and end it: as long as it runs nothing can be cleaned up.",
			"it has been running for %v", time.Duration(seconds)*time.Second)
	}
}

// errQuiet reports a write to a store that is only looked at.
var errQuiet = errors.New("postgres: the store is open for reading only")

// quiet is a store that is only looked at.
type quiet struct{ *store }

// Update implements storage.Store: it refuses.
func (q *quiet) Update(context.Context, func(storage.Writer) error) error { return errQuiet }
