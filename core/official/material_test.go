package official_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"parley/core"
	"parley/core/official"
	"parley/storage"
)

func texts(t *testing.T, w *world) {
	ctx := t.Context()
	content := "你好 😀 <a> & \u2028 \"q\""
	id, err := w.CreateText(ctx, w.account, content)
	ok(t, err)
	text, err := w.Text(ctx, w.account, id)
	if err != nil || text.Content != content || text.ID != id || text.Created != w.now.UnixMilli() {
		t.Errorf("%+v, %v", text, err)
	}
	_, err = w.CreateText(ctx, w.account, "")
	refused(t, err, core.Invalid, official.FieldText)
	_, err = w.CreateText(ctx, w.account, "\xff")
	refused(t, err, core.Invalid, official.FieldText)
	_, err = w.CreateText(ctx, w.account, strings.Repeat("😀", 1000))
	ok(t, err)
	_, err = w.CreateText(ctx, w.account, strings.Repeat("a", 1001))
	refused(t, err, core.TooLarge, official.FieldText)
}

// pattern returns bytes among which every place is told from its neighbours.
func pattern(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

func media(t *testing.T, w *world) {
	ctx := t.Context()
	const chunk = 60 << 10
	for _, size := range []int{0, 1, chunk - 1, chunk, chunk + 1, 16 * chunk, 16*chunk + 1, 33 * chunk} {
		want := pattern(size)
		m, err := w.CreateMedia(ctx, w.account, official.KindVideo, "v.mp4", iotest.HalfReader(bytes.NewReader(want)), int64(size))
		ok(t, err)
		again, err := w.Media(ctx, w.account, m.ID, official.KindVideo)
		if err != nil || *again != *m || m.Size != int64(size) {
			t.Fatalf("%+v, %v; want %+v", again, err, m)
		}
		r, err := w.OpenMedia(ctx, w.account, again)
		ok(t, err)
		if err := iotest.TestReader(struct{ io.ReadSeeker }{r}, want); err != nil && size > 0 {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if r.Size() != int64(size) {
			t.Errorf("size %d, want %d", r.Size(), size)
		}
	}
	list, err := w.ListMedia(ctx, w.account, official.KindVideo, official.Page{Limit: 2})
	if err != nil || list.Total != 8 || len(list.Media) != 2 || list.Media[0].Size != 33*chunk {
		t.Errorf("%+v, %v", list, err)
	}
	m := list.Media[1]
	ok(t, w.DeleteMedia(ctx, w.account, m.ID))
	ok(t, w.DeleteMedia(ctx, w.account, m.ID))
	ok(t, w.RenameMedia(ctx, w.account, m.ID, "été.mp4"))
	ok(t, w.DescribeMedia(ctx, w.account, m.ID, "title", "description"))
	got, err := w.Media(ctx, w.account, m.ID)
	if err != nil || !got.Deleted || got.Name != "été.mp4" || got.Title != "title" || got.Description != "description" {
		t.Errorf("%+v, %v", got, err)
	}
	if list, err := w.ListMedia(ctx, w.account, official.KindVideo, official.Page{Limit: 99}); err != nil || list.Total != 7 || len(list.Media) != 7 {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = w.Media(ctx, w.account, m.ID, official.KindImage, official.KindNewsImage)
	refused(t, err, core.NotFound, official.FieldMedia)
	_, err = w.CreateMedia(ctx, w.account, "hologram", "n", nil, 1)
	refused(t, err, core.Invalid, official.FieldKind)
	r, err := w.OpenMedia(ctx, w.account, got)
	ok(t, err)
	_, err = r.Seek(-1, io.SeekStart)
	refused(t, err, core.Invalid, official.FieldMedia)
}

// size returns the number of keys in the store.
func size(t testing.TB, w *world) (n int) {
	t.Helper()
	ok(t, w.store.View(t.Context(), func(r storage.Reader) error {
		return r.Scan(storage.Range{KeysOnly: true}, func(_, _ []byte) bool { n++; return true })
	}))
	return n
}

func failedUploads(t *testing.T, w *world) {
	ctx := t.Context()
	before := size(t, w)
	const limit = 2 << 20
	create := func(r io.Reader) error {
		_, err := w.CreateMedia(ctx, w.account, official.KindImage, "i.jpg", r, limit)
		return err
	}
	refused(t, create(bytes.NewReader(pattern(limit+1))), core.TooLarge, official.FieldMedia)
	refused(t, create(bytes.NewReader(pattern(2*limit))), core.TooLarge, official.FieldMedia)
	torn := io.MultiReader(bytes.NewReader(pattern(limit)), iotest.ErrReader(errors.New("torn")))
	refused(t, create(torn), core.Invalid, "")
	if n := size(t, w); n != before {
		t.Errorf("%d keys are left", n-before)
	}
	// The power fails during the upload, and again while the rest is deleted.
	sound := w.store
	for updates := range 4 {
		w.store = sound
		w.open(t)
		broken := &failing{Store: sound, left: -1}
		w.store = broken
		w.open(t)
		broken.left = updates
		if err := create(bytes.NewReader(pattern(limit))); !errors.Is(err, errPower) {
			t.Fatal(err)
		}
		if list, err := w.ListMedia(ctx, w.account, official.KindImage, official.Page{Limit: 9}); err != nil || list.Total != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		w.store = sound
		w.open(t)
		if n := size(t, w); n != before {
			t.Errorf("after %d updates %d keys are left", updates, n-before)
		}
	}
}

func replacing(t *testing.T, w *world) {
	ctx := t.Context()
	m, err := w.CreateMedia(ctx, w.account, official.KindVideo, "v.mp4", bytes.NewReader(pattern(200_000)), 1<<20)
	ok(t, err)
	reader, err := w.OpenMedia(ctx, w.account, m)
	ok(t, err)
	key := official.UpstreamKey{Material: m.ID, Version: m.Version, Type: "video"}
	ok(t, w.RememberUpstreamMedia(ctx, w.account, key, "upstream", w.now.UnixMilli()))
	before := size(t, w)
	next, err := w.ReplaceMedia(ctx, w.account, m.ID, strings.NewReader("new"), 1<<20)
	if err != nil || next.Size != 3 || next.Version == m.Version {
		t.Fatalf("%+v, %v", next, err)
	}
	if n := size(t, w); n != before-3-1 { // four chunks became one, and the upload is forgotten
		t.Errorf("%d keys, before there were %d", n, before)
	}
	_, err = io.ReadAll(reader)
	refused(t, err, core.NotFound, official.FieldMedia)
	// An upload of the old content that ends now does not stand for the new one.
	ok(t, w.RememberUpstreamMedia(ctx, w.account, key, "upstream", w.now.UnixMilli()))
	key.Version = next.Version
	if id, known, err := w.UpstreamMedia(ctx, w.account, key); err != nil || known {
		t.Errorf("%q, %v", id, err)
	}
	_, err = w.ReplaceMedia(ctx, w.account, m.ID, bytes.NewReader(pattern(11)), 10)
	refused(t, err, core.TooLarge, official.FieldMedia)
	_, err = w.ReplaceMedia(ctx, w.account, "missing", nil, 10)
	refused(t, err, core.NotFound, official.FieldMedia)
	fresh, err := w.OpenMedia(ctx, w.account, next)
	ok(t, err)
	if b, err := io.ReadAll(fresh); err != nil || string(b) != "new" {
		t.Errorf("%q, %v", b, err)
	}
}

func uploads(t *testing.T, w *world) {
	ctx := t.Context()
	key := official.UpstreamKey{Material: "m", Version: 1, Type: "image"}
	at := w.now.UnixMilli()
	check := func(key official.UpstreamKey, want string) {
		t.Helper()
		if id, known, err := w.UpstreamMedia(ctx, w.account, key); err != nil || id != want || known != (want != "") {
			t.Errorf("%q, %t, %v; want %q", id, known, err, want)
		}
	}
	check(key, "")
	ok(t, w.RememberUpstreamMedia(ctx, w.account, key, "one", at))
	check(key, "one")
	check(official.UpstreamKey{Material: "m", Version: 1, Type: "thumb"}, "")
	check(official.UpstreamKey{Material: "mi", Version: 1, Type: "mage"}, "")
	w.pass(3*24*time.Hour - time.Millisecond)
	check(key, "one")
	w.pass(time.Millisecond)
	check(key, "")
	ok(t, w.RememberUpstreamMedia(ctx, w.account, key, "two", w.now.UnixMilli()))
	check(key, "two")
	ok(t, w.ForgetUpstreamMedia(ctx, w.account, key))
	check(key, "")
}

func news(t *testing.T, w *world) {
	ctx := t.Context()
	image, err := w.CreateMedia(ctx, w.account, official.KindNewsImage, "c.jpg", strings.NewReader("c"), 9)
	ok(t, err)
	article := func(n, size int) official.ArticleInput {
		return official.ArticleInput{
			Title: fmt.Sprint("title ", n), Author: "author", Digest: "digest", ImageID: image.ID, Source: "https://example.com",
			Content: strings.Repeat("<p>文", size/6+1), ShowCover: n%2 == 0,
		}
	}
	before := size(t, w)
	first, err := w.CreateNews(ctx, w.account, []official.ArticleInput{article(1, 10), article(2, 300_000)})
	ok(t, err)
	w.pass(time.Second)
	second, err := w.CreateNews(ctx, w.account, []official.ArticleInput{article(3, 10)})
	ok(t, err)
	n, err := w.News(ctx, w.account, first)
	if err != nil || len(n.Articles) != 2 || n.Articles[1].ArticleInput != article(2, 300_000) || n.Articles[0].NewsID != first {
		t.Fatalf("%v", err)
	}
	w.pass(time.Second)
	ok(t, w.UpdateNews(ctx, w.account, first, []official.ArticleInput{article(4, 10)}))
	updated, err := w.News(ctx, w.account, first)
	if err != nil || len(updated.Articles) != 1 || updated.Articles[0].ID == n.Articles[0].ID || updated.Version == n.Version ||
		updated.Updated != w.now.UnixMilli() || updated.Created != n.Created || updated.Articles[0].Updated != updated.Updated {
		t.Errorf("%+v, %v", updated, err)
	}
	list, err := w.ListNews(ctx, w.account, official.Page{Limit: 10})
	if err != nil || list.Total != 2 || list.News[0].ID != first || list.News[1].ID != second || list.News[0].Articles[0].Title != "title 4" {
		t.Errorf("%+v, %v", list, err)
	}
	if a, err := w.Article(ctx, w.account, n.Articles[1].ID); err != nil || !a.Replaced || a.Content != n.Articles[1].Content {
		t.Errorf("%v", err)
	}
	ok(t, w.DeleteNews(ctx, w.account, second))
	ok(t, w.DeleteNews(ctx, w.account, second))
	_, err = w.News(ctx, w.account, second)
	refused(t, err, core.NotFound, official.FieldNews)
	refused(t, w.UpdateNews(ctx, w.account, second, []official.ArticleInput{article(1, 1)}), core.NotFound, official.FieldNews)
	if list, err := w.ListNews(ctx, w.account, official.Page{Limit: 10}); err != nil || list.Total != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	now := size(t, w)
	bad := article(1, 100)
	bad.ImageID = "missing"
	_, err = w.CreateNews(ctx, w.account, []official.ArticleInput{article(1, 1), bad})
	refused(t, err, core.NotFound, official.FieldImage)
	_, err = w.CreateNews(ctx, w.account, nil)
	refused(t, err, core.Invalid, official.FieldNews)
	_, err = w.CreateNews(ctx, w.account, make([]official.ArticleInput, 9))
	refused(t, err, core.Invalid, official.FieldNews)
	if n := size(t, w); n != now || n <= before {
		t.Errorf("%d keys, want %d", n, now)
	}
}
