package mirror

import (
	"context"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
)

// Effect is what an operation does to the server that performs it.
type Effect uint8

// The effects.
const (
	// Writes changes what others see. It is what an operation is taken to do of which nothing is known.
	Writes Effect = iota
	// Reads changes nothing, so that it may be asked of both sides.
	Reads
	// Gives makes a session or an account whose name the server chooses. Only one side can choose it; the other adopts it.
	Gives
	// Ends ends sessions. It is repeated on the other side always: a session that has ended on one must not live on there.
	Ends
)

// Traits are what a dialect's rows do not tell: the one literal that every dialect has for the mirror.
type Traits struct {
	// Effects holds the effect of each endpoint under its name.
	Effects map[string]Effect
	// Keys names, for endpoints that write, the parameter with which a client makes repeating them harmless.
	Keys map[string]string
	// Volatile names the fields whose values two servers choose differently: identifiers, times, tokens.
	Volatile []string
	// Secrets names the parameters, headers and fields whose values are never kept.
	Secrets []string
	// Foreign names the parameters by which a client refers to what one server has numbered: a request that has one
	// means nothing to the other side.
	Foreign []string
}

// Sight is what is seen of a request before anybody answers it. Its strings are valid until the request has been
// answered.
type Sight struct {
	// App is whose request it is; nil if it does not say.
	App *core.App
	// User is the user by whom requests are shared out; empty if it does not say.
	User string
	// Spec is the endpoint, nil for one that the dialect does not have.
	Spec *wire.Spec
	// Key tells that the client can repeat the request harmlessly.
	Key bool
	// Foreign is the parameter that refers to what one server has numbered, or empty.
	Foreign string
	// Threads names what writes are ordered by: the conversations that this one changes.
	Threads []string
}

// Reply is an answer in its dialect's terms.
type Reply struct {
	// OK tells that the operation has been performed.
	OK bool
	// Number and Text are the refusal otherwise.
	Number int64
	Text   string
	// JSON is the part of the body that is JSON.
	JSON []byte
}

// Speech is what the mirror has to know of a dialect.
type Speech interface {
	// Name is the dialect's name.
	Name() string
	// Traits returns the dialect's literal.
	Traits() *Traits
	// Look sees what a request is.
	Look(ctx *fasthttp.RequestCtx) Sight
	// Fields describes the whole answer of an endpoint, its envelope included. spec may be nil.
	Fields(spec *wire.Spec) []wire.FieldSpec
	// Open reads an answer; false if it is none of the dialect.
	Open(body []byte) (Reply, bool)
	// Adopt makes valid here what the legacy server has given or accepted: the session of the request, or the session or
	// the account of the answer. It is called for answers that are OK; what it needs not do it does not.
	Adopt(ctx context.Context, request *fasthttp.RequestCtx, seen *Sight, reply *Reply) error
}

// EffectOf returns the effect of an endpoint.
func (t *Traits) EffectOf(spec *wire.Spec) Effect {
	if spec == nil {
		return Writes
	}
	return t.Effects[spec.Name]
}
