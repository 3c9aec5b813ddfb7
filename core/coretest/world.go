// Package coretest holds the corpus of operations that every Messenger passes: the engine on each storage engine, and
// the client half of each dialect in front of a server.
package coretest

import (
	"context"
	"testing"

	"parley/core"
)

// Member is a user of the service under test: its messenger and the address by which others reach it.
type Member struct {
	core.Messenger
	Address string
}

// World makes users of one app of a fresh service.
type World interface {
	// Member registers a new user whose name begins with name and returns it.
	Member(t *testing.T, name string) Member
	// Stranger returns a well-formed address that no user has.
	Stranger() string
	// Content returns content of the given kind with the given main value, as the service's own clients would send it.
	Content(kind core.Kind, main string) core.Content
}

// Run passes the corpus to the service that open makes anew for every case. What the service may do differently, or not
// at all, is what its Traits say.
func Run(t *testing.T, open func(t *testing.T) World) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

var cases = [...]struct {
	name string
	run  func(t *testing.T, w World)
}{
	{"a message is read by both members", sendAndRead},
	{"every kind keeps its content", kinds},
	{"pages walk in both directions", pages},
	{"a poller with the last id misses nothing", polling},
	{"all conversations merge by id", merged},
	{"many recipients", bulk},
	{"refusals", refusals},
	{"marking as read", marking},
	{"chat lists", chats},
	{"a message key makes a send idempotent", idempotency},
	{"accounts", accounts},
	{"directory", accountList},
	{"transcript", transcript},
	{"a transcript can stop anywhere", transcriptStops},
}

// must returns v, or ends the case.
func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func send(t *testing.T, w World, from Member, text string, to ...Member) []core.Delivery {
	t.Helper()
	out := core.Outgoing{Content: w.Content(core.KindText, text)}
	for _, m := range to {
		out.To = append(out.To, m.Address)
	}
	deliveries, err := from.Send(context.Background(), out)
	return must(t, deliveries, err)
}

func history(t *testing.T, m Member, q core.HistoryQuery) core.History {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 20
	}
	h, err := m.History(context.Background(), q)
	return must(t, h, err)
}

// texts returns the main values of messages.
func texts(t *testing.T, messages []core.Message) []string {
	t.Helper()
	all := []string{}
	for i := range messages {
		text, ok := messages[i].Content.Main()
		if !ok {
			t.Fatalf("message %d has no main value: %s", messages[i].ID, messages[i].Content.Body)
		}
		all = append(all, text)
	}
	return all
}
