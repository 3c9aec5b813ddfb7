package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/storage/memory"
)

// circle is a group with one user of every standing.
type circle struct {
	world
	id      string
	callers map[string]core.Caller
}

// standings are the kinds of callers that permission rules tell apart.
func standings() []string { return []string{"owner", "admin", "member", "stranger", "privileged"} }

func register(t *testing.T, w world, id string) *core.User {
	t.Helper()
	u, err := w.engine.Register(context.Background(), w.app, core.NewUser{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// newCircle makes a group with "owner", "admin", "member" and the further members "admin2" and "member2".
func newCircle(t *testing.T) circle {
	t.Helper()
	ctx := context.Background()
	c := circle{world: newWorld(t, memory.New()), id: "circle", callers: make(map[string]core.Caller)}
	for _, id := range append(standings(), "admin2", "member2", "guest") {
		c.callers[id] = core.Caller{App: c.app, User: register(t, c.world, id), Privileged: id == "privileged"}
	}
	_, err := c.engine.CreateGroup(ctx, c.callers["owner"], core.NewGroup{
		ID: c.id, Name: "circle", Admins: []string{"admin", "admin2"}, Members: []string{"member", "member2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// roles shows a group's members in order, and fails where the count of the group is another.
func (c circle) roles(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	page, err := c.engine.Members(ctx, c.app, c.id, core.MemberQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	group, err := c.engine.Group(ctx, c.app, c.id)
	if err != nil || group.Members != page.Total {
		t.Fatalf("the group counts %d members and lists %d, %v", group.Members, page.Total, err)
	}
	var shown []string
	for _, m := range page.Members {
		shown = append(shown, m.User.ID+[]string{"", "*", "**"}[m.Role])
	}
	return strings.Join(shown, " ")
}

func TestGroupPermissions(t *testing.T) {
	ctx := context.Background()
	name, role, none := "x", core.GroupAdmin, core.GroupMember
	muted := time.Now().Add(time.Hour).UnixMilli()
	// allowed has a letter for each standing that may: owner, admin, member, stranger, privileged.
	for _, tt := range []struct {
		what    string
		allowed string
		do      func(c circle, by core.Caller) error
	}{
		{"change", "oap", func(c circle, by core.Caller) error {
			_, err := c.engine.ChangeGroup(ctx, by, c.id, core.GroupChange{Name: &name})
			return err
		}},
		{"mute", "oap", func(c circle, by core.Caller) error { return c.engine.SetGroupMuted(ctx, by, c.id, true) }},
		{"dismiss", "op", func(c circle, by core.Caller) error { return c.engine.DismissGroup(ctx, by, c.id) }},
		{"transfer", "op", func(c circle, by core.Caller) error { return c.engine.TransferGroup(ctx, by, c.id, "member2") }},
		{"add", "oamp", func(c circle, by core.Caller) error { return c.engine.AddMembers(ctx, by, c.id, []string{"guest"}) }},
		{"add nobody", "oamp", func(c circle, by core.Caller) error { return c.engine.AddMembers(ctx, by, c.id, nil) }},
		{"remove a member", "oap", removing("member2")},
		{"remove an admin", "op", removing("admin2")},
		{"remove the owner", "", removing("owner")},
		{"remove a member and an admin", "op", removing("member2", "admin2")},
		{"leave", "am", func(c circle, by core.Caller) error { return c.engine.LeaveGroup(ctx, by, c.id) }},
		{"name a member", "oap", changing("member2", core.MemberChange{Nickname: &name})},
		{"name an admin", "op", changing("admin2", core.MemberChange{Nickname: &name})},
		{"name the owner", "op", changing("owner", core.MemberChange{Extra: &name})},
		{"raise a member", "op", changing("member2", core.MemberChange{Role: &role})},
		{"lower an admin", "op", changing("admin2", core.MemberChange{Role: &none})},
		{"lower the owner", "", changing("owner", core.MemberChange{Role: &none})},
		{"mute a member", "oap", muting("member2", muted)},
		{"mute an admin", "op", muting("admin2", muted)},
		{"mute the owner", "p", muting("owner", muted)},
	} {
		for _, standing := range standings() {
			t.Run(tt.what+"/"+standing, func(t *testing.T) {
				c := newCircle(t)
				before := c.roles(t)
				err := tt.do(c, c.callers[standing])
				if strings.Contains(tt.allowed, standing[:1]) {
					if err != nil {
						t.Error(err)
					}
					c.roles(t)
					return
				}
				fault := core.AsFault(err)
				if fault == nil || fault.Code != core.Forbidden || fault.Field != core.FieldMember {
					t.Fatalf("got %v", err)
				}
				outside := standing == "stranger" || standing == "privileged" && tt.what == "leave"
				if outside != (fault.Note == core.NotInGroup) {
					t.Errorf("the note is %q", fault.Note)
				}
				if after := c.roles(t); after != before {
					t.Errorf("a refused operation changed %q to %q", before, after)
				}
			})
		}
	}
}

func removing(users ...string) func(circle, core.Caller) error {
	return func(c circle, by core.Caller) error {
		return c.engine.RemoveMembers(context.Background(), by, c.id, users)
	}
}

func changing(user string, change core.MemberChange) func(circle, core.Caller) error {
	return func(c circle, by core.Caller) error {
		return c.engine.ChangeMember(context.Background(), by, c.id, user, change)
	}
}

func muting(user string, until int64) func(circle, core.Caller) error {
	return func(c circle, by core.Caller) error {
		return c.engine.MuteMember(context.Background(), by, c.id, user, until)
	}
}

func TestGroupLifecycle(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	owner, member := c.callers["owner"], c.callers["member"]
	if got := c.roles(t); got != "owner** admin* admin2* member member2" {
		t.Fatal(got)
	}
	if err := c.engine.JoinGroup(ctx, c.callers["guest"], c.id); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "joining twice", c.engine.JoinGroup(ctx, c.callers["guest"], c.id), core.Exists)
	if err := c.engine.AddMembers(ctx, member, c.id, []string{"member", "stranger", "stranger"}); err != nil {
		t.Fatal(err)
	}
	if err := c.engine.LeaveGroup(ctx, member, c.id); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "leaving twice", c.engine.LeaveGroup(ctx, member, c.id), core.Forbidden)
	if err := c.engine.JoinGroup(ctx, member, c.id); err != nil {
		t.Fatal(err)
	}
	if err := c.engine.TransferGroup(ctx, owner, c.id, "admin"); err != nil {
		t.Fatal(err)
	}
	if got := c.roles(t); got != "admin** admin2* owner member2 guest stranger member" {
		t.Fatal(got)
	}
	wantCode(t, "a transfer by the old owner", c.engine.TransferGroup(ctx, owner, c.id, "owner"), core.Forbidden)
	wantCode(t, "a transfer to the owner", c.engine.TransferGroup(ctx, c.callers["admin"], c.id, "admin"), core.Conflict)
	wantCode(t, "a transfer to a stranger", c.engine.TransferGroup(ctx, c.callers["admin"], c.id, "privileged"), core.NotFound)
	group, err := c.engine.Group(ctx, c.app, c.id)
	if err != nil || group.Owner != "admin" || group.Creator != "owner" || group.Created == 0 {
		t.Errorf("%+v, %v", group, err)
	}
	members, err := c.engine.MembersOf(ctx, c.app, c.id, []string{"stranger", "nobody", "privileged", "guest"})
	if err != nil || len(members) != 2 || members[0].Inviter != "member" || members[1].User.ID != "guest" || members[1].Inviter != "" {
		t.Errorf("%+v, %v", members, err)
	}
}

func TestChangeGroup(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	notice, long, broken, negative := "news", strings.Repeat("x", core.MaxGroupText+1), "\xff", int32(-1)
	group, err := c.engine.ChangeGroup(ctx, c.callers["admin"], c.id, core.GroupChange{Notice: &notice, LookMembers: &negative})
	if err != nil || group.Notice != notice || group.NoticeBy != "admin" || group.NoticeChanged == 0 || group.Policy.LookMembers != -1 {
		t.Fatalf("%+v, %v", group, err)
	}
	read, err := c.engine.Group(ctx, c.app, c.id)
	if err != nil || *read != *group || read.Name != "circle" {
		t.Errorf("%+v, %v", read, err)
	}
	_, err = c.engine.ChangeGroup(ctx, c.callers["owner"], c.id, core.GroupChange{Extra: &long})
	wantCode(t, "a long text", err, core.TooLarge)
	_, err = c.engine.ChangeGroup(ctx, c.callers["owner"], c.id, core.GroupChange{Name: &broken})
	wantCode(t, "a broken text", err, core.Invalid)
	_, err = c.engine.ChangeGroup(ctx, c.callers["owner"], "nothing", core.GroupChange{})
	wantCode(t, "an unknown group", err, core.NotFound)
	wantCode(t, "a long nickname", changing("member", core.MemberChange{Nickname: &long})(c, c.callers["owner"]), core.TooLarge)
	wantCode(t, "a role that there is not", changing("member", core.MemberChange{Role: new(core.GroupOwner + 1)})(c, c.callers["owner"]), core.Invalid)
}

func TestChangeMember(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	nickname, avatar, role := "Memo", "a.png", core.GroupAdmin
	if err := changing("member", core.MemberChange{Nickname: &nickname, Avatar: &avatar})(c, c.callers["member"]); err != nil {
		t.Fatal(err)
	}
	if err := changing("member", core.MemberChange{Role: &role})(c, c.callers["owner"]); err != nil {
		t.Fatal(err)
	}
	if err := muting("member", 1<<40)(c, c.callers["owner"]); err != nil {
		t.Fatal(err)
	}
	members, err := c.engine.MembersOf(ctx, c.app, c.id, []string{"member"})
	if err != nil || len(members) != 1 {
		t.Fatalf("%+v, %v", members, err)
	}
	m := members[0]
	if m.Nickname != nickname || m.Avatar != avatar || m.Role != role || m.MutedUntil != 1<<40 || m.Joined == 0 {
		t.Errorf("%+v", m)
	}
	if got := c.roles(t); got != "owner** admin* admin2* member* member2" {
		t.Error(got)
	}
	if err := muting("member", 0)(c, c.callers["owner"]); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "a time before 1970", muting("member", -1)(c, c.callers["owner"]), core.Invalid)
	wantCode(t, "an unknown user", muting("nobody", 0)(c, c.callers["owner"]), core.NotFound)
	wantCode(t, "a stranger", muting("guest", 0)(c, c.callers["owner"]), core.NotFound)
	wantCode(t, "removing a stranger", removing("member", "guest")(c, c.callers["owner"]), core.NotFound)
	if got := c.roles(t); got != "owner** admin* admin2* member* member2" {
		t.Error(got)
	}
	if members, err = c.engine.MembersOf(ctx, c.app, c.id, []string{"member"}); err != nil || members[0].MutedUntil != 0 {
		t.Errorf("%+v, %v", members, err)
	}
}

func TestDismissedGroups(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	if err := c.engine.DismissGroup(ctx, c.callers["owner"], c.id); err != nil {
		t.Fatal(err)
	}
	name := "x"
	for what, do := range map[string]func(circle, core.Caller) error{
		"dismiss": func(c circle, by core.Caller) error { return c.engine.DismissGroup(ctx, by, c.id) },
		"change": func(c circle, by core.Caller) error {
			_, err := c.engine.ChangeGroup(ctx, by, c.id, core.GroupChange{Name: &name})
			return err
		},
		"add":    func(c circle, by core.Caller) error { return c.engine.AddMembers(ctx, by, c.id, []string{"guest"}) },
		"leave":  func(c circle, _ core.Caller) error { return c.engine.LeaveGroup(ctx, c.callers["member"], c.id) },
		"join":   func(c circle, _ core.Caller) error { return c.engine.JoinGroup(ctx, c.callers["guest"], c.id) },
		"remove": removing("member"), "mute": muting("member", 1), "name": changing("member", core.MemberChange{Nickname: &name}),
	} {
		for _, by := range []string{"owner", "privileged"} {
			fault := core.AsFault(do(c, c.callers[by]))
			if fault == nil || fault.Code != core.Conflict || fault.Field != core.FieldGroup || fault.Note != "the group is dismissed" {
				t.Errorf("%s: %v", what, fault)
			}
		}
	}
	if group, err := c.engine.Group(ctx, c.app, c.id); err != nil || !group.Dismissed {
		t.Errorf("%+v, %v", group, err)
	}
	if page, err := c.engine.JoinedGroups(ctx, c.app, "member", 0, 10); err != nil || page.Total != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	if got := c.roles(t); got != "owner** admin* admin2* member member2" {
		t.Error(got)
	}
}

func TestCreateGroupRefusals(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	owner := c.callers["owner"]
	for _, tt := range []struct {
		what string
		by   core.Caller
		n    core.NewGroup
		code core.Code
		f    core.Field
	}{
		{"a taken ID", owner, core.NewGroup{ID: c.id}, core.Exists, core.FieldGroup},
		{"a colon", owner, core.NewGroup{ID: "a:b"}, core.Invalid, core.FieldGroup},
		{"a control character", owner, core.NewGroup{ID: "a\n"}, core.Invalid, core.FieldGroup},
		{"a long ID", owner, core.NewGroup{ID: strings.Repeat("x", core.MaxUserID+1)}, core.Invalid, core.FieldGroup},
		{"a long text", owner, core.NewGroup{Name: strings.Repeat("x", core.MaxGroupText+1)}, core.TooLarge, core.FieldGroup},
		{"an unknown member", owner, core.NewGroup{ID: "new", Members: []string{"nobody"}}, core.NotFound, core.FieldUser},
		{"the owner as a member", owner, core.NewGroup{ID: "new", Members: []string{"owner"}}, core.Invalid, core.FieldMember},
		{"a member twice", owner, core.NewGroup{ID: "new", Admins: []string{"admin"}, Members: []string{"admin"}}, core.Invalid, core.FieldMember},
		{"another's group", owner, core.NewGroup{ID: "new", Owner: "member"}, core.Forbidden, core.FieldUser},
		{"no owner", core.Caller{App: c.app, Privileged: true}, core.NewGroup{ID: "new"}, core.Invalid, core.FieldUser},
		{"no caller", core.Caller{App: c.app}, core.NewGroup{ID: "new"}, core.Forbidden, core.FieldUser},
	} {
		_, err := c.engine.CreateGroup(ctx, tt.by, tt.n)
		fault := core.AsFault(err)
		if fault == nil || fault.Code != tt.code || fault.Field != tt.f {
			t.Errorf("%s: %v", tt.what, err)
		}
		if tt.what == "an unknown member" && fault.Note != "nobody" {
			t.Errorf("the note is %q", fault.Note)
		}
	}
	if _, err := c.engine.Group(ctx, c.app, "new"); core.CodeOf(err) != core.NotFound {
		t.Errorf("a refused group exists: %v", err)
	}
	group, err := c.engine.CreateGroup(ctx, core.Caller{App: c.app, Privileged: true}, core.NewGroup{Owner: "member"})
	if err != nil || group.Owner != "member" || group.Creator != "member" || group.Members != 1 {
		t.Errorf("%+v, %v", group, err)
	}
}
