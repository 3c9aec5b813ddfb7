package bench

import (
	"sync/atomic"

	"github.com/fasthttp/router"
	"github.com/goccy/go-json"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire/php"
)

// Echo is the reference of every share: it parses the same request with the HTTP library's own parser and answers as many
// bytes, without doing the work. It is safe for concurrent use.
type Echo struct {
	answer atomic.Pointer[[]byte]
	router *router.Router
}

// NewEcho returns a reference for the paths of the workloads.
func NewEcho() *Echo {
	e := &Echo{router: router.New()}
	e.SetAnswer(0)
	for _, path := range []string{pathPhalAPI, pathYesAPI} {
		e.router.POST(path, e.echo)
	}
	for _, path := range []string{pathOpenIMSend, pathOpenIMBatch, pathOpenIMPull} {
		e.router.POST(path, e.echoJSON)
	}
	return e
}

// SetAnswer sets how many bytes the body of an answer has.
func (e *Echo) SetAnswer(n int) {
	body := make([]byte, n)
	for i := range body {
		body[i] = 'a' + byte(i%26)
	}
	e.answer.Store(&body)
}

// Handle answers one request.
func (e *Echo) Handle(ctx *fasthttp.RequestCtx) { e.router.Handler(ctx) }

func (e *Echo) echo(ctx *fasthttp.RequestCtx) {
	args := ctx.PostArgs()
	if len(args.Peek("service")) == 0 && len(args.Peek("s")) == 0 || len(args.Peek("chat_message_to_uuid")) == 0 && len(args.Peek("other_uuid")) == 0 {
		ctx.SetStatusCode(fasthttp.StatusBadRequest)
		return
	}
	ctx.Response.Header.SetContentType(php.ContentType)
	ctx.Response.SetBody(*e.answer.Load())
}

// echoJSON is echo for a JSON body, of which it takes what names the users, as little as a server can do.
func (e *Echo) echoJSON(ctx *fasthttp.RequestCtx) {
	var body struct {
		SendID string `json:"sendID"`
		UserID string `json:"userID"`
	}
	if err := json.Unmarshal(ctx.PostBody(), &body); err != nil || body.SendID == "" && body.UserID == "" {
		ctx.SetStatusCode(fasthttp.StatusBadRequest)
		return
	}
	ctx.Response.Header.SetContentType("application/json")
	ctx.Response.SetBody(*e.answer.Load())
}
