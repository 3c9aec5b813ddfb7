package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"parley/bench/load"
	"parley/bench/report"
)

// talkInterval is how often progress is told where no bar can be drawn.
const talkInterval = 10 * time.Second

// benchProgress tells how far a run is: by a bar on a terminal, by a line now and then elsewhere.
type benchProgress struct {
	out      io.Writer
	terminal bool
	length   time.Duration
	bar      *progressbar.ProgressBar

	mu       sync.Mutex
	users    int
	told     time.Time // of logins
	last     load.Progress
	nextTalk time.Duration
}

func newBenchProgress(out io.Writer, s *load.Settings) *benchProgress {
	return &benchProgress{
		out: out, terminal: isTerminal(out), length: s.Warmup + s.Duration, told: time.Now(), nextTalk: talkInterval,
	}
}

// say writes a line, or what the writer refuses to take.
func (b *benchProgress) say(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format, args...) }

// login returns what to call for each user who has logged in.
func (b *benchProgress) login(known, users int) func() {
	if known > 0 {
		users = min(users, known)
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.users++
		switch {
		case b.terminal:
			b.say("\rlogging in: %d of %d users", b.users, users)
			if b.users == users {
				b.say("\r\033[K")
			}
		case time.Since(b.told) >= talkInterval:
			b.told = time.Now()
			b.say("logging in: %d of %d users\n", b.users, users)
		}
	}
}

// run shows the progress of the run.
func (b *benchProgress) run(p load.Progress) {
	rate := float64(p.Succeeded+p.Failed-b.last.Succeeded-b.last.Failed) / max(0.001, (p.Elapsed-b.last.Elapsed).Seconds())
	phase := "measuring"
	if p.Warming {
		phase = "warming up"
	}
	text := fmt.Sprintf("%s: %s requests/s, %s errors", phase, report.Count(int64(rate)), report.Count(p.Failed))
	if b.terminal {
		b.last = p
		if b.bar == nil {
			b.bar = progressbar.NewOptions64(int64(b.length/time.Second), progressbar.OptionSetWriter(b.out), progressbar.OptionClearOnFinish(),
				progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30))
		}
		b.bar.Describe(text)
		_ = b.bar.Set64(min(int64(p.Elapsed/time.Second), int64(b.length/time.Second))) // a bar that cannot be drawn is no error
		return
	}
	if p.Elapsed >= b.nextTalk {
		b.last = p
		b.nextTalk += talkInterval
		b.say("%v of %v, %s\n", p.Elapsed.Truncate(time.Second), b.length, text)
	}
}

// done removes the bar.
func (b *benchProgress) done() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}
