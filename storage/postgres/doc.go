// Package postgres keeps a store in a PostgreSQL database, of version 15 or later, which several gateways may share.
//
// # Tables
//
// The map is one table of keys and values, in the schema that the connection's search_path names first; Open creates it. A
// value of NULL is a tombstone: the key is absent, and its row is there to be locked.
//
// # Transactions
//
// A transaction reads at REPEATABLE READ and takes no lock while it does. An Update keeps what it writes to itself and
// remembers what it got. At the end it sends everything in one round trip: its writes, one statement in the order of the
// keys, with a tombstone for every deletion and for every key that was got and had no row; a shared lock on the rows that
// were got and not written; its number in the row of its session; COMMIT. So an Update takes two round trips, and one
// that reads nothing takes one, and a View that reads once takes one.
//
// Why that is serializable in what was got: the database ends a transaction at REPEATABLE READ that would lock or change
// a row changed since the snapshot, so at its COMMIT a transaction holds locks on rows that are all as it got them, until
// it is visible to all. What had no row in the snapshot meets the primary key: of two transactions that insert it, the
// second waits for the first and is then ended, for the row is not in its snapshot. That holds for a key got and written,
// for a key got and found absent, whose tombstone is the insertion, and against a deletion, which leaves a tombstone,
// too. Two transactions with a write skew, each having got what the other writes, present or absent, therefore never both
// commit. A transaction that got nothing runs at READ COMMITTED: it has nothing to be stale, and its locks in the order
// of the keys are its place in the order of transactions. A scan is of the snapshot and protects nothing.
//
// Tombstones are removed by a cleaner, which locks their rows first, as every writer does. A transaction that has a removed
// tombstone in its snapshot is ended if it locks it and otherwise inserts the key anew, and both are right, because the
// key was absent all the while: a tombstone is removed half an hour after it was made, and no older snapshot commits.
//
// Deadlocks need two transactions of which each holds what the other waits for. All writers lock in the order of the keys,
// and wait for the rows that they only got after that, and for those only for a moment, because whoever holds one is about
// to change it, which is a conflict anyway.
//
// # Commits of unknown outcome
//
// When the connection ends, or the server warns, after a commit has been sent, the store asks on another connection whether
// that number of that session is there, in a way that waits for it if it is still on its way and keeps it from coming
// later; see settle. If it is there, Update returns nil without running its function again. With several nodes in the URL
// (postgres://user:password@one:5432,two:5432/database) it asks the one that takes writes, whichever that is by then.
// After half a minute in vain Update returns storage.ErrUnavailable.
//
// Nothing is ever cancelled on the server, because a COMMIT that is cancelled while it waits for a standby says that it
// has committed, and is on one machine only.
//
// # Connections
//
// The URL is that of the driver, github.com/jackc/pgx: sslmode, connect_timeout (5, with several hosts 2), pool_max_conns
// (16), search_path, statement_timeout (30s), lock_timeout (5s), idle_in_transaction_session_timeout (5min) and all other
// parameters of a session can be set in its query; the defaults are in brackets. A transaction inside a transaction takes
// a second connection. A pooler between must keep sessions (PgBouncer: pool_mode = session), because statements are
// prepared.
//
// # Other databases
//
// CockroachDB and YugabyteDB speak the same protocol and have a dialect each here, made from their documents. They have
// not been tried: no test runs on them.
package postgres
