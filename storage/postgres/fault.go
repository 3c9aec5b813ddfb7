package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// kind is what an error of the database means for a transaction.
type kind int

const (
	// kindOther is an error that trying again does not mend.
	kindOther kind = iota
	// kindConflict ended the transaction in favour of another.
	kindConflict
	// kindLost is the end of the connection, or a server that does not take writes any more.
	kindLost
	// kindBusy is a server that refused this time.
	kindBusy
	// kindFull is a server without disk space.
	kindFull
	// kindContext is the end of the caller's context.
	kindContext
)

// kindOf sorts an error that came from a connection used under ctx.
func kindOf(ctx context.Context, err error) kind {
	var reported *pgconn.PgError
	if !errors.As(err, &reported) {
		if ctx.Err() != nil {
			return kindContext
		}
		return kindLost
	}
	severity := reported.SeverityUnlocalized
	if severity == "" {
		severity = reported.Severity
	}
	if severity == "FATAL" || severity == "PANIC" {
		return kindLost
	}
	return kindOfCode(reported.Code)
}

// kindOfCode sorts an SQLSTATE.
func kindOfCode(code string) kind {
	switch code {
	case "40001", // serialization failure
		"40P01", // deadlock
		"55P03", // lock timeout
		"22012": // division by zero, by which the verification ends a transaction
		return kindConflict
	case "53100": // disk full

		return kindFull
	case "57014": // statement timeout
		return kindBusy
	case "40003", // statement completion unknown
		"25006": // read only: the primary has become a standby
		return kindLost
	}
	switch {
	case strings.HasPrefix(code, "53"): // insufficient resources
		return kindBusy
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57"): // connection, operator
		return kindLost
	}
	return kindOther
}
