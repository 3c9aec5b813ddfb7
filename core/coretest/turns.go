package coretest

import (
	"context"
	"errors"
	"sync/atomic"

	"parley/core"
)

// InTurn returns a messenger of one user that asks one view after the other: the user's messengers at several gateways of
// a service, which must all answer as one. There is at least one view.
func InTurn(views []core.Messenger) core.Messenger {
	if len(views) == 1 {
		return views[0]
	}
	return &turns{views: views}
}

type turns struct {
	views []core.Messenger
	turn  atomic.Int64
}

func (m *turns) next() core.Messenger {
	return m.views[int(m.turn.Add(1))%len(m.views)]
}

func (m *turns) Send(ctx context.Context, out core.Outgoing) ([]core.Delivery, error) {
	return m.next().Send(ctx, out)
}

func (m *turns) History(ctx context.Context, q core.HistoryQuery) (core.History, error) {
	return m.next().History(ctx, q)
}

func (m *turns) MarkRead(ctx context.Context, peer string, id int64) (int, error) {
	return m.next().MarkRead(ctx, peer, id)
}

func (m *turns) Conversations(ctx context.Context, offset, limit int) (core.ConversationPage, error) {
	return m.next().Conversations(ctx, offset, limit)
}

func (m *turns) Unread(ctx context.Context) (int, error) { return m.next().Unread(ctx) }

func (m *turns) User(ctx context.Context, address string) (*core.User, error) {
	return m.next().User(ctx, address)
}

var errNoTranscript = errors.New("coretest: the messenger is no transcript")

func (m *turns) transcript() (core.Transcript, error) {
	t, ok := m.next().(core.Transcript)
	if !ok {
		return nil, errNoTranscript
	}
	return t, nil
}

func (m *turns) Chats(ctx context.Context) ([]core.TranscriptChat, error) {
	t, err := m.transcript()
	if err != nil {
		return nil, err
	}
	return t.Chats(ctx)
}

func (m *turns) Pull(ctx context.Context, ref core.Ref, after int64, limit int) ([]core.TranscriptMessage, error) {
	t, err := m.transcript()
	if err != nil {
		return nil, err
	}
	return t.Pull(ctx, ref, after, limit)
}
