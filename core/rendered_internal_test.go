package core

import (
	"context"
	"testing"
)

// Whatever makes what is remembered of a conversation out of date ends what was kept, and what was begun before it is not
// kept afterwards.
func TestRenderingsOfThePast(t *testing.T) {
	ctx := context.Background()
	e, app := newInside(t)
	users := make([]*User, 2)
	for i, id := range []string{"alice", "bob"} {
		var err error
		if users[i], err = e.Register(ctx, app, NewUser{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	page := pageName{app: app, viewer: users[1], peer: users[0], form: "form", limit: 1}
	for name, change := range map[string]func(c *conversation){
		"a commit": func(c *conversation) { c.publish(e) },
		"a message in a new form": func(c *conversation) {
			c.replace(storedMessage{id: c.tail[0].id, record: c.tail[0].record})
		},
		"another gateway's commit": func(c *conversation) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.forget()
		},
		"a commit of unknown outcome": func(c *conversation) { c.current.Add(1) },
	} {
		t.Run(name, func(t *testing.T) {
			out := Outgoing{To: []string{"bob"}, Content: Content{Kind: KindText, Body: []byte(`"x"`)}}
			if _, err := e.Send(ctx, Caller{App: app, User: users[0]}, out); err != nil {
				t.Fatal(err)
			}
			c := e.acquire(directConversation(app.Number, users[0].Number, users[1].Number))
			defer c.release()
			keep := func(r Rendered) {
				for range 2 {
					r.Keep([]byte("kept"))
				}
			}
			load := func() {
				if _, _, err := c.standing(ctx, e, users[1].Number, 1); err != nil {
					t.Fatal(err)
				}
			}
			load()
			keep(e.recall(c, page))
			if e.recall(c, page).Before == nil {
				t.Fatal("nothing was kept")
			}
			begun := e.recall(c, page)
			change(c)
			if e.recall(c, page).Before != nil {
				t.Error("what was kept is still there")
			}
			load()
			keep(begun)
			if e.recall(c, page).Before != nil {
				t.Error("what was begun before is kept")
			}
		})
	}
}

// What is kept counts against the cache's budget, and what is forgotten does not.
func TestRenderingsAreCounted(t *testing.T) {
	ctx := context.Background()
	e, app := newInside(t)
	viewer := &User{Number: 1}
	c := e.acquire(directConversation(app.Number, 1, 2))
	defer c.release()
	if err := c.loadHead(ctx, e); err != nil {
		t.Fatal(err)
	}
	empty := e.conversations.bytes()
	for i := range int64(3 * maxKeptRenderings) {
		for range 2 {
			r := e.recall(c, pageName{app: app, viewer: viewer, form: "form", first: i})
			r.Keep(make([]byte, 1000*(i+1)))
		}
		held := int64(renderingsSize)
		for _, k := range c.renderings.kept {
			held += k.size()
		}
		if got := e.conversations.bytes() - empty; got != held || got != c.renderings.size {
			t.Fatalf("%d texts are counted as %d bytes, noted as %d and take %d", len(c.renderings.kept), got, c.renderings.size, held)
		}
	}
	if n := len(c.renderings.kept); n != maxKeptRenderings {
		t.Errorf("%d texts are kept", n)
	}
	c.publish(e)
	if left := e.conversations.bytes() - empty; left != 0 {
		t.Errorf("%d bytes are counted of nothing", left)
	}
	r := e.recall(c, pageName{app: app, viewer: viewer, form: "form"})
	for range 2 {
		r.Keep(make([]byte, maxRendering+1))
	}
	if c.renderings != nil {
		t.Error("a text of any length is kept")
	}
}
