package server

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire/golden"
	"parley/adapters/wire/mirror"
	"parley/core"
)

// TestMirrorFindsOneInTenThousand plants one difference among ten thousand answers.
func TestMirrorFindsOneInTenThousand(t *testing.T) {
	p := newPair(t, mirror.MirrorLegacy, nil)
	p.join(8)
	for _, s := range []*Server{p.legacy, p.front} {
		for i, m := range p.members {
			ext := fmt.Sprintf(`{"n":%d}`, i)
			if i == 7 && s == p.legacy {
				ext = `{"n":"7"}`
			}
			setExt(t, s, m.session.UUID, ext)
		}
	}
	const senders, each = 8, 1250
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			m := p.as(p.front, p.members[i])
			for n := range each {
				peer := p.members[(i+n)%7].session.UUID
				if i == 3 && n == 777 {
					peer = p.members[7].session.UUID
				}
				if _, err := m.User(t.Context(), peer); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	p.front.Mirror().Settle()
	groups, beyond := p.front.Mirror().Groups(mirrorApp)
	found := real(groups)
	if len(found) != 1 || beyond != 0 || found[0].Count != 1 || found[0].Path != "data.info.ext_info.n" ||
		found[0].Operation != "App.User.OtherProfile" || len(found[0].Examples) != 1 {
		t.Fatalf("found\n%s%d beyond", describe(groups), beyond)
	}
	_, body := get(t, "http://"+p.front.AdminAddr().String()+"/metrics")
	for _, line := range []string{
		`parley_mirror_comparisons_total{dialect="yesapi",endpoint="App.User.OtherProfile",verdict="differs"} 1`,
		`parley_mirror_queue_length 0`,
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	files := mirror.Export(groups)
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	if strings.Contains(files[0].Text, p.members[3].session.Token) {
		t.Error("the file holds a token")
	}
	p.set(mirror.Local)
	if replay(t, p.front, files[0].Text) {
		t.Error("the golden file passes although the difference is there")
	}
	setExt(t, p.front, p.members[7].session.UUID, `{"n":"7"}`)
	if !replay(t, p.front, files[0].Text) {
		t.Errorf("the golden file fails although the difference is mended:\n%s", files[0].Text)
	}
}

func setExt(t *testing.T, s *Server, uuid, ext string) {
	t.Helper()
	app, _ := s.Engine().App(mirrorApp)
	u, err := s.Engine().Find(t.Context(), app, uuid)
	if err == nil {
		_, err = s.Engine().SetExt(t.Context(), core.Caller{App: app, User: u}, []byte(ext))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// replay tells whether a server answers as a golden file says.
func replay(t *testing.T, s *Server, file string) bool {
	t.Helper()
	exchanges, err := golden.Parse([]byte(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	for _, e := range exchanges {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(e.Request); err != nil {
			t.Fatal(err)
		}
		var answer fasthttp.Response
		err = answer.Read(bufio.NewReader(conn))
		_ = conn.Close()
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode() != e.Status || !golden.Match(e.Body, string(answer.Body())) {
			return false
		}
	}
	return true
}

// TestMirrorOfTwoEqualServersIsQuiet asks both servers everything that reads.
func TestMirrorOfTwoEqualServersIsQuiet(t *testing.T) {
	for _, mode := range []mirror.Mode{mirror.MirrorLegacy, mirror.MirrorLocal} {
		t.Run(string(mode), func(t *testing.T) {
			p := newPair(t, mirror.Legacy, nil)
			p.join(2)
			p.step("begin")
			a, b := p.members[0], p.members[1]
			m := p.as(p.front, a)
			for i := range 5 {
				if err := say(t, m, b.session.UUID, fmt.Sprint("text ", i)); err != nil {
					t.Fatal(err)
				}
			}
			p.untilNothingWaits()
			p.step("abort")
			p.set(mode)
			for _, who := range []member{a, b} {
				m := p.as(p.front, who)
				if _, err := m.Conversations(t.Context(), 0, 10); err != nil {
					t.Error(err)
				}
				if _, err := m.Unread(t.Context()); err != nil {
					t.Error(err)
				}
				for _, peer := range []member{a, b} {
					if _, err := m.History(t.Context(), core.HistoryQuery{Peer: peer.session.UUID, Limit: 10}); err != nil && peer != who {
						t.Error(err)
					}
				}
			}
			im := p.openim(p.front)
			if _, err := im.As(a.session.UUID).User(t.Context(), b.session.UUID); err != nil {
				t.Error(err)
			}
			if _, err := im.As(a.session.UUID).Conversations(t.Context(), 0, 10); err != nil {
				t.Error(err)
			}
			if _, err := im.As(a.session.UUID).History(t.Context(), core.HistoryQuery{Peer: b.session.UUID, Limit: 10}); err != nil {
				t.Error(err)
			}
			p.front.Mirror().Settle()
			groups, _ := p.front.Mirror().Groups(mirrorApp)
			if found := real(groups); len(found) > 0 {
				t.Errorf("found\n%s", describe(found))
			}
			_, body := get(t, "http://"+p.front.AdminAddr().String()+"/metrics")
			if !strings.Contains(body, "parley_mirror_comparisons_total{") {
				t.Error("nothing was compared")
			}
		})
	}
}

// untilNothingWaits returns when every write has been repeated.
func (p *pairOfServers) untilNothingWaits() {
	p.t.Helper()
	m := p.as(p.front, p.members[0])
	for range 100000 {
		if p.status().Queue.Waiting == 0 {
			return
		}
		if _, err := m.Unread(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
	}
	p.t.Fatalf("writes still wait: %+v", p.status())
}
