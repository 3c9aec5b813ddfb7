package storage

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestAfter(t *testing.T) {
	tests := []struct {
		prefix, want string
		none         bool
	}{
		{prefix: "a", want: "b"},
		{prefix: "a\x00", want: "a\x01"},
		{prefix: "a\xff", want: "b"},
		{prefix: "a\xff\xff", want: "b"},
		{prefix: "", none: true},
		{prefix: "\xff\xff", none: true},
	}
	for _, tt := range tests {
		prefix := []byte(tt.prefix)
		got := After(prefix)
		if (got == nil) != tt.none || string(got) != tt.want {
			t.Errorf("After(%q) = %q, want %q (none: %v)", tt.prefix, got, tt.want, tt.none)
		}
		if string(prefix) != tt.prefix {
			t.Errorf("After(%q) changed its argument to %q", tt.prefix, prefix)
		}
	}
}

func TestPrefixSelectsExactlyItsKeys(t *testing.T) {
	text := rapid.SliceOfN(rapid.SampledFrom([]byte{0x00, 'a', 'b', 0xff}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		prefix, key := text.Draw(t, "prefix"), text.Draw(t, "key")
		r := Prefix(prefix)
		in := bytes.Compare(r.From, key) <= 0 && (r.To == nil || bytes.Compare(key, r.To) < 0)
		if want := bytes.HasPrefix(key, prefix); in != want {
			t.Errorf("Prefix(%q) contains %q: %v, want %v", prefix, key, in, want)
		}
	})
}
