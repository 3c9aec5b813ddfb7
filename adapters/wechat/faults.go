package wechat

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"parley/adapters/wechat/weixin"
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

const (
	textNotFound     = "not found"
	textUnavailable  = "the official API is not available"
	textNoCredential = "the account has no credentials yet"
)

// faults maps core's faults to the dialect and back. The platform's texts are English in both languages.
func faults() wire.FaultTable {
	row := func(code core.Code, number int64, text string) wire.FaultRow {
		return wire.FaultRow{Code: code, Number: number, ZH: text, EN: text}
	}
	return wire.FaultTable{
		row(core.Invalid, http.StatusBadRequest, "invalid request"),
		row(core.Unauthenticated, http.StatusUnauthorized, "unauthorized"),
		row(core.Forbidden, http.StatusForbidden, "forbidden"),
		row(core.NotFound, http.StatusNotFound, textNotFound),
		row(core.Exists, http.StatusConflict, "it exists already"),
		row(core.Conflict, http.StatusConflict, "the request contradicts the state that it meets"),
		row(core.TooLarge, http.StatusRequestEntityTooLarge, "the request is too large"),
		row(core.Limited, http.StatusTooManyRequests, "there are too many already"),
		row(core.Unsupported, http.StatusNotImplemented, "not supported"),
		row(core.Unavailable, http.StatusServiceUnavailable, "the service is not available now"),
		row(core.Timeout, http.StatusGatewayTimeout, "the service timed out"),
		row(core.Internal, http.StatusInternalServerError, "internal error"),
	}
}

// parameter returns the name of the parameter that a field of core is, at all endpoints whose outcomes say nothing else. It
// is empty where there is none.
func parameter(field core.Field) string {
	switch field {
	case official.FieldOriginal:
		return "weixin_id"
	case official.FieldFollower:
		return "openid"
	case core.FieldGroup:
		return "group_id"
	case official.FieldText:
		return "content"
	case official.FieldRule:
		return "rule_name"
	case official.FieldReply:
		return "reply_id"
	case official.FieldParent:
		return "parent_id"
	case official.FieldImage:
		return "image_id"
	case official.FieldURL:
		return "content_source_url"
	case core.FieldPage:
		return "index"
	case official.FieldName, official.FieldTitle, official.FieldAuthor, official.FieldDigest, official.FieldDescription,
		official.FieldKeyword, official.FieldReplyType, official.FieldSequence, official.FieldGender:
		return string(field)
	default:
		return ""
	}
}

// explain puts an error into the dialect's words. What it says of a fault never comes from the fault's note or cause.
func (d *Dialect) explain(endpoint *wire.Spec, err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	if r := explainUpstream(err); r != nil {
		return r
	}
	fault := core.AsFault(err)
	if endpoint != nil {
		if o, ok := endpoint.Outcome(fault); ok {
			return &refusal{o.Number, o.EN, fault.Code}
		}
	}
	switch {
	case fault.Field == official.FieldCredentials && fault.Code == core.NotFound:
		return &refusal{http.StatusBadRequest, textNoCredential, fault.Code}
	case fault.Code == core.Invalid || fault.Code == core.TooLarge:
		if name := parameter(fault.Field); name != "" {
			return &refusal{http.StatusBadRequest, "invalid parameter: " + name, fault.Code}
		}
	}
	row := d.faults.Row(fault.Code)
	return &refusal{row.Number, row.EN, fault.Code}
}

// explainUpstream explains what came of a call of the official API, and returns nil for other errors. The API's refusal
// is repeated as it is, so that clients find its number.
func explainUpstream(err error) *refusal {
	api, refused := errors.AsType[*weixin.APIError](err)
	_, failed := errors.AsType[*weixin.CallError](err)
	switch {
	case refused:
		return &refusal{http.StatusBadGateway, upstreamText(api), core.Conflict}
	case errors.Is(err, weixin.ErrUnavailable):
		return &refusal{http.StatusBadGateway, textUnavailable, core.Unavailable}
	case failed && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)):
		return &refusal{http.StatusBadGateway, textUnavailable, core.Timeout}
	}
	return nil
}

// upstreamText is a refusal in the form in which the official API gives it.
func upstreamText(api *weixin.APIError) string {
	text := strconv.AppendInt([]byte(`{"errcode":`), api.Code, 10)
	text = wire.AppendString(append(text, `,"errmsg":`...), strings.ToValidUTF8(api.Message, "\ufffd"), wire.JS)
	return string(append(text, '}'))
}

// outcome is a row's own answer to a fault.
func outcome(code core.Code, field core.Field, number int64, text string) wire.Outcome {
	return wire.Outcome{Code: code, Field: field, Number: number, ZH: text, EN: text}
}

// calledHere are the outcomes of a field that is called name at an endpoint.
func calledHere(field core.Field, name string) []wire.Outcome {
	text := "invalid parameter: " + name
	return []wire.Outcome{
		outcome(core.Invalid, field, http.StatusBadRequest, text),
		outcome(core.TooLarge, field, http.StatusBadRequest, text),
	}
}
