package official_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/official"
	"parley/storage"
)

func groupNames(t testing.TB, w *world) string {
	t.Helper()
	list, err := w.Groups(t.Context(), w.account)
	ok(t, err)
	var all []string
	for _, g := range list.Groups {
		all = append(all, fmt.Sprintf("%s:%d", g.Name, g.Followers))
	}
	return strings.Join(all, " ")
}

func groups(t *testing.T, w *world) {
	ctx := t.Context()
	subscribe(t, w, "a")
	first, err := w.CreateGroup(ctx, w.account, "zeta")
	ok(t, err)
	second, err := w.CreateGroup(ctx, w.account, "alpha")
	ok(t, err)
	ok(t, w.ImportGroups(ctx, w.account, []official.GroupUpdate{
		{ID: "100", Name: "hundred"}, {ID: "0", Name: "ungrouped"}, {ID: "1", Name: "blocked"}, {ID: "2", Name: "starred"},
	}))
	ok(t, w.AddToGroup(ctx, w.account, second, "a"))
	if got := groupNames(t, w); got != "ungrouped:0 blocked:0 starred:0 hundred:0 zeta:0 alpha:1" {
		t.Error(got)
	}
	ok(t, w.RenameGroup(ctx, w.account, first, "omega"))
	ok(t, w.ImportGroups(ctx, w.account, []official.GroupUpdate{{ID: "100", Name: "C"}}))
	if got := groupNames(t, w); got != "ungrouped:0 blocked:0 starred:0 C:0 omega:0 alpha:1" {
		t.Error(got)
	}
	_, err = w.CreateGroup(ctx, w.account, "")
	refused(t, err, core.Invalid, official.FieldName)
	_, err = w.CreateGroup(ctx, w.account, strings.Repeat("名", 101))
	refused(t, err, core.TooLarge, official.FieldName)
	refused(t, w.ImportGroups(ctx, w.account, []official.GroupUpdate{{ID: "x"}}), core.Invalid, core.FieldGroup)
	for _, id := range []string{"0", "1", "-1"} {
		refused(t, w.DeleteGroup(ctx, w.account, id), core.Invalid, core.FieldGroup)
	}
	other, err := w.Bind(ctx, "gh_other")
	ok(t, err)
	refused(t, w.RenameGroup(ctx, other.ID, "100", "theirs"), core.NotFound, core.FieldGroup)
}

// failing is a store whose updates fail from a moment on.
type failing struct {
	storage.Store
	left int
}

var errPower = errors.New("the power is off")

func (f *failing) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if f.left == 0 {
		return errPower
	}
	f.left--
	return f.Store.Update(ctx, fn)
}

func deleting(t *testing.T, w *world) {
	ctx := t.Context()
	id, err := w.CreateGroup(ctx, w.account, "doomed")
	ok(t, err)
	stays, err := w.CreateGroup(ctx, w.account, "stays")
	ok(t, err)
	var openIDs []string
	var updates []official.FollowerUpdate
	for i := range 450 {
		openIDs = append(openIDs, fmt.Sprintf("o%03d", i))
		updates = append(updates, official.FollowerUpdate{OpenID: openIDs[i], Subscribed: true, SubscribeTime: int64(i)})
	}
	ok(t, w.UpsertFollowers(ctx, w.account, updates))
	ok(t, w.AddToGroup(ctx, w.account, id, openIDs...))
	ok(t, w.AddToGroup(ctx, w.account, stays, openIDs[:10]...))

	sound := w.store
	w.store = &failing{Store: sound, left: -1}
	w.open(t)
	w.store.(*failing).left = 2 //nolint:errcheck,forcetypeassert // set three lines above
	if err := w.DeleteGroup(ctx, w.account, id); !errors.Is(err, errPower) {
		t.Fatal(err)
	}
	if got := groupNames(t, w); got != "stays:10" {
		t.Error(got)
	}
	refused(t, w.AddToGroup(ctx, w.account, id, "o001"), core.NotFound, core.FieldGroup)
	w.store = sound
	w.pass(time.Second)
	w.open(t)
	if page, err := w.Followers(ctx, w.account, official.GroupUngrouped, official.Page{}); err != nil || page.Total != 440 {
		t.Errorf("%d ungrouped, %v", page.Total, err)
	}
	if page, err := w.Followers(ctx, w.account, id, official.Page{}); err != nil || page.Total != 0 {
		t.Errorf("%d in the group, %v", page.Total, err)
	}
	if f, err := w.Follower(ctx, w.account, "o003"); err != nil || f.Ungrouped || len(f.Groups) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}
