package yesapi

import (
	"crypto/md5" //nolint:gosec // the platform's signature is an MD5
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/adapters/wire/php"
	"parley/core"
)

// signLength is the length of a signature: upper-case hex, though any case is accepted.
const signLength = 2 * md5.Size

// signVariant is one of the ways in which clients build the string to sign. The plain one is the document's: the values
// of all parameters but sign, in the byte order of their names, and the secret.
type signVariant struct {
	javaScript bool     // values are converted as JavaScript does
	cesu8      bool     // characters beyond U+FFFF are hashed as two surrogates of three bytes each
	without    []string // parameters that were added after signing
	service    string   // stands for the parameter s, which the path has replaced
}

// transport are the parameters that a client's library or browser may add after signing.
func transport() []string {
	return []string{"callback", "_", "yesapi_allow_origin", "_timestamp", "return_data"}
}

// signVariants lists the variants after the plain one, in the order in which they are tried.
func signVariants(path string) []signVariant {
	var all []signVariant
	services := []string{""}
	if path != "" {
		services = append(services, path)
	}
	for _, service := range services {
		for _, without := range [][]string{nil, {"_", "yesapi_allow_origin"}, transport(), {"uuid", "token"}} {
			for _, javaScript := range []bool{false, true} {
				for _, cesu8 := range []bool{false, true} {
					all = append(all, signVariant{javaScript, cesu8, without, service})
				}
			}
		}
	}
	return all[1:]
}

// maxVariantBytes bounds the requests for which variants are tried: a wrong signature must not cost thirty times a right
// one of the largest request.
const maxVariantBytes = 128 << 10

// signed tells whether sign is right for the values under the app's secret, or one of its static signatures.
func signed(values *php.Values, sign, path string, app *core.App, settings *appSettings, scratch []byte) bool {
	if len(sign) == signLength && dynamic(values, sign, path, app.Secret, scratch) {
		return true
	}
	for _, static := range settings.static {
		if subtle.ConstantTimeCompare([]byte(strings.ToUpper(static)), []byte(strings.ToUpper(sign))) == 1 {
			return true
		}
	}
	return false
}

func dynamic(values *php.Values, sign, path, secret string, scratch []byte) bool {
	var want [signLength]byte
	for i := range signLength {
		c := sign[i]
		if c >= 'a' && c <= 'f' {
			c -= 'a' - 'A'
		}
		want[i] = c
	}
	plain := signVariant{}
	text := plain.appendText(scratch[:0], values)
	if equalDigest(want[:], append(text, secret...)) {
		return true
	}
	if len(text) > maxVariantBytes {
		return false
	}
	for _, variant := range signVariants(path) {
		text = variant.appendText(text[:0], values)
		if equalDigest(want[:], append(text, secret...)) {
			return true
		}
	}
	return false
}

func equalDigest(want, text []byte) bool {
	var hexed [signLength]byte
	appendDigest(hexed[:0], text)
	return subtle.ConstantTimeCompare(want, hexed[:]) == 1
}

// appendDigest appends the upper-case hex MD5 of text.
func appendDigest(dst, text []byte) []byte {
	sum := md5.Sum(text) //nolint:gosec // see the import
	dst = hex.AppendEncode(dst, sum[:])
	for i := len(dst) - signLength; i < len(dst); i++ {
		if dst[i] >= 'a' {
			dst[i] -= 'a' - 'A'
		}
	}
	return dst
}

// appendText appends the string to sign, without the secret.
func (sv *signVariant) appendText(dst []byte, values *php.Values) []byte {
	pending := sv.service
	values.Sorted(func(name string, value php.Value) {
		if pending != "" && name >= "s" {
			if name != "s" {
				dst = sv.appendValue(dst, pending)
			}
			pending = ""
		}
		if name == "sign" || sv.leavesOut(name) {
			return
		}
		if sv.javaScript {
			dst = sv.appendValue(dst, value.JSString())
		} else {
			dst = sv.appendValue(dst, value.String())
		}
	})
	return sv.appendValue(dst, pending)
}

func (sv *signVariant) leavesOut(name string) bool { return slices.Contains(sv.without, name) }

func (sv *signVariant) appendValue(dst []byte, value string) []byte {
	if !sv.cesu8 {
		return append(dst, value...)
	}
	for _, r := range value {
		if r < 0x10000 {
			dst = utf8.AppendRune(dst, r)
			continue
		}
		r -= 0x10000
		dst = appendSurrogate(appendSurrogate(dst, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	return dst
}

// appendSurrogate encodes half of a pair as if it were a character, which UTF-8 forbids and CESU-8 does.
func appendSurrogate(dst []byte, r rune) []byte {
	return append(dst, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f)
}
