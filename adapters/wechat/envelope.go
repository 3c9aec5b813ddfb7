package wechat

import (
	"strconv"

	"parley/adapters/wire"
)

// contentType is the type of every envelope, in the platform's form.
const contentType = "application/json;charset=UTF-8"

// success begins every answer that reports no error.
const success = `{"code":200,"message":"OK","data":`

// appendRefusal appends the envelope of an error; message is valid UTF-8.
func appendRefusal(dst []byte, number int64, message string) []byte {
	dst = strconv.AppendInt(append(dst, `{"code":`...), number, 10)
	dst = wire.AppendString(append(dst, `,"message":`...), message, wire.JS)
	return append(dst, `,"data":null}`...)
}
