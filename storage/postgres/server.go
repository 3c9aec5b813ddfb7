package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// unfit is a reason for which a server is refused. It says what to do.
type unfit string

// Error implements error.
func (u unfit) Error() string { return string(u) }

// errReadOnly is met on a standby: another node may be the primary.
const errReadOnly = unfit("the server takes no writes: it is a standby or set to read only; name the primary, or all " +
	"nodes separated by commas, in the URL")

// unfitf makes an unfit like fmt.Sprintf.
func unfitf(format string, args ...any) unfit { return unfit(fmt.Sprintf(format, args...)) }

// server is what a session learns about its server.
type server struct {
	dialect dialect
	// version is the text of "select version()".
	version string
	// number is server_version_num.
	number   int
	readOnly bool
	// schema is where the tables are.
	schema                             string
	fsync, fullPageWrites, commitLevel string
	// standbys is synchronous_standby_names.
	standbys string
	// statementTimeout is zero if there is none.
	statementTimeout time.Duration
}

// meet sets the session up and looks at the server behind it. chosen are the parameters that the URL sets.
func meet(ctx context.Context, conn *pgconn.PgConn, chosen map[string]string) (server, error) {
	row, err := textRow(ctx, conn, `SELECT version(), current_setting('server_version_num'),
		current_setting('transaction_read_only'), coalesce(current_schema(), '')`)
	if err != nil {
		return server{}, err
	}
	s := server{dialect: dialectOf(row[0]), version: row[0], readOnly: row[2] == "on", schema: row[3]}
	if s.number, err = strconv.Atoi(row[1]); err != nil {
		return s, fmt.Errorf("the server's version number is %q: %w", row[1], err)
	}
	if err := s.refusal(); err != nil {
		return s, err
	}
	if _, err := textRow(ctx, conn, s.dialect.setUp(chosen)); err != nil {
		return s, err
	}
	timeout, err := scalar(ctx, conn, `SELECT setting FROM pg_settings WHERE name = 'statement_timeout'`)
	if err != nil {
		return s, err
	}
	if ms, err := strconv.ParseInt(timeout, 10, 64); err == nil {
		s.statementTimeout = time.Duration(ms) * time.Millisecond
	}
	if !s.dialect.durabilitySettings {
		return s, nil
	}
	row, err = textRow(ctx, conn, `SELECT current_setting('fsync'), current_setting('full_page_writes'),
		current_setting('synchronous_commit'), current_setting('synchronous_standby_names')`)
	if err != nil {
		return s, err
	}
	s.fsync, s.fullPageWrites, s.commitLevel, s.standbys = row[0], row[1], row[2], row[3]
	return s, s.refusal()
}

// setUp is the query that sets the parameters of a session, apart from those that were chosen. Commits are synchronous
// whatever the server's, the database's or the user's setting, and remain so where they wait for more than that.
func (d dialect) setUp(chosen map[string]string) string {
	calls := []string{"1"}
	for _, s := range d.settings {
		if _, ok := chosen[s.name]; !ok {
			calls = append(calls, fmt.Sprintf("set_config('%s', '%s', false)", s.name, s.value))
		}
	}
	if d.durabilitySettings {
		calls = append(calls, `CASE WHEN current_setting('synchronous_commit') <> 'remote_apply'
			THEN set_config('synchronous_commit', 'on', false) END`)
	}
	return "SELECT " + strings.Join(calls, ", ")
}

// refusal returns why nothing must be entrusted to this server, or nil.
func (s *server) refusal() error {
	switch {
	case s.readOnly:
		return errReadOnly
	case s.number < s.dialect.oldest:
		return unfitf("the server is %s %d and at least %d is needed: upgrade it",
			s.dialect.name, s.number/10000, s.dialect.oldest/10000)
	case s.schema == "":
		return unfit("none of the schemas in search_path exists: create one, or name another with ?search_path= in the URL")
	case s.fsync == "off", s.fullPageWrites == "off":
		name := "fsync"
		if s.fsync != "off" {
			name = "full_page_writes"
		}
		return unfitf("the server has %s = off and would lose data at a power cut: set %s = on in postgresql.conf "+
			"and reload it", name, name)
	case s.commitLevel == "off", s.commitLevel == "local":
		return unfitf("synchronous_commit stays %s: allow this user to set it", s.commitLevel)
	}
	return nil
}
