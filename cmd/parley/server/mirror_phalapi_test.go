package server

import (
	"fmt"
	"strings"
	"testing"

	"parley/adapters/phalapi"
	"parley/adapters/wire/mirror"
	"parley/cmd/parley/settings"
	"parley/core"
)

// TestMirrorPhalAPI lets the legacy server answer, with tokens that hold on both sides, and compares what is read.
func TestMirrorPhalAPI(t *testing.T) {
	p := newPair(t, mirror.MirrorLegacy, func(s *settings.Settings) {
		s.Mirrors[0].PhalAPI = s.Mirrors[0].YesAPI
	})
	var users []*core.User
	for i := range 2 {
		for _, s := range []*Server{p.legacy, p.front} {
			app, ok := s.engine.App(mirrorApp)
			if !ok {
				t.Fatal("there is no app")
			}
			u, err := s.engine.Register(t.Context(), app, core.NewUser{ID: fmt.Sprint(i + 1)})
			if err != nil {
				t.Fatal(err)
			}
			users = append(users, u)
		}
	}
	if users[0].UUID != users[1].UUID {
		t.Fatal("the servers name a user differently")
	}
	for i, s := range []*Server{p.legacy, p.front} {
		app, _ := s.engine.App(mirrorApp)
		_, err := s.engine.Send(t.Context(), core.Caller{App: app, User: users[i]}, core.Outgoing{
			To: []string{users[2].UUID}, Content: core.Content{Body: []byte("hi")},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	client, err := phalapi.NewClient("http://"+p.front.Addr().String()+"/api/platform", phalapi.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		token, err := client.Apply(t.Context(), mirrorApp, mirrorSecret, int64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		if address, err := client.Address(t.Context(), token); err != nil || address != users[2*i].UUID {
			t.Errorf("%s, %v", address, err)
		}
	}
	p.front.Mirror().Settle()
	groups, _ := p.front.Mirror().Groups(mirrorApp)
	if found := real(groups); len(found) != 0 {
		t.Errorf("the servers differ:\n%s", describe(found))
	}
	_, body := get(t, "http://"+p.front.AdminAddr().String()+"/metrics")
	if line := `parley_mirror_comparisons_total{dialect="phalapi",endpoint="Platform.ChatMessage.GetMessageList",verdict="same"} 2`; !strings.Contains(body, line) {
		t.Errorf("the metrics lack %s:\n%s", line, body)
	}
}
