package wechat_test

import (
	"errors"
	"strings"
	"testing"

	"parley/adapters/wechat"
	"parley/adapters/wechat/weixin"
	"parley/core"
)

func TestBind(t *testing.T) {
	d := newDesk(t)
	want := ok(`{"id":"$I","url":"` + baseURL + `/wx/$I","token":"` + d.account.Token + `"}`)
	d.gives("POST /v1/bind", `{"weixin_id":"`+originalID+`"}`, want)
	d.gives("POST /v1/bind/", ` {"WEIXIN_ID":"x","weixin_id":"a","weixin_id":"`+originalID+`","other":[{}]} `, want)
	d.refuses("POST /v1/bind", ``, 400, "missing parameter: weixin_id")
	d.refuses("POST /v1/bind", `{}`, 400, "missing parameter: weixin_id")
	d.refuses("POST /v1/bind", `{"weixin_id":null}`, 400, "missing parameter: weixin_id")
	d.refuses("POST /v1/bind", `{"weixin_id":""}`, 400, "invalid parameter: weixin_id")
	d.refuses("POST /v1/bind", `{"weixin_id":["a"]}`, 400, "invalid parameter: weixin_id")
	d.refuses("POST /v1/bind", `{"weixin_id":"`+strings.Repeat("微", 101)+`"}`, 400, "invalid parameter: weixin_id")
	_, first := d.ask("POST /v1/bind", `{"weixin_id":12.50}`)
	_, second := d.ask("POST /v1/bind", `{"weixin_id":"12.50"}`)
	if first != second || !strings.HasPrefix(first, `{"code":200,`) {
		t.Errorf("%s, %s", first, second)
	}
}

func TestFillin(t *testing.T) {
	d := newDesk(t)
	body := func(more string) string {
		return `{"id":"` + d.account.ID + `","app_id":"wx1","app_secret":"s3cret"` + more + `}`
	}
	d.done("POST /v1/bind/fillin", body(""))
	d.told("check wx1 s3cret ; changed")
	d.done("POST /v1/bind/fillin", body(`,"encoding_aes_key":"`+encodingKey+`"`))
	d.told("check wx1 s3cret " + encodingKey + "; changed")
	stored, err := d.service.Credentials(t.Context(), d.account.ID)
	if err != nil || stored.AppID != "wx1" || stored.Secret != "s3cret" || stored.EncodingKey != encodingKey {
		t.Errorf("%+v, %v", stored, err)
	}

	d.refuses("POST /v1/bind/fillin", `{"app_id":"a","app_secret":"b"}`, 400, "missing parameter: id")
	d.refuses("POST /v1/bind/fillin", `{"id":"a","app_secret":"b"}`, 400, "missing parameter: app_id")
	d.refuses("POST /v1/bind/fillin", `{"id":"a","app_id":"b"}`, 400, "missing parameter: app_secret")
	d.refuses("POST /v1/bind/fillin", `{"id":"a","app_id":"","app_secret":"b"}`, 400, "invalid parameter: app_id")
	d.refuses("POST /v1/bind/fillin", `{"id":"a","app_id":"b","app_secret":""}`, 400, "invalid parameter: app_secret")
	d.refuses("POST /v1/bind/fillin", body(`,"encoding_aes_key":"short"`), 400, "invalid parameter: encoding_aes_key")
	d.refuses("POST /v1/bind/fillin", `{"id":"nobody","app_id":"a","app_secret":"b"}`, 404, "not found")
	d.told("")

	d.helper.failWith(&weixin.CallError{Call: "token", Err: &weixin.APIError{Code: 40013, Message: `invalid "appid"`}})
	d.refuses("POST /v1/bind/fillin", body(""), 400, `{"errcode":40013,"errmsg":"invalid \"appid\""}`)
	d.helper.failWith(&weixin.CallError{Call: "token", Err: weixin.ErrUnavailable})
	d.refuses("POST /v1/bind/fillin", body(""), 502, "the official API is not available")
}

func TestRefresh(t *testing.T) {
	d := newDesk(t)
	d.done("GET /v1/bind/refresh/$I", "")
	d.told("forget")
	d.refuses("GET /v1/bind/refresh/nobody", "", 404, "not found")
}

// TestFaults checks the code and text of every fault that can come from below, and that no cause is told to clients.
func TestFaults(t *testing.T) {
	d := newDesk(t)
	for code, want := range map[core.Code]struct {
		number int
		text   string
	}{
		core.Invalid:         {400, "invalid request"},
		core.Unauthenticated: {401, "unauthorized"},
		core.Forbidden:       {403, "forbidden"},
		core.NotFound:        {404, "not found"},
		core.Exists:          {409, "it exists already"},
		core.Conflict:        {409, "the request contradicts the state that it meets"},
		core.TooLarge:        {413, "the request is too large"},
		core.Limited:         {429, "there are too many already"},
		core.Unsupported:     {501, "not supported"},
		core.Unavailable:     {503, "the service is not available now"},
		core.Timeout:         {504, "the service timed out"},
		core.Internal:        {500, "internal error"},
	} {
		d.helper.failWith(core.Wrap(code, "a note", errors.New("the cause")))
		d.refuses("GET /v1/bind/refresh/$I", "", want.number, want.text)
	}
	d.helper.failWith(errors.New("something else"))
	d.refuses("GET /v1/bind/refresh/$I", "", 500, "internal error")
	if log := d.log.String(); !strings.Contains(log, "the cause") || !strings.Contains(log, "something else") {
		t.Error(log)
	}
	d.helper.failWith(&weixin.CallError{Call: "x", Err: &weixin.APIError{Code: -1, Message: "system error \xff"}})
	d.refuses("GET /v1/bind/refresh/$I", "", 502, `{"errcode":-1,"errmsg":"system error `+"\ufffd"+`"}`)
	d.helper.failWith(core.NewFault(core.NotFound, "credentials", "none"))
	d.refuses("GET /v1/bind/refresh/$I", "", 400, "the account has no credentials yet")
}

func TestNewRefusesOptions(t *testing.T) {
	d := newDesk(t)
	for _, base := range []string{"", "parley.example", "ftp://parley.example", "http://", "http://parley.example?a=b", "http://a b"} {
		if _, err := wechat.New(house(t), wechat.Options{Official: d.service, Background: d.helper, BaseURL: base}); err == nil {
			t.Errorf("%q is taken", base)
		}
	}
	if _, err := wechat.New(house(t), wechat.Options{BaseURL: baseURL}); err == nil {
		t.Error("no accounts are needed")
	}
}
