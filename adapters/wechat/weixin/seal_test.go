package weixin_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"parley/adapters/wechat/weixin"
)

// vector is what an independent implementation computed; see testdata/README.md.
type vector struct {
	Name, Token, Timestamp, Nonce, AppID, Key, Text, Sealed, Signature, SealedSignature string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/sealed.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(text, &all); err != nil || len(all) < 5 {
		t.Fatalf("%d vectors, %v", len(all), err)
	}
	return all
}

func sealer(t testing.TB, key, appID string) *weixin.Sealer {
	t.Helper()
	s, err := weixin.NewSealer(key, appID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealVectors(t *testing.T) {
	for _, v := range vectors(t) {
		s := sealer(t, v.Key, v.AppID)
		text, err := s.Open(v.Sealed)
		if err != nil || string(text) != v.Text {
			t.Errorf("%s opens as %.40q, %v", v.Name, text, err)
		}
		again := s.Seal([]byte(v.Text))
		if again == v.Sealed {
			t.Errorf("%s: sealing is not random", v.Name)
		}
		if len(again) != len(v.Sealed) {
			t.Errorf("%s is sealed in %d characters, not %d", v.Name, len(again), len(v.Sealed))
		}
		if text, err := s.Open(again); err != nil || string(text) != v.Text {
			t.Errorf("%s comes back as %.40q, %v", v.Name, text, err)
		}
		if !weixin.Signed(v.Signature, v.Token, v.Timestamp, v.Nonce, "") ||
			!weixin.Signed(strings.ToUpper(v.SealedSignature), v.Token, v.Timestamp, v.Nonce, v.Sealed) {
			t.Errorf("%s: the signatures are wrong", v.Name)
		}
	}
}

func TestSignedRefuses(t *testing.T) {
	v := vectors(t)[0]
	for name, wrong := range map[string]bool{
		"another token":   weixin.Signed(v.Signature, "x"+v.Token, v.Timestamp, v.Nonce, ""),
		"another nonce":   weixin.Signed(v.Signature, v.Token, v.Timestamp, "x", ""),
		"another text":    weixin.Signed(v.SealedSignature, v.Token, v.Timestamp, v.Nonce, v.Sealed+"="),
		"half of it":      weixin.Signed(v.Signature[:20], v.Token, v.Timestamp, v.Nonce, ""),
		"nothing":         weixin.Signed("", v.Token, v.Timestamp, v.Nonce, ""),
		"no token at all": weixin.Signed(weixin.Signature("", "1", "2", ""), "", "1", "2", ""),
	} {
		if wrong {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestSealedFaultsAreOne(t *testing.T) {
	v := vectors(t)[2]
	s := sealer(t, v.Key, v.AppID)
	raw, err := base64.StdEncoding.DecodeString(v.Sealed)
	if err != nil {
		t.Fatal(err)
	}
	broken := func(at int) string {
		other := append([]byte(nil), raw...)
		other[at] ^= 0x40
		return base64.StdEncoding.EncodeToString(other)
	}
	for name, sealed := range map[string]string{
		"empty": "", "no base64": "%%%", "half a block": base64.StdEncoding.EncodeToString(raw[:24]), "one block": base64.StdEncoding.EncodeToString(raw[:16]),
		"cut": base64.StdEncoding.EncodeToString(raw[:len(raw)-32]), "length": broken(0 + 17), "padding": broken(len(raw) - 1), "id": broken(len(raw) - 33),
	} {
		if text, err := s.Open(sealed); err != weixin.ErrSealed || text != nil { //nolint:errorlint // exactly this one is the promise
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if _, err := sealer(t, v.Key, "wxother").Open(v.Sealed); !errors.Is(err, weixin.ErrSealed) {
		t.Errorf("another account: %v", err)
	}
	for _, key := range []string{"", v.Key[1:], v.Key + "=", strings.Repeat("%", 43), v.Key[:42] + "\n"} {
		if _, err := weixin.NewSealer(key, "wx"); !errors.Is(err, weixin.ErrKey) {
			t.Errorf("the key %q: %v", key, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Sealed, v.Key, v.AppID)
	}
	f.Fuzz(func(t *testing.T, sealed, key, appID string) {
		s, err := weixin.NewSealer(key, appID)
		if err != nil {
			return
		}
		if text, err := s.Open(sealed); err != nil && (text != nil || err != weixin.ErrSealed) { //nolint:errorlint // as above
			t.Fatalf("%q, %v", text, err)
		}
		back, err := s.Open(s.Seal([]byte(sealed)))
		if err != nil || string(back) != sealed {
			t.Fatalf("%q comes back as %q, %v", sealed, back, err)
		}
	})
}
