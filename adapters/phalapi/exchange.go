package phalapi

import (
	"errors"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// exchange is one request and its answer. It is reused.
type exchange struct {
	dialect  *Dialect
	values   php.Values
	call     wire.Call
	settings *appSettings
	language php.Language
	started  time.Time
	data     []byte
	out      []byte
}

// stock are the settings of a call that belongs to no app.
func stock() *appSettings { return &appSettings{style: wire.PHPDefault} }

func (x *exchange) start(ctx *fasthttp.RequestCtx, now time.Time) {
	x.started = now
	x.values.Read(ctx, false)
	x.language = php.LanguageOf(ctx.Request.Header.Cookie("language"))
	x.settings = x.dialect.stock
	x.call = wire.Call{Context: ctx, Engine: x.dialect.house.Engine, Gate: x}
	x.enter(x.dialect.tokenless())
}

// enter makes app the app of the call; nil leaves it without one.
func (x *exchange) enter(app *core.App) {
	x.call.Caller = core.Caller{App: app}
	if app == nil {
		return
	}
	if settings, err := x.dialect.settings.Of(app); err == nil {
		x.settings = settings
		x.call.Style = settings.style
	}
}

func (x *exchange) reset() {
	x.values.Reset()
	x.call = wire.Call{}
	x.settings = nil
	x.data, x.out = php.Emptied(x.data), php.Emptied(x.out)
}

// dialectOf and settingsOf give a row's operation what its call belongs to.
func dialectOf(c *wire.Call) *Dialect {
	x, ok := c.Gate.(*exchange)
	if !ok {
		return nil
	}
	return x.dialect
}

func settingsOf(c *wire.Call) *appSettings {
	x, ok := c.Gate.(*exchange)
	if !ok {
		return stock()
	}
	return x.settings
}

// run finds the service, invokes it and writes the answer.
func (x *exchange) run(ctx *fasthttp.RequestCtx) (core.Code, wire.Recorder) {
	path := ""
	if x.settings.paths {
		path = php.PathService(behindEntry(string(ctx.Path())))
	}
	endpoint, violation := x.dialect.services.Find(&x.values, path)
	if violation != nil {
		return x.refuse(ctx, nil, violation), x.dialect.unknown
	}
	recorder := x.dialect.recorders[endpoint]
	out, err := endpoint.Invoke(&x.call, &x.values, append(append(x.out, php.Success...), '{'))
	x.out = out[:0]
	if err != nil {
		return x.refuse(ctx, endpoint.Spec(), err), recorder
	}
	out = append(out, '}')
	if x.settings.jsonp { // which the app of the token has decided just now
		x.data = append(x.data, out[len(php.Success):]...)
		x.write(ctx, retOK, "")
		return 0, recorder
	}
	x.send(ctx, php.ContentType, append(x.debugged(php.AppendMessage(out, "", x.settings.style)), '}'))
	return 0, recorder
}

// refuse answers an error in the framework's words and returns its code.
func (x *exchange) refuse(ctx *fasthttp.RequestCtx, spec *wire.Spec, err error) core.Code {
	ret, detail, code := x.explain(spec, err)
	x.data = append(x.data[:0], "{}"...)
	x.write(ctx, ret, php.PrefixOf(ret).In(x.language)+detail)
	return code
}

// explain gives an error its ret and its words.
func (x *exchange) explain(spec *wire.Spec, err error) (ret int64, detail string, code core.Code) {
	if v, ok := errors.AsType[*php.Violation](err); ok {
		return v.Ret(), string(v.AppendDetail(nil, x.language)), violationCode(v)
	}
	if errors.Is(err, errUnknownApp) {
		if x.language == php.English {
			return retUnknownApp, "app_key lacks permission, or unknown app", core.Forbidden
		}
		return retUnknownApp, textUnknownApp, core.Forbidden
	}
	fault := core.AsFault(err)
	row := x.dialect.faults.Row(fault.Code)
	if o, ok := spec.Outcome(fault); ok {
		row.Number, row.ZH, row.EN = o.Number, o.ZH, o.EN
	}
	if row.Number >= retInternal {
		x.dialect.house.Log.Error("a request failed", "dialect", Name, "service", spec.Name, "error", err)
	}
	if x.language == php.English {
		return row.Number, row.EN, fault.Code
	}
	return row.Number, row.ZH, fault.Code
}

func violationCode(v *php.Violation) core.Code {
	switch v.Reason {
	case php.NoService:
		return core.NotFound
	case php.WrongSign, php.BadToken:
		return core.Unauthenticated
	case php.Missing, php.NotInEnum, php.BelowMin, php.AboveMax, php.BadJSON, php.Mismatch, php.IllegalService:
	}
	return core.Invalid
}

// write sends x.data in its envelope.
func (x *exchange) write(ctx *fasthttp.RequestCtx, ret int64, msg string) {
	contentType := php.ContentType
	callback := ""
	if x.settings.jsonp {
		if name := x.values.From("callback", php.Query).String(); php.Truthy(name) && php.CallbackAllowed(name) {
			callback, contentType = name, php.ScriptType
			x.out = append(append(x.out, name...), '(')
		}
	}
	out, ok := php.AppendEnvelope(x.out, ret, x.data, msg, x.settings.style)
	if !ok {
		x.send(ctx, contentType, out[:0])
		return
	}
	out = append(x.debugged(out), '}')
	if callback != "" {
		out = append(out, ')')
	}
	x.send(ctx, contentType, out)
}

// debugged appends what an app shows of its inside, if the call asks for that.
func (x *exchange) debugged(out []byte) []byte {
	if x.settings.debug && php.Truthy(x.values.From("__debug__", php.Query).String()) {
		took := time.Since(x.started)
		out = php.AppendDebug(out, took, took)
	}
	return out
}

// send makes out the body of the answer, and the memory of the connection's last one that of the exchange's next.
func (x *exchange) send(ctx *fasthttp.RequestCtx, contentType string, out []byte) {
	if x.settings.cors {
		ctx.Response.Header.SetCanonical([]byte(fasthttp.HeaderAccessControlAllowOrigin), []byte("*"))
	}
	ctx.Response.Header.SetContentType(contentType)
	x.out = ctx.Response.SwapBody(out)
}

// Admit implements wire.Gate. The framework checks the token or signature of every service that is not on its list of
// exceptions, and then the user.
func (x *exchange) Admit(c *wire.Call, endpoint *wire.Spec) error {
	if endpoint.Access == wire.Anyone {
		return nil
	}
	uid, err := x.readToken()
	if err != nil {
		return err
	}
	if x.settings.simpleMD5 && !x.values.SimpleMD5() {
		return &php.Violation{Reason: php.WrongSign}
	}
	c.Caller.User, err = x.user(c, uid)
	return err
}

// readToken makes the app of the access token, if there is one, the app of the call, and returns the token's user ID.
func (x *exchange) readToken() (uid int64, err error) {
	token := x.values.Get("access_token").String()
	if token == "" {
		return 0, nil
	}
	v, err := x.dialect.verify(token)
	if err != nil {
		return 0, err
	}
	x.enter(v.app)
	return v.uid, nil
}

// user returns the user who calls.
func (x *exchange) user(c *wire.Call, uid int64) (*core.User, error) {
	app := c.Caller.App
	if app == nil || app.Disabled {
		return nil, core.NewFault(core.Unauthenticated, core.FieldApp, "a call without a token belongs to no app")
	}
	user, err := x.dialect.userOf(c.Context, app, uid)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return nil, core.NewFault(core.Unauthenticated, core.FieldUser, "the token's user does not exist")
	case err != nil:
		return nil, err
	case user.Banned:
		return nil, core.NewFault(core.Unauthenticated, core.FieldUser, "the user is banned")
	}
	return user, nil
}
