// Package mirror stands in front of a server that is to be replaced. It forwards requests to it as they came, has them
// answered by the dialect of this program as well, compares the two answers, and moves an app from the one server to the
// other and back. It knows no dialect: what it has to know of one, Speech tells it.
package mirror

import (
	"fmt"
	"hash/fnv"
)

// Mode is who answers, and whether the other side is asked, too.
type Mode string

// The modes.
const (
	// Legacy has the legacy server answer; nothing is compared.
	Legacy Mode = "legacy"
	// MirrorLegacy has the legacy server answer and compares what this one would have said.
	MirrorLegacy Mode = "mirror-legacy"
	// MirrorLocal has this server answer and compares what the legacy server says.
	MirrorLocal Mode = "mirror-local"
	// Local has this server answer; nothing is compared.
	Local Mode = "local"
)

// ParseMode returns the mode of the given name.
func ParseMode(name string) (Mode, error) {
	switch m := Mode(name); m {
	case Legacy, MirrorLegacy, MirrorLocal, Local:
		return m, nil
	}
	return "", fmt.Errorf("%q is none of the modes legacy, mirror-legacy, mirror-local and local", name)
}

// answersHere tells whether this server answers the clients.
func (m Mode) answersHere() bool { return m == Local || m == MirrorLocal }

// compares tells whether both sides are asked.
func (m Mode) compares() bool { return m == MirrorLegacy || m == MirrorLocal }

// Share returns where a user stands between 0 and 99: those below a percentage are its share. It depends on nothing but
// the two names, so that a user is on one side wholly and always.
func Share(app, user string) int {
	h := fnv.New32a()
	// A hash takes everything.
	_, _ = h.Write([]byte(app))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(user))
	sum := h.Sum32()
	// The low bits of this hash follow the last bytes too closely to be divided by.
	sum ^= sum >> 16
	sum *= 0x85ebca6b
	sum ^= sum >> 13
	sum *= 0xc2b2ae35
	sum ^= sum >> 16
	return int(sum % 100)
}
