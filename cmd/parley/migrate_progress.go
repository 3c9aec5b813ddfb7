package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"parley/bench/report"
	"parley/core/archive"
	"parley/core/migrate"
)

// migrateProgress tells how far a migration is: by a bar with the time that is left on a terminal, by a line now and then
// elsewhere.
type migrateProgress struct {
	out      io.Writer
	terminal bool
	name     string
	total    int64 // zero if it is not known
	bar      *progressbar.ProgressBar
	told     time.Time
	begun    bool
	waiting  string
}

func newMigrateProgress(out io.Writer, source *origin) *migrateProgress {
	m := &migrateProgress{out: out, terminal: isTerminal(out), name: source.Name(), told: time.Now()}
	if sized, ok := source.Source.(migrate.Sized); ok {
		m.total = sized.Size()
	}
	return m
}

// say writes a line. There is nobody to tell if that fails.
func (m *migrateProgress) say(format string, args ...any) {
	if m.bar != nil {
		_ = m.bar.Clear()
	}
	_, _ = fmt.Fprintf(m.out, format, args...)
}

// reading shows how much of a source was read.
func (m *migrateProgress) reading(bytes int64) {
	share := migrate.Checkpoint{Bytes: bytes, Total: m.total}
	m.show("reading", bytes, fmt.Sprintf("reading: %s\n", percent(share.Share())))
}

// comparing shows how far a verification is.
func (m *migrateProgress) comparing(phase string, done int64) {
	m.show(phase, -1, fmt.Sprintf("%s: %s records\n", phase, report.Count(done)))
}

// run shows how far a run is.
func (m *migrateProgress) run(p migrate.Progress) {
	if !m.begun {
		m.begun = true
		if share := p.Share(); p.Records > 0 {
			m.say("parley: resuming %s at %s\n", m.name, percent(share))
		}
	}
	if p.Waiting != nil {
		if text := p.Waiting.Error(); text != m.waiting {
			m.waiting = text
			m.say("parley: waiting for the source: %s\n", text)
		}
		return
	}
	m.waiting = ""
	messages := p.Counts.Types[archive.TypeMessage]
	passed := time.Since(p.Began)
	rate := float64(messages.Stored+messages.Known) / max(passed.Seconds(), 0.001)
	m.show(p.Phase, p.Bytes, fmt.Sprintf("%s: %s, %s messages, %s a second, %d rejected%s\n", p.Phase, percent(p.Share()),
		report.Count(messages.Stored), report.Count(int64(rate)), p.RejectedNow, timeLeft(&p, passed)))
}

// timeLeft says how long a run will still take at the pace so far.
func timeLeft(p *migrate.Progress, passed time.Duration) string {
	left, ok := eta(p, passed)
	if !ok {
		return ""
	}
	return ", " + left.String() + " left"
}

func eta(p *migrate.Progress, passed time.Duration) (time.Duration, bool) {
	if done := p.Bytes - p.First; passed >= time.Second && done > 0 && p.Total > 0 {
		return time.Duration(float64(passed) * float64(p.Total-p.Bytes) / float64(done)).Round(time.Second), true
	}
	return 0, false
}

func (m *migrateProgress) show(phase string, bytes int64, line string) {
	if m.terminal {
		if m.bar == nil {
			total := m.total
			if total <= 0 || bytes < 0 {
				total = -1 // unknown: a spinner
			}
			m.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(m.out), progressbar.OptionClearOnFinish(),
				progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond))
		}
		m.bar.Describe(phase)
		if bytes >= 0 {
			_ = m.bar.Set64(bytes) // a bar that cannot be drawn is no error
		} else {
			_ = m.bar.Add(1)
		}
		return
	}
	if time.Since(m.told) >= talkInterval {
		m.told = time.Now()
		m.say("%s", line)
	}
}

// done removes the bar.
func (m *migrateProgress) done() {
	if m.bar != nil {
		_ = m.bar.Finish()
		m.bar = nil
	}
}
