package openim_test

import (
	"strings"
	"testing"

	"parley/adapters/openim"
)

func TestHeaders(t *testing.T) {
	w := newWorld(t, section)
	admin := w.admin(t)
	const path, body = "/auth/force_logout", `{"userID":"u1","platformID":2}`
	for name, tt := range map[string]struct {
		headers []string
		want    string
	}{
		"all":              {[]string{"operationID", "op", "token", admin}, done},
		"as Go sends them": {[]string{"Operationid", "op", "Token", admin}, done},
		"upper case":       {[]string{"OPERATIONID", "op", "TOKEN", admin}, done},
		"with types":       {[]string{"operationID", "op", "token", admin, "Content-Type", "text/plain"}, done},
		"no operationID":   {[]string{"token", admin}, badArgs("header must have operationID")},
		"empty":            {[]string{"operationID", "", "token", admin}, badArgs("header must have operationID")},
		"no token":         {[]string{"operationID", "op"}, badArgs("header must have token")},
		"empty token":      {[]string{"operationID", "op", "token", ""}, badArgs("header must have token")},
		"neither":          {nil, badArgs("header must have operationID")},
		"another scheme":   {[]string{"operationID", "op", "Authorization", "Bearer " + admin}, badArgs("header must have token")},
	} {
		a := w.send(t, "POST", path, body, tt.headers...)
		if a.status != 200 || a.body != tt.want {
			t.Errorf("%s: %d %s, want %s", name, a.status, a.body, tt.want)
		}
	}
}

func TestTokenComesBeforeTheBody(t *testing.T) {
	w := newWorld(t, section)
	check(t, w.call(t, "/auth/force_logout", "abc", `{`), refused(1503, "TokenMalformedError", "1503 TokenMalformedError jwt parse error"))
	w.user(t, "u1")
	// What is wrong with a request comes before who may make it.
	check(t, w.call(t, "/auth/force_logout", w.token(t, "u1", 1), `{}`), badArgs("userID is empty"))
	check(t, w.call(t, "/auth/force_logout", w.token(t, "u1", 1), `{"userID":"u1","platformID":1}`), noPermission("user u1 is not admin userID"))
}

func TestPathsWithoutAToken(t *testing.T) {
	w := newWorld(t, section)
	for path, want := range map[string]string{
		"/auth/get_admin_token": noPermission("secret invalid"),
		"/auth/parse_token":     badArgs("userID is empty"),
		"/auth/user_token":      noPermission("secret invalid"),
		"/auth/get_user_token":  badArgs("header must have token"),
		"/auth/force_logout":    badArgs("header must have token"),
	} {
		check(t, w.call(t, path, "", `{"userID":"x","secret":"x"}`), want)
	}
}

func TestUnknownPaths(t *testing.T) {
	w := newWorld(t, section)
	admin := w.admin(t)
	const page = "404 page not found"
	for name, tt := range map[string]struct {
		method, target string
		headers        []string
		status         int
		body           string
	}{
		"unknown":           {"POST", "/nope", []string{"operationID", "op", "token", admin}, 404, page},
		"no operationID":    {"POST", "/nope", []string{"token", admin}, 200, badArgs("header must have operationID")},
		"no token":          {"POST", "/nope", []string{"operationID", "op"}, 200, badArgs("header must have token")},
		"bad token":         {"POST", "/nope", []string{"operationID", "op", "token", "x"}, 200, refused(1503, "TokenMalformedError", "1503 TokenMalformedError jwt parse error")},
		"free by prefix":    {"POST", "/auth/parse_tokenXYZ", []string{"operationID", "op"}, 404, page},
		"still operationID": {"POST", "/auth/parse_tokenXYZ", nil, 200, badArgs("header must have operationID")},
		"GET":               {"GET", "/auth/force_logout", []string{"operationID", "op", "token", admin}, 404, page},
		"GET bare":          {"GET", "/auth/force_logout", nil, 404, page},
		"PUT":               {"PUT", "/auth/force_logout", nil, 404, page},
		"GET with slash":    {"GET", "/auth/force_logout/", nil, 404, page},
		"case":              {"POST", "/AUTH/force_logout", []string{"operationID", "op", "token", admin}, 404, page},
		"two slashes":       {"POST", "/auth//force_logout", []string{"operationID", "op", "token", admin}, 404, page},
	} {
		a := w.send(t, tt.method, tt.target, "{}", tt.headers...)
		kind := "application/json"
		if tt.status == 404 {
			kind = "text/plain"
		}
		if a.status != tt.status || a.body != tt.body || a.header.Get("Content-Type") != kind {
			t.Errorf("%s: %d %s %s", name, a.status, a.header.Get("Content-Type"), a.body)
		}
	}
}

func TestRedirect(t *testing.T) {
	w := newWorld(t, section)
	for target, want := range map[string]string{
		"/auth/force_logout/":         "/auth/force_logout",
		"/auth/force_logout/?a=1&b=/": "/auth/force_logout?a=1&b=/",
	} {
		a := w.send(t, "POST", target, "{}")
		if a.status != 307 || a.header.Get("Location") != want || a.body != "" {
			t.Errorf("%s: %d to %q with %q", target, a.status, a.header.Get("Location"), a.body)
		}
	}
}

func TestCORS(t *testing.T) {
	w := newWorld(t, section)
	want := map[string]string{
		"Access-Control-Allow-Credentials": "false",
		"Access-Control-Allow-Headers":     "*",
		"Access-Control-Allow-Methods":     "*",
		"Access-Control-Allow-Origin":      "*",
		"Access-Control-Expose-Headers":    "Content-Length, Access-Control-Allow-Origin, Access-Control-Allow-Headers,Cache-Control,Content-Language,Content-Type,Expires,Last-Modified,Pragma,FooBar",
		"Access-Control-Max-Age":           "172800",
	}
	for _, request := range [][2]string{
		{"POST", "/auth/parse_token"},
		{"POST", "/nope"},
		{"GET", "/nope"},
		{"GET", "/auth/parse_token"},
		{"OPTIONS", "/auth/parse_token"},
		{"OPTIONS", "/nope"},
		{"OPTIONS", "/auth/parse_token/"},
	} {
		a := w.send(t, request[0], request[1], "{}", "Origin", "https://example.com")
		for name, value := range want {
			if got := a.header.Get(name); got != value {
				t.Errorf("%v: %s is %q", request, name, got)
			}
		}
		if request[0] == "OPTIONS" && (a.status != 200 || a.body != `"Options Request!"` || a.header.Get("Content-Type") != "application/json") {
			t.Errorf("%v: %d %s", request, a.status, a.body)
		}
	}
}

func TestCompression(t *testing.T) {
	w := newWorld(t, section)
	// An error that repeats what it was given makes answers of any size.
	long := `{"secret":"` + secret + `","userID":"` + strings.Repeat("x", 4000) + `"}`
	short := `{"secret":"` + secret + `","userID":"x"}`
	for name, tt := range map[string]struct {
		accept, body string
		packed       bool
	}{
		"long":           {"gzip", long, true},
		"long in a list": {"deflate, gzip;q=0.5, br", long, true},
		"upper case":     {"GZIP", long, true},
		"tight list":     {"br,gzip", long, true},
		"not wanted":     {"gzip;q=0", long, false},
		"not wanted 2":   {"gzip; q=0.000", long, false},
		"hardly wanted":  {"gzip;q=0.001", long, true},
		"another":        {"br", long, false},
		"like it":        {"xgzip", long, false},
		"none":           {"", long, false},
		"short":          {"gzip", short, false},
	} {
		headers := []string{"operationID", "op"}
		if tt.accept != "" {
			headers = append(headers, "Accept-Encoding", tt.accept)
		}
		a := w.send(t, "POST", "/auth/get_admin_token", tt.body, headers...)
		if packed := a.header.Get("Content-Encoding") == "gzip"; packed != tt.packed {
			t.Errorf("%s: compressed is %t", name, packed)
		}
		if !strings.HasPrefix(a.body, `{"errCode":1001,"errMsg":"ArgsError","errDlt":"userID is error., userID=x`) {
			t.Errorf("%s: %.100s", name, a.body)
		}
	}
}

func TestRoutesAreTheTable(t *testing.T) {
	w := newWorld(t, section)
	paths := make(map[string]bool)
	for _, route := range w.dialect.Routes() {
		if paths[route.Path] {
			t.Errorf("%s is there twice", route.Path)
		}
		paths[route.Path] = true
	}
	for _, e := range w.dialect.Endpoints() {
		spec := e.Spec()
		if !paths[spec.Name] || !paths[spec.Name+"/"] {
			t.Errorf("%s has no route", spec.Name)
		}
	}
	if w.dialect.Name() != openim.Name {
		t.Errorf("the name is %s", w.dialect.Name())
	}
}
