package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// schemaVersion is the version of the tables below.
	schemaVersion = 1
	// schemaLock is the pair of numbers on which those who create the tables wait for each other.
	schemaLock = "1346458192, 1"
)

// tables creates what is missing. A value of NULL is a tombstone: the key is absent, and its row is there to be locked.
// parley_tombstone says since when, so that the cleaner finds them; an index on the map for it would cost every update.
// parley_session has a row for each connection: the number of its last commit, and the number that must never come.
const tables = `
CREATE TABLE IF NOT EXISTS parley_map (key bytea, value bytea, PRIMARY KEY (key%[2]s)) WITH (fillfactor = 85);
CREATE TABLE IF NOT EXISTS parley_tombstone (key bytea, at timestamptz NOT NULL, PRIMARY KEY (key%[2]s));
CREATE TABLE IF NOT EXISTS parley_session (
	id uuid PRIMARY KEY,
	last bigint NOT NULL,
	fence bigint NOT NULL DEFAULT -1,
	at timestamptz NOT NULL DEFAULT clock_timestamp(),
	CONSTRAINT parley_session_fence CHECK (last <> fence)
) WITH (fillfactor = 25);
CREATE TABLE IF NOT EXISTS parley_meta (name text PRIMARY KEY, value text NOT NULL);
INSERT INTO parley_meta (name, value) VALUES ('schema version', '%[1]d') ON CONFLICT (name) DO NOTHING;
`

// prepareSchema creates the tables if they are missing and refuses those of a version that it does not know.
func prepareSchema(ctx context.Context, conn *pgconn.PgConn, d dialect) error {
	version, err := readVersion(ctx, conn)
	if err == nil && version == 0 {
		if err = createTables(ctx, conn, d); err == nil {
			version, err = readVersion(ctx, conn)
		}
	}
	if err != nil {
		return err
	}
	if version != schemaVersion {
		return unfitf("the tables are of version %d and this program knows version %d: run the newer program",
			version, schemaVersion)
	}
	return nil
}

// readVersion returns the version of the tables, or zero if there are none.
func readVersion(ctx context.Context, conn *pgconn.PgConn) (int, error) {
	there, err := scalar(ctx, conn, `SELECT to_regclass('parley_meta')::text`)
	if err != nil || there == "" {
		return 0, err
	}
	text, err := scalar(ctx, conn, `SELECT value FROM parley_meta WHERE name = 'schema version'`)
	if err != nil || text == "" {
		return 0, err
	}
	version, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("the version of the tables is %q: %w", text, err)
	}
	return version, nil
}

// createTables creates the tables in one transaction. Where sessions can wait for each other they do, because two that
// create the same table at once would not both succeed in spite of IF NOT EXISTS.
func createTables(ctx context.Context, conn *pgconn.PgConn, d dialect) error {
	script := fmt.Sprintf(tables, schemaVersion, d.ascending)
	if d.advisoryLocks {
		script = "BEGIN; SELECT pg_advisory_xact_lock(" + schemaLock + ");" + script + "COMMIT;"
	}
	_, err := conn.Exec(ctx, script).ReadAll()
	return err
}

// scalar returns the text of the first column of the first row, empty if there is none or it is NULL.
func scalar(ctx context.Context, conn *pgconn.PgConn, sql string) (string, error) {
	row, err := textRow(ctx, conn, sql)
	if err != nil || len(row) == 0 {
		return "", err
	}
	return row[0], nil
}

// textRow returns the first row of a query as texts; NULL is empty. It returns nil if there is no row.
func textRow(ctx context.Context, conn *pgconn.PgConn, sql string) ([]string, error) {
	result := conn.ExecParams(ctx, sql, nil, nil, nil, nil).Read()
	if result.Err != nil || len(result.Rows) == 0 {
		return nil, result.Err
	}
	row := make([]string, len(result.Rows[0]))
	for i, column := range result.Rows[0] {
		row[i] = string(column)
	}
	return row, nil
}
