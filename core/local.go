package core

import "context"

// As returns c's view of the engine.
func (e *Engine) As(c Caller) Messenger { return local{e, c} }

// local is an engine seen by one of its users.
type local struct {
	engine *Engine
	caller Caller
}

func (l local) Send(ctx context.Context, out Outgoing) ([]Delivery, error) {
	return l.engine.Send(ctx, l.caller, out)
}

func (l local) History(ctx context.Context, q HistoryQuery) (History, error) {
	return l.engine.History(ctx, l.caller, q, nil)
}

func (l local) MarkRead(ctx context.Context, peer string, id int64) (int, error) {
	return l.engine.MarkRead(ctx, l.caller, peer, id)
}

func (l local) Conversations(ctx context.Context, offset, limit int) (ConversationPage, error) {
	return l.engine.Conversations(ctx, l.caller, offset, limit)
}

func (l local) Unread(ctx context.Context) (int, error) { return l.engine.Unread(ctx, l.caller) }

func (l local) User(ctx context.Context, address string) (*User, error) {
	if err := l.engine.observe(ctx, l.caller.App.Number); err != nil {
		return nil, err
	}
	u, err := l.engine.lookup(ctx, l.caller.App, address)
	if err == nil && u.Banned {
		err = NewFault(NotFound, FieldUser, "the user is banned")
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}
