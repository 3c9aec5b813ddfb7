package php

import (
	"parley/adapters/wire"
	"parley/core"
)

// Faults maps core's faults to numbers and words in the framework's manner, and back. The platforms differ in two
// numbers: that of a caller who is not logged in, in whose words noSession comes, and that of one who asks too often.
func Faults(noSession wire.FaultRow, limited int64) wire.FaultTable {
	forbidden := noSession
	noSession.Code, forbidden.Code = core.Unauthenticated, core.Forbidden
	return wire.FaultTable{
		{Code: core.Invalid, Number: 400, ZH: "参数错误", EN: "illegal parameter"},
		{Code: core.NotFound, Number: 400, ZH: "数据不存在", EN: "no such data"},
		{Code: core.Exists, Number: 400, ZH: "数据已存在", EN: "the data exists"},
		{Code: core.Conflict, Number: 400, ZH: "请求与当前状态冲突", EN: "the request contradicts the state"},
		{Code: core.TooLarge, Number: 400, ZH: "请求数据过大", EN: "the request is too large"},
		noSession,
		forbidden,
		{Code: core.Limited, Number: limited, ZH: "请求过于频繁", EN: "too many requests"},
		{Code: core.Unsupported, Number: 404, ZH: "接口服务不支持", EN: "the service is not supported"},
		{Code: core.Unavailable, Number: 503, ZH: "服务暂不可用", EN: "the service is not available now"},
		{Code: core.Timeout, Number: 504, ZH: "服务超时", EN: "the service timed out"},
		{Code: core.Internal, Number: 500, ZH: "服务器内部错误", EN: "internal error"},
	}
}
