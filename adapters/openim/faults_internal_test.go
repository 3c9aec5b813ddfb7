package openim

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
)

func TestEveryFaultHasANumber(t *testing.T) {
	if missing := faults().Missing(); len(missing) > 0 {
		t.Errorf("no row for %v", missing)
	}
}

// TestFaultsInWords writes the answer of each kind of error.
func TestFaultsInWords(t *testing.T) {
	const note = "a note that is not shown"
	var log strings.Builder
	d := &Dialect{faults: faults(), house: wire.House{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	spec := &wire.Spec{Name: "/x", Outcomes: []wire.Outcome{
		{Code: core.NotFound, Field: core.FieldGroup, Number: 1201, ZH: "GroupIDNotFoundError"},
		{Code: core.Exists, Number: 1102, ZH: "RegisteredAlreadyError", EN: "userID registered already"},
	}}
	for name, tt := range map[string]struct {
		err    error
		status int
		want   string
		logged bool
	}{
		"outcome":         {core.NewFault(core.Exists, core.FieldUser, note), 200, `{"errCode":1102,"errMsg":"RegisteredAlreadyError","errDlt":"userID registered already"}`, false},
		"without detail":  {core.NewFault(core.NotFound, core.FieldGroup, note), 200, `{"errCode":1201,"errMsg":"GroupIDNotFoundError","errDlt":"GroupIDNotFoundError"}`, false},
		"another field":   {core.NewFault(core.NotFound, core.FieldUser, note), 200, `{"errCode":1004,"errMsg":"RecordNotFoundError","errDlt":"record not found"}`, false},
		"invalid":         {core.NewFault(core.Invalid, "", note), 200, `{"errCode":1001,"errMsg":"ArgsError","errDlt":"ArgsError"}`, false},
		"unauthenticated": {core.NewFault(core.Unauthenticated, "", note), 200, `{"errCode":1507,"errMsg":"TokenNotExistError","errDlt":"TokenNotExistError"}`, false},
		"forbidden":       {core.NewFault(core.Forbidden, "", note), 200, `{"errCode":1002,"errMsg":"NoPermissionError","errDlt":"NoPermissionError"}`, false},
		"limited":         {core.NewFault(core.Limited, "", note), 429, `{"errCode":429,"errMsg":"too many requests, please try again later","errDlt":""}`, false},
		"unavailable":     {core.NewFault(core.Unavailable, "", note), 200, `{"errCode":500,"errMsg":"ServerInternalError","errDlt":"the service is not available now"}`, true},
		"internal":        {errors.New(note), 200, `{"errCode":500,"errMsg":"ServerInternalError","errDlt":"ServerInternalError"}`, true},
		"wrapped":         {core.Wrap(core.Internal, note, errors.New(note)), 200, `{"errCode":500,"errMsg":"ServerInternalError","errDlt":"ServerInternalError"}`, true},
		"content":         {invalidContent("Key: 'x'"), 200, `{"errCode":500,"errMsg":"ServerInternalError","errDlt":"Key: 'x'"}`, false},
		"markup":          {badArgs("<a> \"&\" \xff"), 200, `{"errCode":1001,"errMsg":"ArgsError","errDlt":"\u003ca\u003e \"\u0026\" ` + "\ufffd" + `"}`, false},
	} {
		log.Reset()
		x := &exchange{dialect: d, place: &place{path: "/x", spec: spec}}
		var ctx fasthttp.RequestCtx
		x.refuse(&ctx, tt.err)
		if got := string(ctx.Response.Body()); got != tt.want || ctx.Response.StatusCode() != tt.status {
			t.Errorf("%s: %d %s\nwant %s", name, ctx.Response.StatusCode(), got, tt.want)
		}
		if logged := strings.Contains(log.String(), note); logged != tt.logged {
			t.Errorf("%s: logged %q", name, log.String())
		}
		if after := string(ctx.Response.Header.Peek("Retry-After")); (after == "1") != (tt.status == http.StatusTooManyRequests) {
			t.Errorf("%s: Retry-After is %q", name, after)
		}
	}
}

// TestGate admits by the access that a row names.
func TestGate(t *testing.T) {
	user := &core.User{ID: "u1"}
	for name, tt := range map[string]struct {
		path     string
		access   wire.Access
		identity identity
		want     string
	}{
		"anyone":        {"/auth/parse_token", wire.Anyone, identity{}, ""},
		"nobody":        {"/x", wire.Member, identity{}, "TokenNotExistError: TokenNotExistError"},
		"member":        {"/x", wire.Member, identity{user: user}, ""},
		"operator":      {"/x", wire.Operator, identity{user: user, admin: true}, ""},
		"not admin":     {"/x", wire.Operator, identity{user: user}, "NoPermissionError: user u1 is not admin userID"},
		"send":          {"/msg/send_msg", wire.Operator, identity{user: user}, "NoPermissionError: only app manager can send message"},
		"send to all":   {"/msg/batch_send_msg", wire.Operator, identity{user: user}, "NoPermissionError: only app manager can send message"},
		"admin's send":  {"/msg/send_msg", wire.Operator, identity{user: user, admin: true}, ""},
		"nobody's send": {"/msg/send_msg", wire.Operator, identity{}, "TokenNotExistError: TokenNotExistError"},
	} {
		x := &exchange{identity: tt.identity}
		c := new(wire.Call)
		got := ""
		if err := x.Admit(c, &wire.Spec{Name: tt.path, Access: tt.access}); err != nil {
			got = err.Error()
		}
		if got != tt.want || c.Caller.Privileged != tt.identity.admin {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestBindFamily(t *testing.T) {
	for name, want := range map[string]bool{
		"/msg/send_msg": true, "/msg/batch_send_msg": true, "/msg/send_business_notification": true, "/msg/send_simple_msg": true,
		"/user/get_users_online_status": true, "/msg/newest_seq": false, "/auth/get_admin_token": false,
	} {
		if bindFamily(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}
