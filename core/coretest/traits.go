package coretest

import (
	"testing"

	"parley/core"
)

// Traits are what distinguishes a platform from the engine: what its messages, reads and lists mean, and what its dialect
// has no call for. A service without traits offers everything. Each case of the corpus says what must hold under a trait,
// so that nothing is left out silently: what a dialect has no call for must be refused as Unsupported.
type Traits struct {
	// PlacesAreIDs: the ID of a message is its place in its conversation, dense from 1. A delivery has no ID, the last
	// message of a chat neither, and in a list of all conversations IDs are good for nothing but going on.
	PlacesAreIDs bool
	// ReadsUpTo: a read mark says how far a user has read. Marking a message marks everything before it.
	ReadsUpTo bool
	// AnswersRead: who sends has seen what came before.
	AnswersRead bool
	// UnreadElsewhere: lists of messages do not count the unread ones; History.Unread is -1.
	UnreadElsewhere bool
	// NoKeys: messages have no keys.
	NoKeys bool
	// NoMarks: nothing can be marked as read.
	NoMarks bool
	// NoUsers: accounts are not shown.
	NoUsers bool
	// NoDirectory: accounts are not listed.
	NoDirectory bool
}

// Peculiar is a World whose service has traits.
type Peculiar interface {
	Traits() Traits
}

func traitsOf(w World) Traits {
	if p, ok := w.(Peculiar); ok {
		return p.Traits()
	}
	return Traits{}
}

// Registered is a World that has a directory of its members.
type Registered interface {
	Directory() core.Directory
}

// unsupported checks that what a trait denies is refused.
func unsupported(t *testing.T, what string, err error) {
	t.Helper()
	if core.CodeOf(err) != core.Unsupported {
		t.Errorf("%s: %v, want %v", what, err, core.Unsupported)
	}
}
