// Package postgrestest runs PostgreSQL for tests: one server for a whole test process, or clusters of three nodes with
// synchronous replication whose nodes are killed, promoted and joined again. It is imported by tests only.
//
// It uses the PostgreSQL that the machine has and skips the test where there is none, unless TEST_REQUIRE_POSTGRES is 1.
// Whatever it starts ends with the test, and with the test process if that dies first, however it dies.
package postgrestest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// Database is the database that every cluster has from the beginning.
	Database = "parley"

	// patience bounds every wait for a server: starting, stopping, following, promoting.
	patience = 60 * time.Second

	superuser = "postgres"
)

// Options say what cluster a test needs. The zero value is a single durable node.
type Options struct {
	// Nodes is one or three; zero means one. The first node begins as the primary, the others follow it.
	Nodes int
	// Asynchronous acknowledges a commit before a standby has it, so that a failover may lose it. Without it every
	// commit is on the disks of the primary and of at least one standby before it is acknowledged.
	Asynchronous bool
	// Forgetful switches fsync off, for tests in which it does not matter or must be refused.
	Forgetful bool
}

// Cluster is a running PostgreSQL. Its methods fail the test that started it if a server does not do as it is told, and
// belong to that test's goroutine; the URL methods and Primary may be called from anywhere.
type Cluster struct {
	tb       testing.TB
	options  Options
	machine  machine
	keeper   *keeper
	dir      string
	password string
	nodes    []*node
	primary  atomic.Int64
}

// Start starts a cluster, which is stopped and removed at the end of tb. The logs of its servers are shown if tb failed.
func Start(tb testing.TB, o Options) *Cluster {
	tb.Helper()
	m := findMachine(tb)
	c, err := start(m, o)
	if err != nil {
		tb.Fatalf("PostgreSQL does not start: %v", err)
	}
	c.tb = tb
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Log(c.logs())
		}
		if err := c.end(); err != nil {
			tb.Errorf("PostgreSQL does not end: %v", err)
		}
	})
	return c
}

// start makes the servers, which need no test from here on.
func start(m machine, o Options) (c *Cluster, err error) {
	if o.Nodes == 0 {
		o.Nodes = 1
	}
	if o.Nodes != 1 && o.Nodes != 3 {
		return nil, fmt.Errorf("a cluster has one node or three, not %d", o.Nodes)
	}
	dir, err := os.MkdirTemp("", "parley-pg-")
	if err != nil {
		return nil, err
	}
	c = &Cluster{options: o, machine: m, dir: dir, password: rand.Text()}
	if c.keeper, err = startKeeper(dir); err != nil {
		return nil, fmt.Errorf("%w, %w", err, os.RemoveAll(dir))
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, c.logs())
			if ending := c.end(); ending != nil {
				err = fmt.Errorf("%w\n%w", err, ending)
			}
		}
	}()
	if err := m.own(dir); err != nil {
		return nil, err
	}
	for i := range o.Nodes {
		n := &node{
			cluster: c,
			name:    fmt.Sprintf("node%d", i+1),
			data:    filepath.Join(dir, fmt.Sprintf("node%d", i+1)),
			log:     filepath.Join(dir, fmt.Sprintf("node%d.log", i+1)),
		}
		if n.port, n.reservation, err = reservePort(); err != nil {
			return nil, err
		}
		c.nodes = append(c.nodes, n)
	}
	return c, c.populate()
}

// populate makes the first node, lets the others follow it, and creates the database.
func (c *Cluster) populate() error {
	first := c.nodes[0]
	if err := first.initialize(); err != nil {
		return err
	}
	if err := first.start(); err != nil {
		return err
	}
	for _, n := range c.nodes[1:] {
		if err := n.copyFrom(first); err != nil {
			return err
		}
		if err := n.start(); err != nil {
			return err
		}
	}
	return first.execute("CREATE DATABASE " + Database + " TEMPLATE template0")
}

// URL connects to the node that takes writes, whichever that is.
func (c *Cluster) URL() string {
	hosts := make([]string, len(c.nodes))
	for i, n := range c.nodes {
		hosts[i] = n.host()
	}
	return c.url(strings.Join(hosts, ","), Database) + "&target_session_attrs=read-write"
}

// NodeURL connects to node i, counted from zero, whatever its part is.
func (c *Cluster) NodeURL(i int) string { return c.url(c.nodes[i].host(), Database) }

// Primary is the number of the node that is the primary, or was when it was killed.
func (c *Cluster) Primary() int { return int(c.primary.Load()) }

func (c *Cluster) url(hosts, database string) string {
	return fmt.Sprintf("postgres://%s:%s@%s/%s?sslmode=disable", superuser, c.password, hosts, database)
}

// end stops every server and removes everything.
func (c *Cluster) end() error {
	all := []error{c.keeper.end()}
	for _, n := range c.nodes {
		if n.process != nil {
			<-n.ended
		}
		all = append(all, n.reservation.release())
	}
	return errors.Join(all...)
}

// logs is the end of every server's log.
func (c *Cluster) logs() string {
	const most = 16 << 10
	var all strings.Builder
	for _, n := range c.nodes {
		text, err := os.ReadFile(n.log)
		if err != nil {
			text = []byte(err.Error())
		}
		fmt.Fprintf(&all, "--- %s\n%s\n", n.name, text[max(0, len(text)-most):])
	}
	return all.String()
}
