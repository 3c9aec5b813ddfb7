package php

import (
	"strings"
	"testing"
	"time"

	"parley/adapters/wire"
)

func TestCallbackAllowed(t *testing.T) {
	for name, want := range map[string]bool{
		"cb": true, "jQuery1_2": true, "a.b$": true, "": false, "<script>": false, "a(": false, "你": false, "a b": false,
		strings.Repeat("a", maxCallback): true, strings.Repeat("a", maxCallback+1): false,
	} {
		if CallbackAllowed(name) != want {
			t.Errorf("%q: want %v", name, want)
		}
	}
}

func TestAppendDebug(t *testing.T) {
	got := string(AppendDebug(nil, 800*time.Microsecond, 127*time.Millisecond+249*time.Microsecond))
	want := `,"debug":{"stack":["[#1 - 0ms - PHALAPI_INIT]","[#2 - 0.8ms - PHALAPI_RESPONSE]","[#3 - 127.2ms - PHALAPI_FINISH]"],"sqls":[],"version":"2.15.0"}`
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAppendEnvelope(t *testing.T) {
	if got, ok := AppendEnvelope([]byte("x"), 200, []byte(`{}`), "a/b", wire.PHPDefault); !ok || string(got) != `x{"ret":200,"data":{},"msg":"a\/b"` {
		t.Errorf("%s, %v", got, ok)
	}
	if got, ok := AppendEnvelope([]byte("x"), 400, []byte(`{}`), "\xff", wire.PHPDefault); ok || string(got) != "x" {
		t.Errorf("%s, %v", got, ok)
	}
}

func TestEveryRefusalHasWords(t *testing.T) {
	for reason := Missing; reason <= BadToken; reason++ {
		v := &Violation{Reason: reason, Name: "n", Value: "v", Allowed: "a"}
		if string(v.AppendDetail(nil, Chinese)) == "" || v.Error() == "" || strings.ContainsAny(v.Error(), "{}") {
			t.Errorf("reason %d: %s", reason, v.AppendDetail(nil, Chinese))
		}
	}
}
