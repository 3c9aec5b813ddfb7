package php

import (
	"strings"
)

// Language is one of the two that the framework speaks.
type Language uint8

// The languages.
const (
	Chinese Language = iota
	English
)

// LanguageOf returns the language that the cookie "language" asks for: Chinese unless it names another. For a language
// that it lacks the framework falls back to English.
func LanguageOf(cookie []byte) Language {
	if len(cookie) == 0 || string(cookie) == "zh_cn" {
		return Chinese
	}
	return English
}

// Prefix begins every message of one family of refusals.
type Prefix struct{ ZH, EN string }

// In returns the prefix in a language.
func (p Prefix) In(l Language) string {
	if l == English {
		return p.EN
	}
	return p.ZH
}

// The framework's prefixes; the misspelling is its own.
func badRequest() Prefix { return Prefix{ZH: "非法请求：", EN: "Bad Request: "} }

func serverError() Prefix { return Prefix{ZH: "服务器运行错误: ", EN: "Interal Server Error: "} }

// PrefixOf returns the framework's prefix for a ret.
func PrefixOf(ret int64) Prefix {
	if ret >= 500 {
		return serverError()
	}
	return badRequest()
}

// Ret returns the framework's number for the violation.
func (v *Violation) Ret() int64 {
	switch v.Reason {
	case NoService:
		return 404
	case WrongSign, BadToken:
		return 406
	case Missing, NotInEnum, BelowMin, AboveMax, BadJSON, Mismatch, IllegalService:
		return 400
	}
	return 400
}

// AppendDetail appends the framework's words for the violation, without the prefix. The texts are captured from the
// framework in both languages.
func (v *Violation) AppendDetail(dst []byte, l Language) []byte {
	template := template(v.Reason, l)
	for {
		text, rest, found := strings.Cut(template, "{")
		dst = append(dst, text...)
		if !found {
			return dst
		}
		switch rest[0] {
		case 'n':
			dst = append(dst, v.Name...)
		case 'v':
			dst = append(dst, v.Value...)
		case 'a':
			dst = append(dst, v.Allowed...)
		}
		template = rest[2:]
	}
}

// template is a message with {n}, {v} and {a} for the violation's name, value and what is allowed.
func template(r Reason, l Language) string {
	if l == English {
		return english(r)
	}
	switch r {
	case Missing:
		return "缺少必要参数{n}"
	case NotInEnum:
		return "参数{n}应该为：{a}，但现在{n} = {v}"
	case BelowMin:
		return "{n}应该大于或等于{a}, 但现在{n} = {v}"
	case AboveMax:
		return "{n}应该小于等于{a}, 但现在{n} = {v}"
	case BadJSON:
		return "参数{n}的JSON数据格式错误"
	case Mismatch:
		return "{n}无法匹配#regex"
	case IllegalService:
		return "非法服务：{n}"
	case NoService:
		return "接口服务{n}不存在"
	case WrongSign:
		return "签名错误"
	case BadToken:
		return "access_token校验不通过"
	}
	return ""
}

func english(r Reason) string {
	switch r {
	case Missing:
		return "{n} require, but miss"
	case NotInEnum:
		return "{n} should be in {a}, but now {n} = {v}"
	case BelowMin:
		return "{n} should >= {a}, but now {n} = {v}"
	case AboveMax:
		return "{n} should <= {a}, but now {n} = {v}"
	case BadJSON:
		return "{n} illegal json data"
	case Mismatch:
		return "{n} can not match #regex"
	case IllegalService:
		return "service ({n}) illegal"
	case NoService:
		return "no such service as {n}"
	case WrongSign:
		return "wrong sign"
	case BadToken:
		return "access_token is not accepted"
	}
	return ""
}
