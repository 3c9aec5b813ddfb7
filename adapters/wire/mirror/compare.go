package mirror

import (
	"slices"
	"strconv"
	"strings"
)

// Verdict is how two answers compare.
type Verdict string

// The verdicts.
const (
	// Same answers mean and look the same, two refusals included.
	Same Verdict = "same"
	// Ignored answers differ only where a rule says that they may. That is no match, and it is counted apart.
	Ignored Verdict = "ignored"
	// Differs means that both sides did what was asked and say so differently.
	Differs Verdict = "differs"
	// OneFailed means that one side refused or gave no answer and the other did what was asked.
	OneFailed Verdict = "one-failed"
	// BothFailed means that both sides refused or gave no answer, and not in the same way.
	BothFailed Verdict = "both-failed"
)

// Verdicts lists them all.
func Verdicts() []Verdict { return []Verdict{Same, Ignored, Differs, OneFailed, BothFailed} }

// Difference is one place where two answers are not the same.
type Difference struct {
	// Path is where, as data.list[].id; what is not in the body has a path of its own, such as status.
	Path string `json:"path"`
	// What is the sort of difference: value, or one of shape: type, order, absent, extra, length, status, header, body.
	What string `json:"what"`
	// Means tells that the answers do not mean the same there, as the endpoint's row reads them; otherwise it is shape alone.
	Means bool `json:"means"`
	// Legacy and Local are what the two sides have there, shortened.
	Legacy string `json:"legacy"`
	Local  string `json:"local"`
	// Rule is what says that the difference does not matter; empty means that it does.
	Rule string `json:"rule,omitempty"`
}

// maxDifferences bounds what is noted of one comparison.
const maxDifferences = 32

// comparison compares two answers of one endpoint.
type comparison struct {
	speech Speech
	masked []string // names of volatile fields
	secret []string // names of fields whose values are not shown
	found  []Difference
}

// compare gives the verdict on the answers of both sides to one request, and where they differ.
func compare(speech Speech, seen *Sight, legacy, local *Answer) (Verdict, []Difference) {
	traits := speech.Traits()
	c := &comparison{speech: speech, masked: traits.Volatile, secret: traits.Secrets}
	was, here := c.open(legacy), c.open(local)
	if was.failure != "" || here.failure != "" {
		c.add(Difference{Path: "answer", What: "body", Means: true, Legacy: orAnswered(was.failure), Local: orAnswered(here.failure)})
	} else {
		c.heads(legacy, local)
		c.bodies(seen, &was, &here)
	}
	switch failed := [2]bool{was.failed(), here.failed()}; {
	case failed[0] != failed[1]:
		if len(c.found) == 0 {
			c.add(Difference{Path: "answer", What: "value", Means: true, Legacy: okWord(!failed[0]), Local: okWord(!failed[1])})
		}
		return OneFailed, c.found
	case len(c.found) == 0:
		return Same, nil
	case !slices.ContainsFunc(c.found, func(d Difference) bool { return d.Rule == "" }):
		return Ignored, c.found
	case failed[0]:
		return BothFailed, c.found
	}
	return Differs, c.found
}

func orAnswered(failure string) string {
	if failure == "" {
		return "(answered)"
	}
	return cut(failure)
}

func okWord(ok bool) string {
	if ok {
		return "done"
	}
	return "refused"
}

// opened is an answer taken apart.
type opened struct {
	failure string
	reply   Reply
	tree    node
	wrapped string // what is around the JSON
}

func (o *opened) failed() bool { return o.failure != "" || !o.reply.OK }

func (c *comparison) open(a *Answer) (o opened) {
	if a.Failure != "" {
		o.failure = a.Failure
		return o
	}
	reply, ok := c.speech.Open(a.Body)
	if !ok {
		o.failure = "status " + strconv.Itoa(a.Status) + ", a body that is not the dialect's"
		return o
	}
	o.reply = reply
	tree, err := parse(reply.JSON)
	if err != nil {
		o.failure = "the body cannot be read: " + err.Error()
		return o
	}
	o.tree = tree
	o.wrapped = string(a.Body[:max(0, len(a.Body)-len(reply.JSON))])
	if len(a.Body) > len(reply.JSON) {
		o.wrapped = wrapping(a.Body, reply.JSON)
	}
	return o
}

// heads compares what is before the bodies.
func (c *comparison) heads(legacy, local *Answer) {
	if legacy.Status != local.Status {
		c.note("status", "status", strconv.Itoa(legacy.Status), strconv.Itoa(local.Status))
	}
	values := func(a *Answer, name string) (all []string) {
		for _, h := range a.Headers {
			if h.Name == name {
				all = append(all, h.Value)
			}
		}
		return all
	}
	names := make(map[string]bool)
	var ordered []string
	for _, h := range slices.Concat(legacy.Headers, local.Headers) {
		if !names[h.Name] {
			names[h.Name] = true
			ordered = append(ordered, h.Name)
		}
	}
	for _, name := range ordered {
		was, here := values(legacy, name), values(local, name)
		if !slices.Equal(was, here) {
			c.note("header "+name, "header", c.guard(name, joined(was)), c.guard(name, joined(here)))
		}
	}
}

func joined(values []string) string {
	if values == nil {
		return "(absent)"
	}
	return cut(strings.Join(values, " | "))
}

// guard hides the value of a secret.
func (c *comparison) guard(name, text string) string {
	if text != "(absent)" && contains(c.secret, name) {
		return masked
	}
	return text
}

// note adds a difference in shape.
func (c *comparison) note(path, what, legacy, local string) {
	c.add(Difference{Path: path, What: what, Legacy: legacy, Local: local})
}

func (c *comparison) add(d Difference) {
	if len(c.found) < maxDifferences {
		c.found = append(c.found, d)
	}
}
