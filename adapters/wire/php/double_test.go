package php

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/golden"
)

// The double is a service class like the one behind the captures: its rules are real, its answers made up.

// open lets every call pass.
type open struct{}

func (open) Admit(*wire.Call, *wire.Spec) error { return nil }

// canned answers data that is no object, which no row can. It implements wire.Endpoint by hand; data has no braces to
// be put around.
type canned struct {
	spec wire.Spec
	data func(in wire.Source) (string, error)
}

func (c *canned) Spec() *wire.Spec { return &c.spec }

func (c *canned) Invoke(_ *wire.Call, in wire.Source, dst []byte) ([]byte, error) {
	data, err := c.data(in)
	return append(dst, data...), err
}

func (c *canned) AppendEmpty(dst []byte, _ wire.Style) []byte { return dst }

func says(name, data string) wire.Endpoint {
	return &canned{wire.Spec{Name: name}, func(wire.Source) (string, error) { return data, nil }}
}

func fails(name string, err error) wire.Endpoint {
	return &canned{wire.Spec{Name: name}, func(wire.Source) (string, error) { return "", err }}
}

// refusal is an exception of the framework that an action threw.
type refusal struct {
	ret  int64
	text string
}

func (r *refusal) Error() string { return r.text }

func double() *Services {
	return NewServices([]wire.Endpoint{
		&canned{wire.Spec{Name: "Platform.ChatMessage.Params"}, echo},
		&canned{wire.Spec{Name: "Platform.ChatMessage.Types"}, types},
		&canned{wire.Spec{Name: "Platform.ChatMessage.BulkSendArr"}, recipients},
		&wire.Row[struct{ data string }, struct{}]{
			Name: "Platform.ChatMessage.JsonArr",
			Params: []wire.Param[struct{ data string }]{
				wire.JSON("chat_message_data", func(q *struct{ data string }) *string { return &q.data }).Must(),
			},
			Do: func(*wire.Call, *struct{ data string }, *struct{}) error { return nil },
		},
		&wire.Row[struct{ name string }, struct{}]{
			Name: "App.User_User.Login",
			Params: []wire.Param[struct{ name string }]{
				wire.String("username", func(q *struct{ name string }) *string { return &q.name }).Must(),
			},
			Do: func(*wire.Call, *struct{ name string }, *struct{}) error { return nil },
		},
		&wire.Row[struct{}, struct{ items []struct{} }]{
			Name: "Platform.ChatMessage.emptyItems",
			Answer: []wire.Field[struct{ items []struct{} }]{
				wire.Objects[struct{ items []struct{} }, struct{}]("items", func(a *struct{ items []struct{} }) *[]struct{} { return &a.items }),
			},
			Do: func(*wire.Call, *struct{}, *struct{ items []struct{} }) error { return nil },
		},
		&wire.Row[struct{}, struct{}]{
			Name: "Platform.ChatMessage.emptyArr",
			Do:   func(*wire.Call, *struct{}, *struct{}) error { return nil },
		},
		says("Platform.ChatMessage.boolRet", "false"),
		says("Platform.ChatMessage.listRet", "[1,2]"),
		says("Platform.ChatMessage.nullRet", "null"),
		says("Platform.ChatMessage.scalar", "0"),
		says("Platform.ChatMessage.strRet", `"abc"`),
		fails("Platform.ChatMessage.bad406", &refusal{406, "access_token"}),
		fails("Platform.ChatMessage.err500", &refusal{500, "boom"}),
		fails("Platform.ChatMessage.badUtf8", &refusal{400, "\xff"}),
	}, false)
}

var errNoValues = errors.New("not the values of a request")

// echo answers the effective parameters in the order in which they came.
func echo(in wire.Source) (string, error) {
	v, ok := in.(*Values)
	if !ok {
		return "", errNoValues
	}
	out := []byte(`{"all":{`)
	seen := make(map[string]bool)
	for _, p := range v.pairs {
		if seen[p.name] {
			continue
		}
		if len(seen) > 0 {
			out = append(out, ',')
		}
		seen[p.name] = true
		out = append(wire.AppendString(out, p.name, wire.PHPDefault), ':')
		switch value := v.Get(p.name); value.Kind {
		case Text:
			out = wire.AppendString(out, value.Raw, wire.PHPDefault)
		case Null:
			out = append(out, "null"...)
		case Number:
			f, err := strconv.ParseFloat(value.Raw, 64)
			if err != nil {
				return "", err
			}
			out = strconv.AppendFloat(out, f, 'g', -1, 64)
		case Absent, Bool, Array, Container:
			out = append(out, value.Raw...)
		}
	}
	return string(append(out, "}}"...)), nil
}

// recipients answers the list that it is given.
func recipients(in wire.Source) (string, error) {
	items, _, err := in.List(&wire.ParamSpec{Name: "chat_message_to_uuid", Type: wire.TypeList, Min: wire.Bound{Set: true, At: 1}})
	out := []byte(`{"to":[`)
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = wire.AppendString(out, item, wire.PHPDefault)
	}
	return string(append(out, "]}"...)), err
}

func serveDouble(services *Services) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		var v Values
		v.Read(ctx, false)
		language := LanguageOf(ctx.Request.Header.Cookie("language"))
		debug := Truthy(v.From("__debug__", Query).String())
		ret, data, msg := int64(200), "{}", ""
		endpoint, violation := services.Find(&v, "")
		var err error = violation
		if violation == nil {
			var out []byte
			out, err = endpoint.Invoke(&wire.Call{Gate: open{}}, &v, nil)
			data = string(out)
			if _, byHand := endpoint.(*canned); !byHand {
				data = "{" + data + "}"
			}
		}
		switch e := err.(type) { //nolint:errorlint // nothing wraps here
		case nil:
		case *Violation:
			ret, data, msg = e.Ret(), "{}", PrefixOf(e.Ret()).In(language)+string(e.AppendDetail(nil, language))
		case *refusal:
			ret, data, msg = e.ret, "{}", PrefixOf(e.ret).In(language)+e.text
		case *mismatch:
			ret, data = 400, "{}"
			if msg = PrefixOf(ret).In(language) + string(e.AppendDetail(nil, language)); debug {
				msg = strings.Replace(msg, "#regex", e.pattern, 1)
			}
		default:
			ctx.Error(err.Error(), fasthttp.StatusInternalServerError)
			return
		}
		ctx.Response.Header.SetContentType(ContentType)
		if body, ok := AppendEnvelope(nil, ret, []byte(data), msg, wire.PHPDefault); ok {
			if debug {
				body = AppendDebug(body, time.Millisecond, time.Millisecond)
			}
			ctx.SetBody(append(body, '}'))
		}
	}
}

func TestCaptures(t *testing.T) {
	golden.Run(t, "testdata/wire", func(*testing.T, string) fasthttp.RequestHandler { return serveDouble(double()) })
}
