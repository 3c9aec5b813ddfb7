package phalapi

import (
	"parley/adapters/wire"
	"parley/core"
)

// The dialect's numbers beyond the framework's 400, 404 and 500, from the error list on every page of the document.
const (
	retOK           = 200
	retInvalid      = 400
	retNoService    = 404
	retBadToken     = 406
	retUnknownApp   = 407
	retNotLoggedIn  = 408
	retLimited      = 409
	retInternal     = 500
	retUnavailable  = 503
	retTimeout      = 504
	textBadToken    = "access_token校验不通过"
	textUnknownApp  = "app_key权限不足，或未知应用"
	textNotLoggedIn = "当前用户禁止使用，或用户未登录"
)

// faults maps core's faults to the dialect and back.
func faults() wire.FaultTable {
	return wire.FaultTable{
		{Code: core.Invalid, Number: retInvalid, ZH: "参数错误", EN: "illegal parameter"},
		{Code: core.NotFound, Number: retInvalid, ZH: "数据不存在", EN: "no such data"},
		{Code: core.Exists, Number: retInvalid, ZH: "数据已存在", EN: "the data exists"},
		{Code: core.Conflict, Number: retInvalid, ZH: "请求与当前状态冲突", EN: "the request contradicts the state"},
		{Code: core.TooLarge, Number: retInvalid, ZH: "请求数据过大", EN: "the request is too large"},
		{Code: core.Unauthenticated, Number: retNotLoggedIn, ZH: textNotLoggedIn, EN: "the user is disabled or not logged in"},
		{Code: core.Forbidden, Number: retNotLoggedIn, ZH: textNotLoggedIn, EN: "the user is disabled or not logged in"},
		{Code: core.Limited, Number: retLimited, ZH: "请求过于频繁", EN: "too many requests"},
		{Code: core.Unsupported, Number: retNoService, ZH: "接口服务不支持", EN: "the service is not supported"},
		{Code: core.Unavailable, Number: retUnavailable, ZH: "服务暂不可用", EN: "the service is not available now"},
		{Code: core.Timeout, Number: retTimeout, ZH: "服务超时", EN: "the service timed out"},
		{Code: core.Internal, Number: retInternal, ZH: "服务器内部错误", EN: "internal error"},
	}
}
