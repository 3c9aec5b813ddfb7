package phalapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/phalapi"
	"parley/adapters/wire/golden"
	"parley/core"
)

// TestListsThatDoNotGoBackEnd asks a server that answers with the same page whatever it is asked.
func TestListsThatDoNotGoBackEnd(t *testing.T) {
	var items []string
	for i := range 100 {
		items = append(items, fmt.Sprintf(`{"id":%d,"uuid":"me","chat_message_to_uuid":"peer","chat_message_type":"text","chat_message_data":"x",`+
			`"chat_message_is_read":0,"chat_message_io":"out","add_time":"2026-01-01 00:00:00"}`, i+1))
	}
	server := golden.Serve(t, func(ctx *fasthttp.RequestCtx) {
		ctx.SetBodyString(`{"ret":200,"data":{"items":[` + strings.Join(items, ",") + `]},"msg":""}`)
	})
	client, err := phalapi.NewClient("http://phalapi/", phalapi.ClientOptions{Dial: server.Dial})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.As("token").Unread(t.Context()); core.CodeOf(err) != core.Internal {
		t.Errorf("unread: %v", err)
	}
	transcript, ok := client.As("token").(core.Transcript)
	if !ok {
		t.Fatal("no transcript")
	}
	if _, err := transcript.Pull(t.Context(), core.Ref{Group: "g"}, 0, 1); core.CodeOf(err) != core.Unsupported {
		t.Errorf("a group: %v", err)
	}
}
