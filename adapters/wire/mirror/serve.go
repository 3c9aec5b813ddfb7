package mirror

import (
	"context"
	"log/slog"

	"github.com/valyala/fasthttp"
)

// The reasons for which a request is not compared.
const (
	skipUnkeyed = "write without key"
	skipForeign = "names an id of one side"
	skipSession = "session"
	skipCopied  = "copied by the cutover"
	skipUnknown = "unknown operation"
	skipFailed  = "no answer"
)

// passage is one request on its way through the mirror.
type passage struct {
	d      *dialect
	t      *tenant
	plan   *Plan
	mode   Mode
	seen   Sight
	effect Effect
	copies bool // the write is repeated on the other side
	saved  *captured
}

// serve answers a request: by the side that the plan says, and the other is asked behind the client's back.
func (d *dialect) serve(ctx *fasthttp.RequestCtx, next fasthttp.RequestHandler) {
	seen := d.speech.Look(ctx)
	t := d.tenant(&seen)
	if t == nil {
		next(ctx)
		return
	}
	t.gate.enter()
	defer t.gate.leave()
	p := passage{d: d, t: t, plan: t.plan.Load(), seen: seen, effect: d.traits.EffectOf(seen.Spec)}
	p.mode = p.plan.modeOf(t.options.Key, seen.User)
	changes := p.effect == Writes || p.effect == Ends
	p.copies = changes && (p.plan.State.copiesHere() || p.plan.State.copiesThere())
	if p.mode == Local && !p.copies && (p.effect != Gives || p.plan.State != Committed) {
		next(ctx)
		return
	}
	if p.copies || p.mode.compares() || p.effect == Ends {
		p.saved = capture(d.speech.Name(), ctx)
	}
	if p.copies {
		defer t.order.lock(seen.Threads)()
	}
	answered, legacy := p.answer(ctx, next)
	if !answered {
		p.skip(skipFailed)
		return
	}
	p.after(ctx, legacy)
}

// answer answers the client. legacy tells that the legacy server did.
func (p *passage) answer(ctx *fasthttp.RequestCtx, next fasthttp.RequestHandler) (answered, legacy bool) {
	if p.mode.answersHere() {
		// While there is a way back, sessions and accounts are given by the legacy server: here they can be adopted, there
		// they can not.
		if p.effect != Gives || p.plan.State != Committed && p.mode != MirrorLocal {
			next(ctx)
			return true, false
		}
		if _, err := p.ask(ctx); err == nil && ctx.Response.StatusCode() < fasthttp.StatusInternalServerError {
			return true, true
		}
		ctx.Response.Reset()
		if p.plan.State == Committed {
			p.t.box.foreign()
		}
		next(ctx)
		return true, false
	}
	if unsent, err := p.ask(ctx); err != nil {
		p.d.front.options.Log.Warn("a request is not answered", slog.String("dialect", p.d.speech.Name()), slog.Any("error", err))
		if p.copies && !unsent {
			p.t.box.lose() // whether the legacy server has done it, nobody knows
		}
		ctx.Error("the legacy server does not answer", fasthttp.StatusBadGateway)
		return false, true
	}
	return true, true
}

// ask has the legacy server answer the client.
func (p *passage) ask(ctx *fasthttp.RequestCtx) (unsent bool, err error) {
	response := fasthttp.AcquireResponse()
	defer fasthttp.ReleaseResponse(response)
	if unsent, err = p.d.forward(p.t, &ctx.Request, response); err != nil {
		return unsent, err
	}
	pass(response, &ctx.Response)
	return false, nil
}

// after does what an answer entails on the other side.
func (p *passage) after(ctx *fasthttp.RequestCtx, legacy bool) {
	answer := answerOf(&ctx.Response, p.d.front.options.MaxAnswer)
	reply, ok := p.d.speech.Open(answer.Body)
	worked := ok && reply.OK && answer.Failure == ""
	if legacy && worked {
		if err := p.d.speech.Adopt(ctx, ctx, &p.seen, &reply); err != nil {
			p.d.front.options.Log.Warn("a session of the legacy server is not adopted",
				slog.String("dialect", p.d.speech.Name()), slog.String("operation", operation(&p.seen)), slog.Any("error", err))
		}
	}
	switch {
	case p.copies && worked:
		p.copy()
		p.skip(skipCopied)
	case p.copies:
		p.skip(skipCopied)
	case p.effect == Ends:
		if worked && legacy {
			p.d.here(p.saved)
		} else if worked {
			p.d.front.enqueue(&job{passage: *p, answer: answer, silent: true})
		}
		p.skip(skipSession)
	case !p.mode.compares():
	case p.effect == Gives:
		p.skip(skipSession)
	case p.seen.Spec == nil:
		p.skip(skipUnknown)
	case p.seen.Foreign != "":
		p.skip(skipForeign)
	case p.effect == Writes && (!p.plan.Writes || !p.seen.Key):
		p.skip(skipUnkeyed)
	default:
		p.d.front.enqueue(&job{passage: *p, answer: answer, legacy: legacy})
	}
}

// copy puts the write among those that are repeated on the other side.
func (p *passage) copy() {
	if p.seen.Foreign != "" {
		p.t.box.foreign()
		return
	}
	to := byte(toLegacy)
	if p.plan.State.copiesHere() {
		to = toHere
	}
	// The client has been served by now: that it has gone must not keep the write from being repeated.
	if err := p.t.box.add(context.Background(), append([]byte{to}, p.saved.encode()...)); err != nil {
		p.t.box.lose()
		p.d.front.options.Log.Error("a write will be missing on the other side",
			slog.String("app", p.t.options.Key), slog.String("operation", operation(&p.seen)), slog.Any("error", err))
	}
}

func (p *passage) skip(reason string) {
	if p.mode.compares() {
		p.d.front.options.Meter.Skipped(p.d.speech.Name(), operation(&p.seen), reason)
	}
}

// Where a stored write goes.
const (
	toHere   = 'h'
	toLegacy = 'l'
)

// repeat repeats a stored write.
func (f *Front) repeat(t *tenant, raw []byte) outcome {
	if len(raw) == 0 {
		return outcome{refused, errRecord.Error()}
	}
	c, err := decode(raw[1:])
	if err != nil {
		return outcome{refused, err.Error()}
	}
	d := f.dialects[c.dialect]
	if d == nil || t.options.Upstreams[c.dialect] == nil {
		return outcome{unsent, "the settings name no legacy server for " + c.dialect}
	}
	var a Answer
	if raw[0] == toHere {
		a = d.here(c)
	} else {
		var untouched bool
		if a, untouched = d.there(t, c); a.Failure != "" {
			if untouched {
				return outcome{unsent, a.Failure}
			}
			return outcome{uncertain, a.Failure}
		}
	}
	reply, ok := d.speech.Open(a.Body)
	switch {
	case !ok || a.Failure != "" || a.Status >= fasthttp.StatusInternalServerError:
		return outcome{broken, "the answer to a write is not the dialect's"}
	case reply.OK:
		return outcome{}
	}
	ctx, err := c.request()
	if err != nil {
		return outcome{refused, err.Error()}
	}
	seen := d.speech.Look(ctx)
	if d.traits.EffectOf(seen.Spec) == Ends {
		return outcome{} // what is to end is not there
	}
	return outcome{refused, operation(&seen) + ": " + cut(reply.Text)}
}
