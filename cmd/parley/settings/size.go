package settings

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as 65536, 64KiB, 1MiB or 2GiB.
type Size int64

// UnmarshalText reads the written form.
func (s *Size) UnmarshalText(text []byte) error {
	digits, unit := strings.TrimSpace(string(text)), int64(1)
	for _, suffix := range units() {
		if before, ok := strings.CutSuffix(digits, suffix.name); ok {
			digits, unit = strings.TrimSpace(before), suffix.bytes
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return fmt.Errorf("%q is not a size such as 65536, 64KiB or 1MiB", text)
	}
	*s = Size(n * unit)
	return nil
}

// MarshalText gives the shortest exact written form.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String gives the shortest exact written form.
func (s Size) String() string {
	for _, u := range units() {
		if s != 0 && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

type unit struct {
	name  string
	bytes int64
}

func units() []unit {
	return []unit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}
}
