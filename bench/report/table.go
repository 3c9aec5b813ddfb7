package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ErrorCount counts all faults.
func (o *Operation) ErrorCount() (sum int64) {
	for _, n := range o.Errors {
		sum += n
	}
	return sum
}

// rows are the operations and, if there are several, their sum.
func (r *Result) rows() []*Operation {
	var rows []*Operation
	for i := range r.Operations {
		rows = append(rows, &r.Operations[i])
	}
	if len(rows) != 1 {
		rows = append(rows, &r.Total)
	}
	return rows
}

// Table lays the result out for a terminal: lines of cells.
func (r *Result) Table() [][]string {
	lines := [][]string{{"OPERATION", "REQUESTS", "ERRORS", "PER SECOND", "P50", "P90", "P99", "P99.9", "MAX", "SERVICE P50", "P99"}}
	for _, o := range r.rows() {
		l, s := &o.Response, &o.Service
		lines = append(lines, []string{
			o.Name, Count(o.Requests), Count(o.ErrorCount()), perSecond(o.Rate),
			Micros(l.P50), Micros(l.P90), Micros(l.P99), Micros(l.P999), Micros(l.Max), Micros(s.P50), Micros(s.P99),
		})
	}
	return lines
}

// Remarks are sentences that the reader of the figures must know.
func (r *Result) Remarks() []string {
	var remarks []string
	add := func(format string, args ...any) { remarks = append(remarks, fmt.Sprintf(format, args...)) }
	if r.Settings.Rate > 0 {
		add("Open loop at %s requests per second: response times count from when a request was due, service times from when it was sent.", perSecond(r.Settings.Rate))
	} else {
		add("Closed loop: each of the %d connections sends when it has its answer, so that a slow server is asked less. Give a rate to see what users would feel.", r.Settings.Connections)
	}
	if r.Stopped == "interrupted" {
		add("Interrupted after %.1f s of %s s.", r.Seconds, digits(r.Settings.Duration))
	}
	if r.Unsent > 0 {
		add("%s due requests were never sent, for all connections were busy: the rate is beyond what the server, or this driver, can do, and the true response times are longer.", Count(r.Unsent))
	}
	for _, o := range r.Operations {
		for _, code := range slices.Sorted(maps.Keys(o.Errors)) {
			n := o.Errors[code]
			add("%s: %s of the requests (%s) ended with %s.", o.Name, share(n, o.Requests), Count(n), strings.ReplaceAll(code, "_", " "))
		}
	}
	if r.Total.Requests == 0 {
		add("Nothing was measured: the run ended before or during the warm-up.")
	}
	return remarks
}
