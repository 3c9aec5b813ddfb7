package core

import (
	"context"
	"encoding/binary"
	"time"

	"parley/storage"
)

// ImportLease says who is taking over a source. While it lasts nobody else begins to.
type ImportLease struct {
	// Holder names the process and its machine for people.
	Holder string
	// Until is when the lease ends unless it is renewed, in milliseconds since the Unix epoch.
	Until int64
	// Token tells the leases of a source apart: each one that is given has a greater token than the one before.
	Token uint64
}

// LeaseImport takes the lease of a source for a while. A lease that has not ended is a Conflict with FieldSource, whose
// holder is returned; with force it is taken from the holder, whose next renewal fails.
func (e *Engine) LeaseImport(_ context.Context, app *App, source, holder string, keep time.Duration, force bool) (ImportLease, error) {
	if !isSource(source) || len(holder) > 4*MaxSource {
		return ImportLease{}, NewFault(Invalid, FieldSource, "the name of the source or of the holder is none")
	}
	op := &leaseOperation{app: app.Number, source: source, keep: keep, force: force, wish: ImportLease{Holder: holder}}
	err := e.committer.commit(op)
	return op.lease, err
}

// RenewImport makes a lease last from now on. A lease that somebody else has taken is a Conflict with FieldSource, and who
// has it is returned.
func (e *Engine) RenewImport(_ context.Context, app *App, source string, l ImportLease, keep time.Duration) (ImportLease, error) {
	op := &leaseOperation{app: app.Number, source: source, keep: keep, wish: l}
	err := e.committer.commit(op)
	return op.lease, err
}

// ReleaseImport ends a lease. One that somebody else has taken stays.
func (e *Engine) ReleaseImport(ctx context.Context, app *App, source string, l ImportLease) error {
	_, err := e.RenewImport(ctx, app, source, l, 0)
	if CodeOf(err) == Conflict {
		return nil
	}
	return err
}

// ImportLease returns the newest lease of a source, whether it has ended or not; its Token is zero if there never was one.
func (e *Engine) ImportLease(ctx context.Context, app *App, source string) (l ImportLease, err error) {
	err = e.store.View(ctx, func(r storage.Reader) error {
		l, err = readLease(r, app.Number, source)
		return err
	})
	return l, e.readFault(err)
}

func readLease(r storage.Reader, app uint32, source string) (l ImportLease, err error) {
	value, err := r.Get(appendLeaseKey(nil, app, source))
	if err != nil || value == nil {
		return l, err
	}
	f := fieldReader{rest: value}
	f.version()
	l.Token, l.Until = f.uvarint(), int64(f.uvarint())
	if l.Holder = string(f.rest); f.bad {
		return ImportLease{}, corrupt(value)
	}
	return l, nil
}

// leaseOperation gives or renews a lease. A wish with a token is one that was given.
type leaseOperation struct {
	app    uint32
	source string
	keep   time.Duration
	force  bool
	wish   ImportLease
	lease  ImportLease
}

func (op *leaseOperation) weight() (keys, bytes int) { return 1, 8 * MaxSource }

func (op *leaseOperation) stage(g *commitGroup) error {
	now, err := readLease(g.tx, op.app, op.source)
	if err != nil {
		return err
	}
	op.lease = now
	given := op.wish.Token > 0
	switch {
	case given && now.Token != op.wish.Token:
		return NewFault(Conflict, FieldSource, "the import was taken over by "+now.Holder)
	case !given && now.Until > g.now && !op.force:
		return NewFault(Conflict, FieldSource, "the import is being done by "+now.Holder)
	case !given:
		op.lease.Token++
		op.lease.Holder = op.wish.Holder
	}
	op.lease.Until = g.now + op.keep.Milliseconds()
	value := binary.AppendUvarint([]byte{recordVersion}, op.lease.Token)
	value = append(binary.AppendUvarint(value, uint64(op.lease.Until)), op.lease.Holder...)
	return g.tx.Set(appendLeaseKey(nil, op.app, op.source), value)
}

// NewestMessage returns the greatest id that a message of the app has, zero if there is no message.
func (e *Engine) NewestMessage(ctx context.Context, app *App) (id int64, err error) {
	err = e.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(appendTable(nil, tableHeads, app.Number))
		if err != nil {
			return err
		}
		head, err := parseHead(value)
		id = int64(head.lastMessage)
		return err
	})
	return id, e.readFault(err)
}
