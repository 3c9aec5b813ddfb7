package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"parley/bench/report"
	"parley/storage/transfer"
)

// copyProgress tells how far a copy is: by a bar with the time that is left on a terminal, by a line now and then
// elsewhere.
type copyProgress struct {
	out      io.Writer
	terminal bool
	phase    transfer.Phase
	bar      *progressbar.ProgressBar
	told     time.Time
	began    time.Time // of the phase
	first    int64     // what had been done when it began
}

func newCopyProgress(out io.Writer) *copyProgress {
	return &copyProgress{out: out, terminal: isTerminal(out), told: time.Now()}
}

func (b *copyProgress) show(p transfer.Progress) {
	now := time.Now()
	if p.Phase != b.phase {
		b.done()
		b.phase, b.began, b.first = p.Phase, now, p.Done
	}
	if b.terminal {
		b.draw(p)
		return
	}
	if now.Sub(b.told) < talkInterval {
		return
	}
	b.told = now
	text := fmt.Sprintf("%s: %s keys", p.Phase, report.Count(p.Done))
	if p.Total > 0 {
		text += fmt.Sprintf(" of %s, %.1f %%%s", report.Count(p.Total), 100*float64(p.Done)/float64(p.Total), b.left(p, now))
	}
	_, _ = fmt.Fprintln(b.out, text) // there is nobody to tell if that fails
}

// left says how long the phase will still take at the pace so far.
func (b *copyProgress) left(p transfer.Progress, now time.Time) string {
	passed, done := now.Sub(b.began), p.Done-b.first
	if passed < time.Second || done <= 0 {
		return ""
	}
	left := time.Duration(float64(passed) * float64(p.Total-p.Done) / float64(done))
	return ", " + left.Round(time.Second).String() + " left"
}

func (b *copyProgress) draw(p transfer.Progress) {
	if b.bar == nil {
		total := p.Total
		if total == 0 {
			total = -1 // unknown: a spinner
		}
		b.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.out), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30), progressbar.OptionShowCount(),
			progressbar.OptionShowIts(), progressbar.OptionSetItsString("keys"), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetDescription(string(p.Phase)))
	}
	_ = b.bar.Set64(p.Done) // a bar that cannot be drawn is no error
}

// done removes the bar.
func (b *copyProgress) done() {
	if b.bar != nil {
		_ = b.bar.Finish()
		b.bar = nil
	}
}
