package php

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"parley/adapters/wire"
)

// ContentType is what the framework sends with JSON, in its spelling.
const ContentType = "application/json;charset=utf-8"

// ScriptType is what it sends with JSONP.
const ScriptType = "text/javascript; charset=utf-8"

// Success begins the envelope of an answer that is no refusal; its data follows and then what AppendMessage appends.
const Success = `{"ret":200,"data":`

// AppendEnvelope appends {"ret":…,"data":…,"msg":… without the closing brace, so that extras can follow. data is JSON.
// If msg is not UTF-8, ok is false and nothing is appended: PHP's encoder fails on it, and the framework then sends an
// empty body.
func AppendEnvelope(dst []byte, ret int64, data []byte, msg string, style wire.Style) (_ []byte, ok bool) {
	if !utf8.ValidString(msg) {
		return dst, false
	}
	dst = strconv.AppendInt(append(dst, `{"ret":`...), ret, 10)
	dst = append(append(dst, `,"data":`...), data...)
	return AppendMessage(dst, msg, style), true
}

// AppendMessage appends ,"msg":… to an envelope after its data. msg is UTF-8.
func AppendMessage(dst []byte, msg string, style wire.Style) []byte {
	return wire.AppendString(append(dst, `,"msg":`...), msg, style)
}

// Version is the framework version that the dialects show.
const Version = "2.15.0"

// AppendDebug appends the member "debug" with the three stages that the framework reports, each at its time after the
// first. Where the framework names its files the stage stands alone: no path of ours is anybody's business.
func AppendDebug(dst []byte, response, finish time.Duration) []byte {
	dst = append(dst, `,"debug":{"stack":["[#1 - 0ms - PHALAPI_INIT]","[#2 - `...)
	dst = append(appendMilli(dst, response), `ms - PHALAPI_RESPONSE]","[#3 - `...)
	dst = append(appendMilli(dst, finish), `ms - PHALAPI_FINISH]"],"sqls":[],"version":"`...)
	return append(append(dst, Version...), `"}`...)
}

// appendMilli appends a time in milliseconds with at most one decimal.
func appendMilli(dst []byte, d time.Duration) []byte {
	tenths := int64(math.Round(float64(d) / float64(100*time.Microsecond)))
	dst = strconv.AppendInt(dst, tenths/10, 10)
	if tenths%10 != 0 {
		dst = append(dst, '.', byte('0'+tenths%10))
	}
	return dst
}

// maxCallback is the longest name of a JSONP callback.
const maxCallback = 128

// CallbackAllowed tells whether a JSONP callback may be written into an answer: letters, digits, underscore, dollar and
// dot only.
func CallbackAllowed(name string) bool {
	if name == "" || len(name) > maxCallback {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '_' && c != '$' && c != '.' {
			return false
		}
	}
	return true
}
