package mirror

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// Options are what a front is built from.
type Options struct {
	Apps   []AppOptions
	Keeper Keeper
	Log    *slog.Logger
	Now    func() time.Time
	Meter  Meter
	// Queue bounds how many comparisons wait, QueueBytes how much memory they take; what is beyond is dropped and counted.
	Queue, QueueBytes int
	// Workers is how many comparisons run at once.
	Workers int
	// MaxAnswer bounds the answers that are compared, in bytes.
	MaxAnswer int
	// Hold bounds how long requests wait while an app moves; a move that takes longer does not happen.
	Hold time.Duration
	// Shared tells that other servers write to the same store. They would not take part in a cutover, which is refused.
	Shared bool
}

// AppOptions are an app that has a legacy server.
type AppOptions struct {
	Key string
	// Upstreams are its legacy servers by the dialects' names.
	Upstreams map[string]*Upstream
	// Mode, Percent and Writes hold until an operator changes them; see Plan.
	Mode    Mode
	Percent int
	Writes  bool
}

// Meter counts what the mirror does.
type Meter interface {
	// Compared counts a comparison.
	Compared(dialect, operation string, v Verdict)
	// Skipped counts a request that is not compared, with the reason.
	Skipped(dialect, operation, reason string)
	// Dropped counts a comparison that was given up, since too many wait.
	Dropped(dialect string)
	// Unanswered counts a request that the legacy server has not answered.
	Unanswered(dialect string)
}

// Front stands between the listener and the dialects. It is safe for concurrent use.
type Front struct {
	options  Options
	apps     map[string]*tenant
	dialects map[string]*dialect
	ledger   Ledger

	jobs    chan *job
	queued  atomic.Int64 // bytes of the jobs that wait
	pending sync.WaitGroup
	stop    context.CancelFunc
	running sync.WaitGroup
}

// tenant is an app that has a legacy server.
type tenant struct {
	options AppOptions
	plan    atomic.Pointer[Plan]
	gate    gate
	order   order
	box     outbox
	steer   sync.Mutex // held by whoever changes the plan
}

// dialect is a dialect that has a legacy server.
type dialect struct {
	front  *Front
	speech Speech
	traits *Traits
	routes routes
	only   *tenant // where there is only one
}

// Open returns a front, which takes up what an earlier run has left. Close ends it.
func Open(ctx context.Context, o Options) (*Front, error) {
	f := &Front{options: o, apps: make(map[string]*tenant), dialects: make(map[string]*dialect), jobs: make(chan *job, o.Queue)}
	for _, a := range o.Apps {
		t := &tenant{options: a}
		raw, err := o.Keeper.State(ctx, a.Key)
		if err != nil {
			return nil, fmt.Errorf("the state of the mirror of app %s: %w", a.Key, err)
		}
		plan, err := readPlan(raw, &Plan{State: AtLegacy, Mode: a.Mode, Percent: a.Percent, Writes: a.Writes})
		if err != nil {
			return nil, fmt.Errorf("the state of the mirror of app %s is damaged: %w", a.Key, err)
		}
		t.plan.Store(plan)
		t.box = outbox{app: a.Key, keeper: o.Keeper, now: o.Now}
		t.box.send = func(raw []byte) outcome { return f.repeat(t, raw) }
		t.box.settled = func(idle bool) { f.observe(t, idle) }
		if err := t.box.open(ctx); err != nil {
			return nil, fmt.Errorf("the writes of app %s that wait: %w", a.Key, err)
		}
		f.apps[a.Key] = t
	}
	groups, err := o.Keeper.Differences(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.ledger.restore(groups); err != nil {
		return nil, fmt.Errorf("the differences of the mirror are damaged: %w", err)
	}
	return f, nil
}

// Start begins to work in the background. Every dialect must have been given to Dialect before.
func (f *Front) Start() {
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	for range f.options.Workers {
		f.running.Go(func() { f.work(ctx) })
	}
	for _, t := range f.apps {
		f.running.Go(func() { t.box.run(ctx) })
	}
}

// Close ends the work in the background, when no request is being answered any more, and keeps the differences. What
// waits to be compared is dropped; writes that wait stay where they are.
func (f *Front) Close() error {
	if f.stop != nil {
		f.stop()
		f.running.Wait()
	}
	groups, err := f.ledger.encoded()
	if err != nil {
		return err
	}
	return f.options.Keeper.SetDifferences(context.Background(), groups)
}

// Dialect returns a dialect with the mirror in front, and fallback, which answers the paths that no dialect has and may be
// nil, likewise. If no app has a legacy server for it, both are returned as they are. It must be called before Start.
func (f *Front) Dialect(d wire.Dialect, speech Speech, fallback fasthttp.RequestHandler) (wire.Dialect, fasthttp.RequestHandler) {
	m := &dialect{front: f, speech: speech, traits: speech.Traits(), routes: routes{fallback: fallback}}
	count := 0
	for _, t := range f.apps {
		if t.options.Upstreams[speech.Name()] != nil {
			count++
			m.only = t
		}
	}
	if count == 0 {
		return d, fallback
	}
	if count > 1 {
		m.only = nil
	}
	f.dialects[speech.Name()] = m
	shown := &mirrored{Dialect: d}
	for _, r := range d.Routes() {
		m.routes.add(r)
		if !r.Streams {
			r.Handle = m.before(r.Handle)
		}
		shown.routes = append(shown.routes, r)
	}
	if fallback != nil {
		fallback = m.before(fallback)
	}
	return shown, fallback
}

// mirrored is a dialect with the mirror before its routes.
type mirrored struct {
	wire.Dialect
	routes []wire.Route
}

// Routes implements wire.Dialect.
func (m *mirrored) Routes() []wire.Route { return m.routes }

func (d *dialect) before(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) { d.serve(ctx, next) }
}

// tenant returns the app that a request belongs to, nil if it has no legacy server. A request that does not say whose it is
// belongs to the only app there is.
func (d *dialect) tenant(seen *Sight) *tenant {
	if seen.App == nil {
		return d.only
	}
	t := d.front.apps[seen.App.Key]
	if t == nil || t.options.Upstreams[d.speech.Name()] == nil {
		return nil
	}
	return t
}

// operation names an endpoint in counts.
func operation(seen *Sight) string {
	if seen.Spec == nil {
		return "unknown"
	}
	return seen.Spec.Name
}

// errNoApp reports an app that has no legacy server.
var errNoApp = errors.New("mirror: the app has no legacy server in the settings")
