package postgrestest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// WaitSync waits until every other node follows the primary and has on its disk what the primary had at the call.
func (c *Cluster) WaitSync() {
	c.tb.Helper()
	primary := c.nodes[c.Primary()]
	var written string
	c.must(primary.await("answer", func(ctx context.Context) (bool, error) {
		return primary.query(ctx, "SELECT pg_current_wal_flush_lsn()::text", &written) == nil, nil
	}))
	count := "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND flush_lsn >= '" + written + "'"
	c.must(primary.await("be followed", func(ctx context.Context) (bool, error) {
		var following int
		err := primary.query(ctx, count, &following)
		return err == nil && following == len(c.nodes)-1, nil
	}))
}

// Promote makes node i, a standby, the primary, whether the old one lives or not. First no standby follows the old
// primary any more, so that it acknowledges nothing from there on; then node i must have everything that any standby
// has, else the test fails; then it is promoted, and the others follow it.
func (c *Cluster) Promote(i int) {
	c.tb.Helper()
	c.must(c.detach())
	c.must(c.promote(c.nodes[i]))
}

// Failover kills the primary, promotes the standby that has most, and lets the other follow it. Every acknowledged commit
// is on one standby at least, so both have to be there to be asked; the test fails if one is down. The old primary is
// down afterwards, and demands an acknowledging standby as ever, so it takes no writes if it is started by mistake.
func (c *Cluster) Failover() {
	c.tb.Helper()
	old := c.nodes[c.Primary()]
	if old.process != nil {
		c.must(old.kill())
	}
	c.must(c.detach())
	best, err := c.mostAdvanced()
	c.must(err)
	c.must(c.promote(best))
}

// standbys are the nodes that are neither the primary nor a former one.
func (c *Cluster) standbys() (all []*node) {
	for i, n := range c.nodes {
		if i != c.Primary() && !n.former {
			all = append(all, n)
		}
	}
	return all
}

// detach makes every standby leave the primary and replay all that it has received.
func (c *Cluster) detach() error {
	if len(c.standbys()) < len(c.nodes)-1 {
		return fmt.Errorf("a former primary has not rejoined: the others need not have all that was acknowledged")
	}
	for _, n := range c.standbys() {
		if n.process == nil {
			return fmt.Errorf("%s is down, and may have what the others lack", n.name)
		}
		if err := n.follow(nil); err != nil {
			return err
		}
	}
	for _, n := range c.standbys() {
		err := n.await("replay", func(ctx context.Context) (bool, error) {
			var idle bool
			err := n.query(ctx, `SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver) AND current_setting('primary_conninfo') = '' AND
				EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'startup' AND wait_event = 'RecoveryRetrieveRetryInterval')`,
				&idle)
			return err == nil && idle, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mostAdvanced returns the standby that has most of the log. All of them are detached.
func (c *Cluster) mostAdvanced() (best *node, err error) {
	most := int64(-1)
	for _, n := range c.standbys() {
		position, err := n.position()
		if err != nil {
			return nil, err
		}
		if position > most {
			best, most = n, position
		}
	}
	return best, nil
}

// promote makes a detached standby the primary of the others.
func (c *Cluster) promote(n *node) error {
	best, err := c.mostAdvanced()
	if err != nil {
		return err
	}
	if n != best {
		most, err := best.position()
		if err != nil {
			return err
		}
		if has, err := n.position(); err != nil || has < most {
			return fmt.Errorf("%s has the log up to %x, %s up to %x: %w", n.name, has, best.name, most, err)
		}
	}
	others := c.standbys()
	if err := n.execute("SELECT pg_promote(true, 60)"); err != nil {
		return err
	}
	if err := n.await("take writes", func(ctx context.Context) (bool, error) {
		var standby bool
		err := n.query(ctx, "SELECT pg_is_in_recovery()", &standby)
		return err == nil && !standby, nil
	}); err != nil {
		return err
	}
	c.nodes[c.Primary()].former = true
	for i := range c.nodes {
		if c.nodes[i] == n {
			c.primary.Store(int64(i))
		}
	}
	for _, other := range others {
		if other != n {
			if err := other.follow(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// position is how far a detached standby has the log.
func (n *node) position() (position int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err = n.query(ctx, "SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint", &position)
	return position, err
}

// follow makes the node a standby of source, at once if it runs as a standby, else from its next start; a nil source
// makes it wait for one.
func (n *node) follow(source *node) error {
	setting := "primary_conninfo = ''\n"
	if source != nil {
		setting = fmt.Sprintf("primary_conninfo = '%s'\n", n.conninfo(source))
	}
	for name, text := range map[string]string{"postgresql.auto.conf": setting, "standby.signal": ""} {
		path := filepath.Join(n.data, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		if err := n.cluster.machine.own(path); err != nil {
			return err
		}
	}
	if n.process == nil {
		return nil
	}
	return reload(n.process)
}

// rewindTo drops what the node has written since source went another way.
func (n *node) rewindTo(source *node) error {
	// Before its next checkpoint a promoted server does not say everywhere that it went another way.
	if err := source.execute("CHECKPOINT"); err != nil {
		return err
	}
	return n.run("pg_rewind", "--target-pgdata="+n.data, "--source-server="+n.conninfo(source))
}
