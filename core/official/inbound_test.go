package official_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/core"
	"parley/core/official"
)

func inbound(t *testing.T, w *world) {
	ctx := t.Context()
	subscribe(t, w, "a")
	in := official.Inbound{
		ID: "6070000000000000001", Kind: official.InboundImage, Sender: "a", Time: 1000, MediaID: "m", PictureURL: "https://example.com/p",
	}
	stored, duplicate, err := w.StoreInbound(ctx, w.account, in)
	if err != nil || duplicate || *stored != in {
		t.Fatalf("%+v, %t, %v", stored, duplicate, err)
	}
	ok(t, w.SetInboundCopy(ctx, w.account, in.ID, "copy", ""))
	ok(t, w.SetInboundCopy(ctx, w.account, in.ID, "", "thumb"))
	again, duplicate, err := w.StoreInbound(ctx, w.account, in)
	if err != nil || !duplicate || again.Copy != "copy" || again.ThumbCopy != "thumb" {
		t.Errorf("%+v, %t, %v", again, duplicate, err)
	}
	event := official.Inbound{Kind: official.InboundEvent, Sender: "a", Time: 1000, Event: "CLICK", EventKey: "k"}
	first, duplicate, err := w.StoreInbound(ctx, w.account, event)
	if err != nil || duplicate || len(first.ID) != 32 {
		t.Errorf("%+v, %t, %v", first, duplicate, err)
	}
	if again, duplicate, err := w.StoreInbound(ctx, w.account, event); err != nil || !duplicate || again.ID != first.ID {
		t.Errorf("%+v, %t, %v", again, duplicate, err)
	}
	event.EventKey = "other"
	if _, duplicate, err := w.StoreInbound(ctx, w.account, event); err != nil || duplicate {
		t.Errorf("%t, %v", duplicate, err)
	}
	list, err := w.ListInbound(ctx, w.account, official.InboundQuery{Page: official.Page{Limit: 10}})
	if err != nil || list.Total != 1 || list.Messages[0].Nickname != "a😀" || list.Messages[0].Copy != "copy" {
		t.Errorf("%+v, %v", list, err)
	}
	for field, bad := range map[core.Field]official.Inbound{
		core.FieldMessage:      {Kind: official.InboundText, Sender: "a"},
		official.FieldKind:     {ID: "1", Kind: "smell", Sender: "a"},
		official.FieldFollower: {ID: "1", Kind: official.InboundText},
		official.FieldTime:     {ID: "1", Kind: official.InboundText, Sender: "a", Time: -1},
	} {
		_, _, err := w.StoreInbound(ctx, w.account, bad)
		refused(t, err, core.Invalid, field)
	}
}

func inboundFilters(t *testing.T, w *world) {
	ctx := t.Context()
	for i := range 1200 {
		in := official.Inbound{
			ID: fmt.Sprint(10_000 + i), Kind: official.InboundText, Sender: "s", Time: int64(1000 * (i / 2)),
			Content: fmt.Sprintf("Text %d%%", i%10), Answered: i%5 == 0,
		}
		if i%10 == 9 {
			in.Kind, in.Content = official.InboundLocation, ""
		}
		_, _, err := w.StoreInbound(ctx, w.account, in)
		ok(t, err)
	}
	ok(t, w.MarkAnswered(ctx, w.account, "10001"))
	ok(t, w.MarkAnswered(ctx, w.account, "10001"))
	for _, c := range []struct {
		q     official.InboundQuery
		total int
		ids   string
	}{
		{official.InboundQuery{}, 1200, "11199 11198 11197"},
		{official.InboundQuery{Start: 598_000}, 4, "11199 11198 11197"},
		{official.InboundQuery{End: 1000}, 2, "10001 10000"},
		{official.InboundQuery{End: 1001}, 4, "10003 10002 10001"},
		{official.InboundQuery{Start: 1000, End: 3000}, 4, "10005 10004 10003"},
		{official.InboundQuery{Start: 3000, End: 1000}, 0, ""},
		{official.InboundQuery{HideAnswered: true}, 959, "11199 11198 11197"},
		{official.InboundQuery{HideAnswered: true, End: 2000}, 2, "10003 10002"},
		{official.InboundQuery{Contains: "tEXT 3"}, 120, "11193 11183 11173"},
		{official.InboundQuery{Contains: "3%", End: 10_000}, 2, "10013 10003"},
		{official.InboundQuery{Contains: "_"}, 0, ""},
		{official.InboundQuery{Contains: "text", HideAnswered: true, End: 2000}, 2, "10003 10002"},
	} {
		var ids []string
		total := -1
		for offset := 0; offset <= 3; offset++ { // one by one
			c.q.Page = official.Page{Offset: offset, Limit: 1}
			page, err := w.ListInbound(ctx, w.account, c.q)
			ok(t, err)
			if total >= 0 && page.Total != total {
				t.Errorf("%+v: %d became %d", c.q, total, page.Total)
			}
			total = page.Total
			for _, m := range page.Messages {
				if len(ids) < 3 {
					ids = append(ids, m.ID)
				}
			}
		}
		if got := strings.Join(ids, " "); got != c.ids || total != c.total {
			t.Errorf("%+v: %q of %d, want %q of %d", c.q, got, total, c.ids, c.total)
		}
	}
	_, err := w.ListInbound(ctx, w.account, official.InboundQuery{Start: -1})
	refused(t, err, core.Invalid, official.FieldTime)
}
