package weixin_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/wechat/weixin"
)

func TestParseInbound(t *testing.T) {
	head := "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n <FromUserName><![CDATA[o2]]></FromUserName><CreateTime>1403163520</CreateTime>"
	with := func(change func(*weixin.Inbound)) *weixin.Inbound {
		m := &weixin.Inbound{ToUserName: "gh_1", FromUserName: "o2", CreateTime: "1403163520"}
		change(m)
		return m
	}
	for name, test := range map[string]struct {
		text string
		want *weixin.Inbound
	}{
		"text": {
			`<?xml version="1.0" encoding="UTF-8"?>` + head + "<MsgType>text</MsgType><Content><![CDATA[a<b]]>&amp;&#128512;<![CDATA[]]]]><![CDATA[>]]></Content><MsgId>1234567890123456</MsgId></xml>\n",
			with(func(m *weixin.Inbound) { m.MsgType, m.Content, m.MsgID = "text", "a<b&😀]]>", "1234567890123456" }),
		},
		"image": {
			head + "<MsgType>image</MsgType><PicUrl>http://p</PicUrl><MediaId>m</MediaId></xml>",
			with(func(m *weixin.Inbound) { m.MsgType, m.PicURL, m.MediaID = "image", "http://p", "m" }),
		},
		"voice": {
			head + "<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><Recognition>你好</Recognition></xml>",
			with(func(m *weixin.Inbound) { m.MsgType, m.MediaID, m.Format, m.Recognition = "voice", "m", "amr", "你好" }),
		},
		"video": {
			head + "<MsgType>video</MsgType><MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId></xml>",
			with(func(m *weixin.Inbound) { m.MsgType, m.MediaID, m.ThumbMediaID = "video", "m", "t" }),
		},
		"location": {
			head + "<MsgType>location</MsgType><Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Scale>20</Scale><Label>here</Label></xml>",
			with(func(m *weixin.Inbound) {
				m.MsgType, m.LocationX, m.LocationY, m.Scale, m.Label = "location", "23.1", "113.3", "20", "here"
			}),
		},
		"link": {
			head + "<MsgType>link</MsgType><Title>t</Title><Description>d</Description><Url>http://u</Url></xml>",
			with(func(m *weixin.Inbound) { m.MsgType, m.Title, m.Description, m.URL = "link", "t", "d", "http://u" }),
		},
		"scan": {
			head + "<MsgType>event</MsgType><Event>subscribe</Event><EventKey>qrscene_1</EventKey><Ticket>T</Ticket></xml>",
			with(func(m *weixin.Inbound) {
				m.MsgType, m.Event, m.EventKey, m.Ticket = "event", "subscribe", "qrscene_1", "T"
			}),
		},
		"finish": {
			head + "<MsgType>event</MsgType><Event>MASSSENDJOBFINISH</Event><MsgID>9</MsgID><Status>send success</Status><TotalCount>4</TotalCount><FilterCount>3</FilterCount><SentCount>2</SentCount><ErrorCount>1</ErrorCount>" +
				"<CopyrightCheckResult><Count>7</Count><ResultList><item><Status>x</Status></item></ResultList></CopyrightCheckResult></xml>",
			with(func(m *weixin.Inbound) {
				m.MsgType, m.Event, m.MsgID, m.Status = "event", "MASSSENDJOBFINISH", "9", "send success"
				m.TotalCount, m.FilterCount, m.SentCount, m.ErrorCount = "4", "3", "2", "1"
			}),
		},
		"sealed": {
			"<xml><ToUserName>gh_1</ToUserName><Encrypt>abc=</Encrypt></xml>",
			&weixin.Inbound{ToUserName: "gh_1", Encrypt: "abc="},
		},
		"twice":   {"<xml><Content>a</Content><Content>b</Content></xml>", &weixin.Inbound{Content: "a"}},
		"nested":  {"<xml><Content>a<b>no</b>c</Content><x><Event>no</Event></x></xml>", &weixin.Inbound{Content: "ac"}},
		"nothing": {"<xml/>", &weixin.Inbound{}},
	} {
		got, err := weixin.ParseInbound([]byte(test.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestParseInboundRefuses(t *testing.T) {
	deep := func(n int) string {
		return "<xml>" + strings.Repeat("<a>", n-1) + strings.Repeat("</a>", n-1) + "</xml>"
	}
	for name, text := range map[string]string{
		"empty":         "",
		"white":         "  \n",
		"JSON":          `{"a":1}`,
		"another root":  "<html></html>",
		"two roots":     "<xml/><xml/>",
		"text before":   "a<xml/>",
		"text after":    "<xml/>a",
		"unfinished":    "<xml><Content>",
		"crossed":       "<xml><a></xml></a>",
		"document type": `<!DOCTYPE xml><xml/>`,
		"entity":        `<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Content>&x;</Content></xml>`,
		"inner type":    `<xml><!ENTITY x "y"></xml>`,
		"unknown":       "<xml><Content>&x;</Content></xml>",
		"instruction":   `<?php echo 1?><xml/>`,
		"style":         `<xml><?xml-stylesheet href="http://x"?></xml>`,
		"late":          `<xml><?xml version="1.0"?></xml>`,
		"charset":       `<?xml version="1.0" encoding="GBK"?><xml/>`,
		"no UTF-8":      "<xml><Content>\xff</Content></xml>",
		"control":       "<xml><Content>\x01</Content></xml>",
		"deep":          deep(17),
		"long":          "<xml><Content>" + strings.Repeat("a", weixin.MaxInbound) + "</Content></xml>",
	} {
		if m, err := weixin.ParseInbound([]byte(text)); !errors.Is(err, weixin.ErrInbound) || m != nil {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	if _, err := weixin.ParseInbound([]byte(deep(16))); err != nil {
		t.Errorf("16 levels: %v", err)
	}
	if _, err := weixin.ParseInbound([]byte(fmt.Sprintf("<xml><Content>%s</Content></xml>", strings.Repeat("a", weixin.MaxInbound-30)))); err != nil {
		t.Errorf("64 KiB: %v", err)
	}
}

// FuzzParseInbound compares with the reflecting decoder, which knows the document's own element names only.
func FuzzParseInbound(f *testing.F) {
	f.Add([]byte("<xml><MsgType><![CDATA[text]]></MsgType><Content>a&lt;<!-- c --></Content><MsgId>1</MsgId></xml>"))
	f.Add([]byte(`<?xml version="1.0"?><xml><Event>CLICK</Event><EventKey>k</EventKey></xml>`))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><xml>&b;</xml>`))
	f.Add([]byte("<xml><a><Content>x</Content></a></xml>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := weixin.ParseInbound(text)
		if err != nil {
			if m != nil || !errors.Is(err, weixin.ErrInbound) {
				t.Fatalf("%v, %v", m, err)
			}
			return
		}
		var other struct {
			MsgType []string `xml:"MsgType"`
			Content []string `xml:"Content"`
		}
		if err := xml.Unmarshal(text, &other); err != nil {
			t.Fatalf("only ours reads %q: %v", text, err)
		}
		if got, want := m.Content, first(other.Content); got != want {
			t.Fatalf("%q, not %q", got, want)
		}
		if got, want := m.MsgType, first(other.MsgType); got != want {
			t.Fatalf("%q, not %q", got, want)
		}
	})
}

// first gives the first that is not empty.
func first(all []string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
