package postgres

import (
	"bytes"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"parley/storage"
	"parley/storage/postgres/postgrestest"
)

// secret is a password that must not be in any message.
const secret = "hunter2-secret"

// TestRefusals opens what cannot be used. Every message is one sentence on one line that says what to do, and none has
// the password.
func TestRefusals(t *testing.T) {
	d := newDatabase(t)
	future := d.schema(t)
	openAt(t, future)
	execute(t, future, `UPDATE parley_meta SET value = '2' WHERE name = 'schema version'`)
	elsewhere := func(change func(*url.URL)) *url.URL {
		u := *d.location
		change(&u)
		return &u
	}
	tests := []struct {
		name     string
		location *url.URL
		want     string
		is       error
	}{
		{
			"wrong password", elsewhere(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), secret) }),
			"correct user and password", nil,
		},
		{
			"no such user", elsewhere(func(u *url.URL) { u.User = url.UserPassword("nobody-here", secret) }),
			"correct user and password", nil,
		},
		{"no such database", elsewhere(func(u *url.URL) { u.Path = "/nowhere" }), "createdb", nil},
		{"no such host", elsewhere(func(u *url.URL) { u.Host = "nowhere.invalid:5432" }), "no host", storage.ErrUnavailable},
		{"nobody there", elsewhere(func(u *url.URL) { u.Host = "127.0.0.1:1" }), "start the server", storage.ErrUnavailable},
		{"read only", with(d.location, "default_transaction_read_only", "on"), "name the primary", nil},
		{"no schema", with(d.location, "search_path", "nowhere"), "create one", nil},
		{"unknown parameter", with(d.location, "no_such_parameter", "1"), "no_such_parameter", nil},
		{"tables of the future", future, "run the newer program", nil},
		{
			"not a port", &url.URL{Scheme: "postgres", User: url.UserPassword("me", secret), Host: "here:port", Path: "/x"},
			"not the URL of a database", nil,
		},
		{"bad setting", with(d.location, "pool_max_conns", "many"), "not the URL of a database", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Open(t.Context(), tt.location, storage.Options{})
			if err == nil {
				t.Fatal(errors.Join(errors.New("opened"), s.Close()))
			}
			if !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("Open = %v, want %q and %v", err, tt.want, tt.is)
			}
			password, _ := d.location.User.Password()
			if strings.Contains(err.Error(), secret) || password != "" && strings.Contains(err.Error(), password) {
				t.Errorf("Open = %v: the password is shown", err)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("Open = %q has several lines", err)
			}
		})
	}
}

// TestUnfitServers has servers refused that cannot be had here.
func TestUnfitServers(t *testing.T) {
	fit := server{
		dialect: dialectOf("PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu"), number: 150018,
		schema: "public", fsync: "on", fullPageWrites: "on", commitLevel: "on",
	}
	for _, tt := range []struct {
		change func(*server)
		want   string
	}{
		{func(*server) {}, ""},
		{func(s *server) { s.commitLevel = "remote_apply" }, ""},
		{func(s *server) { s.commitLevel = "off" }, "synchronous_commit"},
		{func(s *server) { s.fsync = "off" }, "set fsync = on"},
		{func(s *server) { s.fullPageWrites = "off" }, "set full_page_writes = on"},
		{func(s *server) { s.number = 140011 }, "at least 15 is needed"},
		{func(s *server) { s.readOnly = true }, "name the primary"},
	} {
		s := fit
		tt.change(&s)
		err := s.refusal()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("refusal = %v, want %q", err, tt.want)
		}
	}
}

func TestDialects(t *testing.T) {
	for version, want := range map[string]string{
		"CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024/05/15)": "CockroachDB",
		"PostgreSQL 15.12-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu":        "YugabyteDB",
		"PostgreSQL 17.2 on x86_64-pc-linux-gnu":                          "PostgreSQL",
		"EnterpriseDB 16":                                                 "PostgreSQL",
	} {
		if got := dialectOf(version).name; got != want {
			t.Errorf("%s is taken for %s", version, got)
		}
	}
}

// TestForgetfulServer refuses a server that does not sync.
func TestForgetfulServer(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Options{Forgetful: true})
	location, err := url.Parse(c.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), location, storage.Options{}); err == nil || !strings.Contains(err.Error(), "set fsync = on") {
		t.Errorf("Open = %v", err)
	}
}

// TestSessions looks at the settings of a connection, and at the warning that there is no standby.
func TestSessions(t *testing.T) {
	var told bytes.Buffer
	location := with(newDatabase(t).schema(t), "synchronous_commit", "off")
	location = with(location, "statement_timeout", "7000")
	s, err := open(t.Context(), location, slog.New(slog.NewTextHandler(&told, nil)), defaultPatience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if !strings.Contains(told.String(), "no synchronous standby") {
		t.Errorf("the log says %q", told.String())
	}
	if got := s.pool.Config().MaxConns; got != defaultConnections {
		t.Errorf("the pool has %d connections", got)
	}
	for name, want := range map[string]string{
		"synchronous_commit": "on", "statement_timeout": "7s", "lock_timeout": "5s", "application_name": "parley",
	} {
		var got string
		if err := s.pool.QueryRow(t.Context(), `SELECT current_setting($1)`, name).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", name, got, err, want)
		}
	}
}
