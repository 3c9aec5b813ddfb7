package wechat_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wire"
)

// sample is a value that a parameter may have, as JSON.
func sample(p *wire.ParamSpec) any {
	switch {
	case len(p.Values) > 0:
		return p.Values[0]
	case p.Name == "encoding_aes_key":
		return encodingKey
	case len(p.Fields) > 0:
		return []any{samples(p.Fields)}
	case p.Type == wire.TypeList:
		return []any{"x"}
	case p.Type == wire.TypeInt || p.Type == wire.TypeBool:
		return 1
	}
	return "x"
}

func samples(params []wire.ParamSpec) map[string]any {
	all := map[string]any{}
	for i := range params {
		all[params[i].Name] = sample(&params[i])
	}
	return all
}

// asked is a request of an endpoint, all of whose parameters can be changed.
type asked struct {
	spec  *wire.Spec
	place map[wire.Place]map[string]any
}

func newAsked(spec *wire.Spec) *asked {
	a := &asked{spec, map[wire.Place]map[string]any{}}
	for i := range spec.Params {
		p := &spec.Params[i]
		if a.place[p.From] == nil {
			a.place[p.From] = map[string]any{}
		}
		a.place[p.From][p.Name] = sample(p)
	}
	if path := a.place[wire.PlacePath]; path["INFO_ID"] != nil {
		path["INFO_ID"] = "$I"
	}
	return a
}

// request is the line and the body.
func (a *asked) request(t *testing.T) (line, body string) {
	line = a.spec.Name
	for name, value := range a.place[wire.PlacePath] {
		line = strings.ReplaceAll(line, "{"+name+"}", fmt.Sprint(value))
	}
	separator := "?"
	for name, value := range a.place[wire.PlaceQuery] {
		if value != nil && !strings.HasSuffix(name, "_date") {
			line, separator = line+separator+name+"="+fmt.Sprint(value), "&"
		}
	}
	var content any
	switch whole := a.place[wire.PlaceWhole]; {
	case len(whole) > 0:
		for _, value := range whole {
			content = value
		}
	case a.place[wire.PlaceBody] != nil:
		content = a.place[wire.PlaceBody]
	default:
		return line, ""
	}
	if content == nil {
		return line, ""
	}
	return line, string(must[[]byte](t)(json.Marshal(content)))
}

// management are the endpoints of the management API whose requests are JSON or nothing.
func management(o *office) (specs []*wire.Spec) {
	for _, e := range o.dialect.Endpoints() {
		spec := e.Spec()
		file := slices.ContainsFunc(spec.Params, func(p wire.ParamSpec) bool { return p.From == wire.PlacePart })
		if strings.Contains(spec.Name, " /v1/") && !file {
			specs = append(specs, spec)
		}
	}
	return specs
}

// TestMissingParameters leaves out each parameter that an endpoint needs, and sends null in its place.
func TestMissingParameters(t *testing.T) {
	o := newOffice(t, officeOptions{})
	left := 0
	for _, spec := range management(o) {
		for _, p := range spec.Params {
			if !p.Required || p.From == wire.PlacePath {
				continue
			}
			left++
			a := newAsked(spec)
			for _, value := range []any{nil, "absent"} {
				a.place[p.From][p.Name] = nil
				if value != nil {
					delete(a.place[p.From], p.Name)
				}
				line, body := a.request(t)
				o.refuses(line, body, 400, "missing parameter: "+p.Name)
			}
		}
	}
	if left < 30 {
		t.Errorf("%d parameters were left out", left)
	}
	for _, article := range []string{"title", "image_id", "content"} {
		all := map[string]any{"title": "t", "image_id": "x", "content": "c"}
		delete(all, article)
		body := string(must[[]byte](t)(json.Marshal([]any{map[string]any{"title": "t", "image_id": "x", "content": "c"}, all})))
		for _, request := range []string{"POST /v1/$I/news/multiple", "PUT /v1/$I/news/multiple/x"} {
			o.refuses(request, body, 400, "missing parameter: articles[1]."+article)
		}
	}
	for _, request := range []string{"POST /v1/$I/keyword", "PUT /v1/$I/keyword/x"} {
		o.refuses(request, `{"rule_name":"r","keyword":[{"content":"a","fuzzy":"0"},{"fuzzy":"0"}],"reply_id":"x","reply_type":"text"}`, 400, "missing parameter: keyword[1].content")
		o.refuses(request, `{"rule_name":"r","keyword":[{"content":"a"}],"reply_id":"x","reply_type":"text"}`, 400, "missing parameter: keyword[0].fuzzy")
	}
	o.refuses("POST /v1/$I/keyword", `{"rule_name":"r","reply_id":"x","reply_type":"text"}`, 400, "missing parameter: keyword")
	o.refuses("PUT /v1/$I/group/x", `{"nam":"a"}`, 400, "missing parameter: name")
	for _, request := range []string{"POST /v1/$I/image", "POST /v1/$I/voice", "POST /v1/$I/video/upload", "POST /v1/$I/news/image"} {
		o.refuses(request, `{"file":"a"}`, 400, "missing parameter: file")
		o.refuses(request, "", 400, "missing parameter: file")
		if text := o.upload(request, "files", "a.jpg", jpeg); text != mediaRefusal(400, "missing parameter: file") {
			t.Errorf("%s: %s", request, text)
		}
	}
}

// TestWrongTypes gives each parameter what it can not be.
func TestWrongTypes(t *testing.T) {
	o := newOffice(t, officeOptions{})
	wrong := map[wire.Type][]any{
		wire.TypeString: {map[string]any{"a": 1}, []any{"a"}},
		wire.TypeInt:    {map[string]any{}, []any{1}, "x", 1.5, true, "9223372036854775808"},
		wire.TypeBool:   {map[string]any{}, 2, "yes"},
		wire.TypeList:   {"x", 1, map[string]any{}, []any{[]any{}}, []any{nil}},
	}
	given := 0
	for _, spec := range management(o) {
		for _, p := range spec.Params {
			values := wrong[p.Type]
			switch {
			case p.From == wire.PlacePath:
				continue
			case p.From == wire.PlaceQuery && p.Type == wire.TypeString:
				continue // all of them are texts
			case p.From == wire.PlaceQuery:
				values = []any{"x", "1.5", "true1", "%00", "99999999999999999999"}
			case len(p.Fields) > 0:
				values = []any{"x", map[string]any{}, []any{"x"}, []any{[]any{}}}
			case len(p.Values) > 0:
				values = append(slices.Clone(values), "no such value", "TEXT")
			}
			for _, value := range values {
				a := newAsked(spec)
				a.place[p.From][p.Name] = value
				line, body := a.request(t)
				name := p.Name
				if list, ok := value.([]any); ok && len(p.Fields) > 0 && len(list) > 0 {
					name += "[0]"
				}
				given++
				message := "invalid parameter: " + name
				if p.From == wire.PlaceWhole && value == "x" {
					message = "the request body is not a JSON object"
				}
				o.refuses(line, body, 400, message)
			}
		}
	}
	if given < 100 {
		t.Errorf("%d values were given", given)
	}
	const rule = `{"rule_name":"r","keyword":[{"content":"a","fuzzy":"2"}],"reply_id":"x","reply_type":"text"}`
	o.refuses("POST /v1/$I/keyword", rule, 400, "invalid parameter: keyword[0].fuzzy")
	o.refuses("POST /v1/$I/news/multiple", `[{"title":"t","image_id":"x","content":{}}]`, 400, "invalid parameter: articles[0].content")
}

// TestUnknownAccounts asks every endpoint about an account that does not exist.
func TestUnknownAccounts(t *testing.T) {
	o := newOffice(t, officeOptions{})
	specs := management(o)
	for _, spec := range specs {
		a := newAsked(spec)
		if a.place[wire.PlacePath]["INFO_ID"] == nil {
			continue
		}
		for _, id := range []string{strings.Repeat("0", 32), "gh_0123456789ab", strings.Repeat("a", 500), "%00", "..%2f"} {
			a.place[wire.PlacePath]["INFO_ID"] = id
			line, body := a.request(t)
			o.refuses(line, body, 404, "not found")
		}
	}
	for _, path := range []string{"image", "voice", "video/upload", "video/upload/x", "news/image"} {
		o.refuses("POST /v1/nobody/"+path, "", 404, "not found")
	}
	o.refuses("POST /v1/bind/fillin", `{"id":"nobody","app_id":"wxappid","app_secret":"secret"}`, 404, "not found")
	if len(specs) < 55 {
		t.Errorf("there are %d endpoints", len(specs))
	}
}

// TestUnknownIDs asks every endpoint about what does not exist.
func TestUnknownIDs(t *testing.T) {
	o := newOffice(t, officeOptions{platform: wechattest.Options{Followers: 3}})
	for _, spec := range management(o) {
		for _, name := range []string{"ID", "OPENID"} {
			a := newAsked(spec)
			path := a.place[wire.PlacePath]
			if path[name] == nil {
				continue
			}
			for _, id := range []string{"x", strings.Repeat("0", 32), "7fbd286b-d4eb-46de-9a80-9e601f76c861", strings.Repeat("a", 2000), "%2e%2e%2f", "%00"} {
				path[name] = id
				line, body := a.request(t)
				if strings.HasPrefix(line, "GET /v1/$I/news/") {
					o.gives(line, body, ok(`[]`))
					continue
				}
				o.refuses(line, body, 404, "not found")
			}
		}
	}
	o.follow(follower1(follower(0)))
	text := o.makes("POST /v1/$I/text", `{"content":"a"}`)
	for _, tt := range []struct {
		request, body, message string
		code                   int
	}{
		{"POST /v1/$I/menu/bind", `{"menu_id":"x","reply_id":"a","reply_type":"text"}`, "not found", 404},
		{"POST /v1/$I/menu/bind", `{"menu_id":"x","reply_id":"http://a","reply_type":"link"}`, "not found", 404},
		{"POST /v1/$I/menu/unbind", `{"menu_id":"x"}`, "not found", 404},
		{"POST /v1/$I/menu", `{"parent_id":"x","name":"a","sequence":1}`, "not found", 404},
		{"POST /v1/$I/user/add", `{"openid":"` + follower(0) + `","group_id":"x"}`, "not found", 404},
		{"POST /v1/$I/user/add", `{"openid":"x","group_id":"0"}`, "not found", 404},
		{"POST /v1/$I/user/add/batch", `{"openid":["` + follower(0) + `","x"],"group_id":"1"}`, "not found", 404},
		{"POST /v1/$I/user/rm", `{"openid":"x","group_id":"0"}`, "not found", 404},
		{"POST /v1/$I/user/rm/batch", `{"openid":["x"],"group_id":"0"}`, "not found", 404},
		{"POST /v1/$I/news/single", `{"title":"t","image_id":"x","content":"c"}`, "not found", 404},
		{"POST /v1/$I/masssend/send", `{"group_id":"-1","msg_type":"text","msg_id":"x"}`, "not found", 404},
		{"POST /v1/$I/masssend/send", `{"group_id":"-1","msg_type":"mpnews","msg_id":"` + text + `"}`, "not found", 404},
		{"POST /v1/$I/masssend/send", `{"group_id":"x","msg_type":"text","msg_id":"` + text + `"}`, "not found", 404},
		{"POST /v1/$I/masssend/send", `{"group_id":"1","msg_type":"text","msg_id":"` + text + `"}`, "invalid openid list under selection condition", 400},
		{"POST /v1/$I/masssend/preview", `{"openid":"x","msg_type":"text","msg_id":"` + text + `"}`, `{"errcode":40003,"errmsg":"invalid openid"}`, 502},
	} {
		o.refuses(tt.request, tt.body, tt.code, tt.message)
	}
	o.gives("GET /v1/$I/user/groups/"+follower(0), "", ok(`["0"]`))
	o.gives("GET /v1/$I/masssend", "", ok(`{"message":[],`+pages("1", "10", "0")+`}`))
}
