// Package chattable reads the message table that two of the platforms share, from a CSV export or from an SQL dump, as a
// source of a migration.
//
// The platforms store a message twice, one row for each side: uuid owns the row, chat_message_to_uuid is always the other
// side, and chat_message_io says whether the owner has sent or received it. The two rows of one message agree in type,
// data and, up to a second, in time; they are folded into one message, whose id is the smaller of the two (no client that
// holds either id as its last one sees the message again or misses the next), and which is read if the receiver's row
// is. A row whose other side does not come within Window rows, for its owner has deleted it, is a message of its own.
//
// The file is read from front to back and never held in memory: at most Window rows wait for their other side, and the
// users are remembered by about 50 bytes each.
package chattable

import (
	"context"
	"fmt"
	"io"
	"iter"
	"time"

	"parley/core"
	"parley/core/migrate"
)

// Format is what a file is.
type Format uint8

// The formats of files.
const (
	// CSV is a header with the columns' names, or the columns in the table's order, and one row a line: quoted as RFC 4180
	// says, or with backslashes as MySQL writes it into files. The separator is a comma, semicolon or tab.
	CSV Format = iota
	// SQL is a dump: INSERT statements with one or more rows, in the order of their column lists or of CREATE TABLE.
	SQL
)

// Window is how many rows may stand between the two rows of one message.
const Window = 1024

// Options say what a file does not.
type Options struct {
	// Name names the migration; see migrate.Source.
	Name   string
	Format Format
	// Content returns what the platform's own decoder makes of a message.
	Content func(messageType, data string) (core.Content, error)
	// Zone is the zone of the clocks in add_time; nil means core.DefaultZone.
	Zone *time.Location
	// Natural tells that chat_message_io says in for what is received.
	Natural bool
}

// Source is one file. Its records can be asked for again and again, by one caller at a time.
type Source struct {
	file    io.ReaderAt
	size    int64
	options Options
	mark    string // tells the file from others
}

var (
	_ migrate.Source = (*Source)(nil)
	_ migrate.Sized  = (*Source)(nil)
)

// Open returns the file of the given size as a source. It reads the beginning of the file.
func Open(file io.ReaderAt, size int64, options Options) (*Source, error) {
	if options.Zone == nil {
		zone, err := time.LoadLocation(core.DefaultZone)
		if err != nil {
			return nil, fmt.Errorf("chattable: the time zone can not be loaded: %w", err)
		}
		options.Zone = zone
	}
	mark, err := fingerprint(file, size)
	if err != nil {
		return nil, err
	}
	return &Source{file: file, size: size, options: options, mark: mark}, nil
}

// Name implements migrate.Source.
func (s *Source) Name() string { return s.options.Name }

// Size implements migrate.Sized: the file is read twice, once for the users and once for the messages.
func (s *Source) Size() int64 { return 2 * s.size }

// Records implements migrate.Source: first each user, then the messages in the order of the file.
func (s *Source) Records(ctx context.Context, cursor []byte) iter.Seq2[migrate.Item, error] {
	return func(yield func(migrate.Item, error) bool) {
		at := s.start(cursor)
		if at.Users {
			if !s.users(ctx, yield) {
				return
			}
			at.Users = false
		}
		if err := s.messages(ctx, at, yield); err != nil {
			yield(migrate.Item{}, err)
		}
	}
}

// scan returns a scanner that goes on at a place.
func (s *Source) scan(at *place) (scanner, error) {
	t := newText(s.file, s.size, at.Offset, at.Line)
	if s.options.Format == SQL {
		return newDump(t, at), nil
	}
	return newSheet(t, s.file, s.size, at)
}

// scanner finds rows.
type scanner interface {
	// next returns the next row, or io.EOF. It is valid until the following call.
	next() (*row, error)
	// note fills in what has to be known to go on behind the last row.
	note(at *place)
}
