package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// node is one server of a cluster.
type node struct {
	cluster     *Cluster
	name        string
	data, log   string
	port        int
	reservation reservation
	former      bool          // another was promoted while this was the primary
	process     *exec.Cmd     // nil while the server is down
	ended       chan struct{} // closed when the process has been waited for
}

func (n *node) host() string { return fmt.Sprintf("127.0.0.1:%d", n.port) }

// initialize makes an empty database system.
func (n *node) initialize() error {
	secret := filepath.Join(n.cluster.dir, "password")
	if err := os.WriteFile(secret, []byte(n.cluster.password+"\n"), 0o600); err != nil {
		return err
	}
	if err := n.cluster.machine.own(secret); err != nil {
		return err
	}
	err := n.run("initdb", "--pgdata="+n.data, "--username="+superuser, "--pwfile="+secret, "--auth=scram-sha-256",
		"--locale=C", "--encoding=UTF8", "--data-checksums", "--no-sync")
	if err != nil {
		return err
	}
	// In place of what initdb wrote: a few lines of it are about the machine, and the defaults do.
	return os.WriteFile(filepath.Join(n.data, "postgresql.conf"), []byte(n.cluster.common()), 0o600)
}

// copyFrom makes the node a standby of source with a fresh copy of its data.
func (n *node) copyFrom(source *node) error {
	if err := os.RemoveAll(n.data); err != nil {
		return err
	}
	err := n.run("pg_basebackup", "--pgdata="+n.data, "--dbname="+n.conninfo(source), "--checkpoint=fast", "--wal-method=stream")
	if err != nil {
		return err
	}
	return n.follow(source)
}

// run runs a program of PostgreSQL to its end.
func (n *node) run(name string, args ...string) error {
	command := n.cluster.machine.command(name, args...)
	command.Env = append(os.Environ(), "LC_ALL=C")
	if talk, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s of %s: %w\n%s", name, n.name, err, talk)
	}
	return nil
}

// conninfo is how the node connects to source for replication.
func (n *node) conninfo(source *node) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=%s password=%s dbname=postgres application_name=%s sslmode=disable",
		source.port, superuser, n.cluster.password, n.name)
}

// common is the configuration of every node. It lies with the data, since pg_rewind starts a server of its own, which must
// have no less of anything than the one that was killed.
func (c *Cluster) common() string {
	text := `
listen_addresses = '127.0.0.1'
unix_socket_directories = '` + c.dir + `'
shared_buffers = 16MB
max_connections = 60
max_wal_senders = 10
wal_keep_size = 256MB
wal_retrieve_retry_interval = 100ms
dynamic_shared_memory_type = mmap
jit = off
log_line_prefix = '%m [%p] '
log_timezone = UTC
`
	if c.options.Forgetful {
		text += "fsync = off\nfull_page_writes = off\n"
	}
	return text
}

// arguments are the settings that differ between nodes. On the command line they outrank what a copied configuration says.
func (n *node) arguments() []string {
	args := []string{"-D", n.data, "-c", fmt.Sprintf("port=%d", n.port), "-c", "cluster_name=" + n.name}
	if len(n.cluster.nodes) > 1 && !n.cluster.options.Asynchronous {
		args = append(args, "-c", "synchronous_standby_names="+n.quorum())
	}
	return args
}

// quorum demands, of whichever node is the primary, one of the others. Every node has it at all times, so an old primary
// that comes back, and that nobody follows any more, acknowledges nothing.
func (n *node) quorum() string {
	var others []string
	for _, other := range n.cluster.nodes {
		if other != n {
			others = append(others, other.name)
		}
	}
	return "ANY 1 (" + strings.Join(others, ", ") + ")"
}

// start starts the server and waits until it answers.
func (n *node) start() error {
	if err := n.launch(); err != nil {
		return err
	}
	return n.ready()
}

// launch starts the server.
func (n *node) launch() error {
	if n.process != nil {
		return fmt.Errorf("%s is running", n.name)
	}
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	command := n.cluster.machine.command("postgres", n.arguments()...)
	command.Env = append(os.Environ(), "LC_ALL=C")
	command.Stdout, command.Stderr = log, log
	if err := errors.Join(command.Start(), log.Close()); err != nil {
		return err
	}
	ended := make(chan struct{})
	n.process, n.ended = command, ended
	go func() {
		defer close(ended)
		_ = command.Wait() // how a server ended stands in its log
	}()
	return nil
}

// ready waits until the server answers.
func (n *node) ready() error {
	return n.await("answer", func(ctx context.Context) (bool, error) {
		select {
		case <-n.ended:
			state := n.process.ProcessState
			n.process = nil
			return false, fmt.Errorf("%s ended: %s", n.name, state)
		default:
		}
		return n.query(ctx, "SELECT 1", new(int)) == nil, nil
	})
}

// stop shuts the server down in good order.
func (n *node) stop() error { return n.end(halt) }

// kill ends all processes of the server at once.
func (n *node) kill() error {
	return n.end(func(process *exec.Cmd) error {
		return errors.Join(killTree(process.Process.Pid), forgetMemory(n.data))
	})
}

// end ends the server in some way and waits until it is gone.
func (n *node) end(way func(*exec.Cmd) error) error {
	if n.process == nil {
		return fmt.Errorf("%s is not running", n.name)
	}
	if err := way(n.process); err != nil {
		return err
	}
	select {
	case <-n.ended:
		n.process = nil
		return nil
	case <-time.After(patience):
		return fmt.Errorf("%s does not stop", n.name)
	}
}

// await repeats condition until it holds.
func (n *node) await(what string, condition func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if done, err := condition(ctx); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: to %s takes too long", n.name, what)
		case <-tick.C:
		}
	}
}

// query reads one row from the server's own database.
func (n *node) query(ctx context.Context, sql string, into ...any) (err error) {
	connection, err := pgx.Connect(ctx, n.cluster.url(n.host(), "postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close(ctx)) }()
	return connection.QueryRow(ctx, sql).Scan(into...)
}

// execute runs one statement on the server.
func (n *node) execute(sql string) error { return execute(n.cluster.url(n.host(), "postgres"), sql) }
