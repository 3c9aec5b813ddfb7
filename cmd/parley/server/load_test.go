package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"parley/cmd/parley/demo"
	"parley/core"
)

const recipient = "12345678123456781234567812345678"

// TestStopUnderLoadLosesNothing stops a server that is being sent to, and finds every message that was acknowledged
// exactly once in the store.
func TestStopUnderLoadLosesNothing(t *testing.T) {
	c := Config{Settings: testSettings(), Log: slog.New(slog.DiscardHandler)}
	c.Settings.Store = "badger://" + filepath.Join(t.TempDir(), "store")
	c.Settings.Demo = true
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	const senders = 16
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		acked    []string
		flowing  = make(chan struct{})
		announce = sync.OnceFunc(func() { close(flowing) })
	)
	for i := range senders {
		wg.Go(func() {
			for n := 0; ; n++ {
				text := fmt.Sprintf("%d/%d", i, n)
				if !send(s.Addr().String(), text) {
					return
				}
				mu.Lock()
				acked = append(acked, text)
				enough := len(acked) > 200
				mu.Unlock()
				if enough {
					announce()
				}
			}
		})
	}
	<-flowing
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	wg.Wait()

	stored := stored(t, &c)
	for _, text := range acked {
		if stored[text] != 1 {
			t.Errorf("message %s was acknowledged and is stored %d times", text, stored[text])
		}
	}
	if len(acked) <= 200 {
		t.Errorf("only %d messages were sent", len(acked))
	}
}

// send sends one message and reports whether it was acknowledged.
func send(address, text string) bool {
	answer, err := http.PostForm("http://"+address+"/api/platform?s=Platform.ChatMessage.Send", url.Values{
		"chat_message_to_uuid": {recipient}, "chat_message_data": {text}, "chat_message_type": {"text"},
	})
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	var envelope struct{ Ret int }
	return json.NewDecoder(answer.Body).Decode(&envelope) == nil && envelope.Ret == 200
}

// stored counts the texts in the store of a server that has stopped.
func stored(t *testing.T, c *Config) map[string]int {
	t.Helper()
	engine, _, closeBoth, err := OpenEngine(t.Context(), &c.Settings, SystemEnvironment(), c.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := closeBoth(); err != nil {
			t.Error(err)
		}
	}()
	app, _ := engine.App(demo.Key)
	user, err := engine.Find(t.Context(), app, demo.Anonymous)
	if err != nil {
		t.Fatal(err)
	}
	counts := make(map[string]int)
	q := core.HistoryQuery{Peer: recipient, Limit: core.MaxPage}
	for {
		page, err := engine.History(t.Context(), core.Caller{App: app, User: user}, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Messages {
			counts[string(page.Messages[i].Content.Body)]++
		}
		if len(page.Messages) < q.Limit {
			return counts
		}
		q.After, q.Direction = page.Messages[0].ID, core.Older
	}
}

// TestLogHoldsNoSecrets plants secrets in requests of all kinds, good and bad, and looks for them in the log.
func TestLogHoldsNoSecrets(t *testing.T) {
	const canary = "CANARYc4n4ry"
	c := Config{Settings: testSettings()}
	c.Settings.Demo = true
	s, log := start(t, c)
	base := "http://" + s.Addr().String()
	post := func(path, kind, body string) string {
		t.Helper()
		answer, err := http.Post(base+path, kind, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const form = "application/x-www-form-urlencoded"
	register := post("/?s=App.User.RegisterExt&app_key="+demo.Key, form, "username=canary&password="+canary)
	if !strings.Contains(register, `"err_code":0`) {
		t.Fatalf("registration: %s", register)
	}
	var login struct{ Data struct{ UUID, Token string } }
	if err := json.Unmarshal([]byte(post("/?s=App.User.LoginExt&app_key="+demo.Key, form, "username=canary&password="+canary)), &login); err != nil || login.Data.Token == "" {
		t.Fatalf("login: %+v, %v", login, err)
	}
	me := "app_key=" + demo.Key + "&uuid=" + login.Data.UUID + "&token=" + login.Data.Token
	var token struct {
		Data struct {
			Token string `json:"access_token"`
		}
	}
	apply := post("/api/app?s=App.Auth.ApplyToken", form, "app_key="+demo.Key+"&app_secret="+demo.Secret+"&uid=9948077346")
	if err := json.Unmarshal([]byte(apply), &token); err != nil || token.Data.Token == "" {
		t.Fatalf("token: %s, %v", apply, err)
	}
	message := "&other_uuid=" + recipient + "&chat_message_data=" + url.QueryEscape(`{"content":"`+canary+`"}`)
	for path, body := range map[string]string{
		"/api/App/Market_ChatMessage/Send":                 me + message,
		"/api/App/Market_ChatMessage/Send?":                me + "&sign=" + canary + message,
		"/api/App/Market_ChatMessage/Send?token=" + canary: me + "&chat_message_data=" + canary,
		"/?s=" + canary: me,
		"/?s=App.User.Login&username=x&password=" + canary: me,
		"/" + canary: me,
		"/api/platform?s=Platform.ChatMessage.Send&access_token=x" + canary:          message,
		"/api/platform?s=Platform.ChatMessage.Send&access_token=" + token.Data.Token: "chat_message_to_uuid=nobody&chat_message_type=text&chat_message_data=" + canary,
		"/api/app?s=App.Auth.ApplyToken&app_secret=" + canary:                        "app_key=" + demo.Key,
		"/api/platform?s=" + canary + "&__debug__=1":                                 canary,
	} {
		post(path, form, body)
		post(path, "application/json", `{"`+canary+`":`)
		post(path, "multipart/form-data; boundary="+canary, "--"+canary)
	}
	for name, secret := range map[string]string{
		"a planted value": canary, "a session's token": login.Data.Token, "an access token": token.Data.Token,
		"an app's secret": demo.Secret, "a password's digest": "e10adc3949ba59abbe56e057f20f883e",
	} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %s: %s", name, log)
		}
	}
}

// TestDemoLinesWork runs the lines that the demo prints, as a reader pastes them.
func TestDemoLinesWork(t *testing.T) {
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs", tool)
		}
	}
	c := Config{Settings: testSettings()}
	c.Settings.Demo = true
	s, _ := start(t, c)
	var guide, script bytes.Buffer
	if err := demo.Print(&guide, s.Demo(), s.Addr().String(), s.OpenIMAddr().String()); err != nil {
		t.Fatal(err)
	}
	calls := 0
	for line := range strings.Lines(guide.String()) {
		switch {
		case strings.HasPrefix(line, "curl "):
			calls++
			script.WriteString(strings.Replace(line, "curl ", "curl -sS --noproxy '*' ", 1) + "echo\n")
		case strings.HasPrefix(line, "login=") || strings.HasPrefix(line, "me=") || strings.HasPrefix(line, "admin="):
			script.WriteString(line)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	shell := exec.CommandContext(ctx, "sh")
	shell.Stdin = &script
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	answers := strings.Fields(strings.TrimSpace(strings.ReplaceAll(string(out), " ", "_")))
	if len(answers) != calls || calls < 10 {
		t.Fatalf("%d calls got %d answers: %s", calls, len(answers), out)
	}
	for _, a := range answers {
		if strings.HasPrefix(a, `{"errCode":0,`) {
			continue
		}
		if !strings.HasPrefix(a, `{"ret":200,"data":{`) || strings.Contains(a, `"err_code":`) && !strings.Contains(a, `"err_code":0,`) {
			t.Errorf("answered %s", a)
		}
	}
}
