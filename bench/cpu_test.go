package bench

import (
	"testing"
	"time"
)

// spend resets the timer and returns a function that reports the CPU time of an operation, with what the engine put off
// until afterwards: on a shared machine it says more than the time that passed.
func spend(b *testing.B) (report func()) {
	b.Helper()
	before, err := ProcessorTime()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	return func() {
		b.StopTimer()
		settle(b)
		after, err := ProcessorTime()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(after-before)/float64(b.N), "cpu-ns/op")
	}
}

// settle waits until the engine has done what it puts off: until this process uses less than a fiftieth of a core.
func settle(b *testing.B) {
	b.Helper()
	const step = 50 * time.Millisecond
	for busy := step; busy > step/50; {
		before, err := ProcessorTime()
		if err != nil {
			b.Fatal(err)
		}
		time.Sleep(step)
		after, err := ProcessorTime()
		if err != nil {
			b.Fatal(err)
		}
		busy = after - before
	}
}
