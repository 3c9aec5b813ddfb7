package openim

import (
	"context"
	"sync/atomic"
	"time"

	"parley/core"
)

// adminTokenAge is how long an administrator's token is used, as by the platform's own caller: it may end on the server
// long before its time.
const adminTokenAge = 5 * time.Minute

// adminToken is the token in use.
type adminToken struct {
	current atomic.Pointer[heldToken]
	turn    chan struct{} // whoever asks for a new one holds its place
}

type heldToken struct {
	text  string
	until time.Time
}

// AdminToken returns the administrator's token, a new one every five minutes. A wrong secret is Forbidden, and so is a
// user who is no administrator on some servers; others call that Invalid.
func (c *Client) AdminToken(ctx context.Context) (string, error) {
	if held := c.admin.current.Load(); held != nil && c.options.Now().Before(held.until) {
		return held.text, nil
	}
	return c.renew(ctx, "")
}

// renew returns a token that is in force and is not the given one, which a server has refused.
func (c *Client) renew(ctx context.Context, refused string) (string, error) {
	select {
	case c.admin.turn <- struct{}{}:
		defer func() { <-c.admin.turn }()
	case <-ctx.Done():
		return "", core.Wrap(core.Timeout, "the request was given up", ctx.Err())
	}
	now := c.options.Now()
	if held := c.admin.current.Load(); held != nil && held.text != refused && now.Before(held.until) {
		return held.text, nil // another call has been faster
	}
	q := adminTokenQuery{secret: validText(c.options.Secret), userID: validText(c.options.AdminUserID)}
	var a tokenAnswer
	if _, err := exchangeWith(ctx, c, c.table.adminToken, "", &q, &a); err != nil {
		return "", err
	}
	if a.token == "" {
		return "", core.NewFault(core.Internal, "", "the remote gives an empty token")
	}
	c.admin.current.Store(&heldToken{text: a.token, until: now.Add(adminTokenAge)})
	return a.token, nil
}
