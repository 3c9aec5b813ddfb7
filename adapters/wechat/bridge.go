package wechat

import (
	"context"

	"parley/core"
	"parley/core/official"
)

// The accounts are users of the core, too, and so are the followers who have written: what they say to each other can be
// read, and answered, through every other dialect. An account's user has the account's original ID, a follower's user the
// openid.

// origin marks the contents that came in here, or went out to the platform already.
const origin = Name

// app returns the app that messages are shown in; false if there is none.
func (w *Worker) app() (*core.App, bool) {
	if w.options.App == "" {
		return nil, false
	}
	return w.engine.App(w.options.App)
}

// member returns the user with an ID, registering it if need be.
func (w *Worker) member(ctx context.Context, app *core.App, n core.NewUser) (*core.User, error) {
	for range 2 {
		found, err := w.engine.Accounts(ctx, app, []string{n.ID})
		switch {
		case err != nil:
			return nil, err
		case found[0] != nil:
			return found[0], nil
		}
		u, err := w.engine.Register(ctx, app, n)
		if core.CodeOf(err) != core.Exists {
			return u, err
		}
	}
	return nil, core.NewFault(core.Exists, core.FieldUser, "another user has the name")
}

// accountUser returns an account's user.
func (w *Worker) accountUser(ctx context.Context, app *core.App, account *official.Account) (*core.User, error) {
	return w.member(ctx, app, core.NewUser{ID: account.OriginalID, Role: core.RoleRobot, Nickname: account.OriginalID})
}

// followerUser returns a follower's user.
func (w *Worker) followerUser(ctx context.Context, app *core.App, account, openID string) (*core.User, error) {
	n, err := w.newFollowerUser(ctx, account, openID)
	if err != nil {
		return nil, err
	}
	return w.member(ctx, app, n)
}

// newFollowerUser describes a follower's user, named as the follower is if that is known.
func (w *Worker) newFollowerUser(ctx context.Context, account, openID string) (core.NewUser, error) {
	n := core.NewUser{ID: openID}
	f, err := w.service.Follower(ctx, account, openID)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return n, nil
	case err != nil:
		return n, err
	case len(f.Nickname) <= core.MaxProfileText && len(f.Avatar) <= core.MaxProfileText:
		n.Nickname, n.Avatar = f.Nickname, f.Avatar
	}
	return n, nil
}

// showInbound makes a received message one from the follower to the account, once.
func (w *Worker) showInbound(ctx context.Context, accountID string, in *official.Inbound) error {
	app, ok := w.app()
	if !ok {
		return nil
	}
	account, err := w.service.Account(ctx, accountID)
	if err != nil {
		return err
	}
	to, err := w.accountUser(ctx, app, account)
	if err != nil {
		return err
	}
	from, err := w.followerUser(ctx, app, accountID, in.Sender)
	if err != nil {
		return err
	}
	content, ok := w.inboundContent(accountID, in)
	if !ok {
		return nil
	}
	return w.show(ctx, app, from, to, core.Outgoing{Content: content, Key: "wx:" + in.ID, Time: in.Time})
}

// showReply makes a reply to a received message one from the account to the follower, once.
func (w *Worker) showReply(ctx context.Context, account *official.Account, to *official.Inbound, ready *built) error {
	app, ok := w.app()
	if !ok {
		return nil
	}
	from, err := w.accountUser(ctx, app, account)
	if err != nil {
		return err
	}
	follower, err := w.followerUser(ctx, app, account.ID, to.Sender)
	if err != nil {
		return err
	}
	content, err := w.sentContent(ctx, account.ID, ready.reply.ID, &ready.Message)
	if err != nil {
		return err
	}
	return w.show(ctx, app, from, follower, core.Outgoing{Content: content, Key: "wx-reply:" + to.ID})
}

func (w *Worker) show(ctx context.Context, app *core.App, from, to *core.User, out core.Outgoing) error {
	out.To = []string{to.UUID}
	_, err := w.engine.Send(ctx, core.Caller{App: app, User: from, Privileged: true}, out)
	return err
}

// membersAtOnce is how many users are looked up and registered at once.
const membersAtOnce = 500

// showMass makes a chunk of a mass send messages from the account to each of its followers, once.
func (w *Worker) showMass(ctx context.Context, r *massRun, openIDs []string) error {
	app, ok := w.app()
	if !ok {
		return nil
	}
	account, err := w.service.Account(ctx, r.account)
	if err != nil {
		return err
	}
	from, err := w.accountUser(ctx, app, account)
	if err != nil {
		return err
	}
	content, err := w.sentContent(ctx, r.account, r.material, &r.message)
	if err != nil {
		return err
	}
	for len(openIDs) > 0 {
		some := openIDs[:min(len(openIDs), membersAtOnce)]
		openIDs = openIDs[len(some):]
		to, err := w.followerUsers(ctx, app, r.account, some)
		if err != nil {
			return err
		}
		out := core.Outgoing{To: to, Content: content, Key: "wx-mass:" + r.id}
		if _, err := w.engine.Dispatch(ctx, core.Caller{App: app, User: from, Privileged: true}, out); err != nil {
			return err
		}
	}
	return nil
}

// followerUsers returns the addresses of followers' users, registering those who are none yet.
func (w *Worker) followerUsers(ctx context.Context, app *core.App, account string, openIDs []string) ([]string, error) {
	users, err := w.engine.Accounts(ctx, app, openIDs)
	if err != nil {
		return nil, err
	}
	var missing []core.NewUser
	for i, u := range users {
		if u == nil {
			n, err := w.newFollowerUser(ctx, account, openIDs[i])
			if err != nil {
				return nil, err
			}
			missing = append(missing, n)
		}
	}
	if err := w.registerAll(ctx, app, missing); err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		if users, err = w.engine.Accounts(ctx, app, openIDs); err != nil {
			return nil, err
		}
	}
	addresses := make([]string, 0, len(users))
	for _, u := range users {
		if u != nil {
			addresses = append(addresses, u.UUID)
		}
	}
	return addresses, nil
}

// registerAll registers users together or, if others have come before some of them, one by one.
func (w *Worker) registerAll(ctx context.Context, app *core.App, users []core.NewUser) error {
	if len(users) == 0 {
		return nil
	}
	err := w.engine.RegisterAll(ctx, app, users)
	if core.CodeOf(err) != core.Exists {
		return err
	}
	for _, n := range users {
		if _, err := w.member(ctx, app, n); err != nil && core.CodeOf(err) != core.Exists {
			return err
		}
	}
	return nil
}
