package wechattest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"parley/adapters/wechat/weixin"
)

// Mode is how callbacks are protected.
type Mode uint8

// The modes that the platform's console offers.
const (
	Plain Mode = iota
	Compatible
	Safe
)

// pushWait is how long the platform waits for an answer.
const pushWait = 5 * time.Second

// Pusher sends callbacks to a server of ours as the platform does. It is safe for concurrent use once its fields are set.
type Pusher struct {
	URL     string // of the callback
	Account string // the account's original id, gh_…
	Token   string
	Mode    Mode
	// AppID and EncodingKey are needed in the modes Compatible and Safe.
	AppID       string
	EncodingKey string
	// Wait is how long an answer may take; 0 means 5 s.
	Wait time.Duration
	// Retries is how often a callback is sent again that got no answer in time or one that is an error; the platform does
	// it twice.
	Retries int
	// HTTP sends the requests; nil means http.DefaultClient.
	HTTP *http.Client
	// Now is the platform's clock; nil means the machine's.
	Now func() time.Time

	number atomic.Int64
}

// ErrAnswer says that an answer is none that the platform would take: the follower would be told that the account is out of
// order.
var ErrAnswer = errors.New("wechattest: the answer is none that the platform takes")

func (p *Pusher) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

// Handshake asks the server to prove that it knows the token, as the console does when the URL is entered.
func (p *Pusher) Handshake(ctx context.Context) error {
	echo := "echo-" + p.nonce()
	query := p.signed("")
	query.Set("echostr", echo)
	status, body, err := p.send(ctx, http.MethodGet, query, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK || string(body) != echo {
		return fmt.Errorf("%w: status %d, %.100q", ErrAnswer, status, body)
	}
	return nil
}

// Push sends a message or event and reads the answer. Its error is ErrAnswer for an answer that the platform would not take,
// and what the client says if there was none.
func (p *Pusher) Push(ctx context.Context, m Message) (*Answer, error) {
	return p.PushXML(ctx, m.XML())
}

// PushXML sends any text as the callback's content, in the pusher's mode.
func (p *Pusher) PushXML(ctx context.Context, text []byte) (*Answer, error) {
	query, body, err := p.wrap(text)
	if err != nil {
		return nil, err
	}
	for tried := 1; ; tried++ {
		status, answer, err := p.send(ctx, http.MethodPost, query, body)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%w: status %d, %.100q", ErrAnswer, status, answer)
		}
		if err == nil {
			return p.read(answer, tried)
		}
		if tried > p.Retries || ctx.Err() != nil {
			return nil, err
		}
	}
}

// wrap seals the text if the mode says so, and signs it.
func (p *Pusher) wrap(text []byte) (url.Values, []byte, error) {
	if p.Mode == Plain {
		return p.signed(""), text, nil
	}
	sealer, err := weixin.NewSealer(p.EncodingKey, p.AppID)
	if err != nil {
		return nil, nil, err
	}
	sealed := sealer.Seal(text)
	body := weixin.AppendCDATA([]byte("<xml><ToUserName>"), p.Account)
	body = append(weixin.AppendCDATA(append(body, "</ToUserName><Encrypt>"...), sealed), "</Encrypt></xml>"...)
	if p.Mode == Compatible {
		inner, ok := bytes.CutSuffix(text, []byte("</xml>"))
		if !ok {
			return nil, nil, errors.New("wechattest: what is not an element xml has no compatible form")
		}
		body = weixin.AppendCDATA(append(append([]byte(nil), inner...), "<Encrypt>"...), sealed)
		body = append(body, "</Encrypt></xml>"...)
	}
	return p.signed(sealed), body, nil
}

// signed gives the query of a callback.
func (p *Pusher) signed(sealed string) url.Values {
	at, nonce := strconv.FormatInt(p.now().Unix(), 10), p.nonce()
	query := url.Values{
		"timestamp": {at}, "nonce": {nonce}, "signature": {weixin.Signature(p.Token, at, nonce, "")},
	}
	if sealed != "" {
		query.Set("encrypt_type", "aes")
		query.Set("msg_signature", weixin.Signature(p.Token, at, nonce, sealed))
	}
	return query
}

func (p *Pusher) nonce() string {
	return strconv.FormatInt(p.now().UnixNano(), 10) + strconv.FormatInt(p.number.Add(1), 10)
}

func (p *Pusher) send(ctx context.Context, method string, query url.Values, body []byte) (int, []byte, error) {
	wait := p.Wait
	if wait <= 0 {
		wait = pushWait
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, p.URL+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("User-Agent", "Mozilla/4.0")
	if body != nil {
		request.Header.Set("Content-Type", "text/xml")
	}
	client := p.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	return response.StatusCode, answer, errors.Join(err, response.Body.Close())
}
