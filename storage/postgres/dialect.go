package postgres

import "strings"

// dialect is what differs between the databases that speak PostgreSQL's protocol.
type dialect struct {
	// name is what people call the database.
	name string
	// sign is the text in the answer to "select version()" by which the database is known.
	sign string
	// oldest is the least server_version_num, zero if the database has versions of another kind.
	oldest int
	// begin and beginBlind open a transaction that reads, and one that only writes. beginView opens one to look.
	begin, beginBlind, beginView string
	// readsAreChecked says that begin gives serializable transactions: the database itself sees that what was got is
	// still so at the commit, and neither locks nor tombstones are needed for it.
	readsAreChecked bool
	// ascending follows the key in the declaration of a primary key that is kept in order.
	ascending string
	// advisoryLocks says that sessions can wait for each other on numbers.
	advisoryLocks bool
	// durabilitySettings says that fsync, full_page_writes and synchronous_commit mean something.
	durabilitySettings bool
	// settings are set in every session unless the store's URL sets them.
	settings []setting
}

// setting is a run-time parameter of a session.
type setting struct{ name, value string }

// dialects lists the databases; the last one is what a database is if no sign is found. Only PostgreSQL is in the tests:
// the other two rows follow their documents and have not been run.
//
// CockroachDB and YugabyteDB get SERIALIZABLE, at which both check every read themselves, so that nothing depends on how
// like PostgreSQL's their row locks are. Their settings of durability are not the session's, and advisory locks do
// nothing or do not exist. YugabyteDB spreads a table by the hash of its key unless the key is declared ascending, and
// scans need the order. A commit of which CockroachDB does not know the outcome is 40003.
func dialects() [3]dialect {
	const serializable = "BEGIN ISOLATION LEVEL SERIALIZABLE"
	const repeatableRead = "BEGIN ISOLATION LEVEL REPEATABLE READ"
	bounds := []setting{
		{"statement_timeout", "30s"},
		{"idle_in_transaction_session_timeout", "5min"},
	}
	return [3]dialect{
		{
			name: "CockroachDB", sign: "CockroachDB", ascending: " ASC",
			begin: serializable, beginBlind: serializable, beginView: serializable + " READ ONLY",
			readsAreChecked: true, settings: bounds,
		},
		{
			name: "YugabyteDB", sign: "-YB-", ascending: " ASC",
			begin: serializable, beginBlind: serializable, beginView: serializable + " READ ONLY",
			readsAreChecked: true, settings: bounds,
		},
		{
			name: "PostgreSQL", oldest: 150000,
			begin: repeatableRead, beginBlind: "BEGIN ISOLATION LEVEL READ COMMITTED", beginView: repeatableRead + " READ ONLY",
			advisoryLocks: true, durabilitySettings: true,
			settings: append(bounds, []setting{
				{"lock_timeout", "5s"},
				{"default_transaction_isolation", "read committed"},
				{"tcp_keepalives_idle", "30"},
				{"tcp_keepalives_interval", "5"},
				{"tcp_keepalives_count", "3"},
				// Every access is by the primary key. A plan that was made, and is kept, while the table was young must
				// not be one that reads all of it.
				{"enable_seqscan", "off"},
				{"enable_bitmapscan", "off"},
				{"enable_sort", "off"},
				{"plan_cache_mode", "force_generic_plan"},
				{"jit", "off"},
			}...),
		},
	}
}

// dialectOf returns the dialect of the database that calls itself version.
func dialectOf(version string) dialect {
	all := dialects()
	for _, d := range all {
		if d.sign != "" && strings.Contains(version, d.sign) {
			return d
		}
	}
	return all[len(all)-1]
}
