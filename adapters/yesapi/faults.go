package yesapi

import (
	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// The platform's numbers, from its table of ret values.
const (
	retOK         = 200
	retInvalid    = 400
	retNoSession  = 401
	retNoService  = 404
	retUnknownApp = 406
	retAppEnded   = 407
	retLimited    = 408
	retWrongSign  = 409
	retInternal   = 500
)

// The texts of refusals that the framework does not know. The first is captured by the platform's public test suite.
const (
	textUnknownApp = "非法app_key，请核对你所在的接口域名"
	textAppEnded   = "app_key已过期"
)

// prefix begins every message: the platform replaces the framework's.
func prefix(ret int64) php.Prefix {
	if ret >= retInternal {
		return php.PrefixOf(ret)
	}
	return php.Prefix{ZH: "客户端非法请求：", EN: "Bad Request: "}
}

// faults maps core's faults to the dialect and back, where an endpoint gives no number of its own.
func faults() wire.FaultTable {
	return wire.FaultTable{
		{Code: core.Invalid, Number: retInvalid, ZH: "参数错误", EN: "illegal parameter"},
		{Code: core.NotFound, Number: retInvalid, ZH: "数据不存在", EN: "no such data"},
		{Code: core.Exists, Number: retInvalid, ZH: "数据已存在", EN: "the data exists"},
		{Code: core.Conflict, Number: retInvalid, ZH: "请求与当前状态冲突", EN: "the request contradicts the state"},
		{Code: core.TooLarge, Number: retInvalid, ZH: "请求数据过大", EN: "the request is too large"},
		{Code: core.Unauthenticated, Number: retNoSession, ZH: notLoggedIn, EN: "the member is not logged in"},
		{Code: core.Forbidden, Number: retNoSession, ZH: notLoggedIn, EN: "the member is not logged in"},
		{Code: core.Limited, Number: retLimited, ZH: "请求过于频繁", EN: "too many requests"},
		{Code: core.Unsupported, Number: retNoService, ZH: "接口服务不支持", EN: "the service is not supported"},
		{Code: core.Unavailable, Number: 503, ZH: "服务暂不可用", EN: "the service is not available now"},
		{Code: core.Timeout, Number: 504, ZH: "服务超时", EN: "the service timed out"},
		{Code: core.Internal, Number: retInternal, ZH: "服务器内部错误", EN: "internal error"},
	}
}

// refusal is a protocol error of the platform's own.
type refusal struct {
	ret  int64
	text string
	code core.Code
}

func (r *refusal) Error() string { return r.text }

func unknownApp() error { return &refusal{retUnknownApp, textUnknownApp, core.Forbidden} }
func appEnded() error   { return &refusal{retAppEnded, textAppEnded, core.Forbidden} }
func wrongSign() error  { return &refusal{retWrongSign, "签名错误", core.Unauthenticated} }
