package wechat_test

import (
	"strings"
	"testing"
)

func TestTexts(t *testing.T) {
	d := newDesk(t)
	id := d.makes("POST /v1/$I/text", `{"content":"`+strings.Repeat("字", 1000)+`"}`)
	d.gives("GET /v1/$I/text/"+id, "", ok(`{"id":"`+id+`","content":"`+strings.Repeat("字", 1000)+`"}`))
	d.refuses("POST /v1/$I/text", `{"content":"`+strings.Repeat("字", 1001)+`"}`, 400, "invalid parameter: content")
	d.refuses("POST /v1/$I/text", `{"content":""}`, 400, "invalid parameter: content")
	d.refuses("POST /v1/$I/text", `{}`, 400, "missing parameter: content")
	d.refuses("GET /v1/$I/text/nothing", "", 404, "not found")
}
