package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// serverVariable names a server to be used in place of one's own.
const serverVariable = "PARLEY_TEST_POSTGRES"

// sharedCluster is the server that the tests of one process share. It ends with the process.
var sharedCluster = sync.OnceValues(func() (*Cluster, error) {
	m, reason := lookAround()
	if reason != "" {
		return nil, errors.New(reason)
	}
	return start(m, Options{})
})

// Shared returns the URL of a new, empty database, which is dropped at the end of tb. The server is the one that
// PARLEY_TEST_POSTGRES names, as a URL of an account that may create databases, or else one that all tests of the process
// share, and that no test must stop.
func Shared(tb testing.TB) string {
	tb.Helper()
	server := os.Getenv(serverVariable)
	if server == "" {
		findMachine(tb)
		c, err := sharedCluster()
		if err != nil {
			tb.Fatalf("PostgreSQL does not start: %v", err)
		}
		server = c.NodeURL(0)
	}
	location, err := url.Parse(server)
	if err != nil {
		tb.Fatalf("%s: %v", serverVariable, err)
	}
	name := "parley_test_" + strings.ToLower(rand.Text())
	if err := execute(server, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := drop(server, name); err != nil {
			tb.Error(err)
		}
	})
	location.Path = "/" + name
	return location.String()
}

// drop drops a database, also one to which connections are open. Servers that only speak PostgreSQL's protocol do not
// know the option for that, and need none.
func drop(server, name string) error {
	err := execute(server, "DROP DATABASE "+name+" WITH (FORCE)")
	if err == nil {
		return nil
	}
	if again := execute(server, "DROP DATABASE "+name); again != nil {
		return errors.Join(err, again)
	}
	return nil
}

// execute runs one statement on the server at url.
func execute(url, sql string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	connection, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close(ctx)) }()
	_, err = connection.Exec(ctx, sql)
	return err
}
