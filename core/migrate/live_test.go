package migrate_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"parley/core"
	"parley/core/archive"
	"parley/core/migrate"
)

// TestLive takes over from an engine that goes on, through the views of its users.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := newWorld(t), newWorld(t)
		views := make(map[string]core.Messenger)
		for i := range 5 {
			u, err := from.Register(t.Context(), from.app, core.NewUser{ID: fmt.Sprint("u", i), Nickname: "N"})
			if err != nil {
				t.Fatal(err)
			}
			views[u.ID] = from.As(core.Caller{App: from.app, User: u})
		}
		say := func(a, b, text string) {
			from.now = from.now.Add(time.Minute)
			_, err := views[a].Send(t.Context(), core.Outgoing{To: []string{b}, Content: core.Content{Kind: core.KindText, Body: []byte(text)}})
			if err != nil {
				t.Fatal(err)
			}
		}
		for i := range 300 {
			say(fmt.Sprint("u", i%5), fmt.Sprint("u", (i+1+i%3)%5), fmt.Sprint("message ", i))
		}
		if _, err := views["u1"].MarkRead(t.Context(), "u0", 0); err != nil {
			t.Fatal(err)
		}
		source := migrate.NewLive(migrate.LiveOptions{
			Name: "live", Directory: from.Directory(from.app),
			As: func(u *core.User) migrate.Reader {
				reader, _ := from.As(core.Caller{App: from.app, User: u}).(migrate.Reader)
				return reader
			},
		})
		o := to.options(source)
		o.Now, o.Follow, o.Every = time.Now, true, time.Minute
		rounds := 0
		o.Progress = func(p migrate.Progress) {
			if p.Phase != "following" {
				return
			}
			if rounds++; rounds == 1 {
				say("u3", "u0", "said later")
			}
		}
		o.MaxTime = 150 * time.Second
		r, err := migrate.Run(t.Context(), o)
		if err != nil || !r.OutOfTime || r.Counts.Types[archive.TypeMessage].Stored != 301 || r.Counts.Types[archive.TypeMessage].Known != 0 || r.RejectedNow != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		// A run that knows nothing of the one before reads what has changed since, and stores nothing twice.
		say("u4", "u1", "while nobody looked")
		o.Follow, o.MaxTime, o.Progress = false, 0, nil
		o.Source = migrate.NewLive(migrate.LiveOptions{Name: "live", Directory: from.Directory(from.app), As: func(u *core.User) migrate.Reader {
			reader, _ := from.As(core.Caller{App: from.app, User: u}).(migrate.Reader)
			return reader
		}})
		again, err := migrate.Run(t.Context(), o)
		if messages := again.Counts.Types[archive.TypeMessage]; err != nil || messages.Stored != 1 || messages.Known > 100 {
			t.Errorf("the second run: %+v, %v", again.Counts, err)
		}
		report, err := migrate.Verify(t.Context(), migrate.VerifyOptions{
			Engine: to.Engine, App: to.app,
			Source: migrate.NewLive(migrate.LiveOptions{Name: "live", Directory: from.Directory(from.app), As: func(u *core.User) migrate.Reader {
				reader, _ := from.As(core.Caller{App: from.app, User: u}).(migrate.Reader)
				return reader
			}}),
		})
		if err != nil || !report.Clean(false) || report.Messages[migrate.Match] != 302 {
			t.Errorf("%+v, %v", report, err)
		}
		compareLists(t, from, to)
	})
}

// compareLists compares the chat lists of all users of two engines.
func compareLists(t *testing.T, from, to *world) {
	t.Helper()
	for i := range 5 {
		var lists [2]string
		for n, w := range [...]*world{from, to} {
			u, err := w.Find(t.Context(), w.app, fmt.Sprint("u", i))
			if err != nil {
				t.Fatal(err)
			}
			page, err := w.Conversations(t.Context(), core.Caller{App: w.app, User: u}, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Conversations {
				lists[n] += fmt.Sprintf("%s %s %d unread %d\n", c.Peer.ID, c.Last.Content.Body, c.Last.Time, c.Unread)
			}
		}
		if lists[0] != lists[1] || lists[0] == "" {
			t.Errorf("u%d has\n%s and here\n%s", i, lists[0], lists[1])
		}
	}
}
