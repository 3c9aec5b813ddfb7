package openim_test

import (
	"encoding/json"
	"testing"

	"parley/adapters/openim"
	"parley/core"
)

// TestClientSendsWhatServersTake sends contents of all kinds to a server that checks them as the platform does, and reads
// them back.
func TestClientSendsWhatServersTake(t *testing.T) {
	for name, c := range map[string]struct {
		sent core.Content
		kind core.Kind
		body string
		// contentType and object are what programs see of it.
		contentType, object string
	}{
		"text": {
			core.Content{Kind: core.KindText, Body: []byte("a<b")},
			core.KindText, "a<b",
			"101", `{"content":"a\u003cb"}`,
		},
		"text object": {
			core.Content{Kind: core.KindText, Object: true, Body: []byte(`{"content":"x","n":1}`)},
			core.KindText, `{"content":"x","n":1}`,
			"101", `{"content":"x","n":1}`,
		},
		"html": {
			core.Content{Kind: core.KindHTML, Body: []byte("<p>x &amp; y</p>")},
			core.KindHTML, "<p>x &amp; y</p>",
			"110", `{"data":"\u003cp\u003ex \u0026amp; y\u003c/p\u003e","description":"x \u0026 y","extension":"text/html"}`,
		},
		"html object": {
			core.Content{Kind: core.KindHTML, Object: true, Body: []byte(`{"content":"<br>"}`)},
			core.KindHTML, "<br>",
			"110", `{"data":"\u003cbr\u003e","description":"","extension":"text/html"}`,
		},
		"link": {
			core.Content{Kind: core.KindLink, Body: []byte("https://e.com/路")},
			core.KindLink, `{"url":"https://e.com/路"}`,
			"110", `{"data":"{\"url\":\"https://e.com/路\"}","description":"https://e.com/路","extension":"text/uri-list"}`,
		},
		"link with a title": {
			core.Content{Kind: core.KindLink, Object: true, Body: []byte(`{"url":"u","title":"t"}`)},
			core.KindLink, `{"url":"u","title":"t"}`,
			"110", `{"data":"{\"url\":\"u\",\"title\":\"t\"}","description":"t","extension":"text/uri-list"}`,
		},
		"image": {
			core.Content{Kind: core.KindImage, Body: []byte("u")},
			core.KindImage, `{"url":"u","width":1,"height":1,"type":"image"}`,
			"102", `{"bigPicture":{"height":1,"size":0,"type":"image","url":"u","uuid":"","width":1},` +
				`"snapshotPicture":{"height":1,"size":0,"type":"image","url":"u","uuid":"","width":1},"sourcePath":"",` +
				`"sourcePicture":{"height":1,"size":0,"type":"image","url":"u","uuid":"","width":1}}`,
		},
		"voice": {
			core.Content{Kind: core.KindVoice, Object: true, Body: []byte(`{"url":"u","type":"mp3"}`)},
			core.KindVoice, `{"url":"u","duration":1,"type":"mp3"}`,
			"103", `{"dataSize":0,"duration":1,"soundPath":"","soundType":"mp3","sourceUrl":"u","uuid":""}`,
		},
		"video": {
			core.Content{Kind: core.KindVideo, Object: true, Body: []byte(`{"url":"u","duration":7}`)},
			core.KindVideo, `{"url":"u","duration":7,"size":1,"type":"video/mp4","thumbnail":"u","width":1,"height":1}`,
			"104", `{"duration":7,"snapshotHeight":1,"snapshotPath":"","snapshotSize":0,"snapshotUUID":"","snapshotUrl":"u","snapshotWidth":1,` +
				`"videoPath":"","videoSize":1,"videoType":"video/mp4","videoUUID":"","videoUrl":"u"}`,
		},
		"file": {
			core.Content{Kind: core.KindFile, Body: []byte("https://e.com/d/a.pdf")},
			core.KindFile, `{"url":"https://e.com/d/a.pdf","name":"a.pdf","size":1}`,
			"105", `{"fileName":"a.pdf","filePath":"","fileSize":1,"fileType":"","sourceUrl":"https://e.com/d/a.pdf","uuid":""}`,
		},
		"image without an address": {
			core.Content{Kind: core.KindImage, Object: true, Body: []byte(`{"w":1}`)},
			core.KindCustom, `{"w":1}`,
			"110", `{"data":"{\"w\":1}","description":"","extension":""}`,
		},
		"location": {
			core.Content{Kind: core.KindLocation, Object: true, Body: []byte(`{"latitude":1.5,"longitude":2}`)},
			core.KindCustom, `{"latitude":1.5,"longitude":2}`,
			"110", `{"data":"{\"latitude\":1.5,\"longitude\":2}","description":"","extension":""}`,
		},
		"card": {
			core.Content{Kind: core.KindCard, Object: true, Body: []byte(`{"userID":"u"}`)},
			core.KindCustom, `{"userID":"u"}`,
			"110", `{"data":"{\"userID\":\"u\"}","description":"","extension":""}`,
		},
		"custom": {
			core.Content{Kind: core.KindCustom, Object: true, Body: []byte(`{"a":{}}`)},
			core.KindCustom, `{"a":{}}`,
			"110", `{"data":"{\"a\":{}}","description":"","extension":""}`,
		},
		"another platform's notification": {
			core.Content{Kind: core.KindNotification, Body: []byte("n")},
			core.KindCustom, `{"data":"n","description":"","extension":""}`,
			"110", `{"data":"n","description":"","extension":""}`,
		},
		"own, custom": {
			core.Content{Kind: core.KindCustom, Origin: "openim", Type: "110", Object: true, Body: []byte(`{"data":"n","extension":"text/plain"}`)},
			core.KindCustom, `{"data":"n","extension":"text/plain"}`,
			"110", `{"data":"n","extension":"text/plain"}`,
		},
		"own, markdown": {
			core.Content{Kind: core.KindText, Origin: "openim", Type: "118", Object: true, Body: []byte(`{"content":"*x*"}`)},
			core.KindText, "*x*",
			"101", `{"content":"*x*"}`,
		},
		"own, place": {
			core.Content{Kind: core.KindLocation, Origin: "openim", Type: "109", Object: true, Body: []byte(`{"latitude":1}`)},
			core.KindCustom, `{"latitude":1}`,
			"110", `{"data":"{\"latitude\":1}","description":"","extension":""}`,
		},
	} {
		l := newLoop(t)
		alice, bob := l.Member(t, "alice"), l.Member(t, "bob")
		if _, err := alice.Send(t.Context(), core.Outgoing{To: []string{"bob"}, Content: c.sent}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, h := l.list(t, bob, core.HistoryQuery{Peer: "alice"})
		page, err := bob.Conversations(t.Context(), 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range []core.Content{h.Messages[0].Content, page.Conversations[0].Last.Content} {
			if got.Kind != c.kind || string(got.Body) != c.body {
				t.Errorf("%s: %v %s, want %v %s", name, got.Kind, got.Body, c.kind, c.body)
			}
		}
		sent := l.sent(t, "alice", "bob")
		if sent.Type != c.contentType || sent.Content != c.object {
			t.Errorf("%s: programs see %s %s, want %s %s", name, sent.Type, sent.Content, c.contentType, c.object)
		}
	}
}

func TestClientAnnounces(t *testing.T) {
	l := newLoop(t)
	bob := l.Member(t, "bob")
	news := openim.Account{ID: "news", Nickname: "News", Role: core.RoleNotifier}
	if err := l.client.Register(t.Context(), news); err != nil {
		t.Fatal(err)
	}
	content := core.Content{
		Kind: core.KindNotification, Origin: "openim", Type: "1400", Object: true,
		Body: []byte(`{"notificationName":"n","notificationType":1,"text":"hello"}`),
	}
	out := core.Outgoing{To: []string{"bob"}, Content: content, Channel: core.Notices}
	if _, err := l.client.As("news").Send(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if _, err := bob.Send(t.Context(), core.Outgoing{To: []string{"news"}, Content: content, Channel: core.Notices}); core.CodeOf(err) != core.Forbidden {
		t.Errorf("from an ordinary user: %v", err)
	}
	page, err := bob.Conversations(t.Context(), 0, 1)
	if err != nil || len(page.Conversations) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	last := page.Conversations[0].Last
	if last.Peer != "news" || last.Content.Kind != core.KindNotification || string(last.Content.Body) != string(content.Body) {
		t.Errorf("from %s: %v %s", last.Peer, last.Content.Kind, last.Content.Body)
	}
}

// sentMessage is what programs see of a message.
type sentMessage struct{ Type, Content string }

// sent returns the newest message between two users as a list shows it.
func (l *loop) sent(t *testing.T, from, to string) sentMessage {
	t.Helper()
	body := l.call(t, "/conversation/get_sorted_conversation_list", l.admin(t), `{"userID":"`+to+`","pagination":{"pageNumber":1,"showNumber":1}}`)
	var a struct {
		Data struct {
			Elems []struct {
				Info struct {
					SendID      string
					ContentType json.Number
					Content     string
				} `json:"msgInfo"`
			} `json:"conversationElems"`
		}
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil || len(a.Data.Elems) != 1 || a.Data.Elems[0].Info.SendID != from {
		t.Fatalf("no message from %s in %s", from, body)
	}
	info := &a.Data.Elems[0].Info
	return sentMessage{info.ContentType.String(), info.Content}
}
