package openim

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
)

// Client is the client half of the dialect: it talks to any server of the platform, as one of its administrators. It is
// safe for concurrent use.
type Client struct {
	remote  *wire.Remote
	options ClientOptions
	table   *table
	faults  wire.FaultTable
	admin   adminToken
	// operations numbers the calls behind a prefix, so that no two calls of any clients have the same operationID.
	prefix     string
	operations atomic.Uint64
}

// ClientOptions are an administrator's credentials and what belongs to the machine.
type ClientOptions struct {
	// Secret is the server's secret.
	Secret string
	// AdminUserID is one of the server's administrators; empty means imAdmin.
	AdminUserID string
	// Dial replaces the network; nil means TCP.
	Dial fasthttp.DialFunc
	// Now is the clock by which tokens are renewed; nil means time.Now.
	Now func() time.Time
}

// NewClient returns a client of the server at url, as http://127.0.0.1:10002. Nothing is sent yet.
func NewClient(url string, options ClientOptions) (*Client, error) {
	remote, err := wire.NewRemote(url, options.Dial)
	if err != nil {
		return nil, err
	}
	if options.AdminUserID == "" {
		options.AdminUserID = defaultAdmin
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	var prefix [8]byte
	if _, err := rand.Read(prefix[:]); err != nil {
		return nil, core.Wrap(core.Internal, "no random bytes", err)
	}
	return &Client{
		remote: remote, options: options, table: newTable(), faults: faults(),
		admin: adminToken{turn: make(chan struct{}, 1)}, prefix: hex.EncodeToString(prefix[:]) + "-",
	}, nil
}

// As returns the service as the user with the given ID sees it. The administrator acts for the user: nothing is asked of
// the server, not even whether there is such a user. Addresses are userIDs, and so are the UUIDs of users.
//
// The platform gives messages no numbers. The ID of a message that is listed is its place in its conversation, its Seq,
// and means nothing in another one; deliveries and the last messages of chats, of which the platform does not tell the
// place, have the ID zero. In a list of all conversations an ID is good for going on in such a list, and for nothing else.
func (c *Client) As(userID string) core.Messenger { return &remote{c, validText(userID)} }

// call invokes an endpoint as the administrator. An answer that refuses the token is given a new one, once: the endpoint
// has done nothing then.
func call[Q, A any](ctx context.Context, c *Client, row *wire.Row[Q, A], q *Q, a *A) error {
	token, err := c.AdminToken(ctx)
	if err != nil {
		return err
	}
	number, err := exchangeWith(ctx, c, row, token, q, a)
	if !isTokenGone(number) {
		return err
	}
	if token, err = c.renew(ctx, token); err != nil {
		return err
	}
	_, err = exchangeWith(ctx, c, row, token, q, a)
	return err
}

// isTokenGone tells whether an errCode says that a token was good once, or is another server's.
func isTokenGone(number int64) bool {
	switch number {
	case codeTokenExpired, codeTokenUnknown, codeTokenKicked, codeTokenNotExist:
		return true
	}
	return false
}

// exchangeWith makes one call and returns the answer's errCode. The empty token is none.
func exchangeWith[Q, A any](ctx context.Context, c *Client, row *wire.Row[Q, A], token string, q *Q, a *A) (number int64, err error) {
	headers := [...]wire.Header{
		{Name: "operationID", Value: c.prefix + strconv.FormatUint(c.operations.Add(1), 10)},
		{Name: "token", Value: token},
	}
	used := headers[:]
	if token == "" {
		used = headers[:1]
	}
	spec := row.Spec()
	status, body, err := c.remote.PostJSON(ctx, spec.Name, row.AppendBody(make([]byte, 0, 512), q), used...)
	if err != nil {
		return 0, err
	}
	data, number, err := c.open(spec, status, body)
	if err != nil || len(spec.Answer) == 0 {
		return number, err
	}
	if err := row.Read(data, a); err != nil {
		return 0, core.Wrap(core.Internal, "the remote's answer can not be read", err)
	}
	return 0, nil
}

// validText keeps what is not UTF-8 out of a request.
func validText(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
