package wechat_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
	"parley/core/official"
	"parley/storage/storagetest"
)

// forgery is a callback as somebody who is not the platform sends it, or as the platform never does.
type forgery struct {
	query url.Values
	body  []byte
}

// deliver posts a callback and returns everything of the answer that does not change by itself.
func (o *office) deliver(f forgery) string {
	o.t.Helper()
	request := must[*http.Request](o.t)(http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.pusher.URL+"?"+f.query.Encode(), bytes.NewReader(f.body)))
	request.Header.Set("Content-Type", "text/xml")
	answer := must[*http.Response](o.t)(o.client().Do(request))
	defer func() { _ = answer.Body.Close() }()
	answer.Header.Del("Date")
	var header bytes.Buffer
	must[struct{}](o.t)(struct{}{}, answer.Header.Write(&header))
	return answer.Status + "\n" + header.String() + "\n" + string(must[[]byte](o.t)(io.ReadAll(answer.Body)))
}

// sign makes the query of a callback that was sent at some time; sealed is empty in plain mode.
func (o *office) sign(token, nonce, sealed string, at time.Time) url.Values {
	stamp := strconv.FormatInt(at.Unix(), 10)
	query := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {weixin.Signature(token, stamp, nonce, "")}}
	if sealed != "" {
		query.Set("encrypt_type", "aes")
		query.Set("msg_signature", weixin.Signature(token, stamp, nonce, sealed))
	}
	return query
}

func sealedBody(sealed string) []byte {
	return []byte("<xml><ToUserName><![CDATA[" + originalID + "]]></ToUserName><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>")
}

// encrypt seals any plain bytes, which are made to fit with the given padding, under the account's key.
func encrypt(t *testing.T, plain, padding string) string {
	t.Helper()
	key := must[[]byte](t)(base64.StdEncoding.DecodeString(encodingKey + "="))
	block := must[cipher.Block](t)(aes.NewCipher(key))
	text := []byte(plain + padding)
	if len(text)%block.BlockSize() != 0 {
		t.Fatalf("%d bytes are no blocks", len(text))
	}
	cipher.NewCBCEncrypter(block, key[:block.BlockSize()]).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(text)
}

// plainText is what is sealed: 16 bytes, the length, the message, and the app's id.
func plainText(xml, appID string) string {
	n := len(xml)
	return "0123456789abcdef" + string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + xml + appID
}

func padded(plain string) string {
	n := 32 - len(plain)%32
	return strings.Repeat(string([]byte{byte(n)}), n)
}

// TestForgedCallbacks: what is not proven to come from the platform is refused with one and the same answer, whatever is
// wrong with it, and leaves nothing behind.
func TestForgedCallbacks(t *testing.T) {
	for name, mode := range map[string]wechattest.Mode{"plain": wechattest.Plain, "safe": wechattest.Safe} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, officeOptions{mode: mode, platform: wechattest.Options{Followers: 1}})
			o.worded()
			now, token := o.now(), o.account.Token
			text := func(id int64) string { return string(o.pusher.Text(follower(0), id, "hello").XML()) }
			seal := func(xml string) string {
				return encrypt(t, plainText(xml, o.platform.AppID()), padded(plainText(xml, o.platform.AppID())))
			}
			forged := map[string]forgery{}
			plain := func(name, body string, query url.Values) { forged[name] = forgery{query, []byte(body)} }
			safe := func(name, sealed string) {
				forged[name] = forgery{o.sign(token, "n "+name, sealed, now), sealedBody(sealed)}
			}

			plain("another token", text(1), o.sign("another1", "n1", "", now))
			plain("no signature", text(1), url.Values{})
			plain("half a signature", text(1), url.Values{"signature": {o.sign(token, "n2", "", now).Get("signature")[:20]}, "timestamp": {strconv.FormatInt(now.Unix(), 10)}, "nonce": {"n2"}})
			plain("a bad signature and too large", "<xml>"+strings.Repeat("a", weixin.MaxInbound)+"</xml>", o.sign("another1", "n3", "", now))
			plain("a bad signature and a DOCTYPE", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>`+text(1), o.sign("another1", "n4", "", now))
			plain("a bad signature and no XML", "\x00\xff", o.sign("another1", "n5", "", now))
			if mode == wechattest.Plain {
				plain("too old", text(1), o.sign(token, "n6", "", now.Add(-6*time.Minute)))
				plain("too new", text(1), o.sign(token, "n7", "", now.Add(6*time.Minute)))
				plain("too old by years", text(1), o.sign(token, "n8", "", time.Unix(0, 0)))
				o.deliver(forgery{o.sign(token, "used", "", now), []byte(text(9))})
				plain("a signature that was used for something else", text(1), o.sign(token, "used", "", now))
			} else {
				good := seal(text(1))
				forged["too old"] = forgery{o.sign(token, "n6", good, now.Add(-6*time.Minute)), sealedBody(good)}
				forged["the signature of another text"] = forgery{o.sign(token, "n7", seal(text(2)), now), sealedBody(good)}
				forged["signed with another token"] = forgery{o.sign("another1", "n8", good, now), sealedBody(good)}
				used := seal(text(9))
				o.deliver(forgery{o.sign(token, "used", used, now), sealedBody(used)})
				plain("in clear, with a signature that was used", text(1), o.sign(token, "used", "", now))
				forged["in clear, said to be sealed"] = forgery{o.sign(token, "n10", good, now), []byte(text(1))}
				safe("of another app", encrypt(t, plainText(text(1), "another app"), padded(plainText(text(1), "another app"))))
				whole := plainText(text(1), o.platform.AppID())
				pad := padded(whole)
				for name, padding := range map[string]string{
					"zero padding": strings.Repeat("\x00", len(pad)), "long padding": strings.Repeat("\x21", len(pad)), "endless padding": strings.Repeat("\xff", len(pad)),
					"padding of two kinds": string([]byte{pad[0] ^ 1}) + pad[1:],
				} {
					safe(name, encrypt(t, whole, padding))
				}
				safe("a length beyond the end", encrypt(t, "0123456789abcdef\xff\xff\xff\xff"+text(1), padded("0123456789abcdef\xff\xff\xff\xff"+text(1))))
				safe("a length beyond the end by little", encrypt(t, "0123456789abcdef\x00\x00\x10\x00"+text(1), padded("0123456789abcdef\x00\x00\x10\x00"+text(1))))
				safe("no blocks", base64.StdEncoding.EncodeToString([]byte("abc")))
				safe("no base64", "!!!!")
				safe("cut", good[:len(good)-24])
				safe("one block", base64.StdEncoding.EncodeToString(make([]byte, 32)))
			}
			o.noTrace(forged, "403 Forbidden\n")
		})
	}
}

// worded stores a default reply.
func (o *office) worded() {
	o.t.Helper()
	id := o.makes("POST /v1/$I/text", `{"content":"the default reply"}`)
	o.makes("POST /v1/$I/keyword", `{"rule_name":"__default","reply_id":"`+id+`","reply_type":"text"}`)
}

// kept is what the store holds, but for what follows earlier messages in the background: chat lists, and how far they and
// the outbox have come.
func (o *office) kept() string {
	o.t.Helper()
	return storagetest.ContentsBut(o.t, o.store, func(key []byte) bool {
		return strings.IndexByte("fcx", key[0]) >= 0 || key[0] == 'w' && key[5] == 'C'
	})
}

// noTrace delivers callbacks, which are all answered alike, and compares the store before and after. The log tells of each.
func (o *office) noTrace(all map[string]forgery, status string) {
	o.t.Helper()
	before, common := o.kept(), ""
	for name, f := range all {
		written := len(o.log.String())
		answer := o.deliver(f)
		if common == "" {
			common = answer
		}
		if answer != common || !strings.HasPrefix(answer, status) {
			o.t.Errorf("%s: answered\n%s\nand others\n%s", name, answer, common)
		}
		if len(o.log.String()) == written {
			o.t.Errorf("%s: the log does not tell of it", name)
		}
		if o.kept() != before {
			o.t.Fatalf("%s: the store has changed", name)
		}
	}
	if len(all) < 6 || o.platform.Count("") != 0 || len(o.platform.Calls("message/custom/send")) != 0 {
		o.t.Errorf("%d callbacks, and the platform was called", len(all))
	}
}

// TestUnreadableCallbacks: what comes from the platform, by its signature, and can not be read is answered with success,
// so that it does not come again, and leaves nothing behind.
func TestUnreadableCallbacks(t *testing.T) {
	o := newOffice(t, officeOptions{platform: wechattest.Options{Followers: 1}})
	o.worded()
	deep := strings.Repeat("<a>", 20) + strings.Repeat("</a>", 20)
	all := map[string]forgery{}
	for name, body := range map[string]string{
		"too large":  "<xml><MsgType>text</MsgType><Content>" + strings.Repeat("a", weixin.MaxInbound) + "</Content></xml>",
		"DOCTYPE":    `<!DOCTYPE xml [<!ENTITY b "c">]>` + string(o.pusher.Text(follower(0), 1, "&b;").XML()),
		"lol":        `<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>`,
		"entity":     "<xml><MsgType>text</MsgType><FromUserName>a</FromUserName><MsgId>1</MsgId><Content>&x;</Content></xml>",
		"deep":       "<xml><MsgType>text</MsgType><FromUserName>a</FromUserName><MsgId>1</MsgId>" + deep + "</xml>",
		"not closed": "<xml><MsgType>text</MsgType><FromUserName>a</FromUserName><MsgId>1</MsgId>",
		"empty":      "",
		"JSON":       `{"MsgType":"text"}`,
		"no sender":  "<xml><MsgType>text</MsgType><MsgId>1</MsgId><Content>a</Content></xml>",
		"no number":  "<xml><MsgType>text</MsgType><FromUserName>a</FromUserName><Content>a</Content></xml>",
		"no type":    "<xml><FromUserName>a</FromUserName><MsgId>1</MsgId><Content>a</Content></xml>",
	} {
		all[name] = forgery{o.sign(o.account.Token, "n "+name, "", o.now()), []byte(body)}
	}
	o.noTrace(all, "200 OK\n")
	if answer := o.deliver(all["DOCTYPE"]); !strings.HasSuffix(answer, "\nsuccess") {
		t.Error(answer)
	}
}

// TestReplayedCallbacks delivers one callback again and again: it is answered alike each time, and there once.
func TestReplayedCallbacks(t *testing.T) {
	o := newOffice(t, officeOptions{platform: wechattest.Options{Followers: 1}})
	o.worded()
	f := forgery{o.sign(o.account.Token, "n", "", o.now()), o.pusher.Text(follower(0), 1, "hello").XML()}
	first := o.deliver(f)
	before := storagetest.Contents(t, o.store)
	for range 5 {
		o.moment.Add(time.Minute.Milliseconds() / 2)
		if again := o.deliver(f); again != first || !strings.Contains(first, "the default reply") {
			t.Errorf("answered %s\nand then %s", first, again)
		}
	}
	o.moment.Add(10 * time.Minute.Milliseconds())
	if late := o.deliver(f); !strings.HasPrefix(late, "403 ") {
		t.Errorf("after ten minutes answered %s", late)
	}
	if storagetest.Contents(t, o.store) != before {
		t.Error("the store has changed")
	}
	list := must[official.InboundPage](t)(o.service.ListInbound(t.Context(), o.account.ID, official.InboundQuery{Page: official.Page{Limit: 10}}))
	if list.Total != 1 {
		t.Errorf("there are %d messages", list.Total)
	}
}
