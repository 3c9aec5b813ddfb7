package postgrestest

import (
	"errors"
	"fmt"
)

// Kill kills node i with all its processes at once. What it had handed to the operating system stays on its disk: the
// machine lives on, its PostgreSQL does not.
func (c *Cluster) Kill(i int) {
	c.tb.Helper()
	c.must(c.nodes[i].kill())
}

// Stop shuts node i down in good order: its clients are disconnected.
func (c *Cluster) Stop(i int) {
	c.tb.Helper()
	c.must(c.nodes[i].stop())
}

// Restart starts node i, which is down, in the part that it had: the primary, or a standby. A former primary, for which
// another was promoted, cannot be restarted but has to Rejoin.
func (c *Cluster) Restart(i int) {
	c.tb.Helper()
	c.must(c.restart(c.nodes[i]))
}

// KillAll kills every node that runs: the whole cluster is cut.
func (c *Cluster) KillAll() {
	c.tb.Helper()
	for _, n := range c.nodes {
		if n.process != nil {
			c.must(n.kill())
		}
	}
}

// RestartAll starts every node that is down, each in the part that it had.
func (c *Cluster) RestartAll() {
	c.tb.Helper()
	var down []*node
	for _, n := range c.nodes {
		if n.process == nil {
			down = append(down, n)
		}
	}
	c.must(c.restart(down...))
}

// Rejoin starts node i, which is down or a former primary, as a standby of the present primary, after it has dropped what
// it had written and the present primary has not.
func (c *Cluster) Rejoin(i int) {
	c.tb.Helper()
	n, primary := c.nodes[i], c.nodes[c.Primary()]
	if n == primary {
		c.tb.Fatalf("%s is the primary", n.name)
	}
	if n.process != nil {
		c.must(n.stop())
	}
	if n.former {
		if err := n.rewindTo(primary); err != nil {
			// Not every fork can be rewound; a fresh copy can always be made.
			c.tb.Logf("%v: a fresh copy is made", err)
			c.must(n.copyFrom(primary))
		}
		n.former = false
	}
	c.must(errors.Join(n.follow(primary), n.start()))
}

// restart starts nodes side by side.
func (c *Cluster) restart(nodes ...*node) error {
	for _, n := range nodes {
		if n.former {
			return fmt.Errorf("%s was the primary; it has to rejoin", n.name)
		}
		if err := n.launch(); err != nil {
			return err
		}
	}
	for _, n := range nodes {
		if err := n.ready(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) must(err error) {
	c.tb.Helper()
	if err != nil {
		c.tb.Fatalf("PostgreSQL does not do as it is told: %v", err)
	}
}
