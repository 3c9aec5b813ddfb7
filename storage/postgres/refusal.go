package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"parley/storage"
)

// place names the database of location without what is secret in it: neither the password nor the query, which may hold
// one.
func place(location *url.URL) string {
	user := ""
	if location.User != nil {
		user = location.User.Username() + "@"
	}
	return location.Scheme + "://" + user + location.Host + location.Path
}

// refusal is the sentence about a database that could not be opened.
func refusal(location *url.URL, err error) error {
	where := place(location)
	var reported *pgconn.PgError
	var unknown *net.DNSError
	var reason unfit
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &reported):
		return refusalByServer(where, reported)
	case errors.As(err, &reason):
		return fmt.Errorf("postgres: open %s: %w", where, reason)
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: postgres: open %s: there is no host %q: correct the URL or the name service",
			storage.ErrUnavailable, where, unknown.Name)
	}
	if refused, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return fmt.Errorf("%w: postgres: open %s: start the server, or correct host and port: %s",
			storage.ErrUnavailable, where, oneLine(refused.Unwrap()))
	}
	return fmt.Errorf("postgres: open %s: %s", where, oneLine(err))
}

// refusalByServer is the sentence about what the server answered.
func refusalByServer(where string, reported *pgconn.PgError) error {
	advice := reported.Message
	switch reported.Code {
	case "28P01", "28000":
		advice = "the server does not let this user in: correct user and password, or pg_hba.conf"
	case "3D000":
		advice = "there is no such database: create it with createdb, or correct the URL"
	case "42501":
		advice = "the user may not create the tables: grant it CREATE on the schema (" + reported.Message + ")"
	case "53100":
		return fmt.Errorf("%w: postgres: open %s: the server's disk is full: make room on it", storage.ErrFull, where)
	case "53300":
		return fmt.Errorf("%w: postgres: open %s: the server has no connection left: raise max_connections or lower "+
			"pool_max_conns", storage.ErrUnavailable, where)
	}
	if k := kindOfCode(reported.Code); k == kindLost || k == kindBusy {
		return fmt.Errorf("%w: postgres: open %s: %s", storage.ErrUnavailable, where, advice)
	}
	return fmt.Errorf("postgres: open %s: %s", where, advice)
}

// oneLine is the text of err on one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
