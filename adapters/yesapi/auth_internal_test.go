package yesapi

import (
	"encoding/hex"
	"testing"

	"parley/core"
)

// TestReverseSignature checks the document's formula on the bytes of five answers.
func TestReverseSignature(t *testing.T) {
	const now, secret = 1657513450, "yesapi-test-secrect-AbCdEfGh0123456789"
	for _, c := range []struct {
		data  string
		bytes int
		auth  string
	}{
		{`{}`, 2, "18badd5ebce57ffa7a300d8cb956b9bb"},
		{`{"err_code":0,"err_msg":"","title":"Hi dogstar，欢迎使用小白接口！"}`, 78, "eccab6d1f22c09bd9a495c09dbbfa30f"},
		{`{"err_code":0,"err_msg":"","title":"Hi dogstar\uff0c\u6b22\u8fce\u4f7f\u7528\u5c0f\u767d\u63a5\u53e3\uff01"}`, 108, "a7f32af47c5eba71b0ec73b2bb15e205"},
		{`{"err_code":0,"err_msg":"","list":[{"id":12,"chat_message_to_uuid":"CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC","chat_message_data":{"url":"https:\/\/example.com\/a.png"},"chat_message_type":"image","chat_message_is_read":0,"chat_message_io":"in","add_time":"2019-08-11 17:12:02"}],"unread_num":0}`, 287, "a8b653007c679fd2ceb24378ac154944"},
		{`{"err_code":0,"err_msg":"","readed_num":3}`, 42, "c748b28f4b57065a42b938a1e67e650d"},
	} {
		kept := new(core.Rendering)
		for _, page := range []*core.Rendering{nil, kept, kept} { // hashed, hashed and kept, resumed
			out, sum := reverseSignature([]byte("before"+c.data), len("before"), now, secret, page)
			if got := hex.EncodeToString(sum[:]); got != c.auth || string(out) != "before"+c.data || len(c.data) != c.bytes {
				t.Errorf("%s (%d bytes): %s, want %s", c.data, len(c.data), got, c.auth)
			}
		}
	}
}
