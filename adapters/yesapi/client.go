package yesapi

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"sort"
	"strconv"
	"time"

	"crypto/md5" //nolint:gosec // the platform's signatures are MD5

	"github.com/goccy/go-json"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
)

// Client is the client half of the dialect: it talks to any server of the platform, as one app. It is safe for
// concurrent use.
type Client struct {
	remote  *wire.Remote
	options ClientOptions
	table   *table
	faults  wire.FaultTable
}

// ClientOptions are an app's credentials, and what the wire does not tell of a server.
type ClientOptions struct {
	AppKey string
	// Secret signs the requests and checks the answers that carry a signature; without it neither is done.
	Secret string
	// Zone is the time zone of the server's clocks; nil means Asia/Shanghai.
	Zone *time.Location
	// Natural tells that the server's chat_message_io says in for what is received.
	Natural bool
	// Dial replaces the network; nil means TCP.
	Dial fasthttp.DialFunc
}

// maxListed is the largest page that the platform gives.
const maxListed = 100

// Session is a logged-in member.
type Session struct{ UUID, Token string }

// NewClient returns a client of the server at url, as https://api.example.com/.
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
	return &Client{remote: remote, options: options, table: newTable(core.DefaultMaxRecipients), faults: faults()}, nil
}

// Register creates a member and returns its uuid. password is the lower-case hex MD5 of the clear one.
func (c *Client) Register(ctx context.Context, username, password string) (uuid string, err error) {
	var a registerAnswer
	err = call(ctx, c, c.table.register, Session{}, &accountQuery{username: username, password: password}, &a)
	return a.uuid, err
}

// Login starts a session. password is the lower-case hex MD5 of the clear one.
func (c *Client) Login(ctx context.Context, username, password string) (Session, error) {
	var a loginAnswer
	err := call(ctx, c, c.table.login, Session{}, &accountQuery{username: username, password: password, many: "1"}, &a)
	return Session{UUID: a.uuid, Token: a.token}, err
}

// As returns the service as a logged-in member sees it.
func (c *Client) As(s Session) core.Messenger { return &remote{c, s} }

// call invokes one service, signed if there is a secret.
func call[Q, A any](ctx context.Context, c *Client, row *wire.Row[Q, A], s Session, q *Q, a *A) error {
	form := fasthttp.AcquireArgs()
	defer fasthttp.ReleaseArgs(form)
	form.Add("s", row.Name)
	form.Add("app_key", c.options.AppKey)
	if s.Token != "" {
		form.Set("uuid", s.UUID)
		form.Set("token", s.Token)
	}
	row.Form(q, form.Set)
	if c.options.Secret != "" {
		form.Add("sign", signForm(form, c.options.Secret))
	}
	body, err := c.remote.Post(ctx, form)
	if err != nil {
		return err
	}
	data, err := c.open(body, row.Spec())
	if err != nil {
		return err
	}
	if err := row.Read(data, a); err != nil {
		return core.Wrap(core.Internal, "the remote's answer can not be read", err)
	}
	return nil
}

// signForm is the document's signature: the upper-case hex MD5 of all values in the order of their names, and the secret.
func signForm(form *fasthttp.Args, secret string) string {
	type parameter struct{ name, value string }
	var all []parameter
	for name, value := range form.All() {
		all = append(all, parameter{string(name), string(value)})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	var text []byte
	for _, p := range all {
		text = append(text, p.value...)
	}
	return string(appendDigest(nil, append(text, secret...)))
}

// open checks an answer and returns its data.
func (c *Client) open(body []byte, spec *wire.Spec) (json.RawMessage, error) {
	var envelope struct {
		Ret  int64           `json:"ret"`
		Data json.RawMessage `json:"data"`
		Msg  string          `json:"msg"`
		Time int64           `json:"_t"`
		Auth string          `json:"_auth"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, core.Wrap(core.Internal, "the remote's answer is no envelope", err)
	}
	if envelope.Auth != "" && c.options.Secret != "" && !c.genuine(envelope.Data, envelope.Time, envelope.Auth) {
		return nil, core.NewFault(core.Internal, "", "the signature of the remote's answer is wrong")
	}
	if envelope.Ret != retOK {
		return nil, core.NewFault(c.code(envelope.Ret), "", envelope.Msg)
	}
	var result struct {
		Code int64  `json:"err_code"`
		Msg  string `json:"err_msg"`
	}
	if err := json.Unmarshal(envelope.Data, &result); err != nil {
		return nil, core.Wrap(core.Internal, "the remote's data is no object", err)
	}
	if result.Code != 0 {
		if fault, _ := spec.Fault(result.Code, result.Msg); fault != nil {
			return nil, fault
		}
		return nil, core.NewFault(core.Internal, "", "the remote answers "+strconv.FormatInt(result.Code, 10)+": "+result.Msg)
	}
	return envelope.Data, nil
}

// genuine checks the reverse signature over the bytes of data as they came.
func (c *Client) genuine(data []byte, at int64, auth string) bool {
	text := strconv.AppendInt(append([]byte(nil), data...), at, 10)
	sum := md5.Sum(append(text, c.options.Secret...)) //nolint:gosec // see the import
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(auth)) == 1
}

// code is the inverse of the dialect's refusals.
func (c *Client) code(ret int64) core.Code {
	switch ret {
	case retUnknownApp, retAppEnded:
		return core.Forbidden
	case retWrongSign:
		return core.Unauthenticated
	}
	return c.faults.Code(ret)
}
