package openim

import (
	"context"
	"slices"

	"parley/adapters/wire"
	"parley/core"
)

// remote is a server seen by one of its users.
type remote struct {
	client *Client
	userID string
}

// Send delivers a message as an administrator has it sent. The platform takes the sender to have seen what came before,
// whether Seen says so or not, and knows no message keys. Announcements, Notices, are contents of its notification type.
func (r *remote) Send(ctx context.Context, out core.Outgoing) ([]core.Delivery, error) {
	if out.Key != "" {
		return nil, core.NewFault(core.Unsupported, core.FieldKey, "the platform knows no message keys")
	}
	to, err := r.recipients(out.To)
	if err != nil {
		return nil, err
	}
	m := messageQuery{sendID: r.userID, platform: platformAdmin, session: sessionSingle, time: out.Time}
	contentType, content := outgoing(&out.Content)
	switch {
	case (contentType == typeNotification) != (out.Channel == core.Notices) || out.Channel == core.Events:
		return nil, core.NewFault(core.Unsupported, core.FieldContent, "the platform has no such content in this channel")
	case out.Channel == core.Notices:
		m.session = sessionNotification
	}
	m.contentType, m.content = contentType, validText(wire.View(content))
	if len(to) > 1 {
		return r.sendMany(ctx, &batchQuery{message: m, recvIDs: validTexts(to), given: true})
	}
	var a sendAnswer
	if err := call(ctx, r.client, r.client.table.send, &sendQuery{message: m, recvID: validText(to[0])}, &a); err != nil {
		return nil, err
	}
	return []core.Delivery{{To: to[0], Time: a.time}}, nil
}

// recipients leaves out the sender and whoever is named again: the platform sends to both.
func (r *remote) recipients(to []string) ([]string, error) {
	if len(to) == 0 {
		return nil, core.NewFault(core.Invalid, core.FieldRecipient, "there is no recipient")
	}
	if len(to) == 1 && to[0] != r.userID {
		return to, nil
	}
	some := make([]string, 0, len(to))
	seen := make(map[string]bool, len(to))
	for _, id := range to {
		if id != r.userID && !seen[id] {
			seen[id] = true
			some = append(some, id)
		}
	}
	if len(some) == 0 {
		return nil, core.NewFault(core.Conflict, core.FieldRecipient, "a message to oneself")
	}
	return some, nil
}

// sendMany sends to several at once. The platform does not say why somebody did not get the message.
func (r *remote) sendMany(ctx context.Context, q *batchQuery) ([]core.Delivery, error) {
	var a batchAnswer
	if err := call(ctx, r.client, r.client.table.batch, q, &a); err != nil {
		return nil, err
	}
	if len(a.results) == 0 {
		return nil, core.NewFault(core.NotFound, core.FieldRecipient, "nobody got the message")
	}
	deliveries := make([]core.Delivery, len(a.results))
	for i := range a.results {
		deliveries[i] = core.Delivery{To: a.results[i].recvID, Time: a.results[i].time}
	}
	return deliveries, nil
}

// User returns an account. Servers do not tell who is banned.
func (r *remote) User(ctx context.Context, address string) (*core.User, error) {
	var a usersInfoAnswer
	q := userIDs{list: []string{validText(address)}, given: true}
	if err := call(ctx, r.client, r.client.table.usersInfo, &q, &a); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(a.users, func(u userInfo) bool { return u.userID == address })
	if at < 0 {
		return nil, core.NewFault(core.NotFound, core.FieldUser, "there is no such user")
	}
	return a.users[at].user(), nil
}

// user is an account as core shows it.
func (i *userInfo) user() *core.User {
	u := &core.User{
		ID: i.userID, UUID: i.userID, Nickname: i.nickname, Avatar: i.faceURL, Extra: i.ex, Registered: i.created,
	}
	// Levels and options that are not known are those of ordinary users.
	if role, err := roleOf(i.level); err == nil {
		u.Role = role
	}
	if reception, err := globalReception(i.reception); err == nil {
		u.Reception = reception
	}
	return u
}
