package migrate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"golang.org/x/time/rate"

	"parley/core"
	"parley/core/archive"
)

// Options say what is migrated into what, and how.
type Options struct {
	Engine *core.Engine
	App    *core.App
	Source Source
	// Holder names this process for the lease.
	Holder string
	// TakeOver takes the lease from whoever has it.
	TakeOver bool
	// Now is the clock. It must be set.
	Now func() time.Time
	// Limiter bounds the records a second and can be changed while the migration runs; nil means no bound.
	Limiter *rate.Limiter
	// StopOnError ends the run at the first row that cannot be taken over; otherwise the row is told to Rejected and the
	// run goes on.
	StopOnError bool
	// Rejected is told every row that was not taken over, before the checkpoint passes it. An error ends the run. Nil means
	// that they are only counted.
	Rejected func(*Reject) error
	// Progress is told how far the run is, every few hundred records and while it waits; nil means nobody.
	Progress func(Progress)
	// MaxTime ends the run in good order after a while; zero means never.
	MaxTime time.Duration
	// Follow does not end the run at the end of the source but asks for more, every Every; zero means two seconds.
	Follow bool
	Every  time.Duration
}

// Progress is how far a run is.
type Progress struct {
	// Phase is what happens now: users, groups, messages, reads, waiting for the source, following, done.
	Phase string
	Checkpoint
	// Counts says what became of the records of this run.
	Counts archive.Counts
	// RejectedNow counts the rows of this run that were not taken over.
	RejectedNow int64
	// Began and First are the time and the bytes at which this run began.
	Began time.Time
	First int64
	// Waiting is why the run waits for the source, nil while it does not.
	Waiting error
}

// Result is what a run has done.
type Result struct {
	Progress
	// Resumed tells that the run went on where another one had stopped, at the share that From was.
	Resumed bool
	From    float64
	// OutOfTime tells that MaxTime ended the run.
	OutOfTime bool
}

var (
	// ErrHeld reports that somebody else is taking over the source.
	ErrHeld = errors.New("migrate: the migration is being run")
	// ErrRejected reports that a row was rejected and the run was to end then.
	ErrRejected = errors.New("migrate: a row was rejected")
)

// leaseFor is how long a lease lasts, leaseRenewed how often it is renewed.
const (
	leaseFor     = 60 * time.Second
	leaseRenewed = 15 * time.Second
)

// Run takes over what the source holds behind the ledger's checkpoint. It ends at the end of the source, when the context
// ends (with its error), or with the first error that waiting does not mend; whatever ends it, the same call goes on.
func Run(ctx context.Context, o Options) (Result, error) {
	r := &run{options: o}
	if err := r.begin(ctx); err != nil {
		return r.result, err
	}
	err := r.loop(ctx)
	// What is pending was not asked for again, and the lease is given back, also when the context has ended.
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseRenewed)
	defer cancel()
	if !errors.Is(err, ErrHeld) {
		err = errors.Join(err, r.importer.Flush(closing), o.Engine.ReleaseImport(closing, o.App, o.Source.Name(), r.lease))
	}
	r.report(r.result.Phase)
	return r.result, err
}

// run is one run of a migration.
type run struct {
	options  Options
	importer *archive.Importer
	lease    core.ImportLease
	renewed  time.Time
	ends     time.Time
	at       Checkpoint // behind the last record that was given to the importer
	result   Result
	since    int // records since the last report
}

func (r *run) begin(ctx context.Context) (err error) {
	o := &r.options
	name := o.Source.Name()
	if r.lease, err = o.Engine.LeaseImport(ctx, o.App, name, o.Holder, leaseFor, o.TakeOver); core.CodeOf(err) == core.Conflict {
		return fmt.Errorf("%w by %s, until %s unless it goes on", ErrHeld, r.lease.Holder, time.UnixMilli(r.lease.Until).UTC().Format(time.TimeOnly))
	}
	if err != nil {
		return err
	}
	cursor, _, err := o.Engine.ImportCursor(ctx, o.App, name)
	if err != nil {
		return err
	}
	if known, err := parseCheckpoint(cursor); err == nil {
		r.at = known
		r.result.Resumed, r.result.From = true, known.Share()
	}
	r.at.Complete = false
	if sized, ok := o.Source.(Sized); ok {
		if total := sized.Size(); total != r.at.Total { // another file: the source begins at its start
			r.at = Checkpoint{Total: total}
			r.result.Resumed, r.result.From = false, 0
		}
	}
	now := o.Now()
	r.renewed, r.result.Began, r.result.First = now, now, r.at.Bytes
	if o.MaxTime > 0 {
		r.ends = now.Add(o.MaxTime)
	}
	r.importer = archive.NewImporter(o.Engine, o.App, name, archive.ImporterOptions{Rejected: r.refused})
	r.report("beginning")
	return nil
}

// loop asks the source again and again: after a refusal that passes, and when it follows.
func (r *run) loop(ctx context.Context) error {
	every := r.options.Every
	if every <= 0 {
		every = 2 * time.Second
	}
	failures := 0
	for {
		before := r.at.Records
		err := r.records(ctx)
		if r.at.Records > before {
			failures = 0
		}
		switch {
		case err == nil && r.result.OutOfTime:
			return nil
		case err == nil && !r.options.Follow:
			return r.complete(ctx)
		case err == nil:
			if err := r.importer.Flush(ctx); err != nil {
				return err
			}
			r.report("following")
			if err := r.wait(ctx, every); err != nil || r.result.OutOfTime {
				return err
			}
		case !passes(err) || ctx.Err() != nil:
			return err
		default:
			if flushErr := r.importer.Flush(ctx); flushErr != nil {
				return errors.Join(err, flushErr)
			}
			r.result.Waiting = err
			r.report("waiting for the source")
			if err := r.wait(ctx, min(time.Second<<min(failures, 6), time.Minute)); err != nil || r.result.OutOfTime {
				return err
			}
			r.result.Waiting = nil
			failures++
		}
	}
}

// passes tells whether an error of a source is one that waiting mends.
func passes(err error) bool {
	fault, ok := errors.AsType[*core.Fault](err)
	return ok && (fault.Code == core.Unavailable || fault.Code == core.Limited || fault.Code == core.Timeout)
}

// wait lets time pass and keeps the lease meanwhile.
func (r *run) wait(ctx context.Context, d time.Duration) error {
	until := r.options.Now().Add(d)
	for {
		if err := r.keep(ctx); err != nil || r.result.OutOfTime {
			return err
		}
		left := min(until.Sub(r.options.Now()), leaseRenewed)
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// keep renews the lease when it is due and notes when the time is up.
func (r *run) keep(ctx context.Context) (err error) {
	now := r.options.Now()
	r.result.OutOfTime = !r.ends.IsZero() && now.After(r.ends)
	if now.Sub(r.renewed) < leaseRenewed {
		return nil
	}
	r.renewed = now
	lease, err := r.options.Engine.RenewImport(ctx, r.options.App, r.options.Source.Name(), r.lease, leaseFor)
	if core.CodeOf(err) == core.Conflict {
		return fmt.Errorf("%w: it was taken over by %s", ErrHeld, lease.Holder)
	}
	return err
}

// patience is how long a source may take for a record before it is given a rest of the same length, up to maxRest.
const (
	patience = 2 * time.Second
	maxRest  = 10 * time.Second
)

// records takes over what the source yields until it ends.
func (r *run) records(ctx context.Context) error {
	asked := r.options.Now()
	for item, err := range r.options.Source.Records(ctx, r.at.Cursor) {
		if err != nil {
			return err
		}
		if took := r.options.Now().Sub(asked); took > patience {
			if err := r.wait(ctx, min(took, maxRest)); err != nil {
				return err
			}
		}
		if r.options.Limiter != nil {
			if err := r.options.Limiter.Wait(ctx); err != nil {
				return errors.Join(err, ctx.Err())
			}
		}
		if err := r.take(ctx, &item); err != nil {
			return err
		}
		if r.since++; r.since >= core.MaxImport {
			if err := r.keep(ctx); err != nil {
				return err
			}
			r.report(string(item.Record.Type) + "s")
		}
		if r.result.OutOfTime {
			return nil
		}
		asked = r.options.Now()
	}
	return nil
}

// take gives one item to the importer.
func (r *run) take(ctx context.Context, item *Item) error {
	if len(item.Cursor) > MaxCursor {
		return fmt.Errorf("migrate: the source's cursor has %d bytes", len(item.Cursor))
	}
	switch {
	case item.Reject != nil && r.options.StopOnError:
		r.at.Rejected++
		return errors.Join(fmt.Errorf("%w: line %d: %s", ErrRejected, item.Reject.Line, item.Reject.Reason), r.tell(item.Reject))
	case item.Reject != nil:
		r.at.Rejected++
		if err := r.tell(item.Reject); err != nil {
			return err
		}
	case item.Skip != "":
		r.at.Skipped++
	default:
		r.at.Records++
		if item.Record.Type == archive.TypeMessage {
			r.at.Messages++
		}
	}
	r.at.Bytes = max(r.at.Bytes, item.Bytes)
	var cursor []byte
	if item.Cursor != nil {
		r.at.Cursor = item.Cursor
		cursor = r.at.encode()
	}
	if item.Reject != nil || item.Skip != "" {
		return nil // the next record's cursor passes it
	}
	return r.importer.Add(ctx, item.Record, cursor)
}

func (r *run) tell(reject *Reject) error {
	r.result.RejectedNow++
	if r.options.Rejected == nil {
		return nil
	}
	return r.options.Rejected(reject)
}

// refused is told of the records that the engine does not take.
func (r *run) refused(reject archive.Reject) error {
	row, err := rejectOf(&reject)
	if err != nil {
		return err
	}
	r.at.Rejected++
	if err := r.tell(row); err != nil {
		return err
	}
	if r.options.StopOnError {
		return fmt.Errorf("%w: %s", ErrRejected, row.Reason)
	}
	return nil
}

// complete notes that the end of the source was reached.
func (r *run) complete(ctx context.Context) error {
	if err := r.importer.Flush(ctx); err != nil {
		return err
	}
	r.at.Complete = true
	if r.at.Total > 0 {
		r.at.Bytes = r.at.Total
	}
	_, err := r.options.Engine.Import(ctx, r.options.App, core.ImportBatch{Source: r.options.Source.Name(), Cursor: r.at.encode()})
	r.result.Phase = "done"
	return err
}

func (r *run) report(phase string) {
	r.since = 0
	r.result.Phase, r.result.Checkpoint = phase, r.at
	r.result.Counts = r.importer.Counts()
	r.result.Counts.Types = maps.Clone(r.result.Counts.Types) // whoever is told may keep it, and the importer goes on
	if r.options.Progress != nil {
		r.options.Progress(r.result.Progress)
	}
}
