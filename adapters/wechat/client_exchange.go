package wechat

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/goccy/go-json"

	"parley/adapters/wire"
	"parley/core"
)

// ask invokes an endpoint for an account.
func ask[Q, A any](ctx context.Context, c *Client, row *wire.Row[Q, A], account string, q *Q, a *A) error {
	method, path, _ := strings.Cut(row.Name, " ")
	path = strings.Replace(path, "{"+infoID+"}", url.PathEscape(account), 1)
	query := url.Values{}
	paramsAt(row, wire.PlacePath).Form(q, func(name, value string) {
		if name != infoID {
			path = strings.Replace(path, "{"+name+"}", url.PathEscape(value), 1)
		}
	})
	paramsAt(row, wire.PlaceQuery).Form(q, func(name, value string) { query.Set(name, validText(value)) })
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	var body []byte
	if inBody := paramsAt(row, wire.PlaceBody); len(inBody.Params) > 0 {
		body = inBody.AppendBody(nil, q)
	}
	reply, err := c.remote.Do(ctx, method, path, body, c.headers()...)
	if err != nil {
		return err
	}
	data, err := c.open(row.Spec(), &reply)
	if err != nil || len(row.Answer) == 0 {
		return err
	}
	if err := row.Read(data, a); err != nil {
		return core.Wrap(core.Internal, "the remote's answer can not be read", err)
	}
	return nil
}

// paramsAt returns a row with the parameters that are at one place.
func paramsAt[Q, A any](row *wire.Row[Q, A], place wire.Place) *wire.Row[Q, nothing] {
	some := &wire.Row[Q, nothing]{}
	for i := range row.Params {
		if row.Params[i].From == place {
			some.Params = append(some.Params, row.Params[i])
		}
	}
	return some
}

func (c *Client) headers() []wire.Header {
	if c.options.APIKey == "" {
		return nil
	}
	return []wire.Header{{Name: "X-API-Key", Value: c.options.APIKey}}
}

// open reads an envelope and returns its data.
func (c *Client) open(spec *wire.Spec, reply *wire.Reply) ([]byte, error) {
	var envelope struct {
		Code    int64           `json:"code"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(reply.Body, &envelope); err != nil || envelope.Code == 0 {
		if reply.Status == http.StatusNotFound {
			return nil, core.NewFault(core.Unsupported, "", "the remote does not know "+spec.Name)
		}
		return nil, core.Wrap(core.Internal, "the remote's answer is no envelope", err)
	}
	if envelope.Code == http.StatusOK {
		return envelope.Data, nil
	}
	return nil, c.fault(spec, envelope.Code, envelope.Message)
}

// What the original says where nothing is found, and what the official platform says of somebody who is no follower.
const (
	textNoRow     = "Incorrect result size: expected 1, actual 0"
	codeNoOpenID  = 40003
	codeNoOpenID2 = 43004
)

// fault is the inverse of what the server half makes of a fault, also for the original server.
func (c *Client) fault(spec *wire.Spec, number int64, message string) *core.Fault {
	note := message
	if fault, exact := spec.Fault(number, message); exact {
		return fault
	}
	switch {
	case message == textNoRow:
		return core.NewFault(core.NotFound, "", note)
	case message == textUnavailable:
		return core.NewFault(core.Unavailable, "", note)
	case message == textFetched || message == textMenuFetched || message == textNoCredential:
		return core.NewFault(core.Conflict, "", note)
	case number == http.StatusMethodNotAllowed || number == http.StatusUnsupportedMediaType:
		return core.NewFault(core.Unsupported, "", note)
	case number == http.StatusBadGateway:
		if isNobody(message) {
			return core.NewFault(core.NotFound, core.FieldRecipient, note)
		}
		return core.NewFault(core.Conflict, "", note)
	}
	return core.NewFault(c.faults.Code(number), "", note)
}

// isNobody tells whether the official platform's refusal is that there is no such follower.
func isNobody(message string) bool {
	var refusal struct {
		Code int64 `json:"errcode"`
	}
	at := strings.IndexByte(message, '{')
	if at < 0 || json.Unmarshal([]byte(message[at:]), &refusal) != nil {
		return false
	}
	return refusal.Code == codeNoOpenID || refusal.Code == codeNoOpenID2
}
