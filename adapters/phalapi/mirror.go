package phalapi

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"

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
			serviceIndex:    mirror.Reads,
			serviceApply:    mirror.Gives,
			serviceRefresh:  mirror.Gives,
			serviceSend:     mirror.Writes,
			serviceBulkSend: mirror.Writes,
			serviceList:     mirror.Reads,
		},
		Volatile: []string{"id", "add_time", "time", "access_token", "expire_at", "expire_time"},
		Secrets:  []string{"access_token", "app_secret", "sign"},
		Foreign:  []string{"last_id"},
	}
}

// speech is the dialect in the mirror's terms.
type speech struct {
	dialect *Dialect
	traits  *mirror.Traits
}

// Speech returns what the mirror has to know of the dialect.
func (d *Dialect) Speech() mirror.Speech { return &speech{d, mirrorTraits()} }

func (s *speech) Name() string { return Name }

func (s *speech) Traits() *mirror.Traits { return s.traits }

// Look implements mirror.Speech. A call without a genuine token belongs to the app that answers those.
func (s *speech) Look(ctx *fasthttp.RequestCtx) (seen mirror.Sight) {
	var values php.Values
	values.Read(ctx, false)
	seen.App = s.dialect.tokenless()
	if key := values.Get("app_key").String(); key != "" {
		seen.App, _ = s.dialect.house.Engine.App(key)
	}
	if v, err := s.dialect.verify(values.Get("access_token").String()); err == nil {
		seen.App = v.app
		if v.uid != 0 {
			seen.User = strconv.FormatInt(v.uid, 10)
		}
		// Messages name users by their uuids, which tokens do not tell.
		if user, err := s.dialect.userOf(ctx, v.app, v.uid); err == nil {
			seen.User = user.UUID
		}
	}
	if endpoint, violation := s.dialect.services.Find(&values, php.PathService(behindEntry(string(ctx.Path())))); violation == nil {
		seen.Spec = endpoint.Spec()
	}
	for _, name := range s.traits.Foreign {
		if value := values.Get(name).String(); value != "" && value != "0" {
			seen.Foreign = name
		}
	}
	for other := range strings.SplitSeq(values.Get("chat_message_to_uuid").String(), ",") {
		seen.Threads = append(seen.Threads, min(seen.User, other)+"-"+max(seen.User, other))
	}
	return seen
}

// Fields implements mirror.Speech.
func (s *speech) Fields(spec *wire.Spec) []wire.FieldSpec {
	data := wire.FieldSpec{Name: "data", Type: wire.TypeObject}
	if spec != nil {
		data.Fields = spec.Answer
	}
	return []wire.FieldSpec{{Name: "ret", Type: wire.TypeInt}, data, {Name: "msg", Type: wire.TypeString}}
}

// Open implements mirror.Speech. An answer may be the argument of a call, for pages that load it as a script.
func (s *speech) Open(body []byte) (reply mirror.Reply, ok bool) {
	raw := body
	if open := bytes.IndexByte(raw, '('); len(raw) > 0 && raw[0] != '{' && open > 0 && raw[len(raw)-1] == ')' {
		raw = raw[open+1 : len(raw)-1]
	}
	var r struct {
		Ret *int64 `json:"ret"`
		Msg string `json:"msg"`
	}
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &r) != nil || r.Ret == nil {
		return reply, false
	}
	return mirror.Reply{OK: *r.Ret == retOK, Number: *r.Ret, Text: r.Msg, JSON: raw}, true
}

// Adopt implements mirror.Speech. Tokens carry what they say and need no adoption, if both sides sign with one secret.
func (s *speech) Adopt(_ context.Context, _ *fasthttp.RequestCtx, seen *mirror.Sight, reply *mirror.Reply) error {
	if seen.Spec == nil || s.traits.EffectOf(seen.Spec) != mirror.Gives {
		return nil
	}
	var g struct {
		Data struct {
			Token string `json:"access_token"`
		} `json:"data"`
	}
	if err := json.Unmarshal(reply.JSON, &g); err != nil {
		return core.Wrap(core.Internal, "the legacy server's answer can not be read", err)
	}
	if g.Data.Token == "" {
		return nil // a wrong secret, which is answered so
	}
	if _, err := s.dialect.verify(g.Data.Token); err != nil {
		return core.Wrap(core.Unauthenticated, "the legacy server's secret is another", err)
	}
	return nil
}
