package yesapi

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/goccy/go-json"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/mirror"
	"parley/adapters/wire/php"
	"parley/core"
)

// mirrorTraits is what the rows do not tell the mirror. No service of the platform has a key that makes a repeated send
// harmless.
func mirrorTraits() *mirror.Traits {
	return &mirror.Traits{
		Effects: map[string]mirror.Effect{
			"App.Hello.World":                        mirror.Reads,
			"App.User.Register":                      mirror.Gives,
			"App.User.RegisterExt":                   mirror.Gives,
			"App.User.Login":                         mirror.Gives,
			"App.User.LoginExt":                      mirror.Gives,
			"App.User.Check":                         mirror.Reads,
			"App.User.Logout":                        mirror.Ends,
			"App.User.Profile":                       mirror.Reads,
			"App.User.OtherProfile":                  mirror.Reads,
			"App.User.UpdateExtInfo":                 mirror.Writes,
			"App.User.AlterPassword":                 mirror.Ends,
			"App.User.GetList":                       mirror.Reads,
			"App.Market_ChatMessage.Send":            mirror.Writes,
			"App.Market_ChatMessage.MultiSend":       mirror.Writes,
			"App.Market_ChatMessage.TakeMessageList": mirror.Reads,
			"App.Market_ChatMessage.MarkAsReaded":    mirror.Writes,
			"App.Market_ChatMessage.GetAllChatList":  mirror.Reads,
			"App.Market_ChatMessage.GetAllUnreadNum": mirror.Reads,
		},
		Volatile: []string{"id", "chat_message_id", "add_time", "register_time", "reg_time", "register_ip", "token", "_t", "_auth"},
		Secrets:  []string{"token", "sign", "password", "old_password", "new_password"},
		Foreign:  []string{"last_id", "chat_message_id"},
	}
}

// adoptedAge is how long a session lives here that the legacy server has given: how long it lives there nobody says.
const adoptedAge = 30 * 24 * time.Hour

// speech is the dialect in the mirror's terms.
type speech struct {
	dialect *Dialect
	traits  *mirror.Traits
}

// Speech returns what the mirror has to know of the dialect.
func (d *Dialect) Speech() mirror.Speech { return &speech{d, mirrorTraits()} }

func (s *speech) Name() string { return Name }

func (s *speech) Traits() *mirror.Traits { return s.traits }

// Look implements mirror.Speech.
func (s *speech) Look(ctx *fasthttp.RequestCtx) (seen mirror.Sight) {
	var values php.Values
	values.Read(ctx, true)
	if app, ok := s.dialect.house.Engine.App(values.Get("app_key").String()); ok {
		seen.App = app
	}
	if endpoint, violation := s.dialect.services.Find(&values, pathService(ctx.Path())); violation == nil {
		seen.Spec = endpoint.Spec()
	}
	seen.User = strings.ToUpper(values.Get("uuid").String())
	for _, name := range s.traits.Foreign {
		if value := values.Get(name).String(); value != "" && value != "0" {
			seen.Foreign = name
		}
	}
	for other := range strings.SplitSeq(values.Get("other_uuid").String(), ",") {
		a, b := seen.User, strings.ToUpper(other)
		seen.Threads = append(seen.Threads, min(a, b)+"-"+max(a, b))
	}
	return seen
}

// Fields implements mirror.Speech. The members of data stand also where they are with return_data=1.
func (s *speech) Fields(spec *wire.Spec) []wire.FieldSpec {
	data := []wire.FieldSpec{{Name: "err_code", Type: wire.TypeInt}, {Name: "err_msg", Type: wire.TypeString}}
	if spec != nil {
		data = append(data, spec.Answer...)
	}
	return append([]wire.FieldSpec{
		{Name: "ret", Type: wire.TypeInt},
		{Name: "data", Type: wire.TypeObject, Fields: data},
		{Name: "msg", Type: wire.TypeString},
		{Name: "_t", Type: wire.TypeInt},
		{Name: "_auth", Type: wire.TypeString},
	}, data...)
}

// result is what tells how a call went, with its envelope or without.
type result struct {
	Ret  *int64          `json:"ret"`
	Data json.RawMessage `json:"data"`
	Msg  string          `json:"msg"`
	Code *int64          `json:"err_code"`
	Text string          `json:"err_msg"`
}

// Open implements mirror.Speech.
func (s *speech) Open(body []byte) (reply mirror.Reply, ok bool) {
	raw := body
	if open := bytes.IndexByte(raw, '('); len(raw) > 0 && raw[0] != '{' && open > 0 && raw[len(raw)-1] == ')' {
		raw = raw[open+1 : len(raw)-1]
	}
	var r result
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &r) != nil || r.Ret == nil && r.Code == nil {
		return reply, false
	}
	reply.JSON = raw
	if r.Ret != nil {
		if reply.Number, reply.Text = *r.Ret, r.Msg; *r.Ret != retOK {
			return reply, true
		}
		if data := r.Data; json.Unmarshal(data, &r) != nil || r.Code == nil {
			return reply, true
		}
	}
	reply.Number, reply.Text, reply.OK = *r.Code, r.Text, *r.Code == 0
	return reply, true
}

// given is what services that make accounts and sessions answer.
type given struct {
	Data  *given `json:"data"`
	UUID  string `json:"uuid"`
	Token string `json:"token"`
}

// Adopt implements mirror.Speech.
func (s *speech) Adopt(ctx context.Context, request *fasthttp.RequestCtx, seen *mirror.Sight, reply *mirror.Reply) error {
	if seen.App == nil || seen.Spec == nil {
		return nil
	}
	var values php.Values
	values.Read(request, true)
	switch seen.Spec.Name {
	case "App.User.Register", "App.User.RegisterExt", "App.User.Login", "App.User.LoginExt":
		var g given
		if err := json.Unmarshal(reply.JSON, &g); err != nil {
			return core.Wrap(core.Internal, "the legacy server's answer can not be read", err)
		}
		if g.Data != nil {
			g = *g.Data
		}
		if g.Token != "" {
			return s.adoptSession(ctx, seen.App, g.UUID, g.Token)
		}
		return s.adoptAccount(ctx, seen, &values, request.RemoteIP().String(), g.UUID)
	}
	token := values.Get("token").String()
	if seen.Spec.Access == wire.Anyone && seen.Spec.Name != "App.User.Check" || token == "" || s.traits.Effects[seen.Spec.Name] == mirror.Ends {
		return nil
	}
	return s.adoptSession(ctx, seen.App, values.Get("uuid").String(), token)
}

// adoptSession makes a session of the legacy server valid here. A user who is not here, or must not log in, has none.
func (s *speech) adoptSession(ctx context.Context, app *core.App, uuid, token string) error {
	engine := s.dialect.house.Engine
	if _, err := engine.Session(ctx, app, uuid, token); core.CodeOf(err) != core.Unauthenticated {
		return err
	}
	user, err := engine.Find(ctx, app, uuid)
	if err == nil {
		err = engine.StartSession(ctx, app, user, core.NewSession{
			Token: strings.Clone(token), Expires: s.dialect.house.Now().Add(adoptedAge).UnixMilli(),
		})
	}
	if code := core.CodeOf(err); code == core.NotFound || code == core.Forbidden {
		return nil
	}
	return err
}

// adoptAccount makes an account here that the legacy server has made, under the name that it has there.
func (s *speech) adoptAccount(ctx context.Context, seen *mirror.Sight, values *php.Values, ip, uuid string) error {
	password := values.Get("password").String()
	if seen.Spec.Name == "App.User.RegisterExt" {
		password = digestOf(password)
	}
	ext, err := wire.Normalize(nil, []byte(values.Get("ext_info").String()))
	if err != nil {
		ext = nil
	}
	_, err = s.dialect.house.Engine.Register(ctx, seen.App, core.NewUser{
		UUID: uuid, Username: strings.Clone(values.Get("username").String()), Password: strings.Clone(password), IP: ip, Ext: extOf(string(ext)),
	})
	if core.CodeOf(err) == core.Exists {
		return nil
	}
	return err
}
