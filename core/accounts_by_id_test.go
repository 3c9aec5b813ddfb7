package core_test

import (
	"context"
	"strings"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

func TestAccountsByID(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	open, err := w.engine.PutApp(ctx, core.App{OpenUsers: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.engine.RegisterAll(ctx, open, newUsers("u", 3)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.engine.Sender(ctx, open, "shadow"); err != nil {
		t.Fatal(err)
	}
	banned, err := w.engine.SetBanned(ctx, open, "u1", true)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // nothing is made by looking
		ids := []string{"u2", "nobody", "u1", "shadow", banned.UUID, "", "u2", strings.Repeat("x", core.MaxUserID+1)}
		accounts, err := w.engine.Accounts(ctx, open, ids)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"u2", "", "u1", "", "", "", "u2", ""} {
			switch got := accounts[i]; {
			case want == "" && got != nil, want != "" && (got == nil || got.ID != want):
				t.Errorf("%q is %+v", ids[i], got)
			}
		}
	}
}

// An ID may look like a UUID. No address ever means two accounts.
func TestAddressesAreUnambiguous(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	const upper = "8AEA2AF1951C0376EC668A74B8CAA64A"
	lower := strings.ToLower(upper)
	register := func(n core.NewUser) error {
		_, err := w.engine.Register(ctx, w.app, n)
		return err
	}
	if err := register(core.NewUser{ID: "x", UUID: upper}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "an ID that is a UUID", register(core.NewUser{ID: upper}), core.Exists)
	wantCode(t, "an ID that is a UUID in lower case", register(core.NewUser{ID: lower}), core.Exists)
	other := strings.Repeat("b", core.UUIDLength)
	if err := register(core.NewUser{ID: other}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "a UUID that is an ID", register(core.NewUser{ID: "y", UUID: other}), core.Exists)
	if err := register(core.NewUser{ID: "y", UUID: strings.ToUpper(other)}); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{upper: "x", lower: "x", other: other, strings.ToUpper(other): "y"} {
		if u, err := w.engine.Find(ctx, w.app, address); err != nil || u.ID != want {
			t.Errorf("%s is %+v, %v", address, u, err)
		}
	}
	third := strings.Repeat("c", core.UUIDLength)
	err := w.engine.RegisterAll(ctx, w.app, []core.NewUser{{ID: third}, {ID: "z", UUID: third}})
	wantNoted(t, "both in one list", err, core.Invalid, core.FieldUser, "z")
}
