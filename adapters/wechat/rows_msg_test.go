package wechat_test

import (
	"strings"
	"testing"
	"time"

	"parley/core/official"
)

// hear stores received messages, a minute apart, the last one the newest.
func (d *desk) hear(all ...official.Inbound) {
	d.t.Helper()
	for i, m := range all {
		if m.Time == 0 {
			m.Time = int64(i+1) * 60_000
		}
		if _, _, err := d.service.StoreInbound(d.t.Context(), d.account.ID, m); err != nil {
			d.t.Fatal(err)
		}
	}
}

func TestMessages(t *testing.T) {
	d := newDesk(t)
	d.follow(follower1("a"))
	d.hear(
		official.Inbound{ID: "1", Kind: official.InboundText, Sender: "a", Content: "内容/1"},
		official.Inbound{ID: "2", Kind: official.InboundImage, Sender: "b", MediaID: "m", PictureURL: "http://p", Copy: "c2"},
		official.Inbound{ID: "3", Kind: official.InboundVoice, Sender: "a", MediaID: "m", Format: "amr", Recognition: "r", Copy: "c3"},
		official.Inbound{ID: "4", Kind: official.InboundVideo, Sender: "a", MediaID: "m", ThumbMediaID: "t", Copy: "c4", ThumbCopy: "c5"},
		official.Inbound{ID: "5", Kind: official.InboundLocation, Sender: "a", Latitude: "23.1", Longitude: "113.3", Scale: "20", Label: "广州"},
		official.Inbound{ID: "6", Kind: official.InboundLink, Sender: "a", Title: "t", Description: "d", URL: "http://l"},
		official.Inbound{Kind: official.InboundEvent, Sender: "a", Event: "CLICK", EventKey: "k"},
		official.Inbound{ID: "7", Kind: official.InboundImage, Sender: "a"},
	)
	const known = `,"sender_id":"a","nickname":"Nick a","avatar":"http://a/a","create_time":`
	media := baseURL + "/media/$I/"
	all := []string{
		`{"id":"7","type":"image","media_id":"","pic_url":"","url":""` + known + `480000}`,
		`{"id":"6","type":"link","url":"http://l","title":"t","description":"d"` + known + `360000}`,
		`{"id":"5","type":"location","latitude":"23.1","longitude":"113.3","scale":"20","label":"广州"` + known + `300000}`,
		`{"id":"4","type":"video","media_id":"m","url":"` + media + `c4","thumb_media_id":"t","thumb_url":"` + media + `c5","title":"","description":""` + known + `240000}`,
		`{"id":"3","type":"voice","media_id":"m","url":"` + media + `c3","format":"amr","recognition":"r"` + known + `180000}`,
		`{"id":"2","type":"image","media_id":"m","pic_url":"http://p","url":"` + media + `c2","sender_id":"b","nickname":"","avatar":"","create_time":120000}`,
		`{"id":"1","type":"text","content":"内容/1"` + known + `60000}`,
	}
	list := func(pagination string, messages ...string) string {
		return ok(`{` + pagination + `,"message":[` + strings.Join(messages, ",") + `]}`)
	}
	d.gives("GET /v1/$I/msg", "", list(pages("1", "10", "7"), all...))
	d.gives("GET /v1/$I/msg?index=2&size=5", "", list(pages("2", "5", "7"), all[5:]...))
	d.gives("GET /v1/$I/msg?filter=%E5%86%85%E5%AE%B9", "", list(pages("1", "10", "1"), all[6]))
	d.gives("GET /v1/$I/msg?filter=%25", "", list(pages("1", "10", "0")))
	must[struct{}](t)(struct{}{}, d.service.MarkAnswered(t.Context(), d.account.ID, "1"))
	for _, on := range []string{"1", "true"} {
		d.gives("GET /v1/$I/msg?size=1&index=7&filterivrmsg="+on, "", list(pages("7", "1", "6")))
	}
	for _, off := range []string{"", "0", "false"} {
		d.gives("GET /v1/$I/msg?size=1&index=7&filterivrmsg="+off, "", list(pages("7", "1", "7"), all[6]))
	}
}

// TestMessageDays checks that days begin in the app's zone, the first one included and the last one not.
func TestMessageDays(t *testing.T) {
	d := newDesk(t)
	midnight := time.Date(2014, 8, 27, 0, 0, 0, 0, time.FixedZone("China", 8*3600)).UnixMilli()
	d.hear(
		official.Inbound{ID: "before", Kind: official.InboundText, Sender: "a", Time: midnight - 1},
		official.Inbound{ID: "first", Kind: official.InboundText, Sender: "a", Time: midnight},
		official.Inbound{ID: "last", Kind: official.InboundText, Sender: "a", Time: midnight + 24*3600_000 - 1},
		official.Inbound{ID: "after", Kind: official.InboundText, Sender: "a", Time: midnight + 24*3600_000},
	)
	for query, want := range map[string]string{
		"start_date=2014-08-27&end_date=2014-08-28": "last first",
		"end_date=2014-08-27":                       "before",
		"start_date=2014-08-28":                     "after",
		"start_date=&end_date=":                     "after last first before",
		"start_date=0001-01-01":                     "after last first before",
		"end_date=1969-12-31":                       "",
	} {
		_, text := d.ask("GET /v1/$I/msg?"+query, "")
		var ids []string
		for _, id := range []string{"after", "last", "first", "before"} {
			if strings.Contains(text, `"id":"`+id+`"`) {
				ids = append(ids, id)
			}
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	for query, message := range map[string]string{
		"start_date=2014-8-27":  "invalid parameter: start_date",
		"start_date=2014-02-30": "invalid parameter: start_date",
		"end_date=today":        "invalid parameter: end_date",
		"filterivrmsg=2":        "invalid parameter: filterivrmsg",
		"filter=%ff":            "invalid parameter: filter",
		"index=x":               "invalid parameter: index",
		"size=x":                "invalid parameter: size",
	} {
		d.refuses("GET /v1/$I/msg?"+query, "", 400, message)
	}
}
