package core_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"parley/core"
	"parley/storage"
)

// What two members do with their conversation: the first sends, the second lists, counts and marks.
type talkInput struct {
	talk int
	what string // "send", "list", "unread" or "mark"
}

// talkState is a conversation as a single copy of it would be.
type talkState struct{ sent, read int64 }

// talkModel accepts what a single copy of each conversation could have answered, in some order that respects which answer
// was there before which question was asked.
var talkModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byTalk := make(map[int][]porcupine.Operation)
		for _, op := range history {
			if in, ok := op.Input.(talkInput); ok {
				byTalk[in.talk] = append(byTalk[in.talk], op)
			}
		}
		parts := make([][]porcupine.Operation, 0, len(byTalk))
		for _, part := range byTalk {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return talkState{} },
	Step: func(state, input, output any) (bool, any) {
		s, known := state.(talkState)
		in, asked := input.(talkInput)
		got, answered := output.(int64)
		if !known || !asked || !answered {
			return false, state
		}
		switch in.what {
		case "send": // answers with the place of the message
			s.sent++
			return got == s.sent, s
		case "list": // answers with the newest place
			return got == s.sent, s
		case "unread":
			return got == s.sent-s.read, s
		default: // mark answers with how many were unread
			changed := s.sent - s.read
			s.read = s.sent
			return got == changed, s
		}
	},
	DescribeOperation: func(input, output any) string {
		return fmt.Sprintf("%+v: %v", input, output)
	},
}

// recorder keeps what was asked and answered, and when.
type recorder struct {
	mu      sync.Mutex
	start   time.Time
	history []porcupine.Operation
}

func (r *recorder) do(client int, in talkInput, ask func() (int64, error)) error {
	called := time.Since(r.start).Nanoseconds()
	got, err := ask()
	returned := time.Since(r.start).Nanoseconds()
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.history = append(r.history, porcupine.Operation{ClientId: client, Input: in, Output: got, Call: called, Return: returned})
	return nil
}

// ask runs one operation of the model on a conversation.
func ask(ctx context.Context, sender, reader core.Messenger, senderAddress, readerAddress, what string) (int64, error) {
	switch what {
	case "send":
		d, err := sender.Send(ctx, core.Outgoing{
			To: []string{readerAddress}, Content: core.Content{Kind: core.KindText, Body: []byte("x")},
		})
		if err != nil {
			return 0, err
		}
		return d[0].Seq, nil
	case "mark":
		n, err := reader.MarkRead(ctx, senderAddress, 0)
		return int64(n), err
	}
	h, err := reader.History(ctx, core.HistoryQuery{Peer: senderAddress, Limit: 1})
	switch {
	case err != nil:
		return 0, err
	case what == "unread":
		return int64(h.Unread), nil
	case len(h.Messages) == 0:
		return 0, nil
	}
	return h.Messages[0].Seq, nil
}

// checkLinearizable lets clients ask three gateways on the store at random, and has the answers judged.
func checkLinearizable(t *testing.T, clients, each int, open func() storage.Store) {
	t.Helper()
	const talks = 3
	ctx := context.Background()
	w := newGatewaysWorld(t, 3, open)
	engines := append([]*core.Engine{w.engine}, w.others...)
	type person struct {
		address string
		views   []core.Messenger
	}
	register := func(name string) (p person) {
		m := w.world.Member(t, name)
		p.address = m.Address
		for _, e := range engines {
			app, _ := e.App(w.app.Key)
			u, err := e.Find(ctx, app, m.Address)
			if err != nil {
				t.Fatal(err)
			}
			p.views = append(p.views, e.As(core.Caller{App: app, User: u}))
		}
		return p
	}
	var senders, readers [talks]person
	for i := range talks {
		senders[i], readers[i] = register(fmt.Sprint("sender", i)), register(fmt.Sprint("reader", i))
	}
	r := recorder{start: time.Now()}
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(client), 7))
			for range each {
				talk, gateway := random.IntN(talks), random.IntN(len(engines))
				in := talkInput{talk, [...]string{"send", "send", "list", "list", "unread", "mark"}[random.IntN(6)]}
				s, to := &senders[talk], &readers[talk]
				err := r.do(client, in, func() (int64, error) {
					return ask(ctx, s.views[gateway], to.views[gateway], s.address, to.address, in.what)
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if len(r.history) == 0 {
		t.Fatal("nothing was recorded")
	}
	if result := porcupine.CheckOperationsTimeout(talkModel, r.history, time.Minute); result != porcupine.Ok {
		t.Errorf("the history of %d operations is %s: no single copy of the conversations could have answered so", len(r.history), result)
	}
}

// Whichever of three gateways is asked, a conversation behaves as if there were one copy of it.
func TestConversationsAreLinearizable(t *testing.T) {
	t.Run("memory", func(t *testing.T) { checkLinearizable(t, 8, 150, inMemory()) })
	t.Run("postgres", func(t *testing.T) { checkLinearizable(t, 8, 60, onPostgres(t)) })
}
