package wire

import "unsafe"

// View returns b as a string that shares its memory. Nobody may write to b while the string is in use.
func View(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // G103: the callers promise not to write
}

// Bytes returns s as bytes that share its memory and must not be written to.
func Bytes(s string) []byte {
	return unsafe.Slice(unsafe.StringData(s), len(s)) //nolint:gosec // G103: the callers only read
}
