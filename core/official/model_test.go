package official_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/core"
	"parley/core/official"
)

// modelFollower is what the rules say of a follower, written down once more.
type modelFollower struct {
	subscribed, ungrouped, blocked bool
	time                           int64
	groups                         map[string]int64
}

// followerModel is the simplest service that obeys the rules of followers and groups.
type followerModel struct {
	followers map[string]*modelFollower
	groups    []string
}

// in tells whether a follower is in a group, and since when.
func (f *modelFollower) in(group string) (int64, bool) {
	if !f.subscribed {
		return 0, false
	}
	switch group {
	case official.GroupAll:
		return f.time, !f.blocked
	case official.GroupUngrouped:
		return f.time, f.ungrouped
	case official.GroupBlocked:
		return f.time, f.blocked
	}
	at, member := f.groups[group]
	return at, member
}

func (m *followerModel) list(group string) []string {
	var all []string
	for openID, f := range m.followers {
		if _, member := f.in(group); member {
			all = append(all, openID)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		at, _ := m.followers[a].in(group)
		bt, _ := m.followers[b].in(group)
		return cmp.Or(cmp.Compare(bt, at), cmp.Compare(a, b))
	})
	return all
}

// Counters, lists and marks agree with the model after every operation.
func TestFollowersAgreeWithModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := onMemory(t)
		ctx := context.Background()
		m := &followerModel{followers: map[string]*modelFollower{}}
		check := func(err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		for range rapid.IntRange(20, 60).Draw(rt, "operations") {
			w.pass(1e6)
			now := w.now.UnixMilli()
			openID := fmt.Sprint("o", rapid.IntRange(0, 5).Draw(rt, "follower"))
			group := rapid.SampledFrom(append([]string{"0", "1"}, m.groups...)).Draw(rt, "group")
			f := m.followers[openID]
			switch rapid.IntRange(0, 6).Draw(rt, "operation") {
			case 0:
				_, err := w.Subscribe(ctx, w.account, openID, now, nil)
				check(err)
				if f == nil {
					f = &modelFollower{}
					m.followers[openID] = f
				}
				if !f.subscribed {
					*f = modelFollower{subscribed: true, ungrouped: true, blocked: f.blocked, time: now, groups: map[string]int64{}}
				}
			case 1:
				check(w.Unsubscribe(ctx, w.account, openID, now, false))
				if f != nil {
					f.subscribed, f.groups = false, map[string]int64{}
				}
			case 2:
				err := w.AddToGroup(ctx, w.account, group, openID)
				if f == nil {
					if core.CodeOf(err) != core.NotFound {
						rt.Fatal(err)
					}
					continue
				}
				check(err)
				m.add(f, group, now)
			case 3:
				err := w.RemoveFromGroup(ctx, w.account, group, openID)
				if f == nil {
					if core.CodeOf(err) != core.NotFound {
						rt.Fatal(err)
					}
					continue
				}
				check(err)
				m.remove(f, group)
			case 4:
				id, err := w.CreateGroup(ctx, w.account, "g")
				check(err)
				m.groups = append(m.groups, id)
			case 5:
				if group == "0" || group == "1" {
					continue
				}
				check(w.DeleteGroup(ctx, w.account, group))
				m.groups = slices.DeleteFunc(m.groups, func(id string) bool { return id == group })
				for _, f := range m.followers {
					if _, member := f.groups[group]; member {
						m.remove(f, group)
					}
				}
			case 6:
				in := rapid.SliceOfNDistinct(rapid.SampledFrom(append([]string{"0", "1"}, m.groups...)), 0, 3, rapid.ID).Draw(rt, "groups")
				check(w.UpsertFollowers(ctx, w.account, []official.FollowerUpdate{
					{OpenID: openID, Subscribed: true, SubscribeTime: now, Groups: append([]string{}, in...)},
				}))
				m.upsert(openID, now, in)
			}
			m.compare(rt, w)
		}
	})
}

func (m *followerModel) add(f *modelFollower, group string, now int64) {
	f.ungrouped, f.blocked = group == "0", group == "1"
	if f.ungrouped || f.blocked {
		f.groups = map[string]int64{}
	} else if _, member := f.groups[group]; !member && f.subscribed {
		f.groups[group] = now
	}
}

func (m *followerModel) remove(f *modelFollower, group string) {
	switch group {
	case "0":
	case "1":
		f.blocked, f.ungrouped = false, true
	default:
		delete(f.groups, group)
		f.ungrouped = f.ungrouped || len(f.groups) == 0
	}
}

func (m *followerModel) upsert(openID string, now int64, groups []string) {
	f := m.followers[openID]
	if f == nil {
		f = &modelFollower{}
		m.followers[openID] = f
	}
	old := f.groups
	*f = modelFollower{subscribed: true, time: now, blocked: slices.Contains(groups, "1"), groups: map[string]int64{}}
	for _, g := range groups {
		if g == "0" || g == "1" {
			continue
		}
		f.groups[g] = now
		if at, member := old[g]; member {
			f.groups[g] = at
		}
	}
	f.ungrouped = len(f.groups) == 0 && !f.blocked
}

func (m *followerModel) compare(t *rapid.T, w *world) {
	ctx := context.Background()
	for _, group := range append([]string{"-1", "0", "1"}, m.groups...) {
		page, err := w.Followers(ctx, w.account, group, official.Page{Limit: 100})
		var got []string
		for _, f := range page.Followers {
			got = append(got, f.OpenID)
		}
		if want := m.list(group); err != nil || !slices.Equal(got, want) || page.Total != len(want) {
			t.Fatalf("group %s has %q of %d, %v; want %q", group, got, page.Total, err, want)
		}
	}
	list, err := w.Groups(ctx, w.account)
	if err != nil || list.Total != len(m.list("-1")) || len(list.Groups) != len(m.groups) {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, g := range list.Groups {
		if want := len(m.list(g.ID)); g.Followers != want {
			t.Fatalf("group %s counts %d, want %d", g.ID, g.Followers, want)
		}
	}
	for openID, want := range m.followers {
		f, err := w.Follower(ctx, w.account, openID)
		if err != nil || f.Subscribed != want.subscribed || f.Ungrouped != want.ungrouped || f.Blocked != want.blocked || len(f.Groups) != len(want.groups) {
			t.Fatalf("%+v, %v; want %+v", f, err, want)
		}
	}
}
