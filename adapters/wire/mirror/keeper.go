package mirror

import (
	"context"
	"encoding/json"
	"time"
)

// Keeper is where the state of apps and the writes that wait are kept, so that they outlive the process. It is safe for
// concurrent use.
type Keeper interface {
	// State returns what SetState was given last for the app; nil if nothing.
	State(ctx context.Context, app string) ([]byte, error)
	SetState(ctx context.Context, app string, state []byte) error
	// Append stores items under the numbers from first on, durably, all or none.
	Append(ctx context.Context, app string, first uint64, items [][]byte) error
	// Items lists the items with numbers from the given one on, in order, at most limit.
	Items(ctx context.Context, app string, from uint64, limit int) ([]Item, error)
	// Drop removes items.
	Drop(ctx context.Context, app string, numbers []uint64) error
	// Differences returns what SetDifferences was given last.
	Differences(ctx context.Context) ([][]byte, error)
	SetDifferences(ctx context.Context, groups [][]byte) error
}

// Item is one stored write.
type Item struct {
	Number uint64
	Raw    []byte
}

// State is how far an app has moved.
type State string

// The states. Each is left by a command of the operator only; ready is begun with nothing that waits.
const (
	// AtLegacy is before the cutover: the mode decides who answers.
	AtLegacy State = "legacy"
	// Begun has the legacy server answer, and every write of its own repeated here.
	Begun State = "begun"
	// Ready is Begun when every write has been repeated.
	Ready State = "ready"
	// Committed has this server answer, and every write repeated on the legacy server.
	Committed State = "committed"
	// Closed has this server answer alone; there is no way back.
	Closed State = "closed"
)

// copiesHere and copiesThere tell where writes are repeated.
func (s State) copiesHere() bool { return s == Begun || s == Ready }

func (s State) copiesThere() bool { return s == Committed }

// Plan is what is decided for an app. It is replaced as a whole, never changed.
type Plan struct {
	State State `json:"state"`
	// Mode holds for the share of users. The others are answered by the legacy server or, after the commit, by this one,
	// and nothing of theirs is compared.
	Mode    Mode `json:"mode"`
	Percent int  `json:"percent"`
	// Writes allows writes that have a key to be repeated on the other side for comparing.
	Writes bool `json:"writes"`
	// Ignore lists the differences that do not matter, as "OPERATION PATH" with * for any.
	Ignore []string `json:"ignore,omitempty"`
	// Log are the last transitions, the oldest first.
	Log []Transition `json:"log,omitempty"`
}

// Transition is one step of a cutover.
type Transition struct {
	At   time.Time `json:"at"`
	From State     `json:"from"`
	To   State     `json:"to"`
	Note string    `json:"note,omitempty"`
}

// maxLog is how many transitions are remembered.
const maxLog = 50

// to returns the plan after a transition.
func (p *Plan) to(s State, at time.Time, note string) *Plan {
	next := *p
	next.State = s
	next.Log = append(append([]Transition(nil), p.Log...), Transition{At: at, From: p.State, To: s, Note: note})
	if len(next.Log) > maxLog {
		next.Log = next.Log[len(next.Log)-maxLog:]
	}
	return &next
}

// modeOf returns the mode of one user. Where writes are repeated it is fixed who answers.
func (p *Plan) modeOf(app, user string) Mode {
	rest := Legacy
	if p.State == Committed || p.State == Closed {
		rest = Local
	}
	switch {
	case p.State == Closed:
		return Local
	case Share(app, user) >= p.Percent:
		return rest
	case p.State == Committed && !p.Mode.answersHere(), p.State.copiesHere() && p.Mode.answersHere():
		return rest
	}
	return p.Mode
}

// readPlan reads what was stored, or returns otherwise.
func readPlan(raw []byte, otherwise *Plan) (*Plan, error) {
	if raw == nil {
		return otherwise, nil
	}
	p := new(Plan)
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, err
	}
	return p, nil
}
