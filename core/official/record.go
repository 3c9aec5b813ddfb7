package official

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"parley/storage"
)

// recordVersion begins every record. What follows is JSON, whose fields may be added to without a new version; the
// numbers of lists are in eight bytes.
const recordVersion = 1

func encode(v any) ([]byte, error) {
	b := bytes.NewBuffer([]byte{recordVersion})
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("official: encode a record: %w", err)
	}
	return b.Bytes()[:b.Len()-1], nil // without the encoder's line feed
}

// decode reads a record; nothing in the result refers to b.
func decode[T any](b []byte) (*T, error) {
	if len(b) == 0 || b[0] != recordVersion {
		return nil, corrupt(b)
	}
	v := new(T)
	if err := json.Unmarshal(b[1:], v); err != nil {
		return nil, fmt.Errorf("%w: %w", corrupt(b), err)
	}
	return v, nil
}

// load returns the record under key, or nil if there is none.
func load[T any](r storage.Reader, key []byte) (*T, error) {
	b, err := r.Get(key)
	if err != nil || b == nil {
		return nil, err
	}
	return decode[T](b)
}

// loadAll returns the records under keys, nil where there is none.
func loadAll[T any](r storage.Reader, keys [][]byte) ([]*T, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	values, err := r.GetMulti(keys)
	if err != nil {
		return nil, err
	}
	all := make([]*T, len(keys))
	for i, b := range values {
		if b == nil {
			continue
		}
		if all[i], err = decode[T](b); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// save stores a record.
func save(w storage.Writer, key []byte, v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	return w.Set(key, b)
}

func encodeNumber(n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{recordVersion}, n)
}

// decodeNumber reads what encodeNumber wrote; an absent record is zero.
func decodeNumber(b []byte) (uint64, error) {
	switch {
	case b == nil:
		return 0, nil
	case len(b) != 9 || b[0] != recordVersion:
		return 0, corrupt(b)
	}
	return binary.BigEndian.Uint64(b[1:]), nil
}
