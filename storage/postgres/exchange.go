package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// answerSlack is how much longer than the server's own bound of a statement its answer may take.
const answerSlack = 5 * time.Second

// link is a connection that a transaction has for itself.
type link struct {
	*session
	pooled *pgxpool.Conn
}

// request is a number of prepared statements that are sent together and answered together. A statement that fails ends
// the request.
type request struct {
	batch pgconn.Batch
	size  int
	// watched is the index of the statement whose tag exchange returns.
	watched int
	// row is called for every row of an answer, with the index of its statement; the columns are valid during the call.
	row func(statement int, columns [][]byte) error
}

// add appends a prepared statement with its parameters in binary form.
func (r *request) add(name string, parameters ...[]byte) {
	r.batch.ExecPrepared(name, parameters, []int16{1}, []int16{1})
	r.size++
}

// exchange sends r and reads the answers, and returns how many statements succeeded and the tag of the one that
// is watched, if it did.
func (l *link) exchange(ctx context.Context, r *request) (done int, tag string, err error) {
	if l.server.statementTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.server.statementTimeout+answerSlack)
		defer cancel()
	}
	results := l.pooled.Conn().PgConn().ExecBatch(ctx, &r.batch)
	var rowErr error
	for results.NextResult() {
		reader := results.ResultReader()
		for reader.NextRow() {
			if r.row != nil && rowErr == nil {
				rowErr = r.row(done, reader.Values())
			}
		}
		command, err := reader.Close()
		if err != nil {
			break // results.Close returns it
		}
		if done == r.watched {
			tag = command.String()
		}
		done++
	}
	if err := results.Close(); err != nil {
		return done, tag, err
	}
	return done, tag, rowErr
}
