package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// sessionKey is where a connection keeps its session.
const sessionKey = "parley"

// errNoCancel keeps the driver from cancelling statements.
var errNoCancel = errors.New("postgres: statements are not cancelled")

// session is what the store knows of one connection.
type session struct {
	// id names the connection in parley_session.
	id [16]byte
	// count is the number of the last commit that was tried.
	count int64
	// epoch is how many outages the store had seen when the connection was made.
	epoch  int64
	server server
	// warned says that the server has warned since the last time that this was cleared.
	warned atomic.Bool
	// established says that dialing is over.
	established atomic.Bool
}

// beforeConnect gives the connection that is about to be made a session.
func (s *store) beforeConnect(_ context.Context, config *pgx.ConnConfig) error {
	own := &session{epoch: s.epoch.Load()}
	rand.Read(own.id[:]) // never fails, by its documentation
	dial := dialer(config.ConnectTimeout)
	// When a context ends during a statement, the driver dials once more to have the statement cancelled. A COMMIT that
	// waits for a standby must not be cancelled: it would then be taken for committed without being on the standby.
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		if own.established.Load() {
			return nil, errNoCancel
		}
		return dial.DialContext(ctx, network, address)
	}
	config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) {
		if notice.SeverityUnlocalized == "WARNING" || notice.SeverityUnlocalized == "" && notice.Severity == "WARNING" {
			own.warned.Store(true)
		}
	}
	asked := config.ValidateConnect
	config.ValidateConnect = func(ctx context.Context, conn *pgconn.PgConn) (err error) {
		if asked != nil {
			if err := asked(ctx, conn); err != nil {
				return err
			}
		}
		if own.server, err = meet(ctx, conn, config.RuntimeParams); err != nil {
			return err
		}
		own.established.Store(true)
		conn.CustomData()[sessionKey] = own
		return nil
	}
	return nil
}

// prepare prepares the statements, all in one round trip.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	own, err := sessionOf(conn)
	if err != nil {
		return err
	}
	pipeline := conn.PgConn().StartPipeline(ctx)
	for _, s := range statements(own.server.dialect) {
		pipeline.SendPrepare(s.name, s.sql, nil)
	}
	if err := pipeline.Sync(); err != nil {
		return errors.Join(err, pipeline.Close())
	}
	return pipeline.Close()
}

// sessionOf returns the session of conn.
func sessionOf(conn *pgx.Conn) (*session, error) {
	own, ok := conn.PgConn().CustomData()[sessionKey].(*session)
	if !ok {
		return nil, errors.New("postgres: a connection without a session")
	}
	return own, nil
}

// dialer dials so that a server that has gone without a word is noticed in about ten seconds.
func dialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{
		Timeout:         timeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3},
		Control:         boundUnacknowledged,
	}
}
