package target

import (
	"errors"
	"net"
	"strings"
	"testing"

	"parley/bench/load"
)

func TestOnlyThisMachineIsLoaded(t *testing.T) {
	for url, want := range map[string]string{
		"http://127.0.0.1:8080":       "",
		"http://127.9.9.9/":           "",
		"http://[::1]:8080/x":         "",
		"http://localhost:8080":       "",
		"http://10.0.0.1":             "not this machine",
		"http://0.0.0.0:8080":         "not this machine",
		"https://api.example.com":     "not this machine",
		"http://localhost.example":    "not this machine",
		"http://127.0.0.1.example/":   "not this machine",
		"http://127.0.0.1@example/":   "no http or https URL",
		"http://user:pass@127.0.0.1/": "no http or https URL",
		"127.0.0.1:8080":              "no http or https URL",
		"ftp://127.0.0.1":             "no http or https URL",
		"":                            "no http or https URL",
	} {
		o := Options{URL: url, Dialect: "yesapi", AppKey: "k", Secret: "s", Users: 2, Connections: 1}
		err := o.Check(load.Mix{load.Send: 1})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", url, err)
		}
		if o.AllowRemote = true; want == "not this machine" && o.Check(load.Mix{load.Send: 1}) != nil {
			t.Errorf("%q is refused although it is allowed", url)
		}
	}
}

func TestWhatDialectsNeed(t *testing.T) {
	const here = "http://127.0.0.1:1"
	send := load.Mix{load.Send: 1}
	for name, c := range map[string]struct {
		options Options
		mix     load.Mix
		want    string
	}{
		"yesapi":                    {Options{Dialect: "yesapi", AppKey: "k", Secret: "s"}, load.Mix{1, 1, 1, 1, 1, 1}, ""},
		"yesapi, unsigned":          {Options{Dialect: "yesapi", AppKey: "k", Password: "p"}, send, ""},
		"yesapi without key":        {Options{Dialect: "yesapi", Secret: "s"}, send, "app key"},
		"yesapi without password":   {Options{Dialect: "yesapi", AppKey: "k"}, send, "secret"},
		"yesapi with IDs":           {Options{Dialect: "yesapi", AppKey: "k", Secret: "s", UserIDs: []int64{1}}, send, "no IDs"},
		"phalapi":                   {Options{Dialect: "phalapi", AppKey: "k", Secret: "s"}, load.Mix{1, 1, 1}, ""},
		"phalapi, anonymous":        {Options{Dialect: "phalapi"}, send, ""},
		"phalapi without key":       {Options{Dialect: "phalapi", Secret: "s"}, send, "neither"},
		"phalapi lists no chats":    {Options{Dialect: "phalapi"}, load.Mix{load.Chats: 1}, "offers no chats"},
		"phalapi counts no unread":  {Options{Dialect: "phalapi"}, load.Mix{load.Unread: 1}, "offers no unread"},
		"openim":                    {Options{Dialect: "openim", Secret: "s", AdminUser: "a"}, load.Mix{1, 1, 1, 1, 1, 1}, ""},
		"openim without secret":     {Options{Dialect: "openim"}, send, "secret"},
		"openim with a key":         {Options{Dialect: "openim", AppKey: "k", Secret: "s"}, send, "neither"},
		"openim with a password":    {Options{Dialect: "openim", Secret: "s", Password: "p"}, send, "neither"},
		"openim with IDs":           {Options{Dialect: "openim", Secret: "s", UserIDs: []int64{1}}, send, "no IDs"},
		"yesapi with administrator": {Options{Dialect: "yesapi", AppKey: "k", Secret: "s", AdminUser: "a"}, send, "no administrators"},
		"another dialect":           {Options{Dialect: "smtp"}, send, "must be one of"},
		"too many users, of course": {Options{Dialect: "phalapi", Users: MaxUsers + 1}, send, "users must be"},
	} {
		c.options.URL = here
		if c.options.Users == 0 {
			c.options.Users = 2
		}
		err := c.options.Check(c.mix)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	dialled := 0
	o := Options{Connections: 2, Dial: func(string) (net.Conn, error) {
		if dialled++; dialled == 4 {
			return nil, errors.New("refused")
		}
		c, _ := net.Pipe()
		return c, nil
	}}
	dial := o.dialWithin(0)
	open := func() net.Conn {
		t.Helper()
		c, err := dial("")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first, _ := open(), open()
	if _, err := dial(""); !errors.Is(err, errTooMany) {
		t.Fatalf("the third of two connections: %v", err)
	}
	for range 2 { // closing twice frees one place
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
	}
	third := open()
	if _, err := dial(""); !errors.Is(err, errTooMany) {
		t.Fatalf("the third of two connections: %v", err)
	}
	if err := third.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := dial(""); err == nil || errors.Is(err, errTooMany) {
		t.Fatalf("a dial that fails: %v", err)
	}
	open() // the failed one left its place
}
