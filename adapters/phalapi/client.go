package phalapi

import (
	"context"
	"time"

	"github.com/goccy/go-json"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
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
	// Zone is the time zone of the server's clocks; nil means Asia/Shanghai.
	Zone *time.Location
	// Natural tells that the server's chat_message_io says in for what is received.
	Natural bool
	// Dial replaces the network; nil means TCP.
	Dial fasthttp.DialFunc
}

// maxListed is the largest page that the platform gives.
const maxListed = 100

// NewClient returns a client of the server whose entry is at url, as https://api.example.com/api/platform.
func NewClient(url string, options ClientOptions) (*Client, error) {
	remote, err := wire.NewRemote(url, options.Dial)
	if err != nil {
		return nil, err
	}
	if options.Zone == nil {
		if options.Zone, err = time.LoadLocation(core.DefaultZone); err != nil {
			return nil, core.Wrap(core.Internal, "the time zone can not be loaded", err)
		}
	}
	return &Client{remote: remote, options: options, table: newTable(core.DefaultMaxBody, core.DefaultMaxRecipients), faults: faults()}, nil
}

// Apply returns an access token for the user with the given ID, zero for none. A wrong secret is Unauthenticated.
func (c *Client) Apply(ctx context.Context, key, secret string, uid int64) (token string, err error) {
	var a tokenAnswer
	if err := call(ctx, c, c.table.apply, "", &applyQuery{key: key, secret: secret, uid: uid}, &a); err != nil {
		return "", err
	}
	if a.token == "" {
		return "", core.NewFault(core.Unauthenticated, core.FieldApp, "the remote refuses the secret")
	}
	return a.token, nil
}

// Address returns the uuid of the user of an access token, as the user's messages tell it; empty if there are none.
func (c *Client) Address(ctx context.Context, token string) (string, error) {
	r := &remote{c, token}
	items, err := r.list(ctx, &core.HistoryQuery{Limit: 1})
	if err != nil || len(items) == 0 {
		return "", err
	}
	return items[0].owner, nil
}

// As returns the service as the user of an access token sees it; an empty token means the server's anonymous user. The
// platform neither marks anything as read nor shows accounts: those operations are Unsupported. What it has for chat lists
// and unread messages is the list of all messages, which Conversations and Unread read to its beginning.
func (c *Client) As(token string) core.Messenger { return &remote{c, token} }

// call invokes one service.
func call[Q, A any](ctx context.Context, c *Client, row *wire.Row[Q, A], token string, q *Q, a *A) error {
	form := fasthttp.AcquireArgs()
	defer fasthttp.ReleaseArgs(form)
	form.Add("service", row.Name)
	if token != "" {
		form.Add("access_token", token)
	}
	row.Form(q, form.Add)
	body, err := c.remote.Post(ctx, form)
	if err != nil {
		return err
	}
	var envelope struct {
		Ret  int64           `json:"ret"`
		Data json.RawMessage `json:"data"`
		Msg  string          `json:"msg"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return core.Wrap(core.Internal, "the remote's answer is no envelope", err)
	}
	if envelope.Ret != retOK {
		if fault, exact := row.Spec().Fault(envelope.Ret, envelope.Msg); exact {
			return fault
		}
		return core.NewFault(c.code(envelope.Ret), "", envelope.Msg)
	}
	if err := row.Read(envelope.Data, a); err != nil {
		return core.Wrap(core.Internal, "the remote's answer can not be read", err)
	}
	return nil
}

// code is the inverse of the dialect's refusals.
func (c *Client) code(ret int64) core.Code {
	switch ret {
	case retBadToken:
		return core.Unauthenticated
	case retUnknownApp:
		return core.Forbidden
	}
	return c.faults.Code(ret)
}

// remote is a server seen by one of its users.
type remote struct {
	client *Client
	token  string
}

func (r *remote) Send(ctx context.Context, out core.Outgoing) ([]core.Delivery, error) {
	if out.Key != "" || out.Time != 0 {
		return nil, core.NewFault(core.Unsupported, core.FieldKey, "the platform knows neither message keys nor times of the sender")
	}
	kind, data := php.TypeOf(out.Content.Kind), string(appendData(nil, &out.Content))
	if len(out.To) == 1 {
		var a sendAnswer
		err := call(ctx, r.client, r.client.table.send, r.token, &sendQuery{to: out.To[0], kind: kind, data: data}, &a)
		if err != nil {
			return nil, err
		}
		return []core.Delivery{{To: out.To[0], ID: a.id}}, nil
	}
	var a bulkAnswer
	err := call(ctx, r.client, r.client.table.bulkSend, r.token, &bulkQuery{to: out.To, kind: kind, data: data}, &a)
	if err != nil {
		return nil, err
	}
	deliveries := make([]core.Delivery, len(a.items))
	for i, item := range a.items {
		deliveries[i] = core.Delivery{To: item.to, ID: item.id}
	}
	return deliveries, nil
}

// History lists messages. The platform does not count those that are unread: Unread is -1.
func (r *remote) History(ctx context.Context, q core.HistoryQuery) (core.History, error) {
	if q.Limit < 1 || q.Limit > maxListed {
		return core.History{}, core.NewFault(core.Invalid, core.FieldPage, "the platform lists 1 to 100 messages at once")
	}
	items, err := r.list(ctx, &q)
	if err != nil {
		return core.History{}, err
	}
	h := core.History{Messages: make([]core.Message, len(items)), Unread: -1}
	for i := range items {
		h.Messages[i] = r.message(&items[i])
	}
	return h, nil
}

func (r *remote) list(ctx context.Context, q *core.HistoryQuery) ([]listItem, error) {
	query := listQuery{peer: q.Peer, last: q.After, direction: "down", perpage: int64(q.Limit)}
	if q.Direction == core.Older {
		query.direction = "up"
	}
	var a listAnswer
	err := call(ctx, r.client, r.client.table.list, r.token, &query, &a)
	return a.items, err
}

func (r *remote) message(item *listItem) core.Message {
	return core.Message{
		ID: item.id, Peer: item.peer, Time: item.added.MilliIn(r.client.options.Zone), Read: item.read == 1,
		Own:     php.OwnIn(item.io, r.client.options.Natural),
		Content: core.Content{Kind: php.KindOf(item.kind), Body: []byte(item.data)},
	}
}

func unsupported() error {
	return core.NewFault(core.Unsupported, "", "the platform does not offer this")
}

func (r *remote) MarkRead(context.Context, string, int64) (int, error) { return 0, unsupported() }

func (r *remote) User(context.Context, string) (*core.User, error) { return nil, unsupported() }
