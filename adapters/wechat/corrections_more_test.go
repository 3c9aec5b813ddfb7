package wechat_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
	"parley/core/official"
)

// wrote pushes a text of a follower.
func (w *walk) wrote(id, at int64, content string) *wechattest.Reply {
	w.t.Helper()
	return w.push(w.pusher.Text(follower(0), id, content).At(time.UnixMilli(at)))
}

// sendsOne sends a text to the only follower.
func (w *walk) sendsOne() {
	w.t.Helper()
	w.follow(follower1(follower(0)))
	w.gives("POST /v1/$I/text", `{"content":"c"}`, `"$IDT"`)
	w.gives("POST /v1/$I/masssend/send", `{"group_id":"-1","msg_type":"text","msg_id":"$IDT"}`, `null`)
}

func laterCorrections() []correction {
	return []correction{
		{16, "everything but nothing, 0 and false forces", func(w *walk) {
			w.gives("GET /v1/$I/user/fetch?force=", "", `null`)
			w.idle("followers", "all")
			for _, force := range []string{"", "?force=", "?force=0", "?force=false"} {
				w.refuses("GET /v1/$I/user/fetch"+force, "", 400, "follower info has already been fetched")
			}
			for _, force := range []string{"1", "true", "yes"} {
				w.gives("GET /v1/$I/user/fetch?force="+force, "", `null`)
				w.idle("followers", "all")
			}
		}},
		{17, "what was fetched is known from the fetching and not from the groups", func(w *walk) {
			w.gives("POST /v1/$I/group", `{"name":"a"}`, `"$IDA"`)
			w.gives("GET /v1/$I/user/fetch", "", `null`)
			w.idle("followers", "all")
			w.refuses("GET /v1/$I/user/fetch", "", 400, "follower info has already been fetched")
		}},
		{18, "fuzzy is taken in every form and given as a boolean", func(w *walk) {
			for i, tt := range [][2]string{{`"0"`, "false"}, {`"1"`, "true"}, {"0", "false"}, {"1", "true"}, {"true", "true"}, {"false", "false"}, {`"true"`, "true"}} {
				id, keyword := fmt.Sprint("$IDR", i), fmt.Sprint("$IDK", i)
				w.gives("POST /v1/$I/keyword", `{"rule_name":"r","keyword":[{"content":"a","fuzzy":`+tt[0]+`}],"reply_id":"x","reply_type":"text"}`, `"`+id+`"`)
				w.gives("GET /v1/$I/keyword/"+id, "", `{"name":"r","reply_id":"x","reply_type":"text","keyword":[{"id":"`+keyword+`","content":"a","fuzzy":`+tt[1]+`}]}`)
			}
		}},
		{19, "sequence is a number or the text of one", func(w *walk) {
			for i, sequence := range []string{"7", `"7"`, `" 7 "`} {
				w.gives("POST /v1/$I/menu", `{"parent_id":"0","name":"a","sequence":`+sequence+`}`, fmt.Sprintf(`"$ID%d"`, i))
			}
			if _, text := w.ask("GET /v1/$I/menu", ""); strings.Count(text, `"sequence":7`) != 3 {
				w.t.Error(text)
			}
		}},
		{20, "a page has at most 100 rows, and begins where pages of that size do", func(w *walk) {
			var all []official.FollowerUpdate
			for i := range 101 {
				all = append(all, follower1(fmt.Sprintf("f%03d", i)))
			}
			w.follow(all...)
			w.gives("GET /v1/$I/user?group=-1&index=2&size=1000", "", `{"user":[`+item("f000")+`],`+pages("2", "100", "101")+`}`)
			w.gives("GET /v1/$I/user?group=-1&index=3&size=100", "", `{"user":[],`+pages("3", "100", "101")+`}`)
			w.gives("GET /v1/$I/user?group=7&index=-5&size=0", "", `{"user":[],`+pages("1", "10", "0")+`}`)
		}},
		{21, "uploads are judged by the end of their names", func(w *walk) {
			lenient := newWalk(w.t, false)
			lenient.office = newOffice(w.t, officeOptions{dialect: func(o *wechat.Options) { o.LenientUploads = true }})
			for _, tt := range []struct {
				path, name   string
				code, atEase int
			}{
				{"image", "a.jpg", 200, 200},
				{"image", "a.JPG", 200, 200},
				{"image", "a.jpeg", 415, 200},
				{"image", "a.jpg.txt", 415, 415},
				{"voice", "a.mp3", 200, 200},
				{"voice", "a.amr", 200, 200},
				{"voice", "a.wav", 415, 415},
				{"video/upload", "a.mp4", 200, 200},
				{"video/upload", "a.mp4.exe", 415, 415},
				{"news/image", "a.jpeg", 415, 200},
			} {
				for asked, want := range map[*walk]int{w: tt.code, lenient: tt.atEase} {
					if got := asked.upload("POST /v1/$I/"+tt.path, "file", tt.name, jpeg); !strings.HasPrefix(got, `{"code":`+strconv.Itoa(want)+`,`) {
						w.t.Errorf("%s to %s: %s", tt.name, tt.path, got)
					}
				}
			}
		}},
		{22, "filterivrmsg=1 hides what a keyword has answered", func(w *walk) {
			w.gives("POST /v1/$I/text", `{"content":"c"}`, `"$IDT"`)
			w.gives("POST /v1/$I/keyword", `{"rule_name":"r","keyword":[{"content":"hit","fuzzy":"0"}],"reply_id":"$IDT","reply_type":"text"}`, `"$IDR"`)
			if reply := w.wrote(1, officeMoment, "hit"); reply == nil || reply.Content != "c" {
				w.t.Errorf("answered %+v", reply)
			}
			w.wrote(2, officeMoment, "miss")
			for query, want := range map[string]string{"": "2", "?filterivrmsg=0": "2", "?filterivrmsg=1": "1"} {
				if _, text := w.ask("GET /v1/$I/msg"+query, ""); !strings.Contains(text, `"count":`+want+`}`) || strings.Contains(text, `"hit"`) != (want == "2") {
					w.t.Errorf("%s: %s", query, text)
				}
			}
		}},
		{23, "a follower is shown with more than the document says, and at the original with the account", func(w *walk) {
			const more = `{"openid":"a","nickname":"Nick a","country":"","province":"","city":"","gender":0,"avatar":"http://a/a","language":"","subscribed":true,` +
				`"subscribe_time":1000,"unionid":"","remark":"","unsubscribe_time":null,"ungrouped":true,"blocked":false`
			w.follow(follower1("a"))
			w.gives("GET /v1/$I/user/a", "", more+`}`)
			w = w.original()
			w.follow(follower1("a"))
			w.gives("GET /v1/$I/user/a", "", more+`,"info_id":"$I"}`)
		}},
		{24, "what does not exist is 404 in the envelope and 200 before it", func(w *walk) {
			w.refuses("GET /v1/$I/text/x", "", 404, "not found")
		}},
		{25, "a mass send that is refused is no success", func(w *walk) {
			w.follow(follower1(follower(0)), follower1(follower(1)))
			w.gives("POST /v1/$I/text", `{"content":"c"}`, `"$IDT"`)
			const send = `{"group_id":"-1","msg_type":"text","msg_id":"$IDT"}`
			w.gives("POST /v1/$I/masssend/send", send, `null`)
			w.platform.Fail("message/mass/send", 1, wechattest.Refuse(45028, "has no masssend quota"))
			w.refuses("POST /v1/$I/masssend/send", w.fill(send), 502, `{"errcode":45028,"errmsg":"has no masssend quota"}`)
			if n := len(w.platform.Masses()); n != 1 {
				w.t.Errorf("%d were taken", n)
			}
		}},
		{26, "gender is a text or a number", func(w *walk) {
			male := follower1(follower(0))
			male.Profile.Gender = 1
			also := follower1(follower(1))
			also.Profile.Gender = 1
			w.follow(male, also, follower1(follower(2)))
			w.gives("POST /v1/$I/text", `{"content":"c"}`, `"$IDT"`)
			for i, gender := range []string{`"1"`, `1`, `null`} {
				w.gives("POST /v1/$I/masssend/send", `{"group_id":"-1","gender":`+gender+`,"msg_type":"text","msg_id":"$IDT"}`, `null`)
				if taken := w.platform.Masses(); len(taken) != i+1 || len(taken[i].To) != 2+i/2 {
					w.t.Errorf("%s: taken %+v", gender, taken)
				}
			}
			w.refuses("POST /v1/$I/masssend/send", `{"group_id":"-1","gender":3,"msg_type":"text","msg_id":"x"}`, 400, "invalid parameter: gender")
		}},
		{27, "the news are an object in the order of the list", func(w *walk) {
			w.compare("", w.upload("POST /v1/$I/news/image", "file", "a.jpg", jpeg), ok(`{"id":"$IDC","url":"$URL/$IDC.jpg"}`))
			list := ""
			for i := range 9 {
				id := fmt.Sprint("$IDN", i)
				w.gives("POST /v1/$I/news/single", `{"title":"`+strconv.Itoa(i)+`","image_id":"$IDC","content":"c"}`, `"`+id+`"`)
				list = `,"` + id + `":[{"update_time":$NOW,"title":"` + strconv.Itoa(i) + `","url":"$URL/$IDC.jpg","show_cover_pic":true,"digest":""}]` + list
			}
			w.gives("GET /v1/$I/news", "", `{"news":{`+list[1:]+`},`+pages("1", "10", "9")+`}`)
		}},
		{28, "the cover of an article is of either store", func(w *walk) {
			w.compare("", w.upload("POST /v1/$I/news/image", "file", "a.jpg", jpeg), ok(`{"id":"$IDA","url":"$URL/$IDA.jpg"}`))
			w.compare("", w.upload("POST /v1/$I/image", "file", "b.jpg", jpeg), ok(`{"id":"$IDB","name":"b.jpg","url":"$URL/$IDB.jpg"}`))
			for _, id := range []string{"$IDA", "$IDB"} {
				delete(w.bound, "$IDN")
				w.gives("POST /v1/$I/news/single", `{"title":"t","image_id":"`+id+`","content":"c"}`, `"$IDN"`)
				w.gives("GET /v1/$I/news/$IDN", "", `[{"update_time":$NOW,"title":"t","author":"","image_id":"`+id+`","url":"$URL/`+id+`.jpg",`+
					`"show_cover_pic":true,"digest":"","content":"c","content_source_url":""}]`)
			}
		}},
		{29, "what describes a message is text, and its time a number", func(w *walk) {
			w.push(w.pusher.Location("a", 1, "23.1", "113.2", "20", "here"))
			w.gives("GET /v1/$I/msg", "", `{`+pages("1", "10", "1")+`,"message":[{"id":"1","type":"location","latitude":"23.1","longitude":"113.2","scale":"20",`+
				`"label":"here","sender_id":"a","nickname":"","avatar":"","create_time":$NOW}]}`)
		}},
		{30, "-1 are all followers, 0 those in no group, 1 those who are shut out", func(w *walk) {
			w.gives("POST /v1/$I/group", `{"name":"g"}`, `"$IDG"`)
			w.follow(follower1("a"), follower1("b"), follower1("c"))
			w.gives("POST /v1/$I/user/add", `{"openid":"b","group_id":"$IDG"}`, `null`)
			w.gives("POST /v1/$I/user/add", `{"openid":"c","group_id":"1"}`, `null`)
			for group, want := range map[string]string{"-1": item("b") + "," + item("a"), "0": item("a"), "1": item("c"), "$IDG": item("b")} {
				w.gives("GET /v1/$I/user?group="+group, "", `{"user":[`+want+`],`+pages("1", "10", strconv.Itoa(len(regexp.MustCompile("openid").FindAllString(want, -1))))+`}`)
			}
			w.gives("POST /v1/$I/user/rm", `{"openid":"c","group_id":"1"}`, `null`)
			w.gives("POST /v1/$I/user/add", `{"openid":"b","group_id":"0"}`, `null`)
			w.gives("GET /v1/$I/user/groups/b", "", `["0"]`)
			w.gives("GET /v1/$I/user/groups/c", "", `["0"]`)
		}},
	}
}
