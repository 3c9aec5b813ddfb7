package report

import (
	"math"
	"strconv"
	"strings"
)

// Micros writes a time in microseconds with the unit that suits it and three digits or so.
func Micros(us float64) string {
	switch {
	case us >= 1e6:
		return digits(us/1e6) + " s"
	case us >= 1e3:
		return digits(us/1e3) + " ms"
	}
	return digits(us) + " µs"
}

// digits writes x with three significant digits, and whole where it is 100 or more.
func digits(x float64) string {
	decimals := 2
	switch {
	case x >= 100 || x == math.Trunc(x):
		decimals = 0
	case x >= 10:
		decimals = 1
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

// Count writes a whole number in groups of three digits.
func Count(n int64) string {
	text := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, digit := range text {
		if i > 0 && (len(text)-i)%3 == 0 && text[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// perSecond writes a rate.
func perSecond(rate float64) string {
	if rate >= 100 || rate == 0 {
		return Count(int64(math.Round(rate)))
	}
	return digits(rate)
}

// share writes a part of a whole in percent.
func share(part, whole int64) string {
	if whole == 0 {
		return "0 %"
	}
	return digits(100*float64(part)/float64(whole)) + " %"
}
