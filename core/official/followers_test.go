package official_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/official"
)

// names returns the OpenIDs of a whole group in order, read in pages of two.
func names(t testing.TB, w *world, group string) (all []string) {
	t.Helper()
	for {
		page, err := w.Followers(t.Context(), w.account, group, official.Page{Offset: len(all), Limit: 2})
		ok(t, err)
		for _, f := range page.Followers {
			all = append(all, f.OpenID)
		}
		if len(page.Followers) == 0 {
			if len(all) != page.Total {
				t.Fatalf("group %s lists %q and counts %d", group, all, page.Total)
			}
			return all
		}
	}
}

func inGroup(t testing.TB, w *world, group, want string) {
	t.Helper()
	if got := strings.Join(names(t, w, group), " "); got != want {
		t.Errorf("group %s has %q, want %q", group, got, want)
	}
}

func subscribe(t testing.TB, w *world, openIDs ...string) {
	t.Helper()
	for _, openID := range openIDs {
		w.pass(time.Second)
		_, err := w.Subscribe(t.Context(), w.account, openID, w.now.UnixMilli(), &official.Profile{Nickname: openID + "😀"})
		ok(t, err)
	}
}

func subscribing(t *testing.T, w *world) {
	ctx := t.Context()
	subscribe(t, w, "a", "b", "c")
	inGroup(t, w, official.GroupAll, "c b a")
	inGroup(t, w, official.GroupUngrouped, "c b a")
	ok(t, w.ImportGroups(ctx, w.account, []official.GroupUpdate{{ID: "2", Name: "starred"}}))
	ok(t, w.AddToGroup(ctx, w.account, "2", "a", "b"))
	ok(t, w.Unsubscribe(ctx, w.account, "b", w.now.UnixMilli(), false))
	ok(t, w.Unsubscribe(ctx, w.account, "nobody", 5, true))
	inGroup(t, w, official.GroupAll, "c a")
	inGroup(t, w, "2", "a")
	f, err := w.Follower(ctx, w.account, "b")
	if err != nil || f.Subscribed || f.UnsubscribeTime != w.now.UnixMilli() || f.Nickname != "b😀" || len(f.Groups) > 0 {
		t.Errorf("%+v, %v", f, err)
	}
	w.pass(time.Second)
	f, err = w.Subscribe(ctx, w.account, "b", w.now.UnixMilli(), nil)
	if err != nil || !f.Subscribed || f.UnsubscribeTime != 0 || !f.Ungrouped || f.Nickname != "b😀" {
		t.Errorf("%+v, %v", f, err)
	}
	inGroup(t, w, official.GroupAll, "b c a")
	inGroup(t, w, official.GroupUngrouped, "b c")
	// A repeated event changes nothing but the profile.
	_, err = w.Subscribe(ctx, w.account, "a", w.now.UnixMilli()+9, &official.Profile{Nickname: "A"})
	ok(t, err)
	inGroup(t, w, official.GroupAll, "b c a")
	inGroup(t, w, "2", "a")
	ok(t, w.Unsubscribe(ctx, w.account, "a", 7, true))
	if f, err := w.Follower(ctx, w.account, "a"); err != nil || f.Profile != (official.Profile{}) {
		t.Errorf("%+v, %v", f, err)
	}
	_, err = w.Subscribe(ctx, w.account, strings.Repeat("x", 129), 1, nil)
	refused(t, err, core.TooLarge, official.FieldFollower)
	_, err = w.Subscribe(ctx, w.account, "x", -1, nil)
	refused(t, err, core.Invalid, official.FieldTime)
	_, err = w.Subscribe(ctx, w.account, "x", 1, &official.Profile{Gender: 3})
	refused(t, err, core.Invalid, official.FieldGender)
}

func groupRules(t *testing.T, w *world) {
	ctx := t.Context()
	subscribe(t, w, "a", "b")
	ok(t, w.ImportGroups(ctx, w.account, []official.GroupUpdate{{ID: "2", Name: "two"}, {ID: "100", Name: "hundred"}}))
	check := func(openID, groups string, ungrouped, blocked bool) {
		t.Helper()
		got, err := w.GroupsOf(ctx, w.account, openID)
		ok(t, err)
		f, err := w.Follower(ctx, w.account, openID)
		if err != nil || strings.Join(got, " ") != groups || f.Ungrouped != ungrouped || f.Blocked != blocked {
			t.Fatalf("%s is in %q, %+v, %v; want %q, %t, %t", openID, got, f, err, groups, ungrouped, blocked)
		}
	}
	step := func(err error, groups string, ungrouped, blocked bool) {
		t.Helper()
		ok(t, err)
		check("a", groups, ungrouped, blocked)
	}
	check("a", "0", true, false)
	step(w.AddToGroup(ctx, w.account, "2", "a"), "2", false, false)
	step(w.AddToGroup(ctx, w.account, "2", "a"), "2", false, false)
	step(w.AddToGroup(ctx, w.account, "100", "a"), "2 100", false, false)
	step(w.RemoveFromGroup(ctx, w.account, "0", "a"), "2 100", false, false)
	step(w.RemoveFromGroup(ctx, w.account, "2", "a"), "100", false, false)
	step(w.RemoveFromGroup(ctx, w.account, "100", "a"), "0", true, false)
	step(w.AddToGroup(ctx, w.account, "2", "a", "b"), "2", false, false)
	step(w.AddToGroup(ctx, w.account, "1", "a"), "1", false, true)
	inGroup(t, w, official.GroupAll, "b")
	inGroup(t, w, official.GroupBlocked, "a")
	inGroup(t, w, "2", "b")
	step(w.RemoveFromGroup(ctx, w.account, "1", "a"), "0", true, false)
	step(w.AddToGroup(ctx, w.account, "1", "a"), "1", false, true)
	step(w.AddToGroup(ctx, w.account, "100", "a"), "100", false, false)
	step(w.AddToGroup(ctx, w.account, "0", "a"), "0", true, false)

	refused(t, w.AddToGroup(ctx, w.account, "100", "a", "missing"), core.NotFound, official.FieldFollower)
	refused(t, w.AddToGroup(ctx, w.account, "7", "a"), core.NotFound, core.FieldGroup)
	refused(t, w.AddToGroup(ctx, w.account, "-1", "a"), core.NotFound, core.FieldGroup)
	check("a", "0", true, false)
	ok(t, w.Unsubscribe(ctx, w.account, "b", 1, false))
	ok(t, w.AddToGroup(ctx, w.account, "2", "b"))
	inGroup(t, w, "2", "")
}

func followerPages(t *testing.T, w *world) {
	ctx := t.Context()
	const count = 1300
	var updates []official.FollowerUpdate
	for i := range count {
		u := official.FollowerUpdate{OpenID: fmt.Sprintf("o%04d", i), Subscribed: true, SubscribeTime: int64(1000 + i/3)}
		switch i % 10 {
		case 1:
			u.Groups = []string{"1"}
		case 2:
			u.Groups = []string{"2", "5", "2"}
		case 3:
			u.Groups = []string{}
		}
		updates = append(updates, u)
	}
	for range 2 { // importing again changes nothing
		for batch := range slices.Chunk(updates, 500) {
			ok(t, w.UpsertFollowers(ctx, w.account, batch))
		}
	}
	ok(t, w.ImportGroups(ctx, w.account, []official.GroupUpdate{{ID: "2", Name: "two"}}))
	list, err := w.Groups(ctx, w.account)
	if err != nil || list.Total != count*9/10 || len(list.Groups) != 1 || list.Groups[0].Followers != count/10 {
		t.Errorf("%+v, %v", list, err)
	}
	for _, group := range []struct {
		id   string
		size int
	}{{"-1", count * 9 / 10}, {"0", count * 8 / 10}, {"1", count / 10}, {"2", count / 10}, {"5", count / 10}} {
		all := names(t, w, group.id)
		place := func(openID string) string { // what the list is sorted by
			var i int
			_, err := fmt.Sscanf(openID, "o%d", &i)
			ok(t, err)
			if group.id == "2" || group.id == "5" {
				i = 0 // all have joined at once
			}
			return fmt.Sprintf("%04d%s", 9999-i/3, openID)
		}
		if len(all) != group.size || !slices.IsSortedFunc(all, func(a, b string) int { return strings.Compare(place(a), place(b)) }) {
			t.Errorf("group %s lists %d: %q", group.id, len(all), all)
		}
		page, err := w.Followers(ctx, w.account, group.id, official.Page{Offset: group.size - 3, Limit: 100})
		if err != nil || len(page.Followers) != 3 || page.Followers[2].OpenID != all[group.size-1] {
			t.Errorf("group %s ends with %d, %v", group.id, len(page.Followers), err)
		}
		page, err = w.Followers(ctx, w.account, group.id, official.Page{Offset: group.size + 1, Limit: 100})
		if err != nil || len(page.Followers) != 0 || page.Total != group.size {
			t.Errorf("behind group %s: %d of %d, %v", group.id, len(page.Followers), page.Total, err)
		}
	}
	var large []official.FollowerUpdate // the largest there are
	for i := range 100 {
		text := strings.Repeat("文", 1000)
		u := official.FollowerUpdate{OpenID: fmt.Sprint("large", i), Subscribed: true, Profile: official.Profile{
			Nickname: text, Country: text, Province: text, City: text, Language: text, UnionID: text, Remark: text,
		}}
		for g := range official.MaxMemberships {
			u.Groups = append(u.Groups, fmt.Sprint(1000+g))
		}
		large = append(large, u)
	}
	ok(t, w.UpsertFollowers(ctx, w.account, large))
	refused(t, w.UpsertFollowers(ctx, w.account, make([]official.FollowerUpdate, 501)), core.TooLarge, official.FieldFollower)
	refused(t, w.UpsertFollowers(ctx, w.account, []official.FollowerUpdate{{OpenID: "x", Groups: []string{"-1"}}}),
		core.Invalid, core.FieldGroup)
}

func selections(t *testing.T, w *world) {
	ctx := t.Context()
	var updates []official.FollowerUpdate
	for i := range 30 {
		updates = append(updates, official.FollowerUpdate{
			OpenID: fmt.Sprint("o", i), Subscribed: i != 7, SubscribeTime: int64(i), Profile: official.Profile{Gender: official.Gender(i % 3)},
			Groups: [][]string{nil, {"1"}, {"2"}}[i%3],
		})
	}
	ok(t, w.UpsertFollowers(ctx, w.account, updates))
	ok(t, w.ImportGroups(ctx, w.account, []official.GroupUpdate{{ID: "2", Name: "two"}}))
	female := official.GenderFemale
	wrong := official.Gender(9)
	for _, c := range []struct {
		sel  official.Selection
		want int
	}{
		{official.Selection{Group: "-1"}, 20},
		{official.Selection{Group: "-1", Gender: &female}, 10},
		{official.Selection{Group: "0"}, 10},
		{official.Selection{Group: "0", Gender: &female}, 0},
		{official.Selection{Group: "1"}, 9},
		{official.Selection{Group: "2"}, 10},
	} {
		count := 0
		ok(t, w.EachFollower(ctx, w.account, c.sel, func(*official.Follower) bool { count++; return true }))
		if count != c.want {
			t.Errorf("%+v selects %d, want %d", c.sel, count, c.want)
		}
	}
	count := 0
	ok(t, w.EachFollower(ctx, w.account, official.Selection{Group: "-1"}, func(*official.Follower) bool { count++; return count < 3 }))
	if count != 3 {
		t.Errorf("%d visits after the end", count)
	}
	err := w.EachFollower(ctx, w.account, official.Selection{Group: "9"}, nil)
	refused(t, err, core.NotFound, core.FieldGroup)
	err = w.EachFollower(ctx, w.account, official.Selection{Group: "-1", Gender: &wrong}, nil)
	refused(t, err, core.Invalid, official.FieldGender)
}

func unseen(t *testing.T, w *world) {
	ctx := t.Context()
	subscribe(t, w, "a", "b", "c")
	w.pass(time.Hour)
	before := w.now.UnixMilli()
	ok(t, w.UpsertFollowers(ctx, w.account, []official.FollowerUpdate{{OpenID: "b", Subscribed: true, SubscribeTime: 3}}))
	if n, err := w.UnsubscribeUnseen(ctx, w.account, before); err != nil || n != 2 {
		t.Errorf("%d, %v", n, err)
	}
	inGroup(t, w, official.GroupAll, "b")
	if n, err := w.UnsubscribeUnseen(ctx, w.account, before); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

// Changes that come at once leave the counters right.
func concurrent(t *testing.T, w *world) {
	ctx := t.Context()
	group, err := w.CreateGroup(ctx, w.account, "g")
	ok(t, err)
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			for i := range 25 {
				openID := fmt.Sprint("o", worker, " ", i)
				_, err := w.Subscribe(ctx, w.account, openID, int64(i), nil)
				err = errors.Join(err, w.AddToGroup(ctx, w.account, group, openID))
				if i%5 == 0 {
					err = errors.Join(err, w.Unsubscribe(ctx, w.account, openID, int64(i), false))
				}
				_, err2 := w.CreateRule(ctx, w.account, rule("n", openID, openID))
				reply, hit, err3 := w.Match(ctx, w.account, openID)
				if err := errors.Join(err, err2, err3); err != nil || !hit || reply.ID != openID {
					t.Errorf("%+v, %v", reply, err)
				}
			}
		})
	}
	wait.Wait()
	if got := len(names(t, w, group)); got != 80 {
		t.Errorf("%d in the group", got)
	}
	if got := len(names(t, w, official.GroupAll)); got != 80 {
		t.Errorf("%d in all", got)
	}
}
