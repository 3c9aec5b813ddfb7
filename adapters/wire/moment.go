package wire

import (
	"fmt"
	"time"

	"github.com/goccy/go-json"
)

// Moment is a point in time that a platform shows as a wall clock. The zero time is shown as an empty string.
type Moment struct {
	Milli int64 // since the Unix epoch
	// Zone is the zone of the clock; nil means UTC.
	Zone *time.Location
}

// ClockLayout is the platforms' form of a wall clock, which names no zone.
const ClockLayout = time.DateTime

// AppendClock appends the moment as a wall clock in its zone.
func (m Moment) AppendClock(dst []byte) []byte {
	if m.Milli == 0 {
		return dst
	}
	t := time.UnixMilli(m.Milli).UTC()
	if m.Zone != nil {
		t = t.In(m.Zone)
	}
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = append2(append2(dst, year/100), year%100)
	dst = append2(append(dst, '-'), int(month))
	dst = append2(append(dst, '-'), day)
	dst = append2(append(dst, ' '), hour)
	dst = append2(append(dst, ':'), minute)
	return append2(append(dst, ':'), second)
}

func append2(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10%10), byte('0'+n%10))
}

// MilliIn returns the moment whose clock in zone shows what m shows in UTC, in milliseconds since the Unix epoch: how a
// client reads the clock of a server whose zone it knows.
func (m Moment) MilliIn(zone *time.Location) int64 {
	if m.Milli == 0 {
		return 0
	}
	t := time.UnixMilli(m.Milli).UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return time.Date(year, month, day, hour, minute, second, 0, zone).UnixMilli()
}

// Clock declares a member that shows a moment as a wall clock. The client reads it in the zone that the moment has.
func Clock[T any](name string, at func(*T) *Moment) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeString},
		append: func(dst []byte, _ Style, a *T) []byte {
			dst = at(a).AppendClock(append(dst, '"'))
			return append(dst, '"')
		},
		same: func(a, b *T) bool {
			x, y := at(a), at(b)
			return x.Zone == y.Zone && min(x.Milli, y.Milli) > 0 && x.Milli/1000 == y.Milli/1000
		},
		read: func(raw []byte, a *T) error {
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return err
			}
			m := at(a)
			if text == "" {
				m.Milli = 0
				return nil
			}
			zone := m.Zone
			if zone == nil {
				zone = time.UTC
			}
			t, err := time.ParseInLocation(ClockLayout, text, zone)
			if err != nil {
				return fmt.Errorf("not a wall clock: %w", err)
			}
			m.Milli = t.UnixMilli()
			return nil
		},
	}
}
