package wechat

import (
	"context"
	"strings"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
)

// Client is the client half of the dialect: it talks to any server of the platform. It is safe for concurrent use.
type Client struct {
	remote  *wire.Remote
	options ClientOptions
	table   *table
	faults  wire.FaultTable
}

// ClientOptions are what the wire does not tell of a server.
type ClientOptions struct {
	// APIKey is sent with every call unless it is empty.
	APIKey string
	// OriginalShapes tells that the server answers in the shapes of the original where the document has others.
	OriginalShapes bool
	// Dial replaces the network; nil means TCP.
	Dial fasthttp.DialFunc
}

// NewClient returns a client of the server at url, as http://127.0.0.1:8080: what comes before /v1.
func NewClient(url string, options ClientOptions) (*Client, error) {
	remote, err := wire.NewRemote(url, options.Dial)
	if err != nil {
		return nil, err
	}
	return &Client{
		remote: remote, options: options, table: newTable(options.OriginalShapes, newUploads(false, false)), faults: faults(),
	}, nil
}

// Binding is what a server has given an account.
type Binding struct {
	// ID names the account in all other calls.
	ID string
	// URL and Token are for the official platform's callbacks.
	URL, Token string
}

// Bind returns the binding of the official account with the given original ID, as gh_…, and makes it if there is none: the
// platform has no list of its accounts, and asking for one is binding it.
func (c *Client) Bind(ctx context.Context, originalID string) (Binding, error) {
	var a bindAnswer
	err := ask(ctx, c, c.table.bind, "", &bindQuery{originalID: validText(originalID)}, &a)
	return Binding{a.id, a.url, a.token}, err
}

// Account returns what the server keeps for an account, by the ID of its binding. Nothing is sent yet.
func (c *Client) Account(id string) *RemoteAccount { return &RemoteAccount{c, validText(id)} }

// RemoteAccount is an account of a remote server: its followers and materials, and what was said. It is safe for concurrent
// use. Its lists are read by pages while they are gone through; what changes meanwhile may be left out, and a walk that was
// given up begins anew. An error ends a walk.
type RemoteAccount struct {
	client *Client
	id     string
}

// As returns the service as the account sees it: its addresses are OpenIDs, and who has one is a user. The platform keeps
// what followers say, and forgets what it sends them: only the former is listed, and there are no read marks, which is
// Unsupported. To send to one follower is what the platform calls the preview of a mass send, of which the official
// platform allows few a day.
//
// The ID of a message is the official platform's number of it, and a list is in the order of the times. Servers list the
// messages of all followers only: each list reads what is newer than its page, too.
func (c *Client) As(account string) core.Messenger { return c.Account(account).Messenger() }

// validText keeps what is not UTF-8 out of a request.
func validText(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// clientPage is the size of the pages that the client asks for: the largest.
const clientPage = maxSize
