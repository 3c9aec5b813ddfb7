package load

import (
	"errors"
	"fmt"

	"parley/core"
)

// Workload describes the requests.
type Workload struct {
	// Mix weighs the kinds of requests.
	Mix Mix
	// Skew is how unevenly users and contacts are chosen: from 0, all alike, to 1, by Zipf's law.
	Skew float64
	// Contacts is how many others each user talks to. Members are arranged in a ring and talk to their neighbours, so
	// that both sides of a conversation write, and what is listed has been written.
	Contacts int
	// Recipients is the number of recipients of a bulk send.
	Recipients int
	// Size is the length of a message's text, in bytes.
	Size int
	// Page is the number of messages or chats that are listed at once.
	Page int
	// Seed makes the sequence of requests repeatable for a given number of connections.
	Seed uint64
}

const (
	maxSize     = 16 << 20
	maxContacts = 1_000_000
)

// Check reports what is wrong with the workload.
func (w *Workload) Check() error {
	bulk := w.Mix[Bulk] > 0
	switch {
	case w.Mix.sum() == 0:
		return errors.New("the mix names no operation")
	case !(w.Skew >= 0 && w.Skew <= 1):
		return errors.New("the skew must be from 0 to 1")
	case w.Contacts < 1 || w.Contacts > maxContacts:
		return fmt.Errorf("the contacts must be from 1 to %d", maxContacts)
	case w.Size < 1 || w.Size > maxSize:
		return fmt.Errorf("the size must be from 1 to %d bytes", maxSize)
	case w.Page < 1 || w.Page > core.MaxPage:
		return fmt.Errorf("the page must be from 1 to %d", core.MaxPage)
	case bulk && w.Recipients < 2:
		return errors.New("bulk goes to several recipients: say how many, at least 2")
	case !bulk && w.Recipients > 1:
		return errors.New("only bulk goes to several recipients: put bulk into the mix, as in bulk=100")
	}
	return nil
}
