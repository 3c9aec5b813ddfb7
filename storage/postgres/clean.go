package postgres

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	cleanInterval = time.Minute
	// keepTombstones is longer than longestTransaction.
	keepTombstones = 30 * time.Minute
	// keepSessions is longer than any server process of a lost connection can live, by far.
	keepSessions = 24 * time.Hour
	cleanBatch   = 200
)

// clean removes old tombstones and the rows of sessions that have ended, at every tick until ctx ends.
func (s *store) clean(ctx context.Context, ticker *time.Ticker) {
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.cleanOnce(ctx, keepTombstones, keepSessions); err != nil && ctx.Err() == nil {
				s.log.Warn("cleaning was interrupted", "engine", "postgres", "error", err)
			}
		}
	}
}

// cleanOnce removes the tombstones and sessions that are older than said.
func (s *store) cleanOnce(ctx context.Context, tombstones, sessions time.Duration) error {
	l, err := s.acquire(ctx, &outage{patience: cleanInterval})
	if err != nil {
		return err
	}
	defer l.pooled.Release()
	if err := l.removeSessions(ctx, sessions); err != nil {
		return err
	}
	for from := []byte{}; ; {
		old, err := l.oldTombstones(ctx, from, tombstones)
		if err != nil || len(old) == 0 {
			return err
		}
		if err := l.removeTombstones(ctx, old, tombstones); err != nil {
			return err
		}
		from = append(bytes.Clone(old[len(old)-1]), 0)
	}
}

// query runs one statement of the cleaner and returns the first column of its rows.
func (l *link) query(ctx context.Context, sql string, parameters ...any) (keys [][]byte, err error) {
	rows, err := l.pooled.Conn().Query(ctx, sql, parameters...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		keys = append(keys, bytes.Clone(rows.RawValues()[0]))
	}
	return keys, rows.Err()
}

// removeSessions removes the rows of sessions that have not committed for a long time. One that still lives makes itself
// a new row.
func (l *link) removeSessions(ctx context.Context, age time.Duration) error {
	_, err := l.query(ctx, `DELETE FROM parley_session
		WHERE at < clock_timestamp() - make_interval(secs => $1) AND id <> $2`, age.Seconds(), l.id)
	return err
}

func (l *link) oldTombstones(ctx context.Context, from []byte, age time.Duration) ([][]byte, error) {
	return l.query(ctx, `SELECT key FROM parley_tombstone
		WHERE key >= $1 AND at < clock_timestamp() - make_interval(secs => $2) ORDER BY key LIMIT $3`,
		from, age.Seconds(), cleanBatch)
}

// removeTombstones removes those of keys that are still tombstones and still old. It locks the rows of the map first,
// as every writer does, and passes over those that somebody else has locked. Keys that have a value again only lose their
// entry in the list of tombstones.
func (l *link) removeTombstones(ctx context.Context, keys [][]byte, age time.Duration) error {
	isolation := pgx.ReadCommitted
	if l.server.dialect.readsAreChecked {
		isolation = pgx.Serializable
	}
	return pgx.BeginTxFunc(ctx, l.pooled, pgx.TxOptions{IsoLevel: isolation}, func(pgx.Tx) error {
		locked, err := l.query(ctx, `SELECT key FROM parley_map WHERE key = ANY($1) FOR UPDATE SKIP LOCKED`, keys)
		if err != nil {
			return err
		}
		// A statement of its own, because its snapshot has to be younger than the locks.
		dead, err := l.query(ctx, `DELETE FROM parley_tombstone WHERE key = ANY($1)
			AND at < clock_timestamp() - make_interval(secs => $2) RETURNING key`, locked, age.Seconds())
		if err != nil {
			return err
		}
		_, err = l.query(ctx, `DELETE FROM parley_map WHERE key = ANY($1) AND value IS NULL`, dead)
		return err
	})
}
