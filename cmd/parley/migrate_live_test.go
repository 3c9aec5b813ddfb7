package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parley/adapters/openim"
	"parley/adapters/yesapi"
	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
	"parley/core"
)

// livePlatform is a server that stands for the platform which is left, with people who talk.
type livePlatform struct {
	server *server.Server
	app    *core.App
	views  []core.Messenger
	users  []*core.User
}

const livePassword = "e10adc3949ba59abbe56e057f20f883e"

func newLivePlatform(t *testing.T, people, messages int) *livePlatform {
	t.Helper()
	p := &livePlatform{server: serveApp(t, func(*settings.Settings) {})}
	p.app, _ = p.server.Engine().App(strings.Repeat("F", 32))
	for i := range people {
		u, err := p.server.Engine().Register(t.Context(), p.app, core.NewUser{
			ID: strconv.Itoa(i + 1), Username: fmt.Sprint("person", i), Password: livePassword,
		})
		if err != nil {
			t.Fatal(err)
		}
		p.users = append(p.users, u)
		p.views = append(p.views, p.server.Engine().As(core.Caller{App: p.app, User: u}))
	}
	for i := range messages {
		p.say(t, i%people, (i%people+1+i*7%(people-1))%people, i)
	}
	for i := 0; i < people; i += 3 { // every third reads one of its chats, another some of one
		page, err := p.views[i].Conversations(t.Context(), 0, 2)
		if err != nil || len(page.Conversations) != 2 {
			t.Fatalf("%+v, %v", page, err)
		}
		if _, err := p.views[i].MarkRead(t.Context(), page.Conversations[0].Peer.UUID, 0); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// say sends the n-th message: of every kind, some with what a column of three bytes a letter cannot hold.
func (p *livePlatform) say(t *testing.T, from, to, n int) {
	t.Helper()
	kinds := []struct {
		kind core.Kind
		body string
	}{
		{core.KindText, `{"content":"hello %d 😀👩‍👩‍👧"}`},
		{core.KindHTML, `{"content":"<b>%d</b> ünï"}`},
		{core.KindImage, `{"url":"https://example.com/%d.png"}`},
		{core.KindLink, `{"title":"标题","url":"https://example.com/%d"}`},
		{core.KindCustom, `{"a":[1,2.50,%d],"deep":{"e":"x"}}`},
	}
	k := kinds[n%len(kinds)]
	_, err := p.views[from].Send(t.Context(), core.Outgoing{
		To: []string{p.users[to].UUID}, Content: core.Content{Kind: k.kind, Object: true, Body: fmt.Appendf(nil, k.body, n)},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// flags write the credentials and name the platform.
func (p *livePlatform) flags(t *testing.T, platform, path string, c credentials) []string {
	t.Helper()
	c.AppKey, c.AppSecret = p.app.Key, p.app.Secret
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--from=" + platform + "+http://" + p.server.Addr().String() + path, "--credentials=" + file, "--allow-private"}
}

// TestMigrateLivePHP takes over from a platform that goes on, by both of its protocols.
func TestMigrateLivePHP(t *testing.T) {
	const people, messages = 20, 500
	for _, platform := range []string{"yesapi", "phalapi"} {
		t.Run(platform, func(t *testing.T) {
			p := newLivePlatform(t, people, messages)
			var c credentials
			path := "/api/platform"
			for i := range people {
				c.UserIDs = append(c.UserIDs, int64(i+1))
			}
			if platform == "yesapi" {
				path, c.UserIDs = "/", nil
				for i := range people {
					c.Users = append(c.Users, memberCredentials{Username: fmt.Sprint("person", i), Password: livePassword})
				}
				// A session that has ended is begun again.
				c.Users[1].UUID, c.Users[1].Token = p.users[1].UUID, strings.Repeat("0", 64)
			}
			store := newMigrationStore(t)
			flags := append(p.flags(t, platform, path, c), store...)
			migrate := func(want string, args ...string) {
				t.Helper()
				code, out, talk := invoke(t, new(program), append(append([]string{"migrate"}, args...), flags...)...)
				if code != exitDone || !strings.Contains(out, want) {
					t.Fatalf("%v: %d, want %s\n%s%s", args, code, want, out, talk)
				}
			}
			migrate(`"message": 500`, "plan", "--json")
			migrate(`"stored": 500`, "run", "--json")
			migrate(`"match": 380`, "verify", "--json") // unread counts: two for each of 190 chats
			migrate(`"rejected": 0`, "run", "--json")
			p.say(t, 0, 1, messages)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			ended := make(chan string, 1)
			go func() {
				_, out, talk := invokeWith(ctx, new(program), append([]string{"migrate", "follow", "--every=20ms", "--json"}, flags...)...)
				ended <- out + talk
			}()
			until(t, "a round is done", func() bool {
				code, out, _ := invoke(t, new(program), "migrate", "status", store[0], "--json")
				var a controlAnswer
				return code == exitDone && json.Unmarshal([]byte(out), &a) == nil && a.Phase == "following"
			})
			stop()
			if out := <-ended; !strings.Contains(out, `"stored": 1,`) {
				t.Errorf("follow: %s", out)
			}
			page := filepath.Join(t.TempDir(), "report.html")
			migrate("501", "verify", "--html="+page)
			if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "how many messages are unread") {
				t.Errorf("%s, %v", text, err)
			}
			migrate(`"complete": true`, "run", "--json")
			migrate("complete; run again", "status")
			p.compareAtOpenIM(t, platform, store)
		})
	}
}

// compareAtOpenIM reads what was taken over through another protocol.
func (p *livePlatform) compareAtOpenIM(t *testing.T, platform string, store []string) {
	t.Helper()
	running := serveApp(t, func(s *settings.Settings) {
		s.Apps, s.Store = nil, strings.TrimPrefix(store[0], "--store=")
	})
	client, err := openim.NewClient("http://"+running.Addr().String(), openim.ClientOptions{Secret: openimSecret})
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range p.users {
		id := u.ID
		if platform == yesapi.Name {
			id = u.UUID
		}
		there, okThere := p.views[i].(core.Transcript)
		here, okHere := client.As(id).(core.Transcript)
		if !okThere || !okHere {
			t.Fatal("a view is no transcript")
		}
		name := func(peer string) string {
			if platform == yesapi.Name {
				return peer
			}
			for _, u := range p.users {
				if u.UUID == peer {
					return u.ID
				}
			}
			return ""
		}
		chats, err := there.Chats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found, err := here.Chats(t.Context())
		if err != nil || len(found) != len(chats) {
			t.Fatalf("%d chats, want %d, %v", len(found), len(chats), err)
		}
		for _, c := range chats {
			want, err := there.Pull(t.Context(), c.Ref, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			got, err := here.Pull(t.Context(), core.Ref{Peer: name(c.Ref.Peer)}, 0, 100)
			if err != nil || len(got) != len(want) {
				t.Fatalf("%d messages, want %d, %v", len(got), len(want), err)
			}
			unread := 0 // OpenIM's own number counts what one has said oneself since, too
			for n := range got {
				if !got[n].Own && !got[n].Read {
					unread++
				}
			}
			if unread != c.Unread {
				t.Errorf("%s has %d unread messages of %s, want %d", id, unread, name(c.Ref.Peer), c.Unread)
			}
			for n := range want { // the platform's clocks show seconds
				if a, b := &got[n], &want[n]; a.Time != b.Time/1000*1000 || a.Own != b.Own || a.Content.Kind != b.Content.Kind && b.Content.Kind == core.KindText {
					t.Errorf("%+v, want %+v", a, b)
				}
			}
		}
	}
}
