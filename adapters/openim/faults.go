package openim

import (
	"errors"
	"net/http"

	"parley/adapters/wire"
	"parley/core"
)

// textLimited is what the platform's limiter says, alone of all errors without a detail.
const textLimited = "too many requests, please try again later"

// faults maps core's faults to the dialect and back, where an endpoint gives no number of its own. Of the two texts one
// is errMsg and the other errDlt; with nothing to add the platform repeats the name.
func faults() wire.FaultTable {
	const internal = "ServerInternalError"
	return wire.FaultTable{
		{Code: core.Invalid, Number: codeArgs, ZH: "ArgsError", EN: "ArgsError"},
		{Code: core.Unauthenticated, Number: codeTokenNotExist, ZH: textNotExist, EN: textNotExist},
		{Code: core.Forbidden, Number: codeNoPermission, ZH: "NoPermissionError", EN: "NoPermissionError"},
		{Code: core.NotFound, Number: codeRecordNotFound, ZH: "RecordNotFoundError", EN: "record not found"},
		{Code: core.Exists, Number: 1003, ZH: "DuplicateKeyError", EN: "DuplicateKeyError"},
		{Code: core.Conflict, Number: codeArgs, ZH: "ArgsError", EN: "the request contradicts the state that it meets"},
		{Code: core.TooLarge, Number: codeArgs, ZH: "ArgsError", EN: "the request is too large"},
		{Code: core.Limited, Number: http.StatusTooManyRequests, ZH: textLimited, EN: textLimited},
		{Code: core.Unsupported, Number: codeInternal, ZH: internal, EN: "the operation is not supported"},
		{Code: core.Unavailable, Number: codeInternal, ZH: internal, EN: "the service is not available now"},
		{Code: core.Timeout, Number: codeInternal, ZH: internal, EN: "the service timed out"},
		{Code: core.Internal, Number: codeInternal, ZH: internal, EN: internal},
	}
}

// explain puts an error into the platform's numbers and words. What it says of a fault never comes from the fault's note
// or cause, which may quote the store.
func (d *Dialect) explain(endpoint *wire.Spec, err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	fault := core.AsFault(err)
	if endpoint != nil {
		if o, ok := endpoint.Outcome(fault); ok {
			detail := o.EN
			if detail == "" {
				detail = o.ZH
			}
			return &refusal{status: http.StatusOK, number: o.Number, message: o.ZH, detail: detail, code: fault.Code}
		}
	}
	row := d.faults.Row(fault.Code)
	r := &refusal{status: http.StatusOK, number: row.Number, message: row.ZH, detail: row.EN, code: fault.Code}
	if fault.Code == core.Limited {
		r.status, r.detail = http.StatusTooManyRequests, ""
	}
	return r
}
