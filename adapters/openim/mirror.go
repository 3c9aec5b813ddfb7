package openim

import (
	"context"
	"strings"
	"time"

	"github.com/goccy/go-json"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/mirror"
	"parley/core"
)

// mirrorTraits is what the rows do not tell the mirror; what it does not name writes. The platform's sends have no key
// that makes repeating them harmless; accounts and groups are named by whoever makes them.
func mirrorTraits() *mirror.Traits {
	t := &mirror.Traits{
		Effects: map[string]mirror.Effect{
			pathSecretToken:        mirror.Gives,
			"/auth/get_user_token": mirror.Gives,
			"/auth/force_logout":   mirror.Ends,
		},
		Keys: map[string]string{"/user/user_register": "users", "/user/add_notification_account": "userID"},
		Volatile: []string{
			"serverMsgID", "clientMsgID", "sendTime", "createTime", "joinTime", "serverTime", "LatestMsgRecvTime", "maxSeqTime",
			"notificationUpdateTime", "latestMsgDestructTime", "token", "expireTimeSeconds", "connID",
		},
		Secrets: []string{"token", "secret"},
		Foreign: []string{"clientMsgIDs", "clientMsgID", "serverMsgID"},
	}
	for _, path := range []string{
		pathAdminToken, pathParseToken, // the secret is all that an administrator's token needs
		"/conversation/get_all_conversations", "/conversation/get_conversation", "/conversation/get_conversations",
		"/conversation/get_owner_conversation", "/conversation/get_sorted_conversation_list",
		"/friend/get_friend_id",
		"/group/get_group_member_list", "/group/get_group_member_user_id", "/group/get_group_members_info",
		"/group/get_groups_info", "/group/get_joined_group_list",
		"/msg/check_msg_is_send_success", "/msg/get_conversations_has_read_and_max_seq", "/msg/get_server_time",
		"/msg/newest_seq", "/msg/pull_msg_by_seq", "/msg/search_msg",
		"/statistics/user/register",
		"/user/account_check", "/user/get_all_users_uid", "/user/get_users", "/user/get_users_info",
		"/user/get_users_online_status", "/user/search_notification_account",
	} {
		t.Effects[path] = mirror.Reads
	}
	return t
}

// speech is the dialect in the mirror's terms.
type speech struct {
	dialect *Dialect
	traits  *mirror.Traits
	places  map[string]*place
}

// Speech returns what the mirror has to know of the dialect.
func (d *Dialect) Speech() mirror.Speech {
	s := &speech{d, mirrorTraits(), make(map[string]*place, len(d.places))}
	for _, p := range d.places {
		s.places[p.path] = p
	}
	return s
}

func (s *speech) Name() string { return Name }

func (s *speech) Traits() *mirror.Traits { return s.traits }

// mentioned are the members of requests that tell whose they are and which conversations they change.
type mentioned struct {
	Secret         string          `json:"secret"`
	SendID         string          `json:"sendID"`
	RecvID         string          `json:"recvID"`
	RecvIDs        []string        `json:"recvIDs"`
	GroupID        string          `json:"groupID"`
	UserID         string          `json:"userID"`
	OwnerUserID    string          `json:"ownerUserID"`
	FromUserID     string          `json:"fromUserID"`
	ConversationID string          `json:"conversationID"`
	Users          json.RawMessage `json:"users"`
	ClientMsgID    string          `json:"clientMsgID"`
	ClientMsgIDs   []string        `json:"clientMsgIDs"`
	ServerMsgID    string          `json:"serverMsgID"`
}

// Look implements mirror.Speech. What the body mentions counts for whose a request is, for the caller is an
// administrator most of the time.
func (s *speech) Look(ctx *fasthttp.RequestCtx) (seen mirror.Sight) {
	path := strings.TrimSuffix(string(ctx.URI().PathOriginal()), "/")
	if p := s.places[path]; p != nil {
		seen.Spec = p.spec
	}
	var m mentioned
	// A body that can not be read mentions nothing; what is wrong with it, the answer says.
	_ = json.Unmarshal(ctx.PostBody(), &m)
	if token := ctx.Request.Header.Peek("Token"); len(token) > 0 {
		if v, err := s.dialect.verify(wire.View(token)); err == nil {
			seen.App, seen.User = v.app, v.userID
		}
	} else if m.Secret != "" {
		if t, err := s.dialect.directory.bySecret(m.Secret); err == nil {
			seen.App = t.app
		}
	}
	for _, id := range []string{m.SendID, m.OwnerUserID, m.UserID, m.FromUserID} {
		if id != "" {
			seen.User = id
			break
		}
	}
	if m.ClientMsgID != "" || len(m.ClientMsgIDs) > 0 || m.ServerMsgID != "" {
		seen.Foreign = "clientMsgID"
	}
	switch s.traits.Keys[path] {
	case "users":
		seen.Key = len(m.Users) > 0
	case "userID":
		seen.Key = m.UserID != ""
	}
	seen.Threads = m.threads()
	return seen
}

// threads names conversations as the platform does.
func (m *mentioned) threads() (all []string) {
	switch {
	case m.ConversationID != "":
		return []string{m.ConversationID}
	case m.GroupID != "":
		return []string{prefixGroup + m.GroupID}
	}
	for _, id := range append(m.RecvIDs, m.RecvID) {
		if id != "" {
			all = append(all, pairID(prefixSingle, m.SendID, id))
		}
	}
	if len(all) == 0 {
		all = append(all, m.UserID+m.OwnerUserID)
	}
	return all
}

// Fields implements mirror.Speech.
func (s *speech) Fields(spec *wire.Spec) []wire.FieldSpec {
	fields := []wire.FieldSpec{
		{Name: "errCode", Type: wire.TypeInt}, {Name: "errMsg", Type: wire.TypeString}, {Name: "errDlt", Type: wire.TypeString},
	}
	if spec == nil || len(spec.Answer) == 0 {
		return fields
	}
	data := wire.FieldSpec{Name: "data", Type: wire.TypeObject, Fields: spec.Answer}
	if spec.Bare {
		data = spec.Answer[0]
		data.Name = "data"
	}
	return append(fields, data)
}

// Open implements mirror.Speech.
func (s *speech) Open(body []byte) (reply mirror.Reply, ok bool) {
	var r struct {
		Code *int64 `json:"errCode"`
		Text string `json:"errMsg"`
	}
	if json.Unmarshal(body, &r) != nil || r.Code == nil {
		return reply, false
	}
	return mirror.Reply{OK: *r.Code == 0, Number: *r.Code, Text: r.Text, JSON: body}, true
}

// Adopt implements mirror.Speech. Administrators' tokens need no adoption: the secret is all that counts.
func (s *speech) Adopt(ctx context.Context, request *fasthttp.RequestCtx, seen *mirror.Sight, reply *mirror.Reply) error {
	if seen.Spec == nil || s.traits.EffectOf(seen.Spec) == mirror.Ends {
		return nil
	}
	token := string(request.Request.Header.Peek("Token"))
	if s.traits.EffectOf(seen.Spec) == mirror.Gives {
		var g struct {
			Data struct {
				Token string `json:"token"`
			} `json:"data"`
		}
		if err := json.Unmarshal(reply.JSON, &g); err != nil {
			return core.Wrap(core.Internal, "the legacy server's answer can not be read", err)
		}
		token = g.Data.Token
	}
	if token == "" {
		return nil
	}
	v, err := s.dialect.verify(token)
	if err != nil {
		return core.Wrap(core.Unauthenticated, "the legacy server's secret is another", err)
	}
	if v.settings.isAdmin(v.userID) || v.platform < 0 || v.platform > maxPlatform {
		return nil
	}
	engine := s.dialect.house.Engine
	user, err := engine.Find(ctx, v.app, v.userID)
	if core.CodeOf(err) == core.NotFound {
		return nil // the user has not been copied yet
	}
	if err != nil {
		return err
	}
	if state, err := engine.SessionState(ctx, v.app, user, token); err != nil || state == core.SessionLive {
		return err
	}
	session := core.NewSession{
		Token: token, Device: uint8(v.platform), Expires: time.Unix(v.expires, 0).UnixMilli(), Keep: maxTokensPerPlatform,
	}
	if s.traits.EffectOf(seen.Spec) == mirror.Gives {
		session.Ends = v.settings.policy.ends(v.platform) // a token that is only used ends no other
	}
	err = engine.StartSession(ctx, v.app, user, session)
	if core.CodeOf(err) == core.Forbidden {
		return nil
	}
	return err
}
