package core

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// talkers registers a sender and n who are sent to.
func talkers(t *testing.T, e *Engine, app *App, n int) (sender Caller, receivers []*User) {
	t.Helper()
	for i := range n + 1 {
		u, err := e.Register(t.Context(), app, NewUser{ID: fmt.Sprint("user", i)})
		if err != nil {
			t.Fatal(err)
		}
		receivers = append(receivers, u)
	}
	return Caller{App: app, User: receivers[0]}, receivers[1:]
}

func sendSized(t *testing.T, e *Engine, sender Caller, to string, size int) Delivery {
	t.Helper()
	body := fmt.Appendf(nil, "%q", bytes.Repeat([]byte("x"), size))
	sent, err := e.Send(t.Context(), sender, Outgoing{To: []string{to}, Content: Content{Kind: KindText, Body: body}})
	if err != nil {
		t.Error(err)
		return Delivery{}
	}
	return sent[0]
}

// Conversations that are all in use at once cannot be forgotten, but their messages can.
func TestConversationsInUseStayInTheBudget(t *testing.T) {
	e, app := newInside(t)
	e.conversations = newCache[conversationKey](1<<20, e.conversations.pinned)
	e.conversations.shrink = (*conversation).shrink
	const receivers, messages = 64, 40
	sender, all := talkers(t, e, app, receivers)
	held := make([]*conversation, receivers)
	for i, u := range all {
		held[i] = e.acquire(directConversation(app.Number, sender.User.Number, u.Number))
		defer held[i].release()
	}
	for range messages {
		for _, u := range all {
			sendSized(t, e, sender, u.ID, 1000)
		}
		if got := e.conversations.bytes(); got > 1<<20 {
			t.Fatalf("%d bytes are remembered", got)
		}
	}
	for i, u := range all {
		if c, ok := e.conversations.get(held[i].key); !ok || c != held[i] {
			t.Fatal("a conversation in use was forgotten")
		}
		h, err := e.History(t.Context(), sender, HistoryQuery{Peer: u.ID, Limit: 2 * messages}, nil)
		if err != nil || len(h.Messages) != messages {
			t.Fatalf("%d messages are listed (%v)", len(h.Messages), err)
		}
	}
}

// shrinkNow does what eviction may do at any time.
func (e *Engine) shrinkNow(c *conversation) {
	if freed := c.shrink(); freed != 0 {
		e.conversations.grow(c.key, -freed)
	}
}

// A list has no gap and lacks nothing that was acknowledged before it was asked for, whenever the tail is dropped.
func TestListsWhileTailsShrink(t *testing.T) {
	e, app := newInside(t)
	const messages, page = 600, 20
	sender, all := talkers(t, e, app, 2)
	var work sync.WaitGroup
	for _, u := range all {
		c := e.acquire(directConversation(app.Number, sender.User.Number, u.Number))
		defer c.release()
		var acknowledged atomic.Int64
		work.Go(func() {
			for range messages {
				acknowledged.Store(sendSized(t, e, sender, u.ID, 10).Seq)
				e.shrinkNow(c)
			}
		})
		work.Go(func() {
			for before := int64(0); before < messages; {
				before = acknowledged.Load()
				h, err := e.History(t.Context(), sender, HistoryQuery{Peer: u.ID, Limit: page}, nil)
				if err != nil {
					t.Error(err)
					return
				}
				list := h.Messages
				if len(list) < int(min(before, page)) || len(list) > 0 && list[len(list)-1].Seq < before {
					t.Errorf("a list of %d messages lacks some of %d", len(list), before)
				}
				for i := 1; i < len(list); i++ {
					if list[i].Seq != list[i-1].Seq+1 {
						t.Errorf("%d follows %d", list[i].Seq, list[i-1].Seq)
					}
				}
				e.shrinkNow(c)
			}
		})
	}
	work.Wait()
	for _, u := range all {
		c := e.acquire(directConversation(app.Number, sender.User.Number, u.Number))
		e.shrinkNow(c)
		c.release()
	}
	if got := e.conversations.bytes(); got != int64(len(all))*conversationSize {
		t.Errorf("%d bytes are counted of %d conversations without messages", got, len(all))
	}
}
