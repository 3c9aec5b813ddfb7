package wechat

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"parley/core"
	"parley/core/official"
)

// WorkerOptions are what a worker is made of.
type WorkerOptions struct {
	// Official is the accounts and their data.
	Official *official.Service
	// Engine is the chat service in which the accounts and their followers are users of App.
	Engine *core.Engine
	// App is the key of an app of Engine; empty, or one that does not exist, means that no messages are shown there.
	App string
	// Log receives what nobody is told of.
	Log *slog.Logger
	// Now is the clock of replies and jobs.
	Now func() time.Time
	// BaseURL is where the world reaches this server: an http or https URL.
	BaseURL string
	// API gives the URL of an account's official API; nil or an empty one means the platform's own.
	API func(account *official.Account) string
	// Unchecked takes callbacks whatever their signature is.
	Unchecked bool
	// ForgetLeavers blanks the profile of followers who leave.
	ForgetLeavers bool
	// ReplyWait is how long the platform is kept waiting for a reply; zero means 4 s.
	ReplyWait time.Duration
	// Tick is how often new messages of an account's user are looked for; zero means 1 s.
	Tick time.Duration
	// HTTP makes the requests to the official API; nil means a client for each account.
	HTTP *http.Client
}

func (o *WorkerOptions) complete() {
	if o.API == nil {
		o.API = func(*official.Account) string { return "" }
	}
	if o.ReplyWait <= 0 {
		o.ReplyWait = 4 * time.Second
	}
	if o.Tick <= 0 {
		o.Tick = time.Second
	}
}

// Worker does what happens beside the rows: it answers the platform's callbacks, runs the background jobs, and carries
// messages between the accounts and the core. It implements Background and is safe for concurrent use.
type Worker struct {
	service *official.Service
	engine  *core.Engine
	log     *slog.Logger
	now     func() time.Time
	options WorkerOptions
	base    address

	owner   string // the name of this process among those that share the store
	clients clients
	seen    seenSignatures
	flights flights
	outbox  outbox

	life    context.Context // ends when the worker is closed
	stop    context.CancelFunc
	running sync.WaitGroup
	bell    bell
}

var _ Background = (*Worker)(nil)

// NewWorker returns a worker, which answers callbacks at once, and does nothing in the background until Start. Close ends
// it.
func NewWorker(o WorkerOptions) *Worker {
	o.complete()
	w := &Worker{
		service: o.Official, engine: o.Engine, log: o.Log.With("dialect", Name), now: o.Now, options: o,
		owner: rand.Text(), base: address(strings.TrimRight(o.BaseURL, "/")),
	}
	w.life, w.stop = context.WithCancel(context.Background())
	w.bell.next = make(chan struct{})
	w.outbox.busy = map[string]bool{}
	w.seen.size, w.flights.size = maxSignatures, maxFlights
	return w
}

// lanes are the kinds of jobs that wait for each other, and how many of them run at once: an import takes long, and no
// reply must wait for it.
func lanes() []lane {
	return []lane{
		{size: 2, kinds: []string{jobFollowers}},
		{size: 2, kinds: []string{jobMass}},
		{size: 4, kinds: []string{jobReply, jobProfile, jobMenu, jobMedia}},
	}
}

type lane struct {
	size  int
	kinds []string
}

// Start begins the background work, with what an earlier process has left over.
func (w *Worker) Start(ctx context.Context) error {
	if err := w.resumeMassSends(ctx); err != nil {
		return err
	}
	for _, l := range lanes() {
		for range l.size {
			w.running.Go(func() { w.runJobs(l.kinds) })
		}
	}
	if w.options.App != "" {
		w.running.Go(w.watchOutboxes)
	}
	if w.service.Shared() {
		w.running.Go(w.tend)
	}
	return nil
}

// Close ends the background work and returns when nothing runs. Jobs that it interrupts go on after the next start; calls
// that must not be left in doubt are waited for.
func (w *Worker) Close() {
	w.stop()
	w.running.Wait()
	w.releaseOutboxes()
	w.clients.close()
}

// tendPause is how often what other processes have left behind is looked for.
const tendPause = 5 * time.Minute

// tend looks after what processes have left behind that shared the store and are gone, until the worker is closed.
func (w *Worker) tend() {
	ticker := time.NewTicker(tendPause)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-w.life.Done():
			return
		}
		err := w.service.Tend(w.life)
		if err == nil {
			err = w.resumeMassSends(w.life)
		}
		if err != nil && w.life.Err() == nil {
			w.log.Error("what others have left behind can not be put right", "error", err)
		}
	}
}

// bell wakes all who wait for it.
type bell struct {
	mutex sync.Mutex
	next  chan struct{}
}

func (b *bell) ring() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	close(b.next)
	b.next = make(chan struct{})
}

// wait returns what is closed at the next ring.
func (b *bell) wait() <-chan struct{} {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.next
}
