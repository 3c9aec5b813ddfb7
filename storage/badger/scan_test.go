package badger

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"parley/storage"
)

// inRange reports whether rg contains key.
func inRange(key []byte, rg storage.Range) bool {
	return bytes.Compare(key, rg.From) >= 0 && (rg.To == nil || bytes.Compare(key, rg.To) < 0)
}

func TestSharedPrefix(t *testing.T) {
	for _, tt := range []struct{ from, to, want string }{
		{"ab", "ac", "ab"},
		{"ab12", "ac", "ab"},
		{"ab", "ad", "a"},
		{"ab", "ac0", "a"},
		{"a\xff", "b", "a"},
		{"a", "a\x05", "a"},
		{"conv/1/5", "conv/1/9", "conv/1/"},
		{"", "a", ""},
	} {
		if got := string(sharedPrefix(storage.Range{From: []byte(tt.from), To: []byte(tt.to)})); got != tt.want {
			t.Errorf("sharedPrefix(%q, %q) = %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
	if got := sharedPrefix(storage.Range{From: []byte("\xff\xff")}); len(got) != 0 {
		t.Errorf("sharedPrefix without an upper bound = %q", got)
	}
}

func TestRangeBoundsHoldForEveryKey(t *testing.T) {
	text := rapid.SliceOfN(rapid.SampledFrom([]byte{0x00, 0x01, 'a', 'b', 0xfe, 0xff}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		rg := storage.Range{From: text.Draw(t, "from"), To: text.Draw(t, "to")}
		key := text.Draw(t, "key")
		if !inRange(key, rg) {
			return
		}
		if prefix := sharedPrefix(rg); !bytes.HasPrefix(key, prefix) {
			t.Errorf("%q is in [%q, %q) but lacks the prefix %q", key, rg.From, rg.To, prefix)
		}
		last := lastBefore(rg.To)
		if bytes.Compare(key, last) > 0 || !inRange(last, rg) {
			t.Errorf("%q is in [%q, %q), lastBefore(to) = %q", key, rg.From, rg.To, last)
		}
	})
}
