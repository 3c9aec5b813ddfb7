package wechat

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"parley/adapters/wechat/weixin"
	"parley/adapters/wire/outside"
	"parley/core"
	"parley/core/official"
)

// clients holds a client of the official API for each account, as long as its credentials stay the same.
type clients struct {
	mutex sync.Mutex
	known map[string]knownClient
}

type knownClient struct {
	*weixin.Client
	credentials official.Credentials // which another process may change
}

// client returns the account's client: NotFound with official.FieldCredentials before there are credentials.
func (w *Worker) client(ctx context.Context, account string) (*weixin.Client, error) {
	w.clients.mutex.Lock()
	defer w.clients.mutex.Unlock()
	credentials, err := w.service.Credentials(ctx, account)
	if err != nil {
		return nil, err
	}
	old, ok := w.clients.known[account]
	if ok && old.credentials == credentials {
		return old.Client, nil
	}
	if ok {
		old.Close()
	}
	c, err := w.newClient(ctx, account, credentials)
	if err != nil {
		return nil, err
	}
	if w.clients.known == nil {
		w.clients.known = map[string]knownClient{}
	}
	w.clients.known[account] = knownClient{c, credentials}
	return c, nil
}

func (w *Worker) newClient(ctx context.Context, account string, credentials official.Credentials) (*weixin.Client, error) {
	found, err := w.service.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	c, err := weixin.New(weixin.Options{
		BaseURL: w.options.API(found), AppID: credentials.AppID, Secret: credentials.Secret,
		HTTP: w.options.HTTP, Now: w.now, Log: w.log.With("account", account),
	})
	if err != nil {
		return nil, &core.Fault{Code: core.Invalid, Field: official.FieldCredentials, Note: err.Error()}
	}
	return c, nil
}

func (c *clients) forget(account string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if old, ok := c.known[account]; ok {
		old.Close()
		delete(c.known, account)
	}
}

func (c *clients) close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, old := range c.known {
		old.Close()
	}
	c.known = nil
}

// outside returns a client for URLs that strangers have written: it reaches no address of this machine or network, but
// that of the account's API.
func (w *Worker) outside(ctx context.Context, account string) (*http.Client, error) {
	found, err := w.service.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	except := ""
	if base, err := url.Parse(w.options.API(found)); err == nil && base.Port() != "" {
		except = base.Host
	}
	return outside.NewClient(except), nil
}

// longestCall bounds what a row waits for: the uploads before a mass send take their time.
const longestCall = 5 * time.Minute

// detached returns a context for calls of the platform that has nothing of ctx but its deadline: the clients go on for
// others with what one caller has begun, and the context of a request is used again after its end.
func (w *Worker) detached(ctx context.Context) (context.Context, context.CancelFunc) {
	until := time.Now().Add(longestCall)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		until = deadline
	}
	return context.WithDeadline(w.life, until)
}

// Forget implements Background.
func (w *Worker) Forget(_ context.Context, account string) error {
	w.clients.forget(account)
	return nil
}

// CheckCredentials implements Background.
func (w *Worker) CheckCredentials(ctx context.Context, account string, credentials official.Credentials) error {
	if credentials.EncodingKey != "" {
		if _, err := weixin.NewSealer(credentials.EncodingKey, credentials.AppID); err != nil {
			return core.NewFault(core.Invalid, official.FieldCredentials, "the encoding key must be 43 characters of base64")
		}
	}
	ctx, cancel := w.detached(ctx)
	defer cancel()
	c, err := w.newClient(ctx, account, credentials)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Token(ctx)
	return platformFault(err)
}

// CredentialsChanged implements Background.
func (w *Worker) CredentialsChanged(ctx context.Context, account string) error {
	w.clients.forget(account)
	if err := w.connectOutbox(ctx, account); err != nil {
		return err
	}
	for _, kind := range [...]string{jobFollowers, jobMenu} {
		if err := w.enqueue(ctx, account, kind, jobOnly, nil); err != nil && core.CodeOf(err) != core.Exists {
			return err
		}
	}
	if err := w.service.SetFollowersFetched(ctx, account, true); err != nil {
		return err
	}
	return w.service.SetMenuFetched(ctx, account, true)
}

// platformFault leaves the platform's refusals as they are, and makes a fault of everything else.
func platformFault(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*weixin.APIError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*core.Fault](err); ok {
		return err
	}
	switch {
	case weixin.MaybeDone(err):
		return core.Wrap(core.Timeout, "the platform has not answered, and may have done it", err)
	case errors.Is(err, weixin.ErrTooLarge):
		return core.Wrap(core.TooLarge, "what the platform has is too large", err)
	case errors.Is(err, outside.ErrAddress):
		return core.Wrap(core.Forbidden, "the address is not public", err)
	case errors.Is(err, weixin.ErrArgument):
		return core.Wrap(core.Invalid, "the platform takes no such call", err)
	}
	return core.Wrap(core.Unavailable, "the platform is not available", err)
}

// refused tells whether the platform has answered that it does not do it, and will not do it in a moment either.
func refused(err error) bool {
	_, ok := errors.AsType[*weixin.APIError](err)
	return ok && !weixin.IsCode(err, weixin.CodeBusy)
}
