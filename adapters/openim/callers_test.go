package openim_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/adapters/openim"
)

// TestChatServersCalls replays what the chat server's client was captured sending, byte for byte and over one connection,
// as it does. Only the token is put in.
func TestChatServersCalls(t *testing.T) {
	s := &stage{t: t, world: newWorld(t, `{"secret":"`+openim.DefaultSecret+`"}`)}
	s.op = tokenIn(t, s.call(t, "/auth/get_admin_token", "", `{"secret":"`+openim.DefaultSecret+`","userID":"imAdmin"}`))
	s.register("u2", "adm")
	s.group("g1", "u2")
	conn, err := s.listener.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}()
	paths, err := filepath.Glob("testdata/imapi/*.http")
	if err != nil || len(paths) != 20 {
		t.Fatalf("%d requests, %v", len(paths), err)
	}
	answers := bufio.NewReader(conn)
	got := make(map[string]string)
	for _, path := range paths {
		request := capturedRequest(t, path, s.op)
		if _, err := conn.Write(request); err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		got[name] = nextAnswer(t, answers)
		if !strings.HasPrefix(got[name], `{"errCode":0,"errMsg":"","errDlt":""`) {
			t.Errorf("%s: %s", name, got[name])
		}
	}
	token := tokenIn(t, got["004_auth_get_user_token.http"])
	for name, want := range map[string]string{
		"002_user_user_register.http":   done,
		"003_user_account_check.http":   with(`{"results":[{"userID":"u1","accountStatus":1}]}`),
		"004_auth_get_user_token.http":  with(`{"token":"` + token + `","expireTimeSeconds":7776000}`),
		"009_friend_get_friend_id.http": with(`{"friendIDs":["u2"]}`),
		"020_auth_force_logout.http":    done,
	} {
		check(t, got[name], want)
	}
	if !strings.Contains(got["008_group_get_groups_info.http"], `"memberCount":3`) {
		t.Errorf("nobody was invited: %s", got["008_group_get_groups_info.http"])
	}
	check(t, s.parse(t, token), kicked)
	s.gives("/user/get_users_info", `{"userIDs":["u1"]}`, with(`{"usersInfo":[{"userID":"u1","nickname":"New","faceURL":"http://f/y.png",`+emptyInfo+`]}`))
}

// capturedRequest reads a request and puts the token in.
func capturedRequest(t *testing.T, path, token string) []byte {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(file)))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	body, err := io.ReadAll(request.Body)
	if err != nil || int64(len(body)) != request.ContentLength {
		t.Fatalf("%s: %d of %d bytes, %v", path, len(body), request.ContentLength, err)
	}
	return bytes.Replace(file, []byte("Token: ADMINTOKEN\r\n"), []byte("Token: "+token+"\r\n"), 1)
}

// nextAnswer reads the body of the next answer on a connection.
func nextAnswer(t *testing.T, from *bufio.Reader) string {
	t.Helper()
	response, err := http.ReadResponse(from, &http.Request{Method: "POST"})
	if err != nil {
		t.Fatal(err)
	}
	in := io.Reader(response.Body)
	if response.Header.Get("Content-Encoding") == "gzip" {
		if in, err = gzip.NewReader(response.Body); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	return string(body)
}
