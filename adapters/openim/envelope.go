package openim

import (
	"strconv"
	"strings"

	"parley/adapters/wire"
)

// contentType is the type of every answer but the one for unknown paths. The platform names no charset.
const contentType = "application/json"

// success begins every answer that reports no error.
const success = `{"errCode":0,"errMsg":"","errDlt":""`

// appendRefusal appends the answer of an error. Errors carry no data.
func appendRefusal(dst []byte, number int64, message, detail string) []byte {
	dst = strconv.AppendInt(append(dst, `{"errCode":`...), number, 10)
	dst = wire.AppendString(append(dst, `,"errMsg":`...), strings.ToValidUTF8(message, "\ufffd"), wire.Go)
	dst = wire.AppendString(append(dst, `,"errDlt":`...), strings.ToValidUTF8(detail, "\ufffd"), wire.Go)
	return append(dst, '}')
}
