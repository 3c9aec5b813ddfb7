package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// moveProgress tells how far an export or an import is: by a bar with the time that is left on a terminal, by a line now
// and then elsewhere.
type moveProgress struct {
	out      io.Writer
	what     string
	terminal bool
	bar      *progressbar.ProgressBar
	told     time.Time
}

func newMoveProgress(out io.Writer, what string) *moveProgress {
	return &moveProgress{out: out, what: what, terminal: isTerminal(out), told: time.Now()}
}

// show tells that done of total is behind, whatever is counted; a total of zero is not known.
func (b *moveProgress) show(done, total int64, detail string) {
	if b.terminal {
		if b.bar == nil {
			length := total
			if length == 0 {
				length = -1 // a spinner
			}
			b.bar = progressbar.NewOptions64(length, progressbar.OptionSetWriter(b.out), progressbar.OptionClearOnFinish(),
				progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond))
		}
		b.bar.Describe(b.what + " " + detail)
		_ = b.bar.Set64(done) // a bar that cannot be drawn is no error
		return
	}
	if now := time.Now(); now.Sub(b.told) >= talkInterval {
		b.told = now
		_, _ = fmt.Fprintf(b.out, "%s: %s%s\n", b.what, detail, share(done, total)) // there is nobody to tell if that fails
	}
}

// share is how much is behind, in words that follow others.
func share(done, total int64) string {
	if total <= 0 {
		return ""
	}
	return fmt.Sprintf(", %.1f %%", 100*float64(done)/float64(total))
}

// done removes the bar.
func (b *moveProgress) done() {
	if b.bar != nil {
		_ = b.bar.Finish()
		b.bar = nil
	}
}
