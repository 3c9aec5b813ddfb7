package core

import (
	"context"

	"parley/storage"
)

// ImportBatch is what one transaction takes over from a source, checkpoint included. A batch that exceeds one transaction
// is written in several, the cursor with the last: the same batch again completes the rest.
type ImportBatch struct {
	// Source names where the batch comes from, 1 to MaxSource bytes; the ledger is kept per app and source.
	Source string
	// Cursor is where the source continues after this batch, at most MaxImportCursor bytes. Nil leaves the cursor as it is.
	Cursor []byte
	// Messages are oldest first inside each conversation, at most MaxImport.
	Messages []ImportedMessage
	// Keys are further names of messages of this batch or an earlier one, at most MaxImport.
	Keys []ImportedKey
	// Reads are what members have done with the messages of this batch and of earlier ones, at most MaxImport.
	Reads []ImportedRead
}

const (
	// MaxImport is how many messages, keys or reads one batch has at the most.
	MaxImport = 200
	// MaxSource is the longest name of a source, in bytes.
	MaxSource = 64
	// MaxImportCursor is the longest cursor, in bytes.
	MaxImportCursor = 4 << 10
	// MaxOrigin is the longest origin, in bytes.
	MaxOrigin = 128
	// MaxImportedID is the greatest id that an imported message keeps: there is room for as many again.
	MaxImportedID = 1 << 52
	// FieldSource is the field of faults about an import's source and cursor.
	FieldSource Field = "source"
)

// ImportedMessage is a message from elsewhere. Nothing but its own origin keeps it from being stored: neither bans nor
// mutes nor memberships do.
type ImportedMessage struct {
	// Origin is the message's name at the source, 1 to MaxOrigin bytes and unique in source and conversation: importing it
	// again stores nothing.
	Origin string
	// From is the address of the sender. An account is found by ID, then by UUID; what is unknown becomes a shadow.
	From string
	// To is the address of the receiver, or empty for a message in Group.
	To string
	// Group is a group's ID, or empty.
	Group string
	// Channel is the conversation between From and To that is meant.
	Channel Channel
	// ID is a wish: it is kept if it is greater than every id of the app so far, and otherwise the engine assigns one, as
	// it does for zero.
	ID int64
	// Seq is the message's place in its conversation at the source, by which Reads name it; zero if none does. Places grow.
	Seq int64
	// Time is in milliseconds since the Unix epoch and kept as it is.
	Time int64
	// Content is read during the import and not kept.
	Content Content
	// Read tells that the receiver has read the message. It means nothing in groups. Of a member who has read in thousands
	// of separate runs, the oldest messages in between become read, too.
	Read bool
	// Revoked, if set, says who has taken the message back; Content is then what is left of it.
	Revoked *ImportedRevocation
	// Deleted tells that the message is deleted for everybody; it keeps its place, and Content means nothing.
	Deleted bool
	// Key is the sender's own key of the message, at most MaxMessageKey bytes; see Outgoing.Key.
	Key string
}

// ImportedRevocation says who has taken a message back.
type ImportedRevocation struct {
	By   string // an address, as ImportedMessage.From is
	Role GroupRole
	Time int64 // milliseconds since the Unix epoch
}

// ImportedKey is another name of a message. From, To, Group and Channel name its conversation as in ImportedMessage.
type ImportedKey struct {
	From, To, Group string
	Channel         Channel
	// Message is the message's origin at the source of the batch.
	Message string
	// Source is another source, at which Key is the message's origin; if it is empty, Key is From's own key of the message.
	Source string
	Key    string
}

// ImportedRead is what one member has done with a conversation. It adds to what the engine knows: nothing becomes unread.
type ImportedRead struct {
	// Member is an address. In a group it may be empty: then the mark is what is cleared for all members.
	Member string
	// Peer is the other user, or Group the group's ID. Of Notices, Peer is who has sent them.
	Peer, Group string
	Channel     Channel
	// UpTo is the place, as ImportedMessage.Seq gives it, up to which the member has read everything.
	UpTo int64
	// Read are further runs that the member has read, Hidden those that it has deleted for itself, both ascending.
	Read, Hidden []PlaceRun
}

// PlaceRun is a run of places, both included.
type PlaceRun struct{ First, Last int64 }

// ImportResult counts what became of a batch.
type ImportResult struct {
	// Stored messages are new and Known ones were imported before.
	Stored, Known int
	// Reordered counts the stored messages that wished an id and got another.
	Reordered int
	// Rejected counts what could not be imported, and Rejects says what and why.
	Rejected int
	Rejects  []ImportReject
	// FirstID and LastID are the smallest and the greatest id that were given; zero if nothing was stored.
	FirstID, LastID int64
}

// ImportPart is a list of an ImportBatch.
type ImportPart uint8

// The parts of a batch.
const (
	PartMessages ImportPart = iota
	PartKeys
	PartReads
)

// ImportReject is something that was not imported.
type ImportReject struct {
	Part  ImportPart // zero where there is one list only
	Index int        // in the part
	Fault *Fault
}

func (r *ImportResult) reject(part ImportPart, index int, fault *Fault) {
	r.Rejected++
	r.Rejects = append(r.Rejects, ImportReject{part, index, fault})
}

// Import takes over messages from elsewhere. It is a send like others for chat lists, unread counters and places: what is
// imported comes after what is there. A conversation's history has to be imported before newer messages are in it, or else
// it stands behind them, with its original times. Whatever is wrong with one message rejects that message alone. Users and
// groups have to be there: see ImportUsers and ImportGroup.
func (e *Engine) Import(ctx context.Context, app *App, b ImportBatch) (result ImportResult, err error) {
	if err := b.check(); err != nil {
		return result, err
	}
	if err := e.observe(ctx, app.Number); err != nil {
		return result, err
	}
	p := importPlan{engine: e, app: app, batch: &b, result: &result}
	defer p.release()
	items, err := p.messages(ctx)
	if err != nil {
		return result, err
	}
	last := &importOperation{plan: &p}
	for _, part := range splitItems(items) {
		if last.items != nil {
			if err := p.commit(last); err != nil {
				return result, err
			}
		}
		last = &importOperation{plan: &p, items: part}
	}
	if len(b.Keys)+len(b.Reads) == 0 {
		last.final = true
		return result, p.commit(last)
	}
	if last.items != nil {
		if err := p.commit(last); err != nil {
			return result, err
		}
	}
	return result, p.names(ctx)
}

// check refuses what no part of is imported.
func (b *ImportBatch) check() error {
	switch {
	case !isSource(b.Source):
		return NewFault(Invalid, FieldSource, "a source has a name of 1 to 64 bytes of UTF-8 without control characters")
	case len(b.Cursor) > MaxImportCursor:
		return NewFault(TooLarge, FieldSource, "the cursor is too long")
	case len(b.Messages) > MaxImport || len(b.Keys) > MaxImport || len(b.Reads) > MaxImport:
		return NewFault(TooLarge, FieldMessage, "the batch is too large")
	}
	return nil
}

func isSource(s string) bool { return len(s) <= MaxSource && isName(s) }

// ImportCursor returns the newest cursor of a source and how many messages it has brought. The cursor is nil if none was
// ever given.
func (e *Engine) ImportCursor(ctx context.Context, app *App, source string) (cursor []byte, stored uint64, err error) {
	var l importLedger
	err = e.store.View(ctx, func(r storage.Reader) (err error) {
		l, err = readLedger(r, app.Number, source)
		return err
	})
	return l.cursor, l.stored, e.readFault(err)
}

// ForgetImport forgets the cursor of a source, so that the next import begins at its start. Data stays, also what tells
// which messages are there already.
func (e *Engine) ForgetImport(_ context.Context, app *App, source string) error {
	if !isSource(source) {
		return NewFault(NotFound, FieldSource, "there is no such source")
	}
	return e.committer.commit(&forgetImportOperation{app: app.Number, source: source})
}

type forgetImportOperation struct {
	app    uint32
	source string
}

func (op *forgetImportOperation) weight() (keys, bytes int) { return 1, MaxSource + appPrefixWidth }

func (op *forgetImportOperation) stage(g *commitGroup) error {
	return g.tx.Delete(appendImportKey(nil, op.app, op.source))
}
