package core

import (
	"context"

	"parley/storage"
)

// Dispatched is what became of a message to one of many recipients.
type Dispatched struct {
	Delivery
	// Err is why the recipient did not get the message, nil if it did: NotFound if it does not exist, Forbidden if it
	// receives nothing.
	Err error
}

// Dispatch sends out to every recipient in its order, repeated ones and the sender itself included, and tells for each
// what became of it. The number of recipients is not bounded: they are committed in as many groups as they need, and a
// group that fails ends the dispatch with its fault, the earlier ones delivered.
func (e *Engine) Dispatch(ctx context.Context, c Caller, out Outgoing) ([]Dispatched, error) {
	if err := e.checkOutgoing(c, &out); err != nil {
		return nil, err
	}
	if err := e.observe(ctx, c.App.Number); err != nil {
		return nil, err
	}
	if len(out.To) == 1 {
		return e.dispatchOne(ctx, c, &out)
	}
	return e.dispatchMany(ctx, c, &out)
}

func (e *Engine) dispatchOne(ctx context.Context, c Caller, out *Outgoing) ([]Dispatched, error) {
	u, err := e.receiver(ctx, c, out, out.To[0])
	if isRefused(err) {
		return []Dispatched{{Err: err}}, nil
	}
	if err != nil {
		return nil, err
	}
	deliveries, err := e.sendTo(ctx, c, out, conversationTo(c, out, u), u.UUID)
	if err != nil {
		return nil, err
	}
	return []Dispatched{{Delivery: deliveries[0]}}, nil
}

// isRefused tells whether err means that a recipient gets nothing, and not that the dispatch has failed.
func isRefused(err error) bool {
	code := CodeOf(err)
	return code == NotFound || code == Forbidden
}

func (e *Engine) dispatchMany(ctx context.Context, c Caller, out *Outgoing) ([]Dispatched, error) {
	results := make([]Dispatched, len(out.To))
	op := newSend(c, out)
	for start := 0; start < len(out.To); start += dispatchBatch {
		end := min(start+dispatchBatch, len(out.To))
		if err := e.dispatchSome(ctx, c, out, &op, out.To[start:end], results[start:end]); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// dispatchBatch is how many recipients are looked up, and held in memory, at once.
const dispatchBatch = 512

func (e *Engine) dispatchSome(ctx context.Context, c Caller, out *Outgoing, op *sendOperation, to []string, results []Dispatched) error {
	all := recipients{targets: make([]target, 0, len(to)), deliveries: make([]Delivery, 0, len(to))}
	defer all.release()
	reached := make([]int, 0, len(to))
	for i, address := range to {
		u, err := e.receiver(ctx, c, out, address)
		if isRefused(err) {
			results[i].Err = err
			continue
		}
		if err != nil {
			return err
		}
		if err := all.add(ctx, e, conversationTo(c, out, u), u, op); err != nil {
			return err
		}
		reached = append(reached, i)
	}
	if err := e.commitSends(op, &all); err != nil {
		return err
	}
	for n, i := range reached {
		results[i].Delivery = all.deliveries[n]
	}
	return nil
}

// receiver is recipient for a dispatch: one who receives nothing is Forbidden. Notices and events reach even them.
func (e *Engine) receiver(ctx context.Context, c Caller, out *Outgoing, address string) (*User, error) {
	u, err := e.recipient(ctx, c.App, address)
	if err != nil || out.Channel != Direct {
		return u, err
	}
	refused := u.Reception == ReceiveNothing
	if !refused && e.appState(c.App.Number).refusing.Load() > 0 {
		if refused, err = e.refuses(ctx, u.Number, conversationTo(c, out, u)); err != nil {
			return nil, err
		}
	}
	if refused {
		return nil, NewFault(Forbidden, FieldRecipient, "the recipient receives no messages")
	}
	return u, nil
}

// refuses tells whether a user receives nothing of one conversation.
func (e *Engine) refuses(ctx context.Context, user UserNumber, k conversationKey) (refused bool, err error) {
	err = e.store.View(ctx, func(r storage.Reader) error {
		options, err := readThreadOptions(r, user, k)
		refused = options.Reception == ReceiveNothing
		return err
	})
	return refused, e.readFault(err)
}

// SendToGroup delivers out, whose To is not used, to the group with the given ID. The faults are NotFound for an unknown
// group, Conflict for a dismissed one, and for callers who are not privileged Forbidden with FieldMember for somebody who
// is not a member, and Limited for a member who is muted (FieldMember) or when the group is (FieldGroup).
func (e *Engine) SendToGroup(ctx context.Context, c Caller, group string, out Outgoing) (Delivery, error) {
	if err := e.checkOutgoing(c, &out); err != nil {
		return Delivery{}, err
	}
	found, err := e.Group(ctx, c.App, group)
	if err != nil {
		return Delivery{}, err
	}
	deliveries, err := e.sendTo(ctx, c, &out, groupConversation(c.App.Number, found.Number), found.ID)
	if err != nil {
		return Delivery{}, err
	}
	return deliveries[0], nil
}

// checkGroup refuses a sender whom the group does not hear.
func (op *sendOperation) checkGroup(g *commitGroup, k conversationKey) error {
	number := GroupNumber(k.a)
	group, err := readGroup(g.tx, k.app, number)
	switch {
	case err != nil:
		return err
	case group == nil:
		return NewFault(NotFound, FieldGroup, "the group does not exist")
	case group.Dismissed:
		return NewFault(Conflict, FieldGroup, "the group is dismissed")
	case op.privileged:
		return nil
	}
	member, err := readMember(g.tx, k.app, number, op.sender)
	switch {
	case err != nil:
		return err
	case member == nil:
		return NewFault(Forbidden, FieldMember, NotInGroup)
	case member.role == GroupOwner:
		return nil
	case member.mutedUntil > g.now:
		return NewFault(Limited, FieldMember, "the member is muted")
	case group.Muted && member.role == GroupMember:
		return NewFault(Limited, FieldGroup, "the group is muted")
	}
	return nil
}
