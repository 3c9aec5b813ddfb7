package weixin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// call is one call of the API.
type call struct {
	name   string // the path below /cgi-bin/
	query  url.Values
	body   []byte  // JSON; nil means GET
	upload *upload // or a file
	bare   bool    // without a token
	read   bool    // may be repeated: it has no effect
	media  bool    // may take as long as media take
	// receive takes the answer if it is no JSON; nil means that it has to be.
	receive func(*http.Response) error
}

var (
	errSource = errors.New("weixin: the file can not be read")
	errSink   = errors.New("weixin: the media can not be written")
)

// attempts is how often a read is tried.
const attempts = 3

// do makes a call with all its repetitions, and decodes the answer into out, which may be nil.
func (c *Client) do(ctx context.Context, k *call, out any) error {
	pause := c.pause
	for attempt := 1; ; attempt++ {
		err := c.doWithToken(ctx, k, out)
		if err == nil {
			return nil
		}
		failed, ok := errors.AsType[*CallError](err)
		if !ok {
			failed = &CallError{Call: k.name, Err: err}
			err = failed
		}
		// What failed may be the call for a token, which has been repeated already.
		again := k.read && failed.Call == k.name && attempt < attempts && ctx.Err() == nil &&
			(IsCode(err, CodeBusy) || errors.Is(err, ErrUnavailable) && !broken(err))
		if !again {
			c.log.Warn("a call of the platform failed", "call", k.name, "error", err.Error())
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return &CallError{Call: k.name, Err: ctx.Err()}
		}
		pause *= 4
	}
}

// doWithToken makes a call, and makes it once more if the token was refused: the platform then has not carried it out.
func (c *Client) doWithToken(ctx context.Context, k *call, out any) error {
	if err := c.quota.check(k.name, c.now()); err != nil {
		return err
	}
	if k.bare {
		return c.attempt(ctx, k, "", out)
	}
	for first := true; ; first = false {
		token, err := c.Token(ctx)
		if err != nil {
			return err
		}
		err = c.attempt(ctx, k, token, out)
		refused := IsCode(err, CodeBadToken) || IsCode(err, CodeMalformedToken) || IsCode(err, CodeTokenExpired)
		if !refused {
			return err
		}
		c.drop(token)
		if !first {
			return err
		}
	}
}

// attempt makes one request, if the breaker lets it.
func (c *Client) attempt(ctx context.Context, k *call, token string, out any) error {
	limit := callTimeout
	if k.media {
		limit = mediaTimeout
	}
	reached := new(atomic.Bool)
	_, err := c.breaker.Execute(func() (struct{}, error) {
		within, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		within = httptrace.WithClientTrace(within, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
		})
		return struct{}{}, c.exchange(within, k, token, out)
	})
	if err == nil {
		return nil
	}
	if refusal, ok := errors.AsType[*APIError](err); ok {
		if refusal.Code == CodeQuota {
			c.quota.used(k.name, refusal.Message, c.now())
		}
		return &CallError{Call: k.name, Err: err}
	}
	if broken(err) {
		return &CallError{Call: k.name, Err: errors.Join(ErrUnavailable, err)}
	}
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		err = errors.Join(err, ctx.Err())
	}
	return &CallError{Call: k.name, Unknown: reached.Load() && !k.read, Err: err}
}

// exchange sends the request and reads the answer.
func (c *Client) exchange(ctx context.Context, k *call, token string, out any) error {
	request, err := c.request(ctx, k, token)
	if err != nil {
		return err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return unavailable(ctx, err)
	}
	defer drain(response.Body)
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: it answered with status %d", ErrUnavailable, response.StatusCode)
	}
	if k.receive != nil && !looksJSON(response.Header.Get("Content-Type")) {
		return k.receive(response)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return unavailable(ctx, err)
	}
	if len(text) > maxAnswer {
		return ErrTooLarge
	}
	return readAnswer(text, out)
}

// readAnswer tells refusals from answers.
func readAnswer(text []byte, out any) error {
	var status struct {
		Code    number `json:"errcode"`
		Message string `json:"errmsg"`
	}
	if err := decode(text, &status); err != nil {
		return fmt.Errorf("%w: it answered something else than a JSON object", ErrUnavailable)
	}
	if out != nil {
		if err := decode(text, out); err != nil && status.Code == 0 {
			return fmt.Errorf("%w: its answer has another form than expected", ErrUnavailable)
		}
	}
	if status.Code != 0 {
		return &APIError{Code: int64(status.Code), Message: status.Message}
	}
	return nil
}

func (c *Client) request(ctx context.Context, k *call, token string) (*http.Request, error) {
	to := *c.base
	to.Path += "/cgi-bin/" + k.name
	query := url.Values{}
	maps.Copy(query, k.query)
	if token != "" {
		query.Set("access_token", token)
	}
	to.RawQuery = query.Encode()
	method, body := http.MethodGet, io.Reader(nil)
	if k.body != nil {
		method, body = http.MethodPost, strings.NewReader(string(k.body))
	}
	request, err := http.NewRequestWithContext(ctx, method, to.String(), body)
	if err != nil {
		return nil, fmt.Errorf("%w: there is no such URL", ErrArgument)
	}
	request.Header.Set("User-Agent", "parley")
	if k.body != nil {
		request.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	if k.upload != nil {
		if err := k.upload.attach(request); err != nil {
			return nil, err
		}
	}
	return request, nil
}

// unavailable takes the URL, which has secrets in it, out of the errors of the HTTP client.
func unavailable(ctx context.Context, err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	if cause := ctx.Err(); cause != nil {
		err = cause
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// looksJSON tells whether a content type is one of those in which the platform writes JSON.
func looksJSON(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.Contains(contentType, "json")
}

// drain lets the connection be used again if little is left of the answer.
func drain(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, 4<<10)
	_ = body.Close()
}
