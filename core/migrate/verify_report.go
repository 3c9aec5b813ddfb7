package migrate

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"text/tabwriter"
	"time"
)

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	_, err := fmt.Fprintln(t, "\tMESSAGES\tUSERS\tCONVERSATIONS\tUNREAD COUNTS")
	for _, v := range Verdicts() {
		if err == nil {
			_, err = fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\n", v, r.Messages[v], r.Users[v], r.Conversations[v], r.Unread[v])
		}
	}
	if err == nil {
		err = t.Flush()
	}
	if err == nil {
		_, err = fmt.Fprintf(w, "\n%d messages were compared in everything that is kept of them; %d rows of the source are unreadable, %d left out.\n",
			r.Sampled, r.Unreadable, r.Skipped)
	}
	if err == nil {
		_, err = fmt.Fprintln(w, comparedText)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if err == nil {
			_, err = fmt.Fprintf(w, "%s: %s%s%s%s: %s\n", f.Verdict, f.Conversation, labelled(" message ", f.Message), labelled(" from ", f.From), at(f.Time), f.Note)
		}
	}
	return err
}

// comparedText says, for people, what a verification looks at.
const comparedText = "Compared were, of every message, its conversation, place, sender, kind, text and time; whether each user is there; and, for the two sides of what two users say to each other, how many messages are unread, where source and app both tell. Groups and notices are not compared by what is unread."

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}

func at(milli int64) string {
	if milli == 0 {
		return ""
	}
	return " at " + time.UnixMilli(milli).UTC().Format(time.DateTime+".000Z")
}

//go:embed report.html
var reportPage string

// WriteHTML writes the report as one page that needs nothing from anywhere else.
func (r *Report) WriteHTML(w io.Writer) error {
	page, err := template.New("report").Funcs(template.FuncMap{"at": at}).Parse(reportPage)
	if err != nil {
		return err
	}
	return page.Execute(w, struct {
		*Report

		Verdicts [5]Verdict
		Clean    bool
		Compared string
	}{r, Verdicts(), r.Clean(false), comparedText})
}
