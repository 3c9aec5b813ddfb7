package core_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

// repeating yields one group ID twice before it yields another.
type repeating struct{ calls int }

func (r *repeating) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(r.calls / 2)
	}
	r.calls++
	return len(b), nil
}

func TestChosenGroupIDs(t *testing.T) {
	ctx := context.Background()
	env := environment()
	env.Random = &repeating{calls: 100} // the app's own key and secret come first
	e, err := core.Open(ctx, memory.New(), env, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine(t, e)
	app, err := e.PutApp(ctx, core.App{})
	if err != nil {
		t.Fatal(err)
	}
	w := world{e, app}
	owner := core.Caller{App: app, User: register(t, w, "owner")}
	seen := make(map[string]bool)
	for range 4 {
		group, err := e.CreateGroup(ctx, owner, core.NewGroup{})
		if err != nil {
			t.Fatal(err)
		}
		if seen[group.ID] || group.ID == "" || strings.Trim(group.ID, "0123456789") != "" || len(group.ID) > 10 {
			t.Errorf("the ID is %q", group.ID)
		}
		seen[group.ID] = true
	}
}

func TestLargeGroup(t *testing.T) {
	ctx := context.Background()
	const size = 2500
	store := memory.New()
	e := openEngine(t, store)
	app, err := e.PutApp(ctx, core.App{Name: "large", OpenUsers: true})
	if err != nil {
		t.Fatal(err)
	}
	w := world{e, app}
	owner := core.Caller{App: app, User: register(t, w, "owner")}
	ids := make([]string, size)
	for i := range ids {
		ids[i] = fmt.Sprint("u", i)
	}
	group, err := e.CreateGroup(ctx, owner, core.NewGroup{ID: "large", Members: ids[:1500]})
	if err != nil || group.Members != 1501 {
		t.Fatalf("%+v, %v", group, err)
	}
	if err := e.AddMembers(ctx, owner, "large", ids[1000:]); err != nil {
		t.Fatal(err)
	}
	closeEngine(t, e)
	e = openEngine(t, store)
	defer closeEngine(t, e)
	app = e.Apps()[0]
	all, err := e.MemberIDs(ctx, app, "large")
	if err != nil || !slices.Equal(all, append([]string{"owner"}, ids...)) {
		t.Fatalf("%d members, %v", len(all), err)
	}
	page, err := e.Members(ctx, app, "large", core.MemberQuery{Offset: 2499, Limit: 10})
	if err != nil || page.Total != size+1 || len(page.Members) != 2 || page.Members[1].User.ID != ids[size-1] {
		t.Fatalf("%d of %d, %v", len(page.Members), page.Total, err)
	}
	role := core.GroupMember
	page, err = e.Members(ctx, app, "large", core.MemberQuery{Offset: 1, Limit: 2, Role: &role, Match: func(m *core.Member) bool {
		return strings.HasSuffix(m.User.ID, "99")
	}})
	if err != nil || page.Total != 25 || len(page.Members) != 2 || page.Members[0].User.ID != "u199" {
		t.Fatalf("%+v, %v", page, err)
	}
	if err := e.RemoveMembers(ctx, core.Caller{App: app, Privileged: true}, "large", ids[:2000]); err != nil {
		t.Fatal(err)
	}
	if group, err = e.Group(ctx, app, "large"); err != nil || group.Members != size+1-2000 {
		t.Fatalf("%+v, %v", group, err)
	}
	if all, err = e.MemberIDs(ctx, app, "large"); err != nil || !slices.Equal(all[1:], ids[2000:]) {
		t.Fatalf("%d members, %v", len(all), err)
	}
}

func TestJoinedGroups(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	for i := range 5 {
		_, err := c.engine.CreateGroup(ctx, c.callers["owner"], core.NewGroup{ID: fmt.Sprint("g", i), Members: []string{"member"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.engine.DismissGroup(ctx, c.callers["owner"], "g1"); err != nil {
		t.Fatal(err)
	}
	if err := c.engine.LeaveGroup(ctx, c.callers["member"], "g3"); err != nil {
		t.Fatal(err)
	}
	page, err := c.engine.JoinedGroups(ctx, c.app, "member", 1, 2)
	if err != nil || page.Total != 4 || len(page.Groups) != 2 || page.Groups[0].ID != "g0" || page.Groups[1].ID != "g2" {
		t.Errorf("%+v, %v", page, err)
	}
	if err := c.engine.JoinGroup(ctx, c.callers["member"], "g3"); err != nil {
		t.Fatal(err)
	}
	if page, err = c.engine.JoinedGroups(ctx, c.app, "member", 0, 100); err != nil || page.Total != 5 {
		t.Errorf("%+v, %v", page, err)
	}
	_, err = c.engine.JoinedGroups(ctx, c.app, "nobody", 0, 10)
	wantCode(t, "an unknown user", err, core.NotFound)
	_, err = c.engine.JoinedGroups(ctx, c.app, "member", 0, 0)
	wantCode(t, "an empty page", err, core.Invalid)
	groups, err := c.engine.GroupsOf(ctx, c.app, []string{"g4", "nothing", "g1"})
	if err != nil || len(groups) != 2 || groups[0].ID != "g4" || !groups[1].Dismissed {
		t.Errorf("%+v, %v", groups, err)
	}
	_, err = c.engine.MemberIDs(ctx, c.app, "nothing")
	wantCode(t, "members of an unknown group", err, core.NotFound)
}
