package archive

import (
	"context"

	"parley/core"
)

// ImporterOptions say how records are put into an engine.
type ImporterOptions struct {
	// Rejected is told what could not be imported, and why. An error that it returns ends the import. If it is nil, rejected
	// records are only counted.
	Rejected func(Reject) error
	// Official takes the records of official accounts; nil leaves them out.
	Official OfficialTarget
}

// OfficialTarget takes the records of official accounts, of TypeContent and TypeOfficial, in the order of an archive. It
// tells whether the record is new; a fault up to core.TooLarge rejects the record, other errors end the import.
type OfficialTarget interface {
	Add(ctx context.Context, r *Record) (stored bool, err error)
}

// Reject is a record that was not imported, or a part of one.
type Reject struct {
	Record Record
	// Number counts the records that were added, from 1 on.
	Number int64
	Fault  *core.Fault
}

// Count says what became of the records of one type. The members of groups are counted as TypeMembers.
type Count struct {
	// Stored records are new, Known ones were there already, and Rejected ones could not be imported.
	Stored   int64 `json:"stored"`
	Known    int64 `json:"known"`
	Rejected int64 `json:"rejected"`
}

// Counts says what became of the records that were added.
type Counts struct {
	Types map[Type]Count
	// Reordered counts the messages that are stored under another id than they had.
	Reordered int64
	// Skipped counts the records for which there was no target, and those of TypeApp, whose settings are the operator's.
	Skipped int64
}

// Importer puts records into an app of an engine, in batches, each with the place at which the source goes on after it.
// What is there already is not stored again, so the same records can be added any number of times. It is for one
// goroutine.
type Importer struct {
	engine *core.Engine
	app    *core.App
	source string
	opts   ImporterOptions
	counts Counts
	number int64
	// pending records are of one type.
	pending []pendingRecord
	singles int    // records since the last flush that were not collected
	cursor  []byte // behind the last record that was added, if that is not the engine's yet
}

type pendingRecord struct {
	record Record
	number int64
}

// NewImporter imports into app what comes from a source, whose name has at most core.MaxSource bytes.
func NewImporter(e *core.Engine, app *core.App, source string, o ImporterOptions) *Importer {
	return &Importer{engine: e, app: app, source: source, opts: o, counts: Counts{Types: make(map[Type]Count)}}
}

// Add imports a record, not necessarily at once; the record is the importer's from then on. The cursor is where the source
// goes on after the record, at most core.MaxImportCursor bytes: it is noted once the record is there, together with it
// where the record is a message. Nil notes nothing.
func (m *Importer) Add(ctx context.Context, r Record, cursor []byte) error {
	m.number++
	if len(m.pending) > 0 && (m.pending[0].record.Type != r.Type || len(m.pending) >= core.MaxImport) {
		if err := m.flush(ctx); err != nil {
			return err
		}
	}
	p := pendingRecord{r, m.number}
	switch r.Type {
	case TypeUser, TypeFriend, TypeMessage, TypeRead, TypeThread, TypeKey:
		m.pending = append(m.pending, p)
		m.reached(cursor)
		return nil
	case TypeContent: // has no place of its own: an import goes on with the whole of it
		return m.official(ctx, &p)
	case TypeApp, TypeGroup, TypeMembers, TypeImport, TypeOfficial, typeCheck, typeEnd:
	}
	if err := m.single(ctx, &p); err != nil {
		return err
	}
	if m.reached(cursor); m.singles < core.MaxImport {
		return nil
	}
	return m.flush(ctx)
}

// reached notes where the source goes on once everything that was added is there.
func (m *Importer) reached(cursor []byte) {
	if cursor != nil {
		m.cursor = cursor
	}
}

// single imports a record that is not collected.
func (m *Importer) single(ctx context.Context, p *pendingRecord) error {
	m.singles++
	r := &p.record
	switch r.Type {
	case TypeGroup:
		return m.group(ctx, p)
	case TypeMembers:
		return m.members(ctx, p, r.Members.Group, r.Members.Members)
	case TypeImport:
		stored, err := m.engine.RestoreImport(ctx, m.app, r.Import.Source, r.Import.Cursor, r.Import.Stored)
		return m.one(p, stored, err)
	case TypeOfficial:
		return m.official(ctx, p)
	case TypeApp, TypeUser, TypeFriend, TypeMessage, TypeRead, TypeThread, TypeKey, TypeContent, typeCheck, typeEnd:
	}
	m.counts.Skipped++
	return nil
}

// Flush imports what is pending and notes the cursor.
func (m *Importer) Flush(ctx context.Context) error { return m.flush(ctx) }

// Counts returns what became of the records so far; pending ones are not counted.
func (m *Importer) Counts() Counts { return m.counts }

func (m *Importer) flush(ctx context.Context) error {
	var err error
	m.singles = 0
	if len(m.pending) > 0 {
		switch m.pending[0].record.Type {
		case TypeUser:
			err = m.users(ctx)
		case TypeFriend:
			err = m.friends(ctx)
		case TypeThread:
			err = m.threads(ctx)
		default: // with the cursor
			return m.batch(ctx)
		}
	}
	if err == nil && m.cursor != nil {
		return m.batch(ctx)
	}
	return err
}

// batch imports the pending messages, keys or reads, if there are any, and the cursor.
func (m *Importer) batch(ctx context.Context) error {
	b := core.ImportBatch{Source: m.source, Cursor: m.cursor}
	var indexes []int // in pending, of the batch's elements
	for i := range m.pending {
		if err := m.addTo(&b, &m.pending[i].record); err != nil {
			if err := m.reject(&m.pending[i], core.AsFault(err)); err != nil {
				return err
			}
			continue
		}
		indexes = append(indexes, i)
	}
	result, err := m.engine.Import(ctx, m.app, b)
	if err != nil {
		return err
	}
	m.counts.Reordered += int64(result.Reordered)
	if err := m.finish(&result, indexes); err != nil {
		return err
	}
	m.cursor = nil
	return nil
}

// addTo adds a record to a batch.
func (m *Importer) addTo(b *core.ImportBatch, r *Record) error {
	switch r.Type {
	case TypeMessage:
		in, err := r.Message.core()
		if err == nil {
			b.Messages = append(b.Messages, in)
		}
		return err
	case TypeKey:
		in, err := r.Key.core()
		if err == nil {
			b.Keys = append(b.Keys, in)
		}
		return err
	default:
		in, err := r.Read.core()
		if err == nil {
			b.Reads = append(b.Reads, in)
		}
		return err
	}
}

// finish counts what became of the pending records and forgets them; indexes are those of the elements that the engine
// was given.
func (m *Importer) finish(result *core.ImportResult, indexes []int) error {
	if len(m.pending) == 0 {
		return nil
	}
	t := m.pending[0].record.Type
	c := m.counts.Types[t]
	stored := result.Stored
	if t == TypeKey || t == TypeRead {
		stored = len(indexes) - result.Rejected
	}
	c.Stored, c.Known = c.Stored+int64(stored), c.Known+int64(result.Known)
	m.counts.Types[t] = c
	pending := m.pending
	m.pending = m.pending[len(m.pending):]
	for _, r := range result.Rejects {
		if err := m.reject(&pending[indexes[r.Index]], r.Fault); err != nil {
			return err
		}
	}
	return nil
}

// reject counts a record that was not imported.
func (m *Importer) reject(p *pendingRecord, fault *core.Fault) error {
	return m.rejectAs(p.record.Type, p, fault)
}

func (m *Importer) rejectAs(t Type, p *pendingRecord, fault *core.Fault) error {
	c := m.counts.Types[t]
	c.Rejected++
	m.counts.Types[t] = c
	if m.opts.Rejected == nil {
		return nil
	}
	return m.opts.Rejected(Reject{Record: p.record, Number: p.number, Fault: fault})
}

// one counts a record that was imported by itself. An error that does not lie in the record is returned.
func (m *Importer) one(p *pendingRecord, stored bool, err error) error {
	if err != nil {
		fault := core.AsFault(err)
		if fault.Code >= core.Limited {
			return err
		}
		return m.reject(p, fault)
	}
	c := m.counts.Types[p.record.Type]
	if stored {
		c.Stored++
	} else {
		c.Known++
	}
	m.counts.Types[p.record.Type] = c
	return nil
}
