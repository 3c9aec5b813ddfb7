package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"parley/bench/report"
	"parley/core/archive"
)

// importReport is what became of an archive.
type importReport struct {
	App       string                         `json:"app"`
	Secret    string                         `json:"secret,omitempty"` // of an app that was made
	Resumed   float64                        `json:"resumed_at_percent,omitempty"`
	Seconds   float64                        `json:"seconds"`
	Records   map[archive.Type]archive.Count `json:"records"`
	Reordered int64                          `json:"reordered"`
	Skipped   int64                          `json:"skipped"`
}

// report shows what became of the archive. Anything that was not imported makes it an error.
func (r *importRun) report() error {
	counts := r.importer.Counts()
	out := importReport{
		App: r.app.Key, Secret: r.created, Resumed: r.resumed, Seconds: time.Since(r.began).Seconds(),
		Records: counts.Types, Reordered: counts.Reordered, Skipped: counts.Skipped + r.archive.reader.Skipped(),
	}
	lines := [][]string{{"RECORDS", "NEW", "THERE BEFORE", "NOT IMPORTED"}}
	for _, t := range archive.Types() {
		if c, ok := out.Records[t]; ok {
			lines = append(lines, []string{string(t), report.Count(c.Stored), report.Count(c.Known), report.Count(c.Rejected)})
		}
	}
	if err := r.program.show(r.command, out, lines); err != nil {
		return err
	}
	if r.created != "" && !r.command.Bool("json") {
		r.program.say("the app %s is new; its secret is %s\n", r.app.Key, r.created)
	}
	if counts.Reordered > 0 {
		r.program.say("%s messages have new ids, since the app had newer ones\n", report.Count(counts.Reordered))
	}
	if out.Skipped > 1 { // the app's settings always are
		r.program.say("%s records were passed over: official accounts without --official, or what a newer version has added\n", report.Count(out.Skipped))
	}
	if r.rejects.count > 0 {
		return fmt.Errorf("%s records were not imported", report.Count(r.rejects.count))
	}
	return nil
}

// rejectedRecords is a file of what could not be imported, or only its count.
type rejectedRecords struct {
	count int64
	file  *os.File
	out   *archive.Writer
}

// open begins the file if it has a name.
func (w *rejectedRecords) open(name string, header archive.Header) (err error) {
	if name == "" {
		return nil
	}
	if w.file, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return fmt.Errorf("the file for what cannot be imported: %w", err)
	}
	header.Software, header.Created = "rejected by parley "+version, time.Now().UnixMilli()
	w.out = archive.NewWriter(w.file, header)
	return nil
}

func (w *rejectedRecords) keep(r *archive.Record) error {
	if w.out == nil {
		return nil
	}
	return w.out.Write(r)
}

// close ends the file; one without records is removed.
func (w *rejectedRecords) close() error {
	if w.out == nil {
		return nil
	}
	err := errors.Join(w.out.Close(), w.file.Close())
	if w.count == 0 {
		err = errors.Join(err, os.Remove(w.file.Name()))
	}
	return err
}
