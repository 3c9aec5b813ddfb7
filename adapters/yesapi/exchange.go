package yesapi

import (
	"crypto/md5" //nolint:gosec // the platform's reverse signature is an MD5
	"encoding/hex"
	"errors"
	"hash"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// exchange is one request and its answer. It is reused.
type exchange struct {
	dialect  *Dialect
	values   php.Values
	common   commonQuery
	call     wire.Call
	settings *appSettings
	path     string // the service that the path names
	data     []byte
	out      []byte
	scratch  []byte
}

// stock are the settings of a call that belongs to no app.
func stock() *appSettings {
	return &appSettings{style: wire.PHPUnicode, auth: true, cors: true, installed: true, prefix: defaultPrefix}
}

func (x *exchange) reset() {
	x.values.Reset()
	x.common, x.call, x.settings, x.path = commonQuery{}, wire.Call{}, nil, ""
	x.data, x.out, x.scratch = php.Emptied(x.data), php.Emptied(x.out), php.Emptied(x.scratch)
}

// settingsOf gives a row's operation the settings of the call's app.
func settingsOf(c *wire.Call) *appSettings {
	x, ok := c.Gate.(*exchange)
	if !ok {
		return stock()
	}
	return x.settings
}

// run finds the service, invokes it and writes the answer.
func (x *exchange) run(ctx *fasthttp.RequestCtx) (core.Code, wire.Recorder) {
	x.values.Read(ctx, true)
	x.settings = x.dialect.stock
	x.call = wire.Call{Context: ctx, Engine: x.dialect.house.Engine, Gate: x, RemoteIP: ctx.RemoteIP(), Style: x.settings.style}
	x.path = pathService(ctx.Path())
	x.common.flat = x.values.Get("return_data").String()
	if err := x.enter(); err != nil {
		return x.refuse(ctx, "", err), x.dialect.unknown
	}
	endpoint, violation := x.dialect.services.Find(&x.values, x.path)
	if violation != nil {
		return x.refuse(ctx, "", violation), x.dialect.unknown
	}
	spec := endpoint.Spec()
	recorder := x.dialect.recorders[endpoint]
	if err := wire.Decode(x.dialect.common, &x.values, &x.common); err != nil {
		return x.refuse(ctx, spec.Name, err), recorder
	}
	const head = php.Success + `{"err_code":0,"err_msg":""`
	out, err := endpoint.Invoke(&x.call, &x.values, append(append(x.out, head...), ','))
	x.out = out[:0]
	if err != nil {
		return x.fail(ctx, endpoint, err), recorder
	}
	if len(out) == len(head)+1 { // the answer has no members of its own
		out = out[:len(head)]
	}
	out = append(out, '}')
	if x.common.flat == "1" || x.values.Get("callback").Given() {
		x.data = append(x.data, out[len(php.Success):]...)
		x.write(ctx, retOK, x.settings.prefix+spec.Name)
		return 0, recorder
	}
	x.send(ctx, php.ContentType, x.signedEnd(out, len(php.Success), x.settings.prefix, spec.Name))
	return 0, recorder
}

// enter makes the app that the key names, if there is one, the app of the call; Admit refuses the call later otherwise.
// It comes before every check, so that a refusal too is written as the app wants its answers.
func (x *exchange) enter() error {
	app, ok := x.call.Engine.App(x.values.Get("app_key").String())
	if !ok {
		return nil
	}
	settings, err := x.dialect.settings.Of(app)
	if err != nil {
		return err
	}
	x.call.Caller.App, x.settings, x.call.Style = app, settings, settings.style
	return nil
}

// Admit implements wire.Gate: the app, its signature, the session, the plug-in.
func (x *exchange) Admit(c *wire.Call, endpoint *wire.Spec) error {
	app := c.Caller.App
	switch {
	case app == nil:
		return unknownApp()
	case app.Disabled:
		return appEnded()
	}
	if err := x.checkSign(app); err != nil {
		return err
	}
	if endpoint.Access == wire.Anyone {
		return nil
	}
	caller, err := c.Engine.Session(c.Context, app, x.common.uuid, x.common.token)
	if err != nil {
		return err
	}
	c.Caller = caller
	if !x.settings.installed && strings.HasPrefix(endpoint.Name, "App.Market_ChatMessage.") {
		return core.NewFault(core.Unsupported, core.FieldApp, "the message plug-in is not installed")
	}
	return nil
}

// checkSign takes the first signature that is not empty: a library of the platform sends the real one in the query and
// an empty one in its JSON body.
func (x *exchange) checkSign(app *core.App) error {
	if x.settings.sign == signOff {
		return nil
	}
	sign := ""
	for _, origin := range [...]php.Origin{php.JSON, php.Form, php.Query} {
		if sign = x.values.From("sign", origin).String(); sign != "" {
			break
		}
	}
	if sign == "" && x.settings.sign == signOptional {
		return nil
	}
	if !signed(&x.values, sign, x.path, app, x.settings, x.scratch) {
		return wrongSign()
	}
	return nil
}

// fail answers an error of an endpoint: with its err_code where it has one, as a refusal otherwise.
func (x *exchange) fail(ctx *fasthttp.RequestCtx, endpoint wire.Endpoint, err error) core.Code {
	spec := endpoint.Spec()
	fault, ok := errors.AsType[*core.Fault](err)
	if !ok {
		return x.refuse(ctx, spec.Name, err)
	}
	outcome, ok := spec.Outcome(fault)
	if !ok {
		return x.refuse(ctx, spec.Name, err)
	}
	x.data = strconv.AppendInt(append(x.data[:0], `{"err_code":`...), outcome.Number, 10)
	x.data = wire.AppendString(append(x.data, `,"err_msg":`...), outcome.ZH, x.settings.style)
	if len(spec.Answer) > 0 {
		x.data = endpoint.AppendEmpty(append(x.data, ','), x.settings.style)
	}
	x.data = append(x.data, '}')
	x.write(ctx, retOK, x.settings.prefix+spec.Name)
	return fault.Code
}

// refuse answers a protocol error and returns its code.
func (x *exchange) refuse(ctx *fasthttp.RequestCtx, service string, err error) core.Code {
	ret, detail, code := x.explain(service, err)
	msg := prefix(ret).ZH + detail
	x.data = append(x.data[:0], "{}"...)
	if x.common.flat == "1" {
		x.data = strconv.AppendInt(append(x.data[:0], `{"err_code":`...), ret, 10)
		x.data = wire.AppendString(append(x.data, `,"err_msg":`...), msg, x.settings.style)
		x.data = append(x.data, '}')
	}
	x.write(ctx, ret, msg)
	return code
}

func (x *exchange) explain(service string, err error) (ret int64, detail string, code core.Code) {
	if v, ok := errors.AsType[*php.Violation](err); ok {
		code = core.Invalid
		if v.Reason == php.NoService {
			code = core.NotFound
		}
		return v.Ret(), string(v.AppendDetail(nil, php.Chinese)), code
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.ret, r.text, r.code
	}
	fault := core.AsFault(err)
	row := x.dialect.faults.Row(fault.Code)
	if row.Number >= retInternal {
		x.dialect.house.Log.Error("a request failed", "dialect", Name, "service", service, "error", err)
	}
	return row.Number, row.ZH, fault.Code
}

// write sends x.data: in its envelope, or alone where return_data asks for that.
func (x *exchange) write(ctx *fasthttp.RequestCtx, ret int64, msg string) {
	contentType := php.ContentType
	callback := x.values.Get("callback").String()
	if callback != "" && (callback[0] > '9' || callback[0] == '$') && php.CallbackAllowed(callback) {
		contentType = php.ScriptType
		x.out = append(append(x.out, callback...), '(')
	} else {
		callback = ""
	}
	x.appendAnswer(ret, msg)
	if callback != "" && len(x.out) > 0 {
		x.out = append(x.out, ')')
	}
	x.send(ctx, contentType, x.out)
}

// send makes out the body of the answer, and the memory of the connection's last one that of the exchange's next.
func (x *exchange) send(ctx *fasthttp.RequestCtx, contentType string, out []byte) {
	if x.settings.cors || x.values.Get("yesapi_allow_origin").Given() {
		ctx.Response.Header.SetCanonical([]byte(fasthttp.HeaderAccessControlAllowOrigin), []byte("*"))
	}
	ctx.Response.Header.SetContentType(contentType)
	x.out = ctx.Response.SwapBody(out)
}

func (x *exchange) appendAnswer(ret int64, msg string) {
	if x.common.flat == "1" {
		x.appendFlat(ret, msg)
		return
	}
	if !utf8.ValidString(msg) {
		x.out = x.out[:0]
		return
	}
	out := strconv.AppendInt(append(x.out, `{"ret":`...), ret, 10)
	out = append(out, `,"data":`...)
	data := len(out)
	x.out = x.signedEnd(append(out, x.data...), data, msg, "")
}

// signedEnd appends what follows the data of an answer, which begins at the given place: the two parts of its message,
// which are UTF-8, and the reverse signature.
func (x *exchange) signedEnd(out []byte, data int, prefix, msg string) []byte {
	app := x.call.Caller.App
	if app == nil || !x.settings.auth {
		return append(x.appendMessage(out, prefix, msg), '}')
	}
	now := x.dialect.house.Now().Unix()
	out, sum := reverseSignature(out, data, now, app.Secret, x.call.Rendered.Before)
	out = x.appendMessage(out, prefix, msg)
	out = strconv.AppendInt(append(out, `,"_t":`...), now, 10)
	out = hex.AppendEncode(append(out, `,"_auth":"`...), sum[:])
	return append(out, `"}`...)
}

// reverseSignature returns the MD5 of exactly the bytes that stand in the answer as data, from the given place to the end
// of out, the time, and the secret. It uses the room behind out. The data of a page that was kept is hashed once.
func reverseSignature(out []byte, data int, now int64, secret string, page *core.Rendering) ([]byte, [md5.Size]byte) {
	end := len(out)
	out = append(strconv.AppendInt(out, now, 10), secret...)
	if page != nil {
		if sum, ok := resumeDigest(page, out[data:end], out[end:]); ok {
			return out[:end], sum
		}
	}
	return out[:end], md5.Sum(out[data:]) //nolint:gosec // see the import
}

// resumeDigest returns the MD5 of a kept page's data and of end, behind which it uses the room. The state after the data is
// kept with the page. ok is false if the state can't be copied.
func resumeDigest(page *core.Rendering, data, end []byte) (sum [md5.Size]byte, ok bool) {
	state, ok := page.Note.Load().(hash.Cloner)
	if !ok {
		digest := md5.New() //nolint:gosec // see the import
		digest.Write(data)
		if state, ok = digest.(hash.Cloner); !ok {
			return sum, false
		}
		page.Note.Store(state)
	}
	digest, err := state.Clone()
	if err != nil {
		return sum, false
	}
	if _, err := digest.Write(end); err != nil {
		return sum, false
	}
	return [md5.Size]byte(digest.Sum(end)[len(end):]), true
}

// appendMessage appends the two parts of a message as one, without joining them first.
func (x *exchange) appendMessage(out []byte, prefix, msg string) []byte {
	out = php.AppendMessage(out, prefix, x.settings.style)
	seam := len(out) - 1 // a quotation mark, and the one with which the next string begins
	out = wire.AppendString(out[:seam], msg, x.settings.style)
	return append(out[:seam], out[seam+1:]...)
}

// appendFlat appends data alone; where the app wants it, an empty err_msg is filled with msg, as the platform's document
// of its first service shows.
func (x *exchange) appendFlat(ret int64, msg string) {
	if !utf8.ValidString(msg) {
		x.out = x.out[:0]
		return
	}
	const empty = `{"err_code":0,"err_msg":""`
	if ret == retOK && x.settings.fillErrMsg && strings.HasPrefix(string(x.data), empty) {
		x.out = append(x.out, empty[:len(empty)-2]...)
		x.out = wire.AppendString(x.out, msg, x.settings.style)
		x.out = append(x.out, x.data[len(empty):]...)
		return
	}
	x.out = append(x.out, x.data...)
}
