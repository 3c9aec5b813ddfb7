package wire

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAppendClockAgreesWithTime(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	rapid.Check(t, func(t *rapid.T) {
		milli := rapid.Int64Range(1, 253402214400000).Draw(t, "milli") // until the year 9999
		want := time.UnixMilli(milli).In(zone).Format(ClockLayout)
		if got := string(Moment{milli, zone}.AppendClock(nil)); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
