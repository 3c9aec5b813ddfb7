package migrate

import (
	"context"

	"parley/core"
)

// Status is what the ledger knows of a migration.
type Status struct {
	// Begun tells that something was taken over, and Stored how many messages were.
	Begun  bool
	Stored uint64
	Checkpoint
	// Lease is the newest one, and Held tells that it has not ended at the time that was asked for.
	Lease core.ImportLease
	Held  bool
}

// ReadStatus reads how far the migration with the given name is, at a time in milliseconds since the Unix epoch.
func ReadStatus(ctx context.Context, e *core.Engine, app *core.App, name string, now int64) (s Status, err error) {
	cursor, stored, err := e.ImportCursor(ctx, app, name)
	if err != nil {
		return s, err
	}
	s.Stored, s.Begun = stored, cursor != nil
	if known, err := parseCheckpoint(cursor); err == nil {
		s.Checkpoint = known
	}
	s.Lease, err = e.ImportLease(ctx, app, name)
	s.Held = s.Lease.Until > now
	return s, err
}
