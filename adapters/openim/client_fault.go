package openim

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/goccy/go-json"

	"parley/adapters/wire"
	"parley/core"
)

// open reads an answer's envelope and returns its data. An errCode other than zero is returned, too, with its fault.
func (c *Client) open(spec *wire.Spec, status int, body []byte) (data []byte, number int64, err error) {
	if status == http.StatusNotFound {
		return nil, 0, core.NewFault(core.Unsupported, "", "the remote does not know "+spec.Name)
	}
	var envelope struct {
		Code    int64           `json:"errCode"`
		Message string          `json:"errMsg"`
		Detail  string          `json:"errDlt"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, 0, core.Wrap(core.Internal, "the remote's answer is no envelope", err)
	}
	switch {
	case envelope.Code != 0:
		return nil, envelope.Code, c.fault(spec, envelope.Code, envelope.Message, envelope.Detail)
	case status != http.StatusOK:
		return nil, 0, core.NewFault(core.Internal, "", "the remote answers "+strconv.Itoa(status)+" and no error")
	case len(spec.Answer) > 0 && (len(envelope.Data) == 0 || string(envelope.Data) == "null"):
		return nil, 0, core.NewFault(core.Internal, "", "the remote's answer has no data")
	}
	return envelope.Data, 0, nil
}

// fault is the inverse of what the server half makes of a fault, also for servers that do it in other words.
func (c *Client) fault(spec *wire.Spec, number int64, message, detail string) *core.Fault {
	note := message
	if isTokenCode(number) {
		// Servers repeat the token in the detail.
		return core.NewFault(core.Unauthenticated, core.FieldSession, note)
	}
	if detail != "" && detail != message {
		note += ": " + detail
	}
	if fault, _ := spec.Fault(number, note); fault != nil {
		return fault
	}
	return core.NewFault(c.code(number, detail), "", note)
}

func isTokenCode(number int64) bool { return number >= codeTokenExpired && number <= codeTokenNotExist }

// code returns the code behind an errCode that its endpoint does not number.
func (c *Client) code(number int64, detail string) core.Code {
	for _, row := range c.faults {
		if row.Number == number && row.EN == detail {
			return row.Code // several codes have this number
		}
	}
	switch number {
	case codeInternal:
		if isContentDetail(detail) {
			return core.Invalid
		}
		return core.Internal
	case codeUserIDNotFound, 1201:
		return core.NotFound
	case 1102, 1202, 1304:
		return core.Exists
	case 1204, 1206, 1301, 1305, 1404:
		return core.Conflict
	case 1203, 1302, 1303, 1402, 1403, 1520:
		return core.Forbidden
	case 1601, 90002, 90004, 90007:
		return core.Unavailable
	}
	return c.faults.Code(number)
}

// isContentDetail tells whether the detail of an internal error is what the platform says of a content that it does not
// take: the words of its validator or of its decoder.
func isContentDetail(detail string) bool {
	return strings.HasPrefix(detail, "Key: '") || strings.Contains(detail, " error(s) decoding:")
}
