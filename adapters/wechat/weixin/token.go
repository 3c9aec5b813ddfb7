package weixin

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"
)

const (
	// tokenMargin is how long before its end a token is renewed.
	tokenMargin = 300 * time.Second
	// refusedFor is how long a refusal of the credentials stands: a thousand calls must not become a thousand refused
	// requests for a token, of which the platform allows two thousand a day.
	refusedFor = 10 * time.Second
)

// tokenKeeper holds an account's token.
type tokenKeeper struct {
	mutex   sync.Mutex
	value   string
	until   time.Time
	refusal error
	refused time.Time // until when the refusal stands
	flight  *flight
}

// flight is one request for a token, and all who wait for it.
type flight struct {
	done  chan struct{}
	value string
	err   error
}

// Token returns a token that is valid for at least five minutes, from the platform if need be. However many ask, one request is
// made.
func (c *Client) Token(ctx context.Context) (string, error) {
	k := &c.token
	k.mutex.Lock()
	now := c.now()
	if k.value != "" && now.Before(k.until) {
		defer k.mutex.Unlock()
		return k.value, nil
	}
	if k.refusal != nil && now.Before(k.refused) {
		defer k.mutex.Unlock()
		return "", k.refusal
	}
	f := k.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		k.flight = f
		// Those who wait must not lose the token because the first of them gives up.
		go c.fly(context.WithoutCancel(ctx), f)
	}
	k.mutex.Unlock()
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		return "", &CallError{Call: callToken, Err: ctx.Err()}
	}
}

const callToken = "token"

func (c *Client) fly(ctx context.Context, f *flight) {
	asked := c.now()
	var answer struct {
		Token   string `json:"access_token"`
		Expires number `json:"expires_in"`
	}
	f.err = c.do(ctx, &call{
		name: callToken, bare: true, read: true,
		query: url.Values{"grant_type": {"client_credential"}, "appid": {c.appID}, "secret": {c.secret}},
	}, &answer)
	if f.err == nil && answer.Token == "" {
		f.err = &CallError{Call: callToken, Err: errors.Join(ErrUnavailable, errors.New("the answer holds no token"))}
	}
	k := &c.token
	k.mutex.Lock()
	defer k.mutex.Unlock()
	defer close(f.done)
	k.flight, k.refusal = nil, nil
	if f.err != nil {
		if refusal, ok := errors.AsType[*APIError](f.err); ok && refusal.Code != CodeBusy {
			k.refusal, k.refused = f.err, asked.Add(refusedFor)
		}
		return
	}
	f.value = answer.Token
	life := time.Duration(answer.Expires) * time.Second
	k.value, k.until = answer.Token, asked.Add(max(life-tokenMargin, life/2))
	c.log.Info("a token was given", "seconds", int64(answer.Expires))
}

// drop forgets a token that the platform refused, unless a newer one has taken its place.
func (c *Client) drop(token string) {
	c.token.mutex.Lock()
	defer c.token.mutex.Unlock()
	if c.token.value == token {
		c.token.value = ""
	}
}
