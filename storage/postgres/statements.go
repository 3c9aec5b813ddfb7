package postgres

// The statements that every session has prepared, by name.
const (
	stmtBegin      = "parley_begin"
	stmtBeginBlind = "parley_begin_blind"
	stmtBeginView  = "parley_begin_view"
	stmtCommit     = "parley_commit"
	stmtRollback   = "parley_rollback"

	stmtGet          = "parley_get"
	stmtGetMany      = "parley_get_many"
	stmtForward      = "parley_forward"
	stmtBackward     = "parley_backward"
	stmtForwardKeys  = "parley_forward_keys"
	stmtBackwardKeys = "parley_backward_keys"

	stmtWrite  = "parley_write"
	stmtMourn  = "parley_mourn"
	stmtHurry  = "parley_hurry"
	stmtVerify = "parley_verify"
	stmtMark   = "parley_mark"
	stmtSettle = "parley_settle"

	stmtQueue   = "parley_queue"
	stmtUnqueue = "parley_unqueue"
)

// statement is a prepared statement.
type statement struct{ name, sql string }

// statements lists what a session prepares.
func statements(d dialect) []statement {
	all := []statement{
		{stmtBegin, d.begin},
		{stmtBeginBlind, d.beginBlind},
		{stmtBeginView, d.beginView},
		{stmtCommit, `COMMIT`},
		{stmtRollback, `ROLLBACK`},

		{stmtGet, `SELECT key, value FROM parley_map WHERE key = $1`},
		{stmtGetMany, `SELECT key, value FROM parley_map WHERE key = ANY($1::bytea[])`},
		{stmtForward, `SELECT key, value FROM parley_map
			WHERE key >= $1 AND key < $2 AND value IS NOT NULL ORDER BY key LIMIT $3`},
		{stmtBackward, `SELECT key, value FROM parley_map
			WHERE key >= $1 AND key < $2 AND value IS NOT NULL ORDER BY key DESC LIMIT $3`},
		{stmtForwardKeys, `SELECT key FROM parley_map
			WHERE key >= $1 AND key < $2 AND value IS NOT NULL ORDER BY key LIMIT $3`},
		{stmtBackwardKeys, `SELECT key FROM parley_map
			WHERE key >= $1 AND key < $2 AND value IS NOT NULL ORDER BY key DESC LIMIT $3`},

		// The arrays are in the order of the keys, and so are the locks that the rows take.
		{stmtWrite, `INSERT INTO parley_map (key, value)
			SELECT key, value FROM unnest($1::bytea[], $2::bytea[]) AS written (key, value)
			ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value`},
		{stmtMourn, `INSERT INTO parley_tombstone (key, at)
			SELECT key, clock_timestamp() FROM unnest($1::bytea[]) AS dead (key)
			ON CONFLICT (key) DO UPDATE SET at = EXCLUDED.at`},
		// A missing row divides by zero, which ends the transaction although its commit has been sent already. A
		// snapshot should never let it come to that.
		{stmtVerify, `SELECT 1 / CASE WHEN count(*) = $2 THEN 1 ELSE 0 END
			FROM (SELECT key FROM parley_map WHERE key = ANY($1::bytea[]) FOR SHARE) AS locked`},
		{stmtMark, `INSERT INTO parley_session (id, last) VALUES ($1::uuid, $2)
			ON CONFLICT (id) DO UPDATE SET last = EXCLUDED.last, at = clock_timestamp()`},
		{stmtSettle, `INSERT INTO parley_session AS s (id, last, fence) VALUES ($1::uuid, 0, $2)
			ON CONFLICT (id) DO UPDATE SET at = clock_timestamp(),
			fence = CASE WHEN s.last = EXCLUDED.fence THEN s.fence ELSE EXCLUDED.fence END
			RETURNING s.last = $2`},
	}
	if d.advisoryLocks {
		all = append(all,
			statement{stmtHurry, `SELECT set_config('lock_timeout', '` + verifyPatience + `', true)`},
			statement{stmtQueue, `SELECT pg_advisory_lock(number) FROM unnest($1::bigint[]) AS numbers (number)`},
			statement{stmtUnqueue, `SELECT pg_advisory_unlock_all()`})
	}
	return all
}
