package wechat_test

import (
	"regexp"
	"strings"
	"testing"

	"parley/adapters/wechat"
)

func rule(name, keyword, replyType string) string {
	if keyword != "" {
		keyword = `"keyword":` + keyword + `,`
	}
	return `{"rule_name":"` + name + `",` + keyword + `"reply_id":"r1","reply_type":"` + replyType + `"}`
}

// masked hides the IDs of an answer, beginning with the account's.
func masked(text string) string {
	return regexp.MustCompile(`[0-9a-f]{32}`).ReplaceAllString(text, "*")
}

func TestRules(t *testing.T) {
	d := newDesk(t)
	first := d.makes("POST /v1/$I/keyword", rule("one", `[{"content":"a","fuzzy":"0","keycode":"k"},{"content":"b","fuzzy":"1"}]`, "text"))
	second := d.makes("POST /v1/$I/keyword", rule("two", `[{"content":3,"fuzzy":true},{"content":"d","fuzzy":0},{"content":"e","fuzzy":false},{"content":"f","fuzzy":1}]`, "voice"))
	empty := d.makes("POST /v1/$I/keyword", rule("three", `[]`, "news"))
	d.gives("GET /v1/$I/keyword", "", ok(`{"keyword":[{"id":"`+first+`","name":"one","keywords":"a,b"},{"id":"`+second+
		`","name":"two","keywords":"3,d,e,f"},{"id":"`+empty+`","name":"three","keywords":""}],`+pages("1", "10", "3")+`}`))
	d.gives("GET /v1/$I/keyword?index=2&size=2", "", ok(`{"keyword":[{"id":"`+empty+`","name":"three","keywords":""}],`+pages("2", "2", "3")+`}`))
	shown := func(id, want string) {
		t.Helper()
		if _, got := d.ask("GET /v1/$I/keyword/"+id, ""); masked(got) != ok(want) {
			t.Errorf("got  %s\nwant %s", masked(got), ok(want))
		}
	}
	shown(second, `{"name":"two","reply_id":"r1","reply_type":"voice","keyword":[{"id":"*","content":"3","fuzzy":true},`+
		`{"id":"*","content":"d","fuzzy":false},{"id":"*","content":"e","fuzzy":false},{"id":"*","content":"f","fuzzy":true}]}`)
	d.done("PUT /v1/$I/keyword/"+first, rule("uno", "", "image"))
	shown(first, `{"name":"uno","reply_id":"r1","reply_type":"image","keyword":[{"id":"*","content":"a","fuzzy":false},{"id":"*","content":"b","fuzzy":true}]}`)
	d.done("PUT /v1/$I/keyword/"+first, rule("uno", `[]`, "image"))
	shown(first, `{"name":"uno","reply_id":"r1","reply_type":"image","keyword":[]}`)
	d.done("DELETE /v1/$I/keyword/"+first, "")
	for _, request := range []string{"GET", "DELETE", "PUT"} {
		body := ""
		if request == "PUT" {
			body = rule("x", "", "text")
		}
		d.refuses(request+" /v1/$I/keyword/"+first, body, 404, "not found")
	}
}

func TestSpecialRules(t *testing.T) {
	d := newDesk(t)
	for path, name := range map[string]string{"subscribe": "__subscribe", "default": "__default"} {
		d.gives("GET /v1/$I/keyword/"+path, "", ok("null"))
		d.makes("POST /v1/$I/keyword", rule(name, "", "text"))
		id := d.makes("POST /v1/$I/keyword", rule(name, `[{"content":"a","fuzzy":"0"}]`, "video"))
		d.gives("GET /v1/$I/keyword/"+path, "", ok(`{"id":"`+id+`","reply_id":"r1","reply_type":"video"}`))
	}
	d.gives("GET /v1/$I/keyword", "", ok(`{"keyword":[],`+pages("1", "10", "0")+`}`))
}

func TestRuleRefusals(t *testing.T) {
	d := newDesk(t)
	id := d.makes("POST /v1/$I/keyword", rule("one", `[]`, "text"))
	for body, message := range map[string]string{
		`{}`:                                 "missing parameter: rule_name",
		`{"rule_name":"a"}`:                  "missing parameter: reply_id",
		`{"rule_name":"a","reply_id":"r"}`:   "missing parameter: reply_type",
		rule("a", `[]`, "link"):              "invalid parameter: reply_type",
		rule("a", `[]`, ""):                  "invalid parameter: reply_type",
		rule("a", `{}`, "text"):              "invalid parameter: keyword",
		rule("a", `["x"]`, "text"):           "invalid parameter: keyword[0]",
		rule("a", `[{"fuzzy":"0"}]`, "text"): "missing parameter: keyword[0].content",
		rule("a", `[{"content":"a","fuzzy":"0"},{"content":"a"}]`, "text"):          "missing parameter: keyword[1].fuzzy",
		rule("a", `[{"content":"a","fuzzy":"2"}]`, "text"):                          "invalid parameter: keyword[0].fuzzy",
		rule("a", `[{"content":[],"fuzzy":"1"}]`, "text"):                           "invalid parameter: keyword[0].content",
		rule("a", `[{"content":" ","fuzzy":"1"}]`, "text"):                          "invalid parameter: keyword",
		rule("a", `[{"content":"`+strings.Repeat("a", 501)+`","fuzzy":1}]`, "text"): "invalid parameter: keyword",
		rule("", `[]`, "text"):                                             "invalid parameter: rule_name",
		rule(strings.Repeat("名", 101), `[]`, "text"):                       "invalid parameter: rule_name",
		`{"rule_name":"a","keyword":[],"reply_id":"","reply_type":"text"}`: "invalid parameter: reply_id",
	} {
		d.refuses("POST /v1/$I/keyword", body, 400, message)
		d.refuses("PUT /v1/$I/keyword/"+id, body, 400, message)
	}
	d.refuses("POST /v1/$I/keyword", rule("a", "", "text"), 400, "missing parameter: keyword")
	d.refuses("POST /v1/$I/keyword", rule("a", "null", "text"), 400, "missing parameter: keyword")
}

func TestUnknownRuleOriginalShape(t *testing.T) {
	d := newDesk(t, func(o *wechat.Options) { o.OriginalShapes = true })
	d.gives("GET /v1/$I/keyword/nothing", "", ok("null"))
}
