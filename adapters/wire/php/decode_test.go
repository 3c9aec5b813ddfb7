package php

import (
	"encoding/json"
	"strconv"

	"parley/adapters/wire"
)

// decodeTop is the reference of parseJSON: the kinds of the members of an object or list.
func decodeTop(body string) (map[string]Kind, bool) {
	if wire.CheckJSON([]byte(body)) != nil {
		return nil, true
	}
	var decoded any
	if err := json.Unmarshal([]byte(body), &decoded); err != nil {
		return nil, false // a number beyond float64
	}
	kinds := make(map[string]Kind)
	switch top := decoded.(type) {
	case map[string]any:
		for name, value := range top {
			kinds[name] = kindOf(value)
		}
	case []any:
		for i, value := range top {
			kinds[strconv.Itoa(i)] = kindOf(value)
		}
	}
	return kinds, true
}

func kindOf(value any) Kind {
	switch value.(type) {
	case nil:
		return Null
	case string:
		return Text
	case bool:
		return Bool
	case float64:
		return Number
	}
	return Container
}
