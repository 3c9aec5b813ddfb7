package phalapi_test

import (
	"strings"
	"testing"

	"parley/core"
)

const (
	serviceSend  = "Platform.ChatMessage.Send"
	serviceBulk  = "Platform.ChatMessage.BulkSend"
	serviceList  = "Platform.ChatMessage.GetMessageList"
	serviceApply = "App.Auth.ApplyToken"
	serviceRenew = "App.Auth.RefreshAccessToken"
)

// message gives the parameters of a send with some of them replaced.
func message(changes ...string) []string {
	fields := []string{"chat_message_to_uuid", peer, "chat_message_data", "hi", "chat_message_type", "text"}
	for c := 0; c < len(changes); c += 2 {
		for f := 0; f < len(fields); f += 2 {
			if fields[f] == changes[c] {
				fields[f+1] = changes[c+1]
			}
		}
	}
	return fields
}

// without leaves one parameter out.
func without(name string, fields []string) []string {
	var left []string
	for f := 0; f < len(fields); f += 2 {
		if fields[f] != name {
			left = append(left, fields[f], fields[f+1])
		}
	}
	return left
}

func TestRefusalsInBothLanguages(t *testing.T) {
	s := openStation(t, section(""))
	const tooMany = 201
	many := strings.TrimSuffix(strings.Repeat(peer+",", tooMany), ",")
	for _, test := range []struct {
		name, service string
		fields        []string
		ret           int
		zh, en        string
	}{
		{"empty service", "", nil, 400, "非法服务：", "service () illegal"},
		{"one part", "Platform", nil, 400, "非法服务：Platform", "service (Platform) illegal"},
		{"dots", "..", nil, 400, "非法服务：..", "service (..) illegal"},
		{"no action", "Platform.ChatMessage.", nil, 400, "非法服务：Platform.ChatMessage.", "service (Platform.ChatMessage.) illegal"},
		{"unknown service", serviceBulk + "x", nil, 404, "接口服务Platform.ChatMessage.BulkSendx不存在", "no such service as Platform.ChatMessage.BulkSendx"},
		{"expanded service", "ChatMessage.Send", nil, 404, "接口服务App.ChatMessage.Send不存在", "no such service as App.ChatMessage.Send"},
		{"rules are no service", "Platform.ChatMessage.getRules", nil, 404, "接口服务Platform.ChatMessage.getRules不存在", "no such service as Platform.ChatMessage.getRules"},

		{"no recipient", serviceSend, without("chat_message_to_uuid", message()), 400, "缺少必要参数chat_message_to_uuid", "chat_message_to_uuid require, but miss"},
		{"no data", serviceSend, without("chat_message_data", message()), 400, "缺少必要参数chat_message_data", "chat_message_data require, but miss"},
		{"no type", serviceSend, without("chat_message_type", message()), 400, "缺少必要参数chat_message_type", "chat_message_type require, but miss"},
		{"bulk without recipients", serviceBulk, without("chat_message_to_uuid", message()), 400, "缺少必要参数chat_message_to_uuid", "chat_message_to_uuid require, but miss"},
		{"bulk without data", serviceBulk, without("chat_message_data", message()), 400, "缺少必要参数chat_message_data", "chat_message_data require, but miss"},
		{"bulk without type", serviceBulk, without("chat_message_type", message()), 400, "缺少必要参数chat_message_type", "chat_message_type require, but miss"},
		{"no app key", serviceApply, []string{"app_secret", "x"}, 400, "缺少必要参数app_key", "app_key require, but miss"},
		{"no app secret", serviceApply, []string{"app_key", "x"}, 400, "缺少必要参数app_secret", "app_secret require, but miss"},
		{"no token", serviceRenew, nil, 400, "缺少必要参数access_token", "access_token require, but miss"},

		{
			"type", serviceSend, message("chat_message_type", "video"), 400,
			"参数chat_message_type应该为：text/html/image/link/custom，但现在chat_message_type = video",
			"chat_message_type should be in text/html/image/link/custom, but now chat_message_type = video",
		},
		{
			"type in capitals", serviceBulk, message("chat_message_type", "Text"), 400,
			"参数chat_message_type应该为：text/html/image/link/custom，但现在chat_message_type = Text",
			"chat_message_type should be in text/html/image/link/custom, but now chat_message_type = Text",
		},
		{"direction", serviceList, []string{"direction", "left"}, 400, "参数direction应该为：up/down，但现在direction = left", "direction should be in up/down, but now direction = left"},
		{"empty direction", serviceList, []string{"direction", ""}, 400, "参数direction应该为：up/down，但现在direction = ", "direction should be in up/down, but now direction = "},
		{"list of directions", serviceList, []string{"direction[]", "up"}, 400, "参数direction应该为：up/down，但现在direction = Array", "direction should be in up/down, but now direction = Array"},
		{"last id", serviceList, []string{"last_id", "-1"}, 400, "last_id应该大于或等于0, 但现在last_id = -1", "last_id should >= 0, but now last_id = -1"},
		{"no page", serviceList, []string{"perpage", "0"}, 400, "perpage应该大于或等于1, 但现在perpage = 0", "perpage should >= 1, but now perpage = 0"},
		{"large page", serviceList, []string{"perpage", "101"}, 400, "perpage应该小于等于100, 但现在perpage = 101", "perpage should <= 100, but now perpage = 101"},
		{
			"endless page", serviceList,
			[]string{"perpage", "99999999999999999999"},
			400,
			"perpage应该小于等于100, 但现在perpage = 9223372036854775807", "perpage should <= 100, but now perpage = 9223372036854775807",
		},
		{
			"short uuid", serviceList,
			[]string{"chat_message_to_uuid", peer[1:]},
			400,
			"chat_message_to_uuid.len应该大于或等于32, 但现在chat_message_to_uuid.len = 31",
			"chat_message_to_uuid.len should >= 32, but now chat_message_to_uuid.len = 31",
		},
		{
			"long uuid", serviceList,
			[]string{"chat_message_to_uuid", peer + "9"},
			400,
			"chat_message_to_uuid.len应该小于等于32, 但现在chat_message_to_uuid.len = 33",
			"chat_message_to_uuid.len should <= 32, but now chat_message_to_uuid.len = 33",
		},
		{
			"recipients", serviceBulk, message("chat_message_to_uuid", many), 400,
			"chat_message_to_uuid应该小于等于200, 但现在chat_message_to_uuid = 201",
			"chat_message_to_uuid should <= 200, but now chat_message_to_uuid = 201",
		},
		{
			"large data", serviceSend, message("chat_message_data", strings.Repeat("a", core.DefaultMaxBody+1)), 400,
			"chat_message_data.len应该小于等于65536, 但现在chat_message_data.len = 65537",
			"chat_message_data.len should <= 65536, but now chat_message_data.len = 65537",
		},
		{
			"large data for many", serviceBulk, message("chat_message_data", strings.Repeat("你", core.DefaultMaxBody/3+1)), 400,
			"chat_message_data.len应该小于等于65536, 但现在chat_message_data.len = 65538",
			"chat_message_data.len should <= 65536, but now chat_message_data.len = 65538",
		},
		{"data is no text", serviceSend, message("chat_message_data", "\xff"), 400, "chat_message_data无法匹配#regex", "chat_message_data can not match #regex"},

		{"to oneself", serviceSend, message("chat_message_to_uuid", anonymous), 400, "不能发送给自己", "a message can not be sent to oneself"},
		{"to oneself alone", serviceBulk, message("chat_message_to_uuid", anonymous), 400, "不能发送给自己", "a message can not be sent to oneself"},
		{"to nobody", serviceSend, message("chat_message_to_uuid", strings.Repeat("0", 32)), 400, "接收会员不存在", "the receiving member does not exist"},
		{"to an empty uuid", serviceSend, message("chat_message_to_uuid", ""), 400, "接收会员不存在", "the receiving member does not exist"},
		{"to no one of several", serviceBulk, message("chat_message_to_uuid", strings.Repeat("0", 32)+",,x"), 400, "接收会员不存在", "the receiving member does not exist"},
		{"to an empty list", serviceBulk, message("chat_message_to_uuid", ""), 400, "接收会员不存在", "the receiving member does not exist"},
		{"a forged token", serviceSend, append(message(), "access_token", "x"), 406, "access_token校验不通过", "access_token is not accepted"},
		{"an unknown app", serviceApply, []string{"app_key", otherKey, "app_secret", appSecret}, 407, "app_key权限不足，或未知应用", "app_key lacks permission, or unknown app"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.t = t
			if a := s.call(test.service, "", test.fields...); a.Ret != test.ret || a.Msg != "非法请求："+test.zh {
				t.Errorf("%d %q, want %d %q", a.Ret, a.Msg, test.ret, "非法请求："+test.zh)
			}
			if a := s.call(test.service, "en", test.fields...); a.Ret != test.ret || a.Msg != "Bad Request: "+test.en {
				t.Errorf("%d %q, want %d %q", a.Ret, a.Msg, test.ret, "Bad Request: "+test.en)
			}
			if n := s.stored(); n != 0 {
				t.Errorf("%d messages are stored", n)
			}
		})
	}
	s.t = t
	if a := s.call(serviceSend, "", message("chat_message_data", strings.Repeat("a", core.DefaultMaxBody))...); a.Ret != 200 {
		t.Errorf("the largest message is refused: %d %s", a.Ret, a.Msg)
	}
	if n := s.stored(); n != 1 {
		t.Errorf("%d messages are stored, want 1", n)
	}
}

func TestUnknownRecipientsAndOneselfAreLeftOut(t *testing.T) {
	s := openStation(t, section(""))
	got := s.raw("GET /api/platform?s=" + serviceBulk + "&chat_message_to_uuid=" + strings.Repeat("0", 32) + "," + peer + ",," + anonymous + "," + memberID +
		"&chat_message_data=hi&chat_message_type=text HTTP/1.1\r\nHost: a\r\n\r\n")
	want := `{"ret":200,"data":{"id":"2","item":[{"other_uuid":"` + peer + `","chat_message_id":"1"},{"other_uuid":"`
	if !strings.HasPrefix(got, want) || strings.Count(got, "other_uuid") != 2 {
		t.Errorf("%s, want %s…", got, want)
	}
	if n := s.stored(); n != 2 {
		t.Errorf("%d messages are stored, want 2", n)
	}
}

func TestWhatCanNotBeEncodedHasAnEmptyBody(t *testing.T) {
	for _, style := range []string{"php-default", "php-unicode", "js"} {
		s := openStation(t, section(`,"json_style":"`+style+`"`))
		for _, query := range []string{
			"s=%ff.a.b",
			"username=%ff",
			"s=" + serviceList + "&direction=%ff",
		} {
			if got := s.raw("GET /api/platform?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n"); got != "" {
				t.Errorf("%s, %s: %q", style, query, got)
			}
		}
	}
}
