package yesapi

import (
	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// The platform's numbers, from its table of ret values.
const (
	retOK         = 200
	retNoSession  = 401
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
	return php.Faults(wire.FaultRow{Number: retNoSession, ZH: notLoggedIn, EN: "the member is not logged in"}, retLimited)
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
