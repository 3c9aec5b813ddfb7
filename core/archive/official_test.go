package archive_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/archive"
	"parley/core/official"
	"parley/storage/memory"
)

func newService(t *testing.T) *official.Service {
	t.Helper()
	clock := int64(1_700_000_000_000)
	env := core.Environment{Random: rand.Reader, Now: func() time.Time { clock++; return time.UnixMilli(clock) }}
	s, err := official.Open(t.Context(), memory.New(), env, official.Options{Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// populateOfficial makes an account with something of everything and returns its ID.
func populateOfficial(t *testing.T, s *official.Service) string {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, err := s.Bind(ctx, "gh_1")
	check(err)
	check(s.SetCredentials(ctx, a.ID, official.Credentials{AppID: "id", Secret: "secret"}))
	check(s.SetFollowersFetched(ctx, a.ID, true))
	check(s.ImportGroups(ctx, a.ID, []official.GroupUpdate{{ID: "100", Name: "friends"}}))
	made, err := s.CreateGroup(ctx, a.ID, "made here")
	check(err)
	var followers []official.FollowerUpdate
	for i := range 12 {
		u := official.FollowerUpdate{
			OpenID: fmt.Sprint("open", i), Subscribed: i%5 != 4, SubscribeTime: int64(1000 + i),
			Profile: official.Profile{Nickname: "昵称", Gender: official.Gender(i % 3)},
		}
		if i%3 == 0 {
			u.Groups = []string{"100", made}
		}
		followers = append(followers, u)
	}
	check(s.UpsertFollowers(ctx, a.ID, followers))
	check(s.AddToGroup(ctx, a.ID, official.GroupBlocked, "open1"))
	reply, err := s.CreateText(ctx, a.ID, "hello")
	check(err)
	large, err := s.CreateMedia(ctx, a.ID, official.KindImage, "large.png", strings.NewReader(strings.Repeat("x", 2_500_000)), 1<<30)
	check(err)
	empty, err := s.CreateMedia(ctx, a.ID, official.KindVoice, "empty.mp3", strings.NewReader(""), 1<<30)
	check(err)
	check(s.DeleteMedia(ctx, a.ID, empty.ID))
	news, err := s.CreateNews(ctx, a.ID, []official.ArticleInput{{Title: "one", ImageID: large.ID, Content: "<p>"}})
	check(err)
	check(s.UpdateNews(ctx, a.ID, news, []official.ArticleInput{
		{Title: "two", ImageID: large.ID, Content: strings.Repeat("长", 100_000)}, {Title: "three", ImageID: large.ID, Content: "c"},
	}))
	_, err = s.CreateRule(ctx, a.ID, official.RuleInput{
		Name: "rule", Reply: official.Reply{ID: reply, Type: official.ReplyText}, Keywords: []official.KeywordInput{{Content: "hi", Fuzzy: true}},
	})
	check(err)
	_, err = s.CreateRule(ctx, a.ID, official.RuleInput{Name: official.RuleDefault, Reply: official.Reply{ID: news, Type: official.ReplyNews}})
	check(err)
	top, err := s.CreateButton(ctx, a.ID, official.TopButton, "top", 1)
	check(err)
	child, err := s.CreateButton(ctx, a.ID, top, "child", 0)
	check(err)
	check(s.BindButton(ctx, a.ID, child, official.Reply{ID: reply, Type: official.ReplyText}))
	for i := range 3 {
		_, _, err := s.StoreInbound(ctx, a.ID, official.Inbound{
			ID: fmt.Sprint(i), Kind: official.InboundText, Sender: "open2", Time: 5, Content: "text", Answered: i == 1,
		})
		check(err)
	}
	m, err := s.CreateMassSend(ctx, a.ID, official.MassSendInput{
		Audience: official.Selection{Group: official.GroupAll}, Type: "text", Material: reply,
	})
	check(err)
	chunk, err := s.NextChunk(ctx, a.ID, m.ID)
	check(err)
	check(s.SettleChunk(ctx, a.ID, m.ID, chunk.Index, official.ChunkResult{State: official.ChunkSent, MessageID: 77}))
	check(s.FinishChunk(ctx, a.ID, 77, official.Finish{Status: "send success", Succeeded: true, Counts: official.Counts{Total: 9, Sent: 8}}))
	check(s.SetCursor(ctx, a.ID, "position", "p1"))
	return a.ID
}

// seenOfficial describes what an account's operators see.
func seenOfficial(t *testing.T, s *official.Service) string {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	show := func(label string, value any, err error) {
		t.Helper()
		raw, encodeErr := json.Marshal(value)
		if err != nil || encodeErr != nil {
			t.Fatalf("%s: %v, %v", label, err, encodeErr)
		}
		fmt.Fprintf(&b, "%s: %s\n", label, raw)
	}
	page := official.Page{Limit: 100}
	accounts, err := s.Accounts(ctx)
	show("accounts", accounts, err)
	id := accounts[0].ID
	credentials, err := s.Credentials(ctx, id)
	show("credentials", credentials, err)
	groups, err := s.Groups(ctx, id)
	show("groups", groups, err)
	for _, g := range []string{official.GroupAll, official.GroupBlocked, official.GroupUngrouped, "100"} {
		followers, err := s.Followers(ctx, id, g, page)
		show("followers of "+g, followers, err)
	}
	for _, kind := range []official.MediaKind{official.KindImage, official.KindVoice} {
		media, err := s.ListMedia(ctx, id, kind, page)
		show("media", media, err)
		for _, m := range media.Media {
			content, err := s.OpenMedia(ctx, id, m)
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(content)
			show("content", len(data), err)
		}
	}
	news, err := s.ListNews(ctx, id, page)
	show("news", news, err)
	article, err := s.Article(ctx, id, news.News[0].Articles[0].ID)
	show("article", article, err)
	rules, err := s.Rules(ctx, id, page)
	show("rules", rules, err)
	special, err := s.SpecialRule(ctx, id, official.RuleDefault)
	show("special", special, err)
	menu, err := s.Menu(ctx, id)
	show("menu", menu, err)
	for _, hide := range []bool{true, false} {
		inbound, err := s.ListInbound(ctx, id, official.InboundQuery{Page: page, HideAnswered: hide})
		show("inbound", inbound, err)
	}
	mass, err := s.MassSends(ctx, id, page)
	show("mass sends", mass, err)
	cursor, err := s.Cursor(ctx, id, "position")
	show("cursor", cursor, err)
	return b.String()
}

func TestOfficialRoundTrip(t *testing.T) {
	from, to := newService(t), newService(t)
	populateOfficial(t, from)
	w, v := newWorld(t), newWorld(t)
	defer w.close(t)
	defer v.close(t)
	data := w.archive(t, archive.ExportOptions{Official: archive.FromOfficial(from, true)})
	o := strict()
	o.Official = archive.IntoOfficial(to)
	v.restore(t, data, o)
	if a, b := seenOfficial(t, from), seenOfficial(t, to); a != b {
		t.Fatalf("before:\n%.2000s\nafter:\n%.2000s", firstDifference(a, b), firstDifference(b, a))
	}
	if again := v.archive(t, archive.ExportOptions{Official: archive.FromOfficial(to, true)}); !bytes.Equal(data, again) {
		t.Fatalf("exported:\n%.3000s\nand after an import:\n%.3000s", firstDifference(string(data), string(again)), firstDifference(string(again), string(data)))
	}
	counts := v.restore(t, data, o)
	if c := counts.Types[archive.TypeOfficial]; c.Stored != 0 || c.Known == 0 {
		t.Fatalf("the second time %+v", counts)
	}
	plain := w.archive(t, archive.ExportOptions{Official: archive.FromOfficial(from, false)})
	account, err := from.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(plain), `"credentials"`) || strings.Contains(string(plain), account[0].Token) {
		t.Error("an archive without secrets has some")
	}
}

// A content that is not whole, or not the row's, is refused, and the next row is imported all the same.
func TestDamagedContent(t *testing.T) {
	s := newService(t)
	if _, err := s.Bind(t.Context(), "gh_1"); err != nil {
		t.Fatal(err)
	}
	target := archive.IntoOfficial(s)
	add := func(r archive.Record) error {
		_, err := target.Add(context.Background(), &r)
		return err
	}
	part := func(digest string, at, size int64, data string) archive.Record {
		return archive.Record{Type: archive.TypeContent, Content: &archive.Content{Account: "gh_1", Digest: digest, At: at, Size: size, Data: []byte(data)}}
	}
	row := func(kind, value string) archive.Record {
		return archive.Record{Type: archive.TypeOfficial, Official: &archive.Official{Account: "gh_1", Kind: kind, Value: json.RawMessage(value)}}
	}
	medium := `{"id":"m","kind":"image","sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}`
	const x = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" // of "x"
	for name, records := range map[string][]archive.Record{
		"no content":       {row("media", medium)},
		"altered content":  {part(x, 0, 1, "y"), row("media", medium)},
		"half a content":   {part(x, 0, 2, "x"), row("media", medium)},
		"a part is gone":   {part(x, 0, 3, "x"), part(x, 2, 3, "x"), row("media", medium)},
		"another's":        {part(x, 0, 1, "x"), row("text", `{"id":"t","content":"c"}`), row("media", medium)},
		"unknown kind":     {row("novel", `{}`)},
		"no JSON object":   {row("text", `[]`)},
		"unknown account":  {{Type: archive.TypeOfficial, Official: &archive.Official{Account: "gh_2", Kind: "text", Value: json.RawMessage(`{}`)}}},
		"a pending chunk":  {row("mass_send", `{"id":"s","group":"-1","type":"text","material":"t","chunks":[{"size":1,"state":"pending"}]}`)},
		"unknown article":  {row("news", `{"id":"n","articles":["a"]}`)},
		"a special group":  {row("group", `{"id":"-1","name":"all"}`)},
		"unknown parent":   {row("button", `{"id":"b","parent":"p","name":"n"}`)},
		"an empty keyword": {row("rule", `{"id":"r","name":"n","reply":"t","reply_type":"text","keywords":[{"id":"k","content":" "}]}`)},
	} {
		var last error
		for _, r := range records {
			last = add(r)
		}
		if code := core.CodeOf(last); code == 0 || code > core.TooLarge && code != core.Unsupported {
			t.Errorf("%s: %v", name, last)
		}
	}
	if err := add(part(x, 0, 1, "x")); err != nil {
		t.Fatal(err)
	}
	if err := add(row("media", medium)); err != nil {
		t.Fatal(err)
	}
}
