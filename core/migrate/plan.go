package migrate

import (
	"context"
	"time"

	"parley/core"
	"parley/core/archive"
)

// View is what a plan may see of the app that the source would be migrated into. Nothing can be written through it.
type View interface {
	// HasUser tells whether there is an account with the given ID or UUID.
	HasUser(ctx context.Context, address string) (bool, error)
	// HasGroup tells whether there is a group with the given ID.
	HasGroup(ctx context.Context, id string) (bool, error)
	// NewestMessage returns the greatest id of a message, zero if there is none.
	NewestMessage(ctx context.Context) (int64, error)
	// Checkpoint returns how far a migration is; ok is false if it was never begun.
	Checkpoint(ctx context.Context, name string) (c Checkpoint, ok bool, err error)
}

// ReadOnly shows an app of an engine to a plan.
func ReadOnly(e *core.Engine, app *core.App) View { return view{e, app} }

type view struct {
	engine *core.Engine
	app    *core.App
}

func (v view) HasUser(ctx context.Context, address string) (bool, error) {
	_, err := v.engine.Find(ctx, v.app, address)
	return found(err)
}

func (v view) HasGroup(ctx context.Context, id string) (bool, error) {
	_, err := v.engine.Group(ctx, v.app, id)
	return found(err)
}

func found(err error) (bool, error) {
	if core.CodeOf(err) == core.NotFound {
		return false, nil
	}
	return err == nil, err
}

func (v view) NewestMessage(ctx context.Context) (int64, error) {
	return v.engine.NewestMessage(ctx, v.app)
}

func (v view) Checkpoint(ctx context.Context, name string) (Checkpoint, bool, error) {
	cursor, _, err := v.engine.ImportCursor(ctx, v.app, name)
	if err != nil || cursor == nil {
		return Checkpoint{}, false, err
	}
	c, err := parseCheckpoint(cursor)
	return c, err == nil, nil
}

// Empty is a View of an app that does not exist yet.
type Empty struct{}

// HasUser implements View.
func (Empty) HasUser(context.Context, string) (bool, error) { return false, nil }

// HasGroup implements View.
func (Empty) HasGroup(context.Context, string) (bool, error) { return false, nil }

// NewestMessage implements View.
func (Empty) NewestMessage(context.Context) (int64, error) { return 0, nil }

// Checkpoint implements View.
func (Empty) Checkpoint(context.Context, string) (Checkpoint, bool, error) {
	return Checkpoint{}, false, nil
}

// Plan is what a migration would do.
type Plan struct {
	Source string `json:"source"`
	// Types counts the records, Kinds the messages by what they are, Unknown those of kinds that the source does not know,
	// which become custom messages, and Skipped the rows that are left out, by the reason.
	Types   map[archive.Type]int64 `json:"types"`
	Kinds   map[string]int64       `json:"kinds"`
	Unknown map[string]int64       `json:"unknown,omitempty"`
	Skipped map[string]int64       `json:"skipped,omitempty"`
	// Rejects counts the rows that cannot be taken over, Reasons by the reason; Examples are the first of them.
	Rejects  int64            `json:"rejects"`
	Reasons  map[string]int64 `json:"reasons,omitempty"`
	Examples []Reject         `json:"examples,omitempty"`
	// UserClashes and GroupClashes count what is in the app already, and stays as it is there.
	UserClashes  int64 `json:"user_clashes"`
	GroupClashes int64 `json:"group_clashes"`
	// IDClashes counts the messages that cannot keep their id, for the app has given it or a greater one before their turn.
	IDClashes int64 `json:"id_clashes"`
	// First and Last are the times of the oldest and the newest message in milliseconds since the Unix epoch, StepsBack how
	// many messages are older than the one before them.
	First     int64 `json:"first"`
	Last      int64 `json:"last"`
	StepsBack int64 `json:"steps_back"`
	// Size is that of the messages' bodies in bytes, Space an estimate of what the store will take, Duration one of how
	// long the run takes.
	Size     int64         `json:"size"`
	Space    int64         `json:"space"`
	Duration time.Duration `json:"duration"`
	// Share is how much an earlier run has done: zero if there was none.
	Share float64 `json:"share"`
}

const (
	// spaceOf is what a message takes in a store beside its body, in bytes, and perSecond how many messages a run takes
	// over: both measured on two busy cores with an embedded store, with a reserve.
	spaceOf   = 300
	perSecond = 4000
	// maxExamples is how many rejects a plan and a report show.
	maxExamples = 20
)

// Check reads the whole source and says what a run would do with it. told is called now and then with the bytes read.
func Check(ctx context.Context, source Source, v View, told func(bytes int64)) (*Plan, error) {
	p := &Plan{
		Source: source.Name(), Types: make(map[archive.Type]int64), Kinds: make(map[string]int64), Unknown: make(map[string]int64),
		Skipped: make(map[string]int64), Reasons: make(map[string]int64),
	}
	newest, err := v.NewestMessage(ctx)
	if err != nil {
		return nil, err
	}
	if at, ok, err := v.Checkpoint(ctx, source.Name()); err != nil {
		return nil, err
	} else if ok {
		p.Share = max(0, at.Share())
	}
	count, before := 0, int64(0)
	for item, err := range source.Records(ctx, nil) {
		if err != nil {
			return nil, err
		}
		if count++; count%1000 == 0 && told != nil {
			told(item.Bytes)
		}
		if m := item.Record.Message; m != nil {
			if m.ID > 0 && m.ID <= newest {
				p.IDClashes++
			}
			newest = max(newest, m.ID)
			if m.Time < before {
				p.StepsBack++
			}
			before = m.Time
		}
		if err := p.add(ctx, &item, v); err != nil {
			return nil, err
		}
	}
	messages := p.Types[archive.TypeMessage]
	p.Space = p.Size + messages*spaceOf
	p.Duration = time.Duration(float64(messages) / perSecond * float64(time.Second))
	return p, nil
}

func (p *Plan) add(ctx context.Context, item *Item, v View) error {
	if item.Unknown != "" {
		p.Unknown[item.Unknown]++
	}
	switch {
	case item.Reject != nil:
		p.Rejects++
		p.Reasons[item.Reject.Reason]++
		if len(p.Examples) < maxExamples {
			p.Examples = append(p.Examples, *item.Reject)
		}
		return nil
	case item.Skip != "":
		p.Skipped[item.Skip]++
		return nil
	}
	p.Types[item.Record.Type]++
	var there bool
	var err error
	switch r := &item.Record; r.Type {
	case archive.TypeMessage:
		p.message(r.Message)
	case archive.TypeUser:
		if there, err = v.HasUser(ctx, r.User.ID); there {
			p.UserClashes++
		}
	case archive.TypeGroup:
		if there, err = v.HasGroup(ctx, r.Group.ID); there {
			p.GroupClashes++
		}
	default:
	}
	return err
}

func (p *Plan) message(m *archive.Message) {
	kind := "deleted"
	if m.Body != nil {
		kind = m.Body.Kind
		p.Size += int64(len(m.Body.Text) + len(m.Body.Meta))
		if m.Body.Raw != nil {
			p.Size += int64(len(*m.Body.Raw))
		}
	}
	p.Kinds[kind]++
	if p.First == 0 || m.Time < p.First {
		p.First = m.Time
	}
	p.Last = max(p.Last, m.Time)
}
