package wechat_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
	"parley/core"
	"parley/core/official"
)

// TestAccountTalksToFollowers sends through client, server and worker to the stand-in, and reads what comes from there.
func TestAccountTalksToFollowers(t *testing.T) {
	o := newOffice(t, officeOptions{platform: wechattest.Options{Followers: 5}})
	o.done("GET /v1/$I/user/fetch?force=1", "")
	o.idle("followers", "all")
	ctx := t.Context()
	account := o.half(wechat.ClientOptions{}).As(o.account.ID)
	picture := o.stored().media(official.KindImage, "a.jpg", jpeg)
	own := baseURL + "/media/" + o.account.ID + "/" + picture.ID + ".jpg"
	send := func(c core.Content, to ...string) ([]core.Delivery, error) {
		return account.Send(ctx, core.Outgoing{To: to, Content: c})
	}
	text := core.Content{Kind: core.KindText, Body: []byte("hello 😀 <b>")}
	for i, tt := range []struct {
		content core.Content
		kind    string
		holds   string
	}{
		{text, "text", "hello 😀 <b>"},
		{core.Content{Kind: core.KindHTML, Body: []byte("<p>a &amp; b</p>")}, "text", "a & b"},
		{core.Content{Kind: core.KindImage, Body: []byte(own)}, "image", ""},
		{core.Content{Kind: core.KindImage, Body: []byte("http://elsewhere/a.jpg")}, "text", "http://elsewhere/a.jpg"},
		{core.Content{Kind: core.KindLink, Object: true, Body: []byte(`{"url":"http://l","title":"t"}`)}, "text", "t\nhttp://l"},
	} {
		d, err := send(tt.content, follower(0))
		if err != nil || len(d) != 1 || d[0] != (core.Delivery{To: follower(0)}) {
			t.Fatalf("%s: %+v, %v", tt.content.Body, d, err)
		}
		sent := o.platform.Masses()[i]
		if !sent.Preview || !slices.Equal(sent.To, []string{follower(0)}) || sent.Type != tt.kind || sent.Text != tt.holds {
			t.Errorf("%s went out as %+v", tt.content.Body, sent)
		}
	}
	some, err := send(text, follower(1), "nobody", follower(2), follower(1), o.account.ID)
	if err != nil || len(some) != 2 || some[0].To != follower(1) || some[1].To != follower(2) {
		t.Errorf("to several: %+v, %v", some, err)
	}
	for name, tt := range map[string]struct {
		out  core.Outgoing
		want core.Code
	}{
		"to nobody":   {core.Outgoing{To: []string{"nobody"}, Content: text}, core.NotFound},
		"to oneself":  {core.Outgoing{To: []string{o.account.ID}, Content: text}, core.Conflict},
		"to no one":   {core.Outgoing{Content: text}, core.Invalid},
		"with a key":  {core.Outgoing{To: []string{follower(0)}, Content: text, Key: "k"}, core.Unsupported},
		"with a time": {core.Outgoing{To: []string{follower(0)}, Content: text, Time: 1}, core.Unsupported},
		"a notice":    {core.Outgoing{To: []string{follower(0)}, Content: text, Channel: core.Notices}, core.Unsupported},
		"nothing":     {core.Outgoing{To: []string{follower(0)}, Content: core.Content{Kind: core.KindCustom, Object: true, Body: []byte(`{}`)}}, core.Unsupported},
	} {
		if _, err := account.Send(ctx, tt.out); core.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	o.push(o.pusher.Text(follower(0), 6_000_000_000_000_000_001, "question"))
	o.push(o.pusher.Location(follower(1), 6_000_000_000_000_000_002, "23.1", "113.3", "20", "here").At(o.now().Add(time.Second)))
	h := must[core.History](t)(account.History(ctx, core.HistoryQuery{Limit: 10}))
	if len(h.Messages) != 2 || h.Unread != -1 {
		t.Fatalf("%+v", h)
	}
	if m := h.Messages[0]; m.ID != 6_000_000_000_000_000_001 || m.Peer != follower(0) || m.Own || string(m.Content.Body) != "question" || m.Time != officeMoment {
		t.Errorf("%+v", m)
	}
	if m := h.Messages[1]; m.Content.Kind != core.KindLocation || m.Peer != follower(1) {
		t.Errorf("%+v", m)
	}
	u, err := account.User(ctx, follower(0))
	if err != nil || u.UUID != follower(0) || u.Nickname == "" || u.Registered <= 0 {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := account.User(ctx, "nobody"); core.CodeOf(err) != core.NotFound {
		t.Errorf("nobody: %v", err)
	}
	if _, err := account.MarkRead(ctx, follower(0), 0); core.CodeOf(err) != core.Unsupported {
		t.Errorf("marking: %v", err)
	}
	if _, err := account.Unread(ctx); core.CodeOf(err) != core.Unsupported {
		t.Errorf("unread: %v", err)
	}
}

// TestInboundIsListed goes through more messages than pages hold, of one follower and of all, in both directions.
func TestInboundIsListed(t *testing.T) {
	d := newDesk(t)
	const total = 250
	var stored []official.Inbound
	for i := range total {
		stored = append(stored, official.Inbound{
			ID: fmt.Sprint(1000 - i), Kind: official.InboundText, Sender: fmt.Sprint("f", i%3), Content: fmt.Sprint("m", i), Time: int64(i/2+1) * 1000,
		})
	}
	d.hear(stored...)
	ctx := t.Context()
	client := d.half(wechat.ClientOptions{})
	newest := all(t, client.Account(d.account.ID).Inbound(ctx, time.Time{}, time.Time{}))
	if len(newest) != total {
		t.Fatalf("%d messages, want %d", len(newest), total)
	}
	if none := all(t, client.Account(d.account.ID).Inbound(ctx, time.UnixMilli(d.clock.UnixMilli()), time.Time{})); len(none) != 0 {
		t.Errorf("%d messages of today", len(none))
	}
	for _, peer := range []string{"", "f1"} {
		var want []string
		for _, m := range slices.Backward(newest) {
			if peer == "" || m.Sender == peer {
				want = append(want, m.Content)
			}
		}
		account := client.As(d.account.ID)
		var back, forth []string
		q := core.HistoryQuery{Peer: peer, Limit: 40, Direction: core.Older}
		for {
			h := must[core.History](t)(account.History(ctx, q))
			if len(h.Messages) == 0 {
				break
			}
			back = append(bodies(h.Messages), back...)
			q.After = h.Messages[0].ID
		}
		q.Direction, forth = core.Newer, want[:1]
		for {
			h := must[core.History](t)(account.History(ctx, q))
			if len(h.Messages) == 0 {
				break
			}
			forth = append(forth, bodies(h.Messages)...)
			q.After = h.Messages[len(h.Messages)-1].ID
		}
		if !slices.Equal(back, want) || !slices.Equal(forth, want) {
			t.Errorf("of %q there are %d back and %d forth, want %d", peer, len(back), len(forth), len(want))
		}
		transcript, ok := account.(core.Transcript)
		if !ok || peer == "" {
			continue
		}
		var pulled []string
		for after := int64(0); ; {
			page := must[[]core.TranscriptMessage](t)(transcript.Pull(ctx, core.Ref{Peer: peer}, after, 30))
			if len(page) == 0 {
				break
			}
			for _, m := range page {
				pulled = append(pulled, string(m.Content.Body))
				if m.Sender != peer || m.Origin != fmt.Sprint(m.ID) {
					t.Errorf("%+v", m)
				}
			}
			after = page[len(page)-1].ID
		}
		if !slices.Equal(pulled, want) {
			t.Errorf("%d messages were pulled, want %d", len(pulled), len(want))
		}
		chats := must[[]core.TranscriptChat](t)(transcript.Chats(ctx))
		lines := must[core.ConversationPage](t)(account.Conversations(ctx, 1, 5))
		if len(chats) != 3 || lines.Total != 3 || len(lines.Conversations) != 2 || lines.Conversations[0].Peer.ID != chats[1].Ref.Peer {
			t.Errorf("chats %+v, lines %+v", chats, lines)
		}
	}
	if _, err := client.As(d.account.ID).History(ctx, core.HistoryQuery{After: 5, Limit: 1}); core.CodeOf(err) != core.NotFound {
		t.Errorf("behind a message that is not there: %v", err)
	}
}

func bodies(messages []core.Message) (texts []string) {
	for i := range messages {
		texts = append(texts, string(messages[i].Content.Body))
	}
	return texts
}
