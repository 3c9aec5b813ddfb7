//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
)

// door stands between the server and the stand-in for the official platform. It counts how often each part of a mass send
// comes to the platform, and kills the server at the moment that is set.
type door struct {
	platform *wechattest.Server
	url      string

	mutex sync.Mutex
	asked map[string]int // how often each clientmsgid has come
	when  moment
	at    int // calls of mass sends until then
	kill  func()
}

// moment is when the server is killed.
type moment string

const (
	never    moment = "at any time"
	before   moment = "before the platform has the call"
	after    moment = "after the platform has the call, before its answer"
	answered moment = "with the answer"
)

// newDoor opens a door to an account with so many followers.
func newDoor(t *testing.T, followers int) *door {
	t.Helper()
	platform, err := wechattest.NewServer(wechattest.Options{Followers: followers})
	if err != nil {
		t.Fatal(err)
	}
	d := &door{platform: platform, asked: map[string]int{}, when: never}
	server := httptest.NewServer(d)
	d.url = server.URL
	t.Cleanup(func() {
		server.Close()
		if err := platform.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// set says when to kill: at the nth call of a mass send.
func (d *door) set(when moment, nth int, kill func()) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.when, d.at, d.kill = when, nth, kill
}

// note counts a call and tells what is to happen at it.
func (d *door) note(id string) (when moment, kill func()) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.asked[id]++
	if d.at--; d.at != 0 {
		return never, nil
	}
	return d.when, d.kill
}

// ServeHTTP implements http.Handler.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/cgi-bin/message/mass/send" {
		d.platform.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	var named struct {
		ID string `json:"clientmsgid"`
	}
	if err != nil || json.Unmarshal(body, &named) != nil || named.ID == "" {
		http.Error(w, "a mass send without clientmsgid", http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	when, kill := d.note(named.ID)
	switch when {
	case before:
		kill()
		panic(http.ErrAbortHandler)
	case after:
		d.platform.ServeHTTP(httptest.NewRecorder(), r)
		kill()
		panic(http.ErrAbortHandler)
	case answered:
		d.platform.ServeHTTP(w, r)
		_ = http.NewResponseController(w).Flush()
		kill()
	default:
		d.platform.ServeHTTP(w, r)
	}
}

// house is a server in a process of its own, on a store that outlives it.
type house struct {
	*process

	t       *testing.T
	config  string
	account string // INFO_ID
	token   string
	calls   *http.Client
}

// newHouse writes the settings of a server whose official platform is behind the door.
func newHouse(t *testing.T, d *door) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{t: t, config: filepath.Join(dir, "parley.yaml"), calls: &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}}
	app := strings.Repeat("A", 32)
	text := fmt.Sprintf("store: badger://%s\nlisten: 127.0.0.1:0\nadmin: 127.0.0.1:0\nmemory_mib: 64\nlog: json\nwechat:\n  app: %s\n  upstream: %s\napps:\n  - {key: %s, secret: a secret of some length}\n",
		filepath.Join(dir, "store"), app, d.url, app)
	if err := os.WriteFile(h.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return h
}

// open starts the process.
func (h *house) open() {
	h.t.Helper()
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(self, "serve", "--config", h.config)}
	p.Env = childEnvironment()
	log, err := p.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = p.Process.Kill() })
	p.log = bufio.NewScanner(log)
	p.address, _ = p.await(h.t, "serving")["listen"].(string)
	go func() {
		_, _ = io.Copy(io.Discard, log)
	}()
	h.process = p
}

// die kills the process and returns when it is dead.
func (h *house) die() {
	_ = h.Process.Kill() // it may be dead already
	_ = h.Wait()
}

// post sends JSON and get asks; both return data, nil if the answer is no success or none.
func (h *house) post(path, body string) json.RawMessage {
	return h.data(h.calls.Post("http://"+h.address+path, "application/json", strings.NewReader(body)))
}

func (h *house) get(path string) json.RawMessage {
	return h.data(h.calls.Get("http://" + h.address + path))
}

func (h *house) data(answer *http.Response, err error) json.RawMessage {
	if err != nil {
		return nil
	}
	defer func() { _ = answer.Body.Close() }()
	var envelope struct {
		Code int
		Data json.RawMessage
	}
	if json.NewDecoder(answer.Body).Decode(&envelope) != nil || envelope.Code != 200 {
		return nil
	}
	return envelope.Data
}

// until asks again and again until something is as it should be.
func (h *house) until(what string, is func() bool) {
	h.t.Helper()
	ticker, late := time.NewTicker(20*time.Millisecond), time.NewTimer(2*time.Minute)
	defer ticker.Stop()
	defer late.Stop()
	for !is() {
		select {
		case <-ticker.C:
		case <-late.C:
			h.t.Fatalf("in vain: %s", what)
		}
	}
}

// bind makes the account and imports its followers.
func (h *house) bind(d *door, followers int) {
	h.t.Helper()
	var bound struct{ ID, Token string }
	if err := json.Unmarshal(h.post("/v1/bind", `{"weixin_id":"gh_0123456789ab"}`), &bound); err != nil {
		h.t.Fatal(err)
	}
	h.account, h.token = bound.ID, bound.Token
	h.post("/v1/bind/fillin", `{"id":"`+bound.ID+`","app_id":"`+d.platform.AppID()+`","app_secret":"`+d.platform.Secret()+`"}`)
	blocked := 0
	for i := range followers {
		if wechattest.GroupOf(i) == 1 {
			blocked++
		}
	}
	h.until("the import", func() bool {
		return strings.Contains(string(h.get("/v1/"+h.account+"/user?group=-1&size=1")), `"count":`+strconv.Itoa(followers-blocked)+`}`)
	})
}

// records are the IDs of all mass sends, the newest first.
func (h *house) records() (ids []string) {
	h.t.Helper()
	var list struct{ Message []struct{ ID string } }
	h.until("the list of mass sends", func() bool { return json.Unmarshal(h.get("/v1/"+h.account+"/masssend?size=100"), &list) == nil })
	for _, m := range list.Message {
		ids = append(ids, m.ID)
	}
	return ids
}
