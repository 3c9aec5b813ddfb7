package wechat

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// outbox keeps an account's messages from being sent by two at once.
type outbox struct {
	mutex sync.Mutex
	busy  map[string]bool
}

// occupy tells whether the caller may work on the messages of an account, until it leaves.
func (o *outbox) occupy(account string) bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.busy[account] {
		return false
	}
	o.busy[account] = true
	return true
}

func (o *outbox) leave(account string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	delete(o.busy, account)
}

// cursorOutbox names how far the messages of an account's user have gone out: "12" says that nothing up to the message 12 is
// left to do, and "12>15" that the call for 15 has begun. cursorUndelivered names the last message that did not go out, and
// why.
const (
	cursorOutbox      = "outbox"
	cursorUndelivered = "undelivered"
)

const (
	// outboxPage is how many messages are looked at together.
	outboxPage = 100
	// outboxLease is how long an outbox is a process's without a sign of life: longer than a call takes.
	outboxLease = 2 * time.Minute
)

// errHeldElsewhere reports that another process sends the messages of an account.
var errHeldElsewhere = errors.New("another process has taken over the messages of the account")

// holdOutbox makes sure that nobody else sends the messages of an account.
func (w *Worker) holdOutbox(ctx context.Context, account string) error {
	held, err := w.service.Hold(ctx, cursorOutbox+"/"+account, w.owner, outboxLease)
	if err == nil && !held {
		err = errHeldElsewhere
	}
	return err
}

// releaseOutboxes lets others send at once what this process would have sent.
func (w *Worker) releaseOutboxes() {
	ctx := context.WithoutCancel(w.life)
	accounts, err := w.service.Accounts(ctx)
	for _, a := range accounts {
		err = errors.Join(err, w.service.Release(ctx, cursorOutbox+"/"+a.ID, w.owner))
	}
	if err != nil {
		w.log.Warn("other processes wait before they send", "for", outboxLease, "error", err)
	}
}

// watchOutboxes looks for messages of accounts' users until the worker is closed.
func (w *Worker) watchOutboxes() {
	ticker := time.NewTicker(w.options.Tick)
	defer ticker.Stop()
	for {
		accounts, err := w.service.Accounts(w.life)
		if err != nil && w.life.Err() == nil {
			w.log.Error("the accounts can not be listed", "error", err)
		}
		for _, a := range accounts {
			if a.HasCredentials {
				w.emptyOutbox(a)
			}
		}
		select {
		case <-ticker.C:
		case <-w.life.Done():
			return
		}
	}
}

// emptyOutbox begins to send what an account's user has written, unless that is being done: one slow platform does not keep
// the other accounts waiting.
func (w *Worker) emptyOutbox(account *official.Account) {
	if !w.outbox.occupy(account.ID) {
		return
	}
	w.running.Go(func() {
		defer w.outbox.leave(account.ID)
		err := w.holdOutbox(w.life, account.ID)
		if err == nil {
			err = w.sendOwn(w.life, account)
		}
		if err != nil && w.life.Err() == nil && !errors.Is(err, errHeldElsewhere) {
			w.log.Warn("messages to followers are waiting", "account", account.ID, "error", err)
		}
	})
}

// sendOwn sends the messages of an account's user, in their order and each at most once, by the customer service's call. It
// ends with an error where the platform is not there: the message waits.
func (w *Worker) sendOwn(ctx context.Context, account *official.Account) error {
	app, ok := w.app()
	if !ok {
		return nil
	}
	users, err := w.engine.Accounts(ctx, app, []string{account.OriginalID})
	if err != nil {
		return err
	}
	if users[0] == nil { // nobody has written to the account or as it
		return w.beginOutbox(ctx, account.ID)
	}
	as := w.engine.As(core.Caller{App: app, User: users[0], Privileged: true})
	done, err := w.outboxPosition(ctx, account.ID, as)
	if err != nil {
		return err
	}
	for {
		page, err := newerThan(ctx, as, done)
		if err != nil || len(page) == 0 {
			return err
		}
		noted := done
		for i := range page {
			m := &page[i]
			if m.Own && m.Content.Origin != origin {
				if err := w.sendMessage(ctx, app, account, done, m); err != nil {
					return err
				}
				noted = m.ID
			}
			done = m.ID
		}
		if noted == done {
			continue
		}
		if err := w.note(ctx, account.ID, done); err != nil {
			return err
		}
	}
}

// note writes down up to which message nothing is left to do.
func (w *Worker) note(ctx context.Context, account string, done int64) error {
	return w.service.SetCursor(ctx, account, cursorOutbox, strconv.FormatInt(done, 10))
}

// connectOutbox notes where an account's messages begin to go out as soon as it is connected: what its user writes before
// the first look would pass for older.
func (w *Worker) connectOutbox(ctx context.Context, accountID string) error {
	app, ok := w.app()
	if !ok || !w.outbox.occupy(accountID) { // or it is being looked at
		return nil
	}
	defer w.outbox.leave(accountID)
	text, err := w.service.Cursor(ctx, accountID, cursorOutbox)
	if err != nil || text != "" {
		return err
	}
	account, err := w.service.Account(ctx, accountID)
	if err != nil {
		return err
	}
	users, err := w.engine.Accounts(ctx, app, []string{account.OriginalID})
	if err != nil {
		return err
	}
	if users[0] == nil {
		return w.beginOutbox(ctx, accountID)
	}
	_, err = w.outboxPosition(ctx, accountID, w.engine.As(core.Caller{App: app, User: users[0], Privileged: true}))
	return err
}

// beginOutbox notes that all of what an account's user will write is to go out.
func (w *Worker) beginOutbox(ctx context.Context, account string) error {
	text, err := w.service.Cursor(ctx, account, cursorOutbox)
	if err != nil || text != "" {
		return err
	}
	return w.note(ctx, account, 0)
}

// outboxPosition returns up to which message nothing is left to do. What the user has written before the account was
// connected does not go out, and a call that was begun is not made again.
func (w *Worker) outboxPosition(ctx context.Context, account string, as core.Messenger) (int64, error) {
	text, err := w.service.Cursor(ctx, account, cursorOutbox)
	if err != nil {
		return 0, err
	}
	if text == "" {
		newest, err := as.History(ctx, core.HistoryQuery{Limit: 1})
		if err != nil {
			return 0, err
		}
		var position int64
		if n := len(newest.Messages); n > 0 {
			position = newest.Messages[n-1].ID
		}
		return position, w.note(ctx, account, position)
	}
	position, begun, unclear := strings.Cut(text, ">")
	if unclear {
		w.log.Warn("a message to a follower may or may not have gone out", "account", account, "message", begun)
		position = begun
	}
	done, err := strconv.ParseInt(position, 10, 64)
	if err != nil {
		return 0, core.Wrap(core.Internal, "the position in an outbox can not be read", err)
	}
	if unclear {
		err = w.note(ctx, account, done)
	}
	return done, err
}

// newerThan returns the next messages after one, the oldest first.
func newerThan(ctx context.Context, as core.Messenger, done int64) ([]core.Message, error) {
	if done > 0 {
		h, err := as.History(ctx, core.HistoryQuery{After: done, Direction: core.Newer, Limit: outboxPage})
		return h.Messages, err
	}
	// A query that holds nothing yet gives the newest messages, and there were none before.
	h, err := as.History(ctx, core.HistoryQuery{Limit: outboxPage})
	for err == nil && len(h.Messages) == outboxPage {
		var older core.History
		older, err = as.History(ctx, core.HistoryQuery{After: h.Messages[0].ID, Direction: core.Older, Limit: outboxPage})
		if len(older.Messages) == 0 {
			break
		}
		h = older
	}
	return h.Messages, err
}

// sendMessage sends one message, unless its receiver is no follower, and notes that it is done with. An error means that it
// was certainly not sent.
func (w *Worker) sendMessage(ctx context.Context, app *core.App, account *official.Account, done int64, m *core.Message) error {
	to, err := w.engine.Find(ctx, app, m.Peer)
	if err != nil {
		return err
	}
	follower, err := w.service.Follower(ctx, account.ID, to.ID)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return w.note(ctx, account.ID, m.ID)
	case err != nil:
		return err
	case !follower.Subscribed:
		return w.undelivered(ctx, account.ID, m.ID, to.ID, errors.New("the follower has left"))
	}
	client, err := w.client(ctx, account.ID)
	if err != nil {
		return err
	}
	message, err := w.outboundMessage(ctx, client, account.ID, &m.Content)
	if err != nil {
		if errors.Is(err, weixin.ErrUnavailable) || ctx.Err() != nil {
			return err
		}
		return w.undelivered(ctx, account.ID, m.ID, to.ID, err)
	}
	if err := w.holdOutbox(ctx, account.ID); err != nil {
		return err
	}
	begun := strconv.FormatInt(done, 10) + ">" + strconv.FormatInt(m.ID, 10)
	if err := w.service.SetCursor(ctx, account.ID, cursorOutbox, begun); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // a call that is given up half way may have been carried out
	err = client.SendToFollower(ctx, to.ID, message)
	if err != nil && !refused(err) && !weixin.MaybeDone(err) && !errors.Is(err, weixin.ErrArgument) {
		return errors.Join(err, w.note(ctx, account.ID, done))
	}
	if err != nil {
		return w.undelivered(ctx, account.ID, m.ID, to.ID, err)
	}
	return w.note(ctx, account.ID, m.ID)
}

// undelivered notes a message that did not go out and will not.
func (w *Worker) undelivered(ctx context.Context, account string, message int64, openID string, why error) error {
	w.log.Warn("a message did not reach its follower", "account", account, "message", message, "follower", openID, "error", why)
	note := strconv.FormatInt(message, 10) + " " + openID + " " + clip(why.Error(), 200)
	return errors.Join(
		w.service.SetCursor(ctx, account, cursorUndelivered, strings.ToValidUTF8(note, "\ufffd")),
		w.note(ctx, account, message),
	)
}
