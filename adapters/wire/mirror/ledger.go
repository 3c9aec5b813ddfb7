package mirror

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// Group holds the differences of one operation at one path with one verdict.
type Group struct {
	App       string  `json:"app"`
	Dialect   string  `json:"dialect"`
	Operation string  `json:"operation"`
	Path      string  `json:"path"`
	What      string  `json:"what"`
	Verdict   Verdict `json:"verdict"`
	// Means tells that the answers mean different things there; otherwise it is their shape alone.
	Means bool `json:"means"`
	// Rule is why the differences are ignored, if they are.
	Rule  string    `json:"rule,omitempty"`
	Count int64     `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Examples are the first ones, at most three.
	Examples []Example `json:"examples"`
}

// Example is one request whose answers were not the same. Secrets are masked.
type Example struct {
	At     time.Time `json:"at"`
	Legacy string    `json:"legacy"` // what the legacy server has at the path
	Local  string    `json:"local"`
	// Request and the answers are in the form of golden files; they are empty where they would be too large.
	Request      string `json:"request,omitempty"`
	LegacyAnswer string `json:"legacy_answer,omitempty"`
	LocalAnswer  string `json:"local_answer,omitempty"`
}

// The bounds of what is remembered.
const (
	maxGroups   = 512
	maxExamples = 3
	maxExample  = 16 << 10 // bytes of request and answers
)

// groupKey is what differences are grouped by.
type groupKey struct {
	App, Dialect, Operation, Path, What string
	Means                               bool
	Verdict                             Verdict
	Rule                                string
}

// Ledger remembers differences in bounded memory. It is safe for concurrent use.
type Ledger struct {
	mu     sync.Mutex
	groups map[groupKey]*Group
	// beyond counts the differences for which there was no room.
	beyond int64
}

// observed is one comparison that found something.
type observed struct {
	app, dialect, operation string
	verdict                 Verdict
	differences             []Difference
	at                      time.Time
	// example makes the texts of an example; it is called only where one is wanted.
	example func() Example
}

// record adds what a comparison has found.
func (l *Ledger) record(o *observed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.groups == nil {
		l.groups = make(map[groupKey]*Group)
	}
	seen := make(map[groupKey]bool, len(o.differences))
	var made *Example
	for i := range o.differences {
		d := &o.differences[i]
		verdict := o.verdict
		if d.Rule != "" {
			verdict = Ignored
		}
		key := groupKey{o.app, o.dialect, o.operation, d.Path, d.What, d.Means, verdict, d.Rule}
		if seen[key] {
			continue // one comparison counts once
		}
		seen[key] = true
		g := l.groups[key]
		if g == nil {
			if len(l.groups) >= maxGroups {
				l.beyond++
				continue
			}
			g = &Group{App: o.app, Dialect: o.dialect, Operation: o.operation, Path: d.Path, What: d.What, Means: d.Means, Verdict: verdict, Rule: d.Rule, First: o.at}
			l.groups[key] = g
		}
		g.Count++
		g.Last = o.at
		if len(g.Examples) >= maxExamples || d.Rule != "" && len(g.Examples) > 0 {
			continue
		}
		if made == nil {
			e := o.example()
			made = &e
		}
		e := *made
		e.At, e.Legacy, e.Local = o.at, d.Legacy, d.Local
		g.Examples = append(g.Examples, e)
	}
}

// Groups lists the groups of an app, or of all for the empty key, the most frequent first, and tells how many differences
// there was no room for.
func (l *Ledger) Groups(app string) (groups []Group, beyond int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, g := range l.groups {
		if app == "" || g.App == app {
			shown := *g
			shown.Examples = slices.Clone(g.Examples)
			groups = append(groups, shown)
		}
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.App, b.App), cmp.Compare(a.Operation, b.Operation),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.What, b.What), cmp.Compare(a.Verdict, b.Verdict))
	})
	return groups, l.beyond
}

// Forget drops the groups of an app, or all for the empty key.
func (l *Ledger) Forget(app string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.groups {
		if app == "" || key.App == app {
			delete(l.groups, key)
		}
	}
	l.beyond = 0
}

// encoded gives each group as JSON, for the next start.
func (l *Ledger) encoded() ([][]byte, error) {
	groups, _ := l.Groups("")
	all := make([][]byte, len(groups))
	for i := range groups {
		var err error
		if all[i], err = json.Marshal(&groups[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// restore takes groups of an earlier run.
func (l *Ledger) restore(all [][]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.groups = make(map[groupKey]*Group, len(all))
	for _, raw := range all {
		g := new(Group)
		if err := json.Unmarshal(raw, g); err != nil {
			return err
		}
		l.groups[groupKey{g.App, g.Dialect, g.Operation, g.Path, g.What, g.Means, g.Verdict, g.Rule}] = g
	}
	return nil
}
