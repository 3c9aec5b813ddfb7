package wire

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// The writers of JSON look at eight bytes at once, because nearly all of what they write stands for itself.
const (
	eachByte = 0x0101010101010101 // times a byte it is that byte eight times
	eachHigh = 0x80 * eachByte
)

// lineSeparators is the first byte of U+2028 and U+2029, and of many other characters.
const lineSeparators = 0xe2

// stops are the bytes at which a writer of JSON has to look more closely, each eight times: the backslash, what is below
// the space, two bytes after setting some of their bits, one as it is, and those with a bit of high.
type stops struct {
	setFirst, first, setSecond, second, third, high uint64
}

// stopsOf returns the bytes that a style does not write as they are, and those that only may begin such a character.
// quotes tells whether the quotation mark is one of them.
func stopsOf(style Style, quotes bool) stops {
	s := stops{first: '\\' * eachByte}
	if quotes {
		s.first = '"' * eachByte
	}
	switch style {
	case PHPDefault:
		s.second, s.third, s.high = '/'*eachByte, '/'*eachByte, eachHigh
	case PHPUnicode:
		s.second, s.third = '/'*eachByte, lineSeparators*eachByte
	case Go:
		s.first = '&' * eachByte
		if quotes {
			s.setFirst = ('"' ^ '&') * eachByte
		}
		s.setSecond, s.second, s.third = ('<'^'>')*eachByte, '>'*eachByte, lineSeparators*eachByte
	case JS:
		s.second, s.third = s.first, s.first
	}
	return s
}

// plain returns how many bytes at the beginning of text stand for themselves. It may miss some at the end, but returns
// zero only if the first byte is a stop or less than eight are left.
func (s *stops) plain(text []byte) int {
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(text[n:])
		a, b, c, d := x^'\\'*eachByte, (x|s.setFirst)^s.first, (x|s.setSecond)^s.second, x^s.third
		// The lowest bit that (y - eachByte) &^ y has in eachHigh belongs to the first byte of y that is zero.
		found := (x-' '*eachByte)&^x | (a-eachByte)&^a | (b-eachByte)&^b | (c-eachByte)&^c | (d-eachByte)&^d
		if found = found&eachHigh | x&s.high; found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	return n
}

// decodeRune is utf8.DecodeRune, quicker for the characters of three bytes.
func decodeRune(s []byte) (rune, int) {
	if len(s) > 2 && s[0]>>4 == 0xe && s[1]&0xc0 == 0x80 && s[2]&0xc0 == 0x80 {
		r := rune(s[0]&15)<<12 | rune(s[1]&63)<<6 | rune(s[2]&63)
		if r >= 0x800 && r>>11 != 0xd800>>11 {
			return r, 3
		}
	}
	return utf8.DecodeRune(s)
}
