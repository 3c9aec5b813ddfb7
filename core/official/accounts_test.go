package official_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"parley/core"
	"parley/core/official"
	"parley/storage"
)

func binding(t *testing.T, w *world) {
	ctx := t.Context()
	a, err := w.Bind(ctx, "gh_1")
	ok(t, err)
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(a.ID) || !regexp.MustCompile(`^[0-9a-zA-Y]{8}$`).MatchString(a.Token) {
		t.Errorf("account %+v", a)
	}
	w.open(t)
	again, err := w.Bind(ctx, "gh_1")
	if err != nil || *again != *a {
		t.Errorf("%+v, %v; want %+v", again, err, a)
	}
	ok(t, w.SetFollowersFetched(ctx, a.ID, true))
	ok(t, w.SetMenuFetched(ctx, w.account, true))
	w.open(t)
	all, err := w.Accounts(ctx)
	ok(t, err)
	if len(all) != 2 || all[0].ID != w.account || all[0].FollowersFetched || !all[0].MenuFetched ||
		all[1].ID != a.ID || !all[1].FollowersFetched || all[1].MenuFetched {
		t.Errorf("accounts %+v %+v", all[0], all[1])
	}
	_, err = w.Bind(ctx, "")
	refused(t, err, core.Invalid, official.FieldOriginal)
	_, err = w.Bind(ctx, strings.Repeat("é", 101))
	refused(t, err, core.TooLarge, official.FieldOriginal)
}

func credentials(t *testing.T, w *world) {
	ctx := t.Context()
	_, err := w.Credentials(ctx, w.account)
	refused(t, err, core.NotFound, official.FieldCredentials)
	c := official.Credentials{AppID: "app-in-clear", Secret: "secret-in-clear", EncodingKey: "k"}
	ok(t, w.SetCredentials(ctx, w.account, c))
	got, err := w.Credentials(ctx, w.account)
	if err != nil || got != c {
		t.Errorf("%+v, %v", got, err)
	}
	ok(t, w.store.View(ctx, func(r storage.Reader) error {
		return r.Scan(storage.Range{}, func(_, value []byte) bool {
			if bytes.Contains(value, []byte("in-clear")) {
				t.Errorf("the store shows %q", value)
			}
			return true
		})
	}))
	refused(t, w.SetCredentials(ctx, w.account, official.Credentials{Secret: "x"}), core.Invalid, official.FieldCredentials)

	for _, key := range [][]byte{nil, bytes.Repeat([]byte{1}, 32)} {
		w.options.Key = key
		w.open(t)
		_, err = w.Credentials(ctx, w.account)
		refused(t, err, core.Unavailable, official.FieldCredentials)
	}
	w.options.Key = nil
	w.open(t)
	refused(t, w.SetCredentials(ctx, w.account, c), core.Unavailable, official.FieldCredentials)
	if a, err := w.Account(ctx, w.account); err != nil || !a.HasCredentials {
		t.Errorf("%+v, %v", a, err)
	}
}

func unknown(t *testing.T, w *world) {
	ctx := t.Context()
	for _, call := range []struct {
		field core.Field
		run   func(account, id string) error
	}{
		{official.FieldFollower, func(a, id string) error { _, err := w.Follower(ctx, a, id); return err }},
		{official.FieldFollower, func(a, id string) error { _, err := w.GroupsOf(ctx, a, id); return err }},
		{official.FieldFollower, func(a, id string) error { return w.AddToGroup(ctx, a, "0", id) }},
		{core.FieldGroup, func(a, id string) error { return w.RenameGroup(ctx, a, id, "n") }},
		{core.FieldGroup, func(a, id string) error { return w.DeleteGroup(ctx, a, id) }},
		{official.FieldText, func(a, id string) error { _, err := w.Text(ctx, a, id); return err }},
		{official.FieldMedia, func(a, id string) error { _, err := w.Media(ctx, a, id); return err }},
		{official.FieldMedia, func(a, id string) error { return w.RenameMedia(ctx, a, id, "n") }},
		{official.FieldMedia, func(a, id string) error { return w.DeleteMedia(ctx, a, id) }},
		{official.FieldNews, func(a, id string) error { _, err := w.News(ctx, a, id); return err }},
		{official.FieldNews, func(a, id string) error { return w.DeleteNews(ctx, a, id) }},
		{official.FieldArticle, func(a, id string) error { _, err := w.Article(ctx, a, id); return err }},
		{official.FieldRule, func(a, id string) error { _, err := w.Rule(ctx, a, id); return err }},
		{official.FieldRule, func(a, id string) error { return w.DeleteRule(ctx, a, id) }},
		{official.FieldButton, func(a, id string) error { return w.UnbindButton(ctx, a, id) }},
		{official.FieldButton, func(a, id string) error { return w.DeleteButton(ctx, a, id) }},
		{official.FieldKeycode, func(a, id string) error { _, err := w.ButtonByKeycode(ctx, a, id); return err }},
		{core.FieldMessage, func(a, id string) error { _, err := w.Inbound(ctx, a, id); return err }},
		{core.FieldMessage, func(a, id string) error { return w.MarkAnswered(ctx, a, id) }},
		{official.FieldMassSend, func(a, id string) error { _, err := w.MassSend(ctx, a, id); return err }},
		{official.FieldMassSend, func(a, id string) error { _, err := w.NextChunk(ctx, a, id); return err }},
		{official.FieldJob, func(a, id string) error { _, err := w.FindJob(ctx, a, "kind", id); return err }},
	} {
		for _, id := range []string{"missing", "", strings.Repeat("x", 200)} {
			refused(t, call.run(w.account, id), core.NotFound, call.field)
		}
		refused(t, call.run("nobody", "missing"), core.NotFound, official.FieldAccount)
	}
	if page, err := w.Followers(ctx, w.account, "none", official.Page{Limit: 10}); err != nil || page.Total != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	for _, p := range []official.Page{{Offset: -1}, {Limit: -1}, {Limit: official.MaxPage + 1}} {
		_, err := w.Followers(ctx, w.account, official.GroupAll, p)
		refused(t, err, core.Invalid, core.FieldPage)
		_, err = w.ListNews(ctx, w.account, p)
		refused(t, err, core.Invalid, core.FieldPage)
		_, err = w.ListInbound(ctx, w.account, official.InboundQuery{Page: p})
		refused(t, err, core.Invalid, core.FieldPage)
	}
}
