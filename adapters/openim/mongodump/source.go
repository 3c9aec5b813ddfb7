// Package mongodump reads what mongoexport writes of the database of an OpenIM server, one document a line in canonical or
// relaxed extended JSON, as a source of a migration.
//
// The collection msg must be there: documents of a hundred messages of one conversation. The collections user, group,
// group_member and seq_user may stand in the same file, in any order; what they do not tell is made of the messages: whoever
// has sent or received one is a user, and a group has its senders as members.
//
// The documents of a conversation lie together and those of the whole server do not lie in the order of time, in which a
// chat list has to come to be. So the file is read once to find the messages and then in the order of their times (and
// inside a conversation of their places). The index takes 24 bytes a message, beside about 100 bytes a conversation and a
// user: 24 MB for a million messages. The messages themselves are not held.
package mongodump

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"parley/adapters/openim"
	"parley/core/migrate"
)

// Source is one file. Its records can be asked for again and again, by one caller at a time.
type Source struct {
	file  io.ReaderAt
	size  int64
	mark  string
	index *index // once it is made
}

var (
	_ migrate.Source = (*Source)(nil)
	_ migrate.Sized  = (*Source)(nil)
)

// Open returns the file of the given size as a source. It reads the beginning and the end of the file.
func Open(file io.ReaderAt, size int64) (*Source, error) {
	const part = 16 << 10
	h := sha256.New()
	for _, at := range []int64{0, max(0, size-part)} {
		if _, err := io.Copy(h, io.NewSectionReader(file, at, min(part, size))); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("mongodump: the file can not be read: %w", err)
		}
	}
	return &Source{file: file, size: size, mark: hex.EncodeToString(h.Sum(nil)[:8])}, nil
}

// Name implements migrate.Source.
func (s *Source) Name() string { return openim.Name + "-mongo" }

// Size implements migrate.Sized: the file is read once from front to back and once message by message.
func (s *Source) Size() int64 { return 2 * s.size }

// cursor is where a source goes on.
type cursor struct {
	Size  int64  `json:"size"`
	Print string `json:"print"`
	Phase phase  `json:"phase"`
	At    int    `json:"at"` // the next of the phase's records
}

type phase int

const (
	phasePeople phase = iota // users and groups, from the first one
	phaseMessages
	phaseReads
)

// start reads a cursor; one that belongs to another file begins at the beginning.
func (s *Source) start(given []byte) cursor {
	var c cursor
	if given == nil || json.Unmarshal(given, &c) != nil || c.Size != s.size || c.Print != s.mark || c.At < 0 {
		return cursor{Size: s.size, Print: s.mark}
	}
	return c
}

// giver hands out items.
type giver struct {
	source *Source
	yield  func(migrate.Item, error) bool
	ended  bool // nobody wants more
}

// give hands out an item with the cursor behind it.
func (g *giver) give(item migrate.Item, p phase, at int, bytes int64) bool {
	text, err := json.Marshal(cursor{Size: g.source.size, Print: g.source.mark, Phase: p, At: at})
	item.Cursor, item.Bytes = text, bytes
	if g.ended = !g.yield(item, err); err != nil {
		g.ended = true
	}
	return !g.ended
}

// Records implements migrate.Source: users, groups, messages in the order of their times, and what members have read.
func (s *Source) Records(ctx context.Context, given []byte) iter.Seq2[migrate.Item, error] {
	return func(yield func(migrate.Item, error) bool) {
		at := s.start(given)
		g := &giver{source: s, yield: yield}
		if err := s.records(ctx, at, g); err != nil && !g.ended {
			yield(migrate.Item{}, err)
		}
	}
}

func (s *Source) records(ctx context.Context, at cursor, g *giver) error {
	if s.index == nil || at.Phase == phasePeople {
		found, err := s.find(ctx, at.Phase == phasePeople, g)
		if err != nil || g.ended {
			return err
		}
		s.index = found
	}
	if at.Phase == phasePeople {
		if err := s.people(g); err != nil || g.ended {
			return err
		}
		at = cursor{Phase: phaseMessages}
	}
	if at.Phase == phaseMessages {
		for i := at.At; i < len(s.index.messages); i++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			item, err := s.message(i)
			if err != nil {
				return err
			}
			if !g.give(item, phaseMessages, i+1, s.size+int64(float64(s.size)*float64(i+1)/float64(len(s.index.messages)))) {
				return nil
			}
		}
		at = cursor{Phase: phaseReads}
	}
	return s.index.marked(at.At, g)
}
