package phalapi

import (
	"parley/adapters/wire"
	"parley/adapters/wire/php"
)

// The dialect's numbers beyond the framework's 400, 404 and 500, from the error list on every page of the document.
const (
	retOK           = 200
	retBadToken     = 406
	retUnknownApp   = 407
	retNotLoggedIn  = 408
	retLimited      = 409
	retInternal     = 500
	textUnknownApp  = "app_key权限不足，或未知应用"
	textNotLoggedIn = "当前用户禁止使用，或用户未登录"
)

// faults maps core's faults to the dialect and back.
func faults() wire.FaultTable {
	return php.Faults(wire.FaultRow{Number: retNotLoggedIn, ZH: textNotLoggedIn, EN: "the user is disabled or not logged in"}, retLimited)
}
