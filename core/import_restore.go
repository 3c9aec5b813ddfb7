package core

import (
	"context"
)

// RestoreImport notes how far another app, whose data this one has taken over, was with a source, so that the import of
// the source can go on here. A source that has been imported from here already keeps what is noted: restored is false.
func (e *Engine) RestoreImport(_ context.Context, app *App, source string, cursor []byte, stored uint64) (restored bool, err error) {
	b := ImportBatch{Source: source, Cursor: cursor}
	if err := b.check(); err != nil {
		return false, err
	}
	op := &restoreImportOperation{app: app.Number, source: source, ledger: importLedger{stored: stored, cursor: cursor}}
	err = e.committer.commit(op)
	return op.restored, err
}

type restoreImportOperation struct {
	app      uint32
	source   string
	ledger   importLedger
	restored bool
}

func (op *restoreImportOperation) weight() (keys, bytes int) {
	return 1, MaxImportCursor + MaxSource + 64
}

func (op *restoreImportOperation) stage(g *commitGroup) error {
	key := appendImportKey(nil, op.app, op.source)
	old, err := g.tx.Get(key)
	if op.restored = err == nil && old == nil; !op.restored {
		return err
	}
	return g.tx.Set(key, op.ledger.append(nil))
}
