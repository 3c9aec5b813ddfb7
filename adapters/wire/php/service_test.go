package php

import (
	"strings"
	"testing"

	"parley/adapters/wire"
)

func row(name string) wire.Endpoint { return says(name, "null") }

func services(onePart bool) *Services {
	return NewServices([]wire.Endpoint{row("App.Site.Index"), row("Platform.ChatMessage.BulkSend"), row("App.Platform.Index")}, onePart)
}

func TestNamed(t *testing.T) {
	for _, test := range []struct {
		name, want string // an empty want is a refusal
		reason     Reason
		shown      string
	}{
		{"Platform.ChatMessage.BulkSend", "Platform.ChatMessage.BulkSend", 0, ""},
		{"Platform.chatMessage.bulksend", "Platform.ChatMessage.BulkSend", 0, ""},
		{"Platform.ChatMessage.BULKSEND.x.y", "Platform.ChatMessage.BulkSend", 0, ""},
		{"Site.Index", "App.Site.Index", 0, ""},
		{"site.index", "App.Site.Index", 0, ""},
		{"Platform", "", IllegalService, "Platform"},
		{"", "", IllegalService, ""},
		{".", "", IllegalService, "."},
		{"..", "", IllegalService, ".."},
		{"a..c", "", IllegalService, "a..c"},
		{"Platform.ChatMessage.", "", IllegalService, "Platform.ChatMessage."},
		{"platform.ChatMessage.BulkSend", "", NoService, "platform.ChatMessage.BulkSend"},
		{"Platform.chatmessage.BulkSend", "", NoService, "Platform.chatmessage.BulkSend"},
		{" Platform.ChatMessage.BulkSend ", "", NoService, " Platform.ChatMessage.BulkSend "},
		{"ChatMessage.BulkSend", "", NoService, "App.ChatMessage.BulkSend"},
		{"Platform.ChatMessage.x.y", "", NoService, "Platform.ChatMessage.x"},
		{"App.Site.\x00index", "", NoService, "App.Site.\x00index"},
		{"Platform.ChatMessage.Bul\u212aSend", "", NoService, "Platform.ChatMessage.Bul\u212aSend"}, // the Kelvin sign is no K
		{"App.用户.Index", "", NoService, "App.用户.Index"},
	} {
		e, violation := services(false).Named(test.name)
		switch {
		case test.want != "" && (violation != nil || e.Spec().Name != test.want):
			t.Errorf("%q: %v, want %s", test.name, violation, test.want)
		case test.want == "" && (violation == nil || violation.Reason != test.reason || violation.Name != test.shown):
			t.Errorf("%q: %+v, want %d of %q", test.name, violation, test.reason, test.shown)
		}
	}
	if e, violation := services(true).Named("Platform"); violation != nil || e.Spec().Name != "App.Platform.Index" {
		t.Errorf("one part: %v", violation)
	}
	if _, violation := services(true).Named(""); violation == nil || violation.Reason != IllegalService {
		t.Errorf("no part: %v", violation)
	}
}

func TestFind(t *testing.T) {
	for _, test := range []struct{ query, path, want string }{
		{"", "", "App.Site.Index"},
		{"", "Platform.ChatMessage.BulkSend", "Platform.ChatMessage.BulkSend"},
		{"s=Site.Index", "Platform.ChatMessage.BulkSend", "App.Site.Index"},
		{"s=x&service=Site.Index", "", "App.Site.Index"},
		{"service=Site.Index&s=x", "", "App.Site.Index"},
		{"S=x", "", "App.Site.Index"},
		{"s=Site.Index&service[]=x", "", ""},
		{"s[]=x&service=Site.Index", "", "App.Site.Index"},
		{"s=", "Site.Index", ""},
	} {
		var v Values
		read(&v, "GET", test.query, "", "")
		e, violation := services(false).Find(&v, test.path)
		if test.want == "" && violation == nil || test.want != "" && (violation != nil || e.Spec().Name != test.want) {
			t.Errorf("%q, %q: %v, want %q", test.query, test.path, violation, test.want)
		}
	}
}

func TestPathService(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "/": "", "/a/b/c": "a.b.c", "/a/b/": "a.b", "/index.php/a/b": "a.b", "/index.php": "", "/a": "a",
	} {
		if got := PathService(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func FuzzNamed(f *testing.F) {
	for _, seed := range []string{"", "Site.Index", "Platform.chatMessage.bulksend.x", "..", "App.Site.\x00index", "App.用户.x"} {
		f.Add(seed)
	}
	table := services(false)
	f.Fuzz(func(t *testing.T, name string) {
		e, violation := table.Named(name)
		if (e == nil) == (violation == nil) {
			t.Fatalf("%v and %v", e, violation)
		}
		if e == nil {
			return
		}
		full := name
		if strings.Count(name, ".") == 1 {
			full = "App." + name
		}
		if found := e.Spec().Name; len(full) < len(found) || !strings.EqualFold(full[:len(found)], found) {
			t.Errorf("%q finds %s", name, found)
		}
	})
}
