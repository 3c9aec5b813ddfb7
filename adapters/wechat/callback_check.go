package wechat

import (
	"context"
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// errSignature is why a callback is refused. What exactly is wrong is nobody's business but the log's.
var errSignature = errors.New("the signature is not right")

// maxSkew is how far the time of a callback may be from ours.
const maxSkew = 5 * time.Minute

// callbackQuery is what stands in a callback's URL.
type callbackQuery struct {
	signature, timestamp, nonce, messageSignature string
	sealed                                        bool
}

func readCallbackQuery(ctx *fasthttp.RequestCtx) callbackQuery {
	args := ctx.QueryArgs()
	text := func(name string) string { return string(args.Peek(name)) }
	return callbackQuery{
		signature: text("signature"), timestamp: text("timestamp"), nonce: text("nonce"),
		messageSignature: text("msg_signature"), sealed: strings.EqualFold(text("encrypt_type"), "aes"),
	}
}

// signed tells whether the query's signature is right: that of a sealed text if one is given.
func (q *callbackQuery) signed(token, sealed string) bool {
	signature := q.signature
	if sealed != "" {
		signature = q.messageSignature
	}
	return weixin.Signed(signature, token, q.timestamp, q.nonce, sealed)
}

// openedCallback is a callback that came from the platform.
type openedCallback struct {
	inbound *weixin.Inbound
	sealer  *weixin.Sealer // seals the reply; nil if the message was not sealed
}

// openCallback proves that a callback came from the platform, and reads it. Its error is errSignature if it did not. What
// it returns shares no memory with body.
func (w *Worker) openCallback(ctx context.Context, account *official.Account, q callbackQuery, body []byte) (*openedCallback, error) {
	// In plain mode the signature does not depend on the body, and is looked at before anything of it is read.
	checked := w.options.Unchecked || q.signed(account.Token, "")
	if !checked && !q.sealed {
		return nil, errSignature
	}
	in, err := weixin.ParseInbound(body)
	if err != nil {
		if !checked {
			return nil, errSignature
		}
		return nil, err
	}
	open := &openedCallback{inbound: in}
	if q.sealed {
		if open, err = w.unseal(ctx, account, q, in, checked); err != nil {
			return nil, err
		}
		body = []byte(in.Encrypt)
	}
	if w.options.Unchecked {
		return open, nil
	}
	at, err := strconv.ParseInt(q.timestamp, 10, 64)
	if err != nil || w.now().Sub(time.Unix(at, 0)).Abs() > maxSkew {
		return nil, errors.Join(errSignature, errors.New("its time is not the present"))
	}
	if !w.seen.first(account.ID, q.timestamp+" "+q.nonce, body, w.now()) {
		return nil, errors.Join(errSignature, errors.New("it was used for something else before"))
	}
	return open, nil
}

// unseal opens a sealed callback. One that has its content in clear, too, is taken as it is where there is no key, if it is
// signed as such.
func (w *Worker) unseal(ctx context.Context, account *official.Account, q callbackQuery, outer *weixin.Inbound, checked bool) (*openedCallback, error) {
	credentials, err := w.service.Credentials(ctx, account.ID)
	if err != nil && core.CodeOf(err) != core.NotFound && core.CodeOf(err) != core.Unavailable {
		return nil, err
	}
	if credentials.EncodingKey == "" {
		if outer.MsgType != "" && checked {
			return &openedCallback{inbound: outer}, nil
		}
		if checked {
			return nil, errors.Join(core.NewFault(core.Unavailable, official.FieldCredentials, "a sealed callback has come, and the account has no encoding key"), err)
		}
		return nil, errSignature
	}
	if outer.Encrypt == "" || !w.options.Unchecked && !q.signed(account.Token, outer.Encrypt) {
		return nil, errSignature
	}
	sealer, err := weixin.NewSealer(credentials.EncodingKey, credentials.AppID)
	if err != nil {
		return nil, err
	}
	text, err := sealer.Open(outer.Encrypt)
	if err != nil {
		return nil, errors.Join(errSignature, err)
	}
	inner, err := weixin.ParseInbound(text)
	if err != nil {
		return nil, err
	}
	return &openedCallback{inbound: inner, sealer: sealer}, nil
}

// seenSignatures remembers for which bodies the signatures of the last minutes were used: in plain mode they do not depend
// on the body, so that whoever has seen one could put it on another.
type seenSignatures struct {
	generations[[sha256.Size]byte, [sha256.Size]byte]
}

// first tells whether a signature, named by what makes it unique, is new or was used for the same body.
func (s *seenSignatures) first(account, name string, body []byte, now time.Time) bool {
	key, sum := sha256.Sum256([]byte(account+" "+name)), sha256.Sum256(body)
	old, _ := s.getOrPut(key, func() [sha256.Size]byte { return sum }, now)
	return old == sum
}
