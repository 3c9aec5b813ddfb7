package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/storage"
)

const (
	// defaultPatience is how long a transaction waits for a database that is out of reach.
	defaultPatience = 30 * time.Second
	// defaultConnections bounds the connections to the database, unless the URL says pool_max_conns.
	defaultConnections = 16
	// defaultConnectTimeout bounds a connection attempt to one node, unless the URL says connect_timeout.
	defaultConnectTimeout = 5 * time.Second
	// defaultHostTimeout is the same for a URL with several nodes, of which one that is gone must not keep from the others.
	defaultHostTimeout = 2 * time.Second
)

// Open is the storage.Opener of postgres:// and postgresql:// URLs, which the package's comment describes. It creates the
// tables if they are missing. It refuses a server on which an acknowledged commit would not survive a power cut, one that
// takes no writes, one that is too old, and tables of a newer program; each with a sentence that says what to do, without
// the password. That there is no synchronous standby is only told to slog.Default. Nothing in opts concerns it.
func Open(ctx context.Context, location *url.URL, _ storage.Options) (storage.Store, error) {
	s, err := open(ctx, location, slog.Default(), defaultPatience)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func open(ctx context.Context, location *url.URL, log *slog.Logger, patience time.Duration) (*store, error) {
	config, err := configure(location)
	if err != nil {
		return nil, err
	}
	s := &store{log: log, patience: patience}
	about, err := s.firstConnection(ctx, config.ConnConfig.Copy())
	if err != nil {
		return nil, refusal(location, err)
	}
	if err := s.connect(ctx, config); err != nil {
		return nil, refusal(location, err)
	}
	if about.dialect.durabilitySettings && about.standbys == "" {
		log.Warn("no synchronous standby: what is acknowledged is on one machine only", "engine", "postgres",
			"remedy", "set synchronous_standby_names")
	}
	cleaning, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.cleaner.Go(func() { s.clean(cleaning, time.NewTicker(cleanInterval)) })
	return s, nil
}

// connect makes the pool, which makes its connections when they are needed.
func (s *store) connect(ctx context.Context, config *pgxpool.Config) (err error) {
	config.BeforeConnect = s.beforeConnect
	config.AfterConnect = prepare
	s.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	return err
}

// firstConnection looks at the server and creates the tables.
func (s *store) firstConnection(ctx context.Context, config *pgx.ConnConfig) (about server, err error) {
	if err := s.beforeConnect(ctx, config); err != nil {
		return server{}, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return server{}, err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	own, err := sessionOf(conn)
	if err != nil {
		return server{}, err
	}
	return own.server, prepareSchema(ctx, conn.PgConn(), own.server.dialect)
}

// configure makes the settings of the pool from the URL, with the defaults of this package for what it does not say.
func configure(location *url.URL) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(location.String())
	if err != nil {
		return nil, fmt.Errorf("postgres: %s is not the URL of a database; it has the form "+
			"postgres://user:password@host:5432/database?sslmode=verify-full", place(location))
	}
	query := location.Query()
	if !query.Has("pool_max_conns") {
		config.MaxConns = defaultConnections
	}
	if !query.Has("connect_timeout") {
		config.ConnConfig.ConnectTimeout = defaultConnectTimeout
		if strings.Contains(location.Host, ",") {
			config.ConnConfig.ConnectTimeout = defaultHostTimeout
		}
	}
	if _, ok := config.ConnConfig.RuntimeParams["application_name"]; !ok {
		config.ConnConfig.RuntimeParams["application_name"] = "parley"
	}
	return config, nil
}
