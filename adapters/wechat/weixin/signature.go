package weixin

import (
	"crypto/sha1" //nolint:gosec // the platform's signature is a SHA-1
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
)

// Signature is what the platform signs a callback with: the lower-case hex SHA-1 of the four strings, sorted by their bytes
// and joined. encrypted is the sealed text for msg_signature, and empty for signature.
func Signature(token, timestamp, nonce, encrypted string) string {
	parts := [...]string{token, timestamp, nonce, encrypted}
	slices.Sort(parts[:])
	hash := sha1.New() //nolint:gosec // see the import
	for _, part := range parts {
		hash.Write([]byte(part))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Signed reports whether signature, hex in any case, is right. It takes the same time for every wrong one. Without a token
// nothing is right: anybody could sign with an empty one.
func Signed(signature, token, timestamp, nonce, encrypted string) bool {
	if token == "" {
		return false
	}
	want := Signature(token, timestamp, nonce, encrypted)
	return subtle.ConstantTimeCompare([]byte(strings.ToLower(signature)), []byte(want)) == 1
}
