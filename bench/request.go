package bench

import (
	"bufio"
	"bytes"
	"crypto/md5" //nolint:gosec // the platform's signature is an MD5
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
)

// The paths of the workloads.
const (
	pathPhalAPI = "/api/platform"
	pathYesAPI  = "/"

	pathOpenIMSend  = "/msg/send_msg"
	pathOpenIMBatch = "/msg/batch_send_msg"
	pathOpenIMPull  = "/msg/pull_msg_by_seq"
)

// messageText is the message that is sent: 80 bytes in two scripts.
const messageText = "今晚一起吃饭吗？ Shall we have dinner at the usual place tonight?"

// field is one field of a form.
type field struct{ name, value string }

// post returns a form as it goes over the wire.
func post(path string, fields ...field) []byte {
	var form strings.Builder
	for i, f := range fields {
		if i > 0 {
			form.WriteByte('&')
		}
		form.WriteString(f.name + "=" + url.QueryEscape(f.value))
	}
	head := "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
		strconv.Itoa(form.Len()) + "\r\n\r\n"
	return []byte(head + form.String())
}

// phalSend is PhalApi's Send; an empty token leaves the call to the anonymous user.
func phalSend(token, to string) []byte {
	fields := []field{
		{"service", "Platform.ChatMessage.Send"},
		{"chat_message_to_uuid", to},
		{"chat_message_type", "text"},
		{"chat_message_data", messageText},
	}
	return post(pathPhalAPI, withToken(fields, token)...)
}

// withToken adds an access token unless it is empty.
func withToken(fields []field, token string) []field {
	if token == "" {
		return fields
	}
	return append(fields, field{"access_token", token})
}

// phalBulkSend sends to many; an empty token leaves the call to the anonymous user.
func phalBulkSend(token string, to []string) []byte {
	fields := []field{
		{"service", "Platform.ChatMessage.BulkSend"},
		{"chat_message_to_uuid", strings.Join(to, ",")},
		{"chat_message_type", "text"},
		{"chat_message_data", messageText},
	}
	return post(pathPhalAPI, withToken(fields, token)...)
}

func phalList(token, peer string, length int) []byte {
	return post(pathPhalAPI, field{"service", "Platform.ChatMessage.GetMessageList"}, field{"chat_message_to_uuid", peer},
		field{"perpage", strconv.Itoa(length)}, field{"access_token", token})
}

// yesCall is a signed call of a member of a YesApi app.
func yesCall(service, uuid, session string, more ...field) []byte {
	fields := append([]field{
		{"s", "App.Market_ChatMessage." + service}, {"app_key", AppKey}, {"uuid", uuid}, {"token", session},
	}, more...)
	return post(pathYesAPI, append(fields, field{"sign", sign(fields)})...)
}

// sign is the platform's signature: the MD5 of the values in the order of their names, and the secret.
func sign(fields []field) string {
	sorted := slices.Clone(fields)
	slices.SortFunc(sorted, func(a, b field) int { return strings.Compare(a.name, b.name) })
	var text strings.Builder
	for _, f := range sorted {
		text.WriteString(f.value)
	}
	sum := md5.Sum([]byte(text.String() + appSecret)) //nolint:gosec // see the import
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func yesSend(uuid, session, to string) []byte {
	return yesCall("Send", uuid, session, field{"other_uuid", to}, field{"chat_message_type", "text"},
		field{"chat_message_data", `{"content":"` + messageText + `"}`})
}

func yesList(uuid, session, peer string, length int) []byte {
	return yesCall("TakeMessageList", uuid, session, field{"other_uuid", peer}, field{"perpage", strconv.Itoa(length)})
}

func yesChats(uuid, session string) []byte { return yesCall("GetAllChatList", uuid, session) }

// openIM is a call of the administrator.
func openIM(path, token, body string) []byte {
	return []byte("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nOperationid: 1646445464564\r\nToken: " + token +
		"\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

// openIMMessage is what single and batch sends have in common.
func openIMMessage(from string) string {
	return `"sendID":"` + from + `","senderNickname":"Alice","senderFaceURL":"","senderPlatformID":2,"content":{"content":"` +
		messageText + `"},"contentType":101,"sessionType":1,"isOnlineOnly":false`
}

func openIMSend(token, from, to string) []byte {
	return openIM(pathOpenIMSend, token, `{`+openIMMessage(from)+`,"recvID":"`+to+`"}`)
}

func openIMBatch(token, from string, to []string) []byte {
	return openIM(pathOpenIMBatch, token, `{`+openIMMessage(from)+`,"recvIDs":["`+strings.Join(to, `","`)+`"]}`)
}

// openIMPull lists the newest messages.
func openIMPull(token, user, peer string, length int) []byte {
	first, last := min(user, peer), max(user, peer)
	return openIM(pathOpenIMPull, token, fmt.Sprintf(
		`{"userID":%q,"seqRanges":[{"conversationID":"si_%s_%s","begin":1,"end":1000000000,"num":%d}],"order":0}`, user, first, last, length))
}

// prepare puts a raw request into a context that a handler can be called with again and again.
func prepare(raw []byte) (*fasthttp.RequestCtx, error) {
	ctx := new(fasthttp.RequestCtx)
	var request fasthttp.Request
	if err := request.Read(bufio.NewReader(bytes.NewReader(raw))); err != nil {
		return nil, err
	}
	ctx.Init(&request, nil, nil)
	return ctx, nil
}

// errAnswer reports an answer that is no success.
var errAnswer = errors.New("bench: the request failed")

// checkAnswer tells whether an answer reports success in its dialect.
func checkAnswer(ctx *fasthttp.RequestCtx) error {
	var answer struct {
		Ret     int  `json:"ret"`
		ErrCode *int `json:"errCode"`
		Data    struct {
			ErrCode int `json:"err_code"`
		} `json:"data"`
	}
	body := ctx.Response.Body()
	err := json.Unmarshal(body, &answer)
	if err == nil && (answer.Ret == 200 && answer.Data.ErrCode == 0 || answer.ErrCode != nil && *answer.ErrCode == 0) {
		return nil
	}
	return fmt.Errorf("%w: %s", errAnswer, body)
}

// call answers one raw request in process.
func (p *Parley) call(raw []byte) ([]byte, error) {
	ctx, err := prepare(raw)
	if err != nil {
		return nil, err
	}
	p.Handle(ctx)
	return ctx.Response.Body(), checkAnswer(ctx)
}

// adminToken asks the server for the OpenIM administrator's token.
func (p *Parley) adminToken() (string, error) {
	body, err := p.call(openIM("/auth/get_admin_token", "", `{"secret":"`+appSecret+`","userID":"imAdmin"}`))
	if err != nil {
		return "", err
	}
	var answer struct {
		Data struct {
			Token string `json:"token"`
		} `json:"data"`
	}
	err = json.Unmarshal(body, &answer)
	return answer.Data.Token, err
}

// accessToken asks the server for the access token of the user with the given ID.
func (p *Parley) accessToken(id string) (string, error) {
	body, err := p.call(post(pathPhalAPI, field{"service", "App.Auth.ApplyToken"}, field{"app_key", AppKey},
		field{"app_secret", appSecret}, field{"uid", id}))
	if err != nil {
		return "", err
	}
	var answer struct {
		Data struct {
			Token string `json:"access_token"`
		} `json:"data"`
	}
	err = json.Unmarshal(body, &answer)
	return answer.Data.Token, err
}
