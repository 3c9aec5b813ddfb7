package wechat_test

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat"
	"parley/adapters/wire"
	"parley/core"
)

func house(t *testing.T) wire.House {
	t.Helper()
	return wire.House{
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Meter: func(_, _ string) wire.Recorder { return func(time.Duration, core.Code) {} },
	}
}

func TestMethods(t *testing.T) {
	d := newDesk(t)
	for request, allowed := range map[string]string{
		"GET /v1/bind":                   "POST",
		"POST /v1/$I/group/x":            "DELETE, PUT",
		"PATCH /v1/$I/group":             "GET, POST",
		"OPTIONS /v1/$I/msg":             "GET",
		"POST /v1/$I/user/fetch":         "GET",
		"DELETE /v1/$I/keyword":          "GET, POST",
		"PUT /v1/nobody/masssend/x":      "GET",
		"POST /v1/$I/keyword/subscribe/": "DELETE, GET, PUT",
	} {
		method, _, _ := strings.Cut(request, " ")
		d.refuses(request, "", 405, "Request method '"+method+"' not supported")
		if response, _ := d.ask(request, ""); response.Header.Get("Allow") != allowed {
			t.Errorf("%s allows %s", request, response.Header.Get("Allow"))
		}
	}
}

func TestUnknownPaths(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{
		"/v1/", "/v1/x", "/v1/bind/x", "/v1/$I/groups", "/v1/$I//group", "/v1/$I/group/a/b", "/v1//group", "/v1/$I/text/%zz",
		"/v1/a/b/c/d/e/f/g/h/i/j",
	} {
		response, text := d.ask("GET "+path, "")
		if response.StatusCode != http.StatusNotFound || text != `{"code":404,"message":"not found","data":null}` {
			t.Errorf("%s: %s %s", path, response.Status, text)
		}
	}
	d.refuses("GET /v1/nobody/group", "", 404, "not found")
	d.refuses("POST /v1/nobody/text", `{"content":"a"}`, 404, "not found")
	d.refuses("POST /v1/nobody/text", `{}`, 404, "not found")
}

// TestLiteralsWin checks the paths whose last segment could be a variable.
func TestLiteralsWin(t *testing.T) {
	d := newDesk(t)
	d.gives("GET /v1/$I/keyword/subscribe", "", ok("null"))
	d.refuses("GET /v1/$I/keyword/subscribed", "", 404, "not found")
	d.refuses("DELETE /v1/$I/keyword/subscribe", "", 404, "not found") // the rule with that ID
	d.done("GET /v1/$I/user/fetch/", "")
	d.refuses("GET /v1/$I/user/fetches", "", 404, "not found")
	d.follow(follower1("fetched"))
	d.gives("GET /v1/$I/user/groups/%66etched", "", ok(`["0"]`))
}

func TestBodies(t *testing.T) {
	d := newDesk(t)
	const request, refusal = "POST /v1/$I/text", "the request body is not a JSON object"
	for body, message := range map[string]string{
		" \n":                               "missing parameter: content",
		`[]`:                                "missing parameter: content",
		`null`:                              refusal,
		`"a"`:                               refusal,
		`{"content":"a"`:                    refusal,
		`{"content":"a"} x`:                 refusal,
		`{"content":01}`:                    refusal,
		"{\"content\":\"\n\"}":              refusal,
		`{"content":{"a":1}}`:               "invalid parameter: content",
		`{"Content":"a"}`:                   "missing parameter: content",
		`{"a":` + deep(70) + `}`:            refusal,
		`{"content":"a","content":[` + `]}`: "invalid parameter: content",
	} {
		d.refuses(request, body, 400, message)
	}
	for body, want := range map[string]string{
		`{"content":1e3}`:                          `1e3`,
		`{"content":true}`:                         `true`,
		`{"content":"\u4f60\ud83d\ude00</\u2028"}`: "你😀</\u2028",
		"{\"content\":\"\xff\"}":                   "\ufffd",
	} {
		id := d.makes(request, body)
		d.gives("GET /v1/$I/text/"+id, "", ok(`{"id":"`+id+`","content":"`+want+`"}`))
	}
	d.refuses(request, `{"content":"`+strings.Repeat("a", 1<<20)+`"}`, 413, "the request is too large")
}

func TestContentTypes(t *testing.T) {
	d := newDesk(t)
	for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=GBK"} {
		d.header = map[string]string{"Content-Type": contentType}
		d.makes("POST /v1/$I/text", `{"content":"a"}`)
	}
	d.header = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	id := d.makes("POST /v1/$I/text", `content=%E4%BD%A0+a`)
	d.gives("GET /v1/$I/text/"+id, "", ok(`{"id":"`+id+`","content":"你 a"}`))
	d.refuses("POST /v1/$I/text", `text=a`, 400, "missing parameter: content")
	d.refuses("POST /v1/$I/text", `content=%ff`, 400, "invalid parameter: content")
	d.header = map[string]string{"Content-Type": "application/json"}
	d.refuses("POST /v1/$I/text", `content=a`, 400, "the request body is not a JSON object")
}

func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func TestAPIKey(t *testing.T) {
	const key = "a key for tests"
	d := newDesk(t, func(o *wechat.Options) { o.APIKey = key })
	if d.dialect.Open() {
		t.Error("the dialect with a key is open")
	}
	const request = "GET /v1/$I/keyword/default"
	for _, header := range []map[string]string{
		{},
		{"X-API-Key": key + "x"},
		{"X-API-Key": ""},
		{"Authorization": key},
		{"Authorization": "Bearer"},
		{"Authorization": "Bearer x"},
		{"Authorization": "Basic " + key},
		{"X-API-Key": "x", "Authorization": "Bearer " + key},
	} {
		d.header = header
		d.refuses(request, "", 401, "unauthorized")
		d.refuses("GET /v1/nobody/group", "", 401, "unauthorized")
	}
	for _, header := range []map[string]string{
		{"X-API-Key": key}, {"x-api-key": key, "Host": "parley.example"}, {"Authorization": "Bearer " + key}, {"Authorization": "bearer " + key},
	} {
		d.header = header
		d.gives(request, "", ok("null"))
	}
	d.header = nil
	if _, text := d.ask("GET /wx/abc", ""); text != "called abc" {
		t.Error(text)
	}
}

func TestWithoutAPIKey(t *testing.T) {
	d := newDesk(t)
	if !d.dialect.Open() {
		t.Error("the dialect without a key is not open")
	}
	for _, header := range []map[string]string{
		{"Host": "parley.example"}, {"Host": "192.0.2.1"}, {"Host": "localhost.example:80"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
	} {
		d.header = header
		d.refuses("GET /v1/$I/keyword/default", "", 403, "without an API key only this machine is served")
	}
	for _, header := range []map[string]string{
		{"Host": "127.0.0.1:8080"}, {"Host": "[::1]:8080"}, {"Host": "LOCALHOST"}, {"Sec-Fetch-Site": "none"},
	} {
		d.header = header
		d.gives("GET /v1/$I/keyword/default", "", ok("null"))
	}
	d.header = map[string]string{"Host": "parley.example"}
	if _, text := d.ask("POST /wx/abc", "<xml/>"); text != "called abc" {
		t.Error(text)
	}
}

func TestMirrorStatus(t *testing.T) {
	d := newDesk(t, func(o *wechat.Options) { o.MirrorStatus = true })
	for request, status := range map[string]int{
		"GET /v1/$I/keyword/default": 200, "GET /v1/nobody/group": 404, "POST /v1/$I/text": 400, "PUT /v1/bind": 405, "GET /v1/zzz": 404,
	} {
		if response, text := d.ask(request, ""); response.StatusCode != status {
			t.Errorf("%s: %s %s", request, response.Status, text)
		}
	}
}

// TestTable checks that the table has every endpoint of the document, each once, with words in both languages.
func TestTable(t *testing.T) {
	d := newDesk(t)
	names := make(map[string]bool)
	for _, e := range d.dialect.Endpoints() {
		spec := e.Spec()
		if names[spec.Name] || spec.ZH == "" || spec.EN == "" {
			t.Errorf("%+v", spec)
		}
		names[spec.Name] = true
		for _, p := range spec.Params {
			if p.ZH == "" || p.EN == "" {
				t.Errorf("%s: %s has no meaning", spec.Name, p.Name)
			}
			if p.From == wire.PlacePath && !strings.Contains(spec.Name, "{"+p.Name+"}") {
				t.Errorf("%s has no variable %s", spec.Name, p.Name)
			}
		}
		for _, f := range spec.Answer {
			if f.ZH == "" || f.EN == "" {
				t.Errorf("%s: %s has no meaning", spec.Name, f.Name)
			}
		}
	}
	const document = 61 - 1       // a group is renamed and deleted by one row
	if len(names) != document+7 { // refresh, preview, DELETE of a group, the callback's two, media and pages
		t.Errorf("%d endpoints", len(names))
	}
	if routes := d.dialect.Routes(); !slices.ContainsFunc(routes, func(r wire.Route) bool { return r.Path == "/v1/{path:*}" && r.Streams }) {
		t.Errorf("%v", routes)
	}
}
