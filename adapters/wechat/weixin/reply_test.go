package weixin_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/adapters/wechat/weixin"
)

func TestReplies(t *testing.T) {
	r := weixin.Reply{To: "o1", From: "gh_1", Created: 1403163520}
	const head = "<xml><ToUserName><![CDATA[o1]]></ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName><CreateTime>1403163520</CreateTime><MsgType><![CDATA["
	for name, test := range map[string]struct {
		got  []byte
		want string
	}{
		"text":  {r.AppendText(nil, "a]]>b\x00"), "text]]></MsgType><Content><![CDATA[a]]]]><![CDATA[>b]]></Content></xml>"},
		"image": {r.AppendImage(nil, "m"), "image]]></MsgType><Image><MediaId><![CDATA[m]]></MediaId></Image></xml>"},
		"voice": {r.AppendVoice(nil, "m"), "voice]]></MsgType><Voice><MediaId><![CDATA[m]]></MediaId></Voice></xml>"},
		"video": {
			r.AppendVideo(nil, "m", "t", "d"),
			"video]]></MsgType><Video><MediaId><![CDATA[m]]></MediaId><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description></Video></xml>",
		},
		"music": {
			r.AppendMusic(nil, weixin.Music{Title: "t", Description: "d", MusicURL: "u", HQMusicURL: "h"}),
			"music]]></MsgType><Music><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><MusicUrl><![CDATA[u]]></MusicUrl><HQMusicUrl><![CDATA[h]]></HQMusicUrl></Music></xml>",
		},
		"music with a picture": {
			r.AppendMusic(nil, weixin.Music{ThumbMediaID: "m"}),
			"music]]></MsgType><Music><Title><![CDATA[]]></Title><Description><![CDATA[]]></Description><MusicUrl><![CDATA[]]></MusicUrl><HQMusicUrl><![CDATA[]]></HQMusicUrl><ThumbMediaId><![CDATA[m]]></ThumbMediaId></Music></xml>",
		},
		"news": {
			r.AppendNews(nil, []weixin.Article{{"t", "d", "p", "u"}, {Title: "2"}}),
			"news]]></MsgType><ArticleCount>2</ArticleCount><Articles><item><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><PicUrl><![CDATA[p]]></PicUrl><Url><![CDATA[u]]></Url></item>" +
				"<item><Title><![CDATA[2]]></Title><Description><![CDATA[]]></Description><PicUrl><![CDATA[]]></PicUrl><Url><![CDATA[]]></Url></item></Articles></xml>",
		},
	} {
		if string(test.got) != head+test.want {
			t.Errorf("%s: %s", name, test.got)
		}
	}
	if got := r.AppendText([]byte("before"), ""); !strings.HasPrefix(string(got), "before<xml>") {
		t.Errorf("appended: %s", got)
	}
}

func TestSealedReply(t *testing.T) {
	v := vectors(t)[2]
	s := sealer(t, v.Key, v.AppID)
	text := weixin.AppendSealedReply(nil, s, v.Token, 1403163520, "n]]>", []byte(v.Text))
	var got struct {
		Encrypt, MsgSignature, TimeStamp, Nonce string
	}
	if err := xml.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.TimeStamp != "1403163520" || got.Nonce != "n]]>" || !weixin.Signed(got.MsgSignature, v.Token, got.TimeStamp, got.Nonce, got.Encrypt) {
		t.Errorf("%+v", got)
	}
	if opened, err := s.Open(got.Encrypt); err != nil || string(opened) != v.Text {
		t.Errorf("%q, %v", opened, err)
	}
}

// kept is what of a text can be in XML, with the line ends that its readers make of them.
func kept(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r != 0xfffe && r != 0xffff {
			return r
		}
		return -1
	}, s)
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func FuzzReply(f *testing.F) {
	f.Add("]]>", "]]\x00>")
	f.Add("a]", "]>]]>]]]>>")
	f.Add("\xff\r\n\r", "<&>\ufffe😀")
	f.Fuzz(func(t *testing.T, title, description string) {
		text := weixin.Reply{To: title, From: description}.AppendNews(nil, []weixin.Article{{Title: title, Description: description}})
		var got struct {
			To       string `xml:"ToUserName"`
			Articles []struct {
				Title, Description string
			} `xml:"Articles>item"`
		}
		if err := xml.Unmarshal(text, &got); err != nil || len(got.Articles) != 1 {
			t.Fatalf("%s: %v", text, err)
		}
		if got.To != kept(title) || got.Articles[0].Title != kept(title) || got.Articles[0].Description != kept(description) {
			t.Fatalf("%q became %+v", []string{title, description}, got)
		}
	})
}
