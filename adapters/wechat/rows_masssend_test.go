package wechat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

func mass(kind, more string) string {
	return `{"group_id":-1,"msg_type":"` + kind + `","msg_id":"m1"` + more + `}`
}

func TestMassSend(t *testing.T) {
	const request = "POST /v1/$I/masssend/send"
	d := newDesk(t)
	for _, kind := range []string{"text", "image", "voice", "mpnews", "mpvideo", "news", "video"} {
		d.done(request, mass(kind, ""))
		d.told("send " + kind + " m1 to -1 all")
	}
	for given, want := range map[string]string{`"0"`: "0", `1`: "1", `"2"`: "2", `""`: "all", `null`: "all"} {
		d.done(request, mass("text", `,"gender":`+given))
		d.told("send text m1 to -1 " + want)
	}
	for body, message := range map[string]string{
		`{"msg_type":"text","msg_id":"m"}`:   "missing parameter: group_id",
		`{"group_id":"0","msg_id":"m"}`:      "missing parameter: msg_type",
		`{"group_id":"0","msg_type":"text"}`: "missing parameter: msg_id",
		mass("music", ""):                    "invalid parameter: msg_type",
		mass("", ""):                         "invalid parameter: msg_type",
		mass("text", `,"gender":"3"`):        "invalid parameter: gender",
		mass("text", `,"gender":{}`):         "invalid parameter: gender",
	} {
		d.refuses(request, body, 400, message)
	}
	d.told("")
	d.helper.failWith(core.NewFault(core.Invalid, official.FieldAudience, "nobody"))
	d.refuses(request, mass("text", ""), 400, "invalid openid list under selection condition")
	d.helper.failWith(core.NewFault(core.NotFound, official.FieldText, "no such text"))
	d.refuses(request, mass("text", ""), 404, "not found")
	d.helper.failWith(&weixin.CallError{Call: "message/mass/send", Err: &weixin.APIError{Code: 45028, Message: "has no masssend quota"}})
	d.refuses(request, mass("text", ""), 502, `{"errcode":45028,"errmsg":"has no masssend quota"}`)
}

func TestMassPreview(t *testing.T) {
	const request = "POST /v1/$I/masssend/preview"
	d := newDesk(t)
	d.done(request, `{"openid":"a","msg_type":"mpnews","msg_id":"m1"}`)
	d.told("preview mpnews m1 to a")
	for body, message := range map[string]string{
		`{"msg_type":"text","msg_id":"m"}`:             "missing parameter: openid",
		`{"openid":"a","msg_id":"m"}`:                  "missing parameter: msg_type",
		`{"openid":"a","msg_type":"text"}`:             "missing parameter: msg_id",
		`{"openid":"a","msg_type":"x","msg_id":"m"}`:   "invalid parameter: msg_type",
		`{"openid":"","msg_type":"text","msg_id":"m"}`: "invalid parameter: openid",
	} {
		d.refuses(request, body, 400, message)
	}
	d.told("")
}

// sent creates a mass send to the one follower, and ends it if finish is given.
func (d *desk) sent(kind, material string, messageID int64, finish *official.Finish) string {
	d.t.Helper()
	d.clock = d.clock.Add(time.Second)
	ctx := d.t.Context()
	m := must[*official.MassSend](d.t)(d.service.CreateMassSend(ctx, d.account.ID, official.MassSendInput{
		Audience: official.Selection{Group: official.GroupAll}, Type: kind, Material: material,
	}))
	if finish == nil {
		return m.ID
	}
	chunk := must[*official.ChunkToSend](d.t)(d.service.NextChunk(ctx, d.account.ID, m.ID))
	for _, err := range []error{
		d.service.SettleChunk(ctx, d.account.ID, m.ID, chunk.Index, official.ChunkResult{State: official.ChunkSent, MessageID: messageID}),
		d.service.FinishChunk(ctx, d.account.ID, messageID, *finish),
	} {
		if err != nil {
			d.t.Fatal(err)
		}
	}
	return m.ID
}

func TestMassStatus(t *testing.T) {
	d := newDesk(t)
	d.follow(follower1("a"))
	id := d.sent("text", "m", 0, nil)
	d.gives("GET /v1/$I/masssend/"+id, "", ok(`{"status":"sending","total_count":null,"filter_count":null,"sent_count":null,"error_count":null}`))
	id = d.sent("text", "m", 7, &official.Finish{Status: "err(10001)", Counts: official.Counts{Total: 3, Filtered: 2, Failed: 2}})
	d.gives("GET /v1/$I/masssend/"+id, "", ok(`{"status":"err(10001)","total_count":3,"filter_count":2,"sent_count":0,"error_count":2}`))
	d.refuses("GET /v1/$I/masssend/nothing", "", 404, "not found")
	id = d.sent("text", "m", 0, nil)
	chunk := must[*official.ChunkToSend](t)(d.service.NextChunk(t.Context(), d.account.ID, id))
	must[struct{}](t)(struct{}{}, d.service.SettleChunk(t.Context(), d.account.ID, id, chunk.Index, official.ChunkResult{State: official.ChunkRefused, Code: 45028}))
	d.gives("GET /v1/$I/masssend/"+id, "", ok(`{"status":"send fail","total_count":null,"filter_count":null,"sent_count":null,"error_count":null}`))
}

func TestMassSends(t *testing.T) {
	d := newDesk(t)
	d.gives("GET /v1/$I/masssend", "", ok(`{"message":[],`+pages("1", "10", "0")+`}`))
	d.follow(follower1("a"))
	text := d.makes("POST /v1/$I/text", `{"content":"c"}`)
	ctx := t.Context()
	medium := func(kind official.MediaKind, name string) *official.Media {
		return must[*official.Media](t)(d.service.CreateMedia(ctx, d.account.ID, kind, name, strings.NewReader("x"), 10))
	}
	image, voice, video := medium(official.KindImage, "i.jpg"), medium(official.KindVoice, "v.mp3"), medium(official.KindVideo, "v.mp4")
	must[struct{}](t)(struct{}{}, d.service.DescribeMedia(ctx, d.account.ID, video.ID, "T", "D"))
	news := must[string](t)(d.service.CreateNews(ctx, d.account.ID, []official.ArticleInput{{Title: "n", Author: "a", Digest: "g", ImageID: image.ID, Content: "<p>", Source: "http://s"}}))
	updated := d.clock.UnixMilli()
	head := func(kind, material string) (string, string) {
		id := d.sent(kind, material, 0, nil)
		return id, fmt.Sprintf(`{"id":%q,"msg_type":%q,"msg_id":%q,"create_time":%d`, id, kind, material, d.clock.UnixMilli())
	}
	var all []string
	add := func(kind, material, rest string) {
		_, begin := head(kind, material)
		all = append([]string{begin + rest + "}"}, all...)
	}
	url := func(m *official.Media, ending string) string { return baseURL + "/media/$I/" + m.ID + ending }
	add("text", text, `,"content":"c"`)
	add("image", image.ID, `,"name":"i.jpg","url":"`+url(image, ".jpg")+`"`)
	add("voice", voice.ID, `,"name":"v.mp3","url":"`+url(voice, ".mp3")+`"`)
	for _, kind := range []string{"video", "mpvideo"} {
		add(kind, video.ID, `,"title":"T","description":"D","url":"`+url(video, ".mp4")+`"`)
	}
	for _, kind := range []string{"news", "mpnews"} {
		add(kind, news, fmt.Sprintf(`,"news":[{"update_time":%d,"title":"n","author":"a","image_id":%q,"url":%q,"digest":"g","content":"<p>","content_source_url":"http://s"}]`,
			updated, image.ID, url(image, ".jpg")))
	}
	add("text", "gone", `,"content":""`)
	add("mpnews", "gone", `,"news":[]`)
	add("image", "gone", `,"name":"","url":""`)
	d.gives("GET /v1/$I/masssend", "", ok(`{"message":[`+strings.Join(all, ",")+`],`+pages("1", "10", "10")+`}`))
	d.gives("GET /v1/$I/masssend?index=4&size=3", "", ok(`{"message":[`+all[9]+`],`+pages("4", "3", "10")+`}`))
	d.refuses("GET /v1/$I/masssend?index=x", "", 400, "invalid parameter: index")
}
