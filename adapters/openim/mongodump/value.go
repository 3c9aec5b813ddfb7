package mongodump

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// number is an integer or a date in milliseconds since the Unix epoch, in any of the forms of extended JSON: plain,
// {"$numberInt":"1"}, {"$numberLong":"1"}, {"$numberDouble":"1.0"}, {"$date":"2021-01-01T00:00:00Z"} and
// {"$date":{"$numberLong":"1609459200000"}}.
type number int64

var errNumber = errors.New("not a number")

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(raw []byte) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] != '{' {
		return n.parse(string(raw))
	}
	var forms struct {
		Int    *string         `json:"$numberInt"`
		Long   *string         `json:"$numberLong"`
		Double *string         `json:"$numberDouble"`
		Date   json.RawMessage `json:"$date"`
	}
	if err := json.Unmarshal(raw, &forms); err != nil {
		return err
	}
	for _, text := range [...]*string{forms.Int, forms.Long, forms.Double} {
		if text != nil {
			return n.parse(*text)
		}
	}
	if len(forms.Date) == 0 {
		return errNumber
	}
	var text string
	if json.Unmarshal(forms.Date, &text) != nil {
		var inner number
		if err := inner.UnmarshalJSON(forms.Date); err != nil || forms.Date[0] == '{' && string(forms.Date) == string(raw) {
			return errNumber
		}
		*n = inner
		return nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return err
	}
	*n = number(t.UnixMilli())
	return nil
}

func (n *number) parse(text string) error {
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		*n = number(whole)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != float64(int64(f)) || f > 1<<53 || f < -1<<53 {
		return errNumber
	}
	*n = number(f)
	return nil
}
