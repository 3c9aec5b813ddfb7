package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/valyala/fasthttp"
)

const openimSecret = "a secret of the test"

// openimCaller is a business server that speaks OpenIM as its administrator.
type openimCaller struct {
	client *fasthttp.Client
	token  string
}

func newOpenimCaller(t *testing.T, dial fasthttp.DialFunc) *openimCaller {
	t.Helper()
	c := &openimCaller{client: &fasthttp.Client{Dial: dial}}
	var data struct {
		Token string `json:"token"`
	}
	c.call(t, "/auth/get_admin_token", `{"secret":"`+openimSecret+`","userID":"imAdmin"}`, &data)
	c.token = data.Token
	return c
}

// call posts a body and reads the data of the answer, which must report success.
func (c *openimCaller) call(t *testing.T, path, body string, data any) {
	t.Helper()
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI("http://parley" + path)
	request.Header.SetMethod(fasthttp.MethodPost)
	request.Header.Set("operationID", "1646445464564")
	request.Header.Set("token", c.token)
	request.SetBodyString(body)
	if err := c.client.Do(request, response); err != nil {
		t.Fatal(err)
	}
	var envelope struct {
		Code int             `json:"errCode"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(response.Body(), &envelope); err != nil || envelope.Code != 0 {
		t.Fatalf("%s %s: %s, %v", path, body, response.Body(), err)
	}
	if data == nil {
		return
	}
	if err := json.Unmarshal(envelope.Data, data); err != nil {
		t.Fatal(err)
	}
}

// send sends a content of the given type from the first user to the second.
func (c *openimCaller) send(t *testing.T, contentType int, content string) {
	t.Helper()
	session := 1
	if contentType == 1400 {
		session = 4
	}
	c.call(t, "/msg/send_msg", fmt.Sprintf(`{"sendID":%q,"recvID":%q,"content":%s,"contentType":%d,"sessionType":%d}`,
		crossingIDs[0], crossingIDs[1], content, contentType, session), nil)
}

// reads checks the only message of the conversation with the given prefix, for a user.
func (c *openimCaller) reads(t *testing.T, userID, prefix string, contentType int, content string) {
	t.Helper()
	id := prefix + crossingIDs[0] + "_" + crossingIDs[1]
	var data struct {
		Messages map[string]struct {
			Msgs []struct {
				ContentType int    `json:"contentType"`
				Content     string `json:"content"`
			} `json:"Msgs"`
		} `json:"msgs"`
	}
	c.call(t, "/msg/pull_msg_by_seq", fmt.Sprintf(`{"userID":%q,"seqRanges":[{"conversationID":%q,"begin":1,"end":9,"num":9}]}`, userID, id), &data)
	found := data.Messages[id].Msgs
	if len(found) != 1 {
		t.Fatalf("%d messages in %s", len(found), id)
	}
	stored, err := base64.StdEncoding.DecodeString(found[0].Content)
	if err != nil {
		t.Fatal(err)
	}
	if found[0].ContentType != contentType || string(stored) != content {
		t.Errorf("openim reads %d %s, want %d %s", found[0].ContentType, stored, contentType, content)
	}
}
