package postgres

import (
	"net/url"
	"strings"
	"testing"

	"parley/storage"
	"parley/storage/postgres/postgrestest"
)

func grades(findings []storage.Finding) map[string]storage.Grade {
	all := map[string]storage.Grade{}
	for _, f := range findings {
		all[f.Check] = f.Grade
	}
	return all
}

func TestExamine(t *testing.T) {
	d := newDatabase(t)
	location := d.schema(t)
	findings, none := Examine(t.Context(), location, storage.Options{})
	if none != nil || grades(findings)["tables"] != storage.Fail {
		t.Errorf("without tables: %v, %v", findings, none)
	}
	if err := openAt(t, location).Update(t.Context(), increment("counter")); err != nil {
		t.Fatal(err)
	}
	findings, looked := Examine(t.Context(), location, storage.Options{})
	for _, f := range findings {
		if f.Text == "" || (f.Advice == "") != (f.Grade == storage.Pass) {
			t.Errorf("finding without text, or with the wrong advice: %+v", f)
		}
	}
	got := grades(findings)
	for check, want := range map[string]storage.Grade{
		"server": storage.Pass, "durability": storage.Pass, "standbys": storage.Warn, "tables": storage.Pass,
		"size": storage.Pass, "tombstones": storage.Pass, "longest transaction": storage.Pass,
	} {
		if got[check] != want {
			t.Errorf("%s: %q, want %q", check, got[check], want)
		}
	}
	if looked == nil {
		t.Fatal("there is nothing to read")
	}
	err := looked.View(t.Context(), func(r storage.Reader) error {
		value, err := r.Get([]byte("counter"))
		if string(value) != "1" {
			t.Errorf("Get = %q", value)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := looked.Update(t.Context(), increment("counter")); err == nil {
		t.Error("a store that is only looked at was written to")
	}
	if err := looked.Close(); err != nil {
		t.Error(err)
	}
}

func TestExamineUnfit(t *testing.T) {
	c := postgrestest.Start(t, postgrestest.Options{Forgetful: true})
	location, err := url.Parse(c.URL())
	if err != nil {
		t.Fatal(err)
	}
	findings, store := Examine(t.Context(), location, storage.Options{})
	if store != nil || grades(findings)["store"] != storage.Fail {
		t.Errorf("a server that does not sync: %v", findings)
	}
	location.User = url.UserPassword(location.User.Username(), secret)
	findings, store = Examine(t.Context(), location, storage.Options{})
	if store != nil || grades(findings)["store"] != storage.Fail || strings.Contains(findings[0].Text, secret) {
		t.Errorf("a wrong password: %v", findings)
	}
}
