package server

import (
	"fmt"
	"strings"
	"testing"

	"parley/adapters/openim"
	"parley/adapters/wire/mirror"
	"parley/adapters/yesapi"
	"parley/cmd/parley/admin"
	"parley/cmd/parley/settings"
	"parley/core"
)

const (
	mirrorApp    = "0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F"
	mirrorSecret = "the secret of both servers"
	// password is the digest of 123456.
	password = "e10adc3949ba59abbe56e057f20f883e"
)

// pairOfServers is a server with another one as its legacy server.
type pairOfServers struct {
	t             *testing.T
	legacy, front *Server
	log           *syncBuffer
	members       []member
}

type member struct {
	name    string
	session yesapi.Session
}

func mirroredApp() settings.App {
	return settings.App{
		Key: mirrorApp, Secret: mirrorSecret, YesAPI: map[string]any{"sign": "optional"},
		OpenIM: map[string]any{"secret": "the OpenIM secret of both"},
	}
}

// newPair starts both servers in the given mode.
func newPair(t *testing.T, mode mirror.Mode, change func(*settings.Settings)) *pairOfServers {
	t.Helper()
	old := testSettings()
	old.Apps = []settings.App{mirroredApp()}
	p := &pairOfServers{t: t}
	p.legacy, _ = start(t, Config{Settings: old})
	s := testSettings()
	s.Apps = []settings.App{mirroredApp()}
	s.Mirror.AllowPrivate = true
	s.Mirror.Queue = 16 << 10
	url := "http://" + p.legacy.Addr().String()
	s.Mirrors = []settings.AppMirror{{App: mirrorApp, YesAPI: url, OpenIM: url, Mode: string(mode)}}
	if change != nil {
		change(&s)
	}
	p.front, p.log = start(t, Config{Settings: s})
	return p
}

// client returns a client half that talks to one of the servers.
func (p *pairOfServers) client(s *Server) *yesapi.Client {
	p.t.Helper()
	c, err := yesapi.NewClient("http://"+s.Addr().String()+"/", yesapi.ClientOptions{AppKey: mirrorApp})
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

func (p *pairOfServers) openim(s *Server) *openim.Client {
	p.t.Helper()
	c, err := openim.NewClient("http://"+s.Addr().String(), openim.ClientOptions{Secret: "the OpenIM secret of both"})
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// join registers members through the mirror and logs them in.
func (p *pairOfServers) join(n int) {
	p.t.Helper()
	c := p.client(p.front)
	for i := range n {
		name := fmt.Sprintf("member%d", i)
		if _, err := c.Register(p.t.Context(), name, password); err != nil {
			p.t.Fatal(err)
		}
		session, err := c.Login(p.t.Context(), name, password)
		if err != nil {
			p.t.Fatal(err)
		}
		p.members = append(p.members, member{name, session})
	}
}

func (p *pairOfServers) as(s *Server, m member) core.Messenger { return p.client(s).As(m.session) }

func (p *pairOfServers) status() mirror.AppStatus {
	p.t.Helper()
	s, err := p.front.Mirror().Status(mirrorApp)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// step takes a step of the cutover that must succeed.
func (p *pairOfServers) step(command string) {
	p.t.Helper()
	ops := &admin.LocalMirror{Front: p.front.Mirror()}
	if _, err := ops.Cutover(p.t.Context(), mirrorApp, admin.Step{Command: command}); err != nil {
		p.t.Fatalf("%s: %v", command, err)
	}
}

func (p *pairOfServers) set(mode mirror.Mode) {
	p.t.Helper()
	if err := p.front.Mirror().Set(p.t.Context(), mirrorApp, mirror.Change{Mode: &mode}); err != nil {
		p.t.Fatal(err)
	}
}

// texts lists what two members have said to each other, in order, as a server tells it.
func texts(t *testing.T, m core.Messenger, peer string) (all []string) {
	t.Helper()
	for q := (core.HistoryQuery{Peer: peer, Limit: 100}); ; q.Direction = core.Older {
		h, err := m.History(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		page := make([]string, len(h.Messages))
		for i := range h.Messages {
			page[i] = fmt.Sprintf("%t %s", h.Messages[i].Own, h.Messages[i].Content.Body)
		}
		all = append(page, all...)
		if len(h.Messages) < q.Limit {
			return all
		}
		q.After = h.Messages[0].ID
	}
}

// say sends a text.
func say(t *testing.T, m core.Messenger, to, text string) error {
	t.Helper()
	_, err := m.Send(t.Context(), core.Outgoing{
		To: []string{to}, Content: core.Content{Kind: core.KindText, Object: true, Body: []byte(`{"content":"` + text + `"}`)},
	})
	return err
}

// real drops the groups that a rule ignores.
func real(groups []mirror.Group) (some []mirror.Group) {
	for i := range groups {
		if groups[i].Rule == "" {
			some = append(some, groups[i])
		}
	}
	return some
}

func describe(groups []mirror.Group) string {
	var b strings.Builder
	for i := range groups {
		g := &groups[i]
		fmt.Fprintf(&b, "%d %s %s %s %s %q", g.Count, g.Verdict, g.Operation, g.Path, g.What, g.Rule)
		for _, e := range g.Examples {
			fmt.Fprintf(&b, " [%s | %s]", e.Legacy, e.Local)
		}
		b.WriteString("\n")
	}
	return b.String()
}
