package openim

import (
	"strings"

	"parley/adapters/wire"
	"parley/core"
)

// The kinds of sessions.
const (
	sessionSingle       = 1
	sessionGroup        = 3
	sessionNotification = 4
)

// The beginnings of conversation IDs. What the service tells programs about a conversation has an ID of its own.
const (
	prefixSingle       = "si_"
	prefixGroup        = "sg_"
	prefixNotification = "sn_"
	prefixEvents       = "n_"
)

// pairID returns the ID of a conversation between two users: both IDs in the order of their bytes.
func pairID(prefix, a, b string) string {
	if b < a {
		a, b = b, a
	}
	return prefix + a + "_" + b
}

// threadID returns the conversation ID of a thread of the user with the given ID, and its session type.
func threadID(t *core.Thread, userID string) (id string, session int64) {
	if t.Group != nil {
		return prefixGroup + t.Group.ID, sessionGroup
	}
	switch t.Channel {
	case core.Notices:
		return pairID(prefixNotification, t.Peer.ID, userID), sessionNotification
	case core.Events:
		return pairID(prefixEvents, t.Peer.ID, userID), sessionSingle
	case core.Direct:
	}
	return pairID(prefixSingle, t.Peer.ID, userID), sessionSingle
}

// refOf returns the conversation that an ID names for the user with the given ID; ok is false if the user is not in it
// or the ID is none. IDs of users may contain the separator, so that an ID can be read in two ways; the one whose other
// user exists counts.
func refOf(c *wire.Call, owner, id string) (ref core.Ref, ok bool) {
	prefix, rest, found := strings.Cut(id, "_")
	if !found || rest == "" {
		return ref, false
	}
	switch prefix + "_" {
	case prefixGroup:
		return core.Ref{Group: rest}, true
	case prefixSingle:
	case prefixNotification:
		ref.Channel = core.Notices
	case prefixEvents:
		ref.Channel = core.Events
	default:
		return ref, false
	}
	var peers []string
	if peer, is := strings.CutPrefix(rest, owner+"_"); is && peer >= owner {
		peers = append(peers, peer)
	}
	if peer, is := strings.CutSuffix(rest, "_"+owner); is && peer <= owner {
		peers = append(peers, peer)
	}
	if len(peers) == 0 {
		return ref, false
	}
	ref.Peer = peers[0]
	if len(peers) == 2 && peers[1] != ref.Peer {
		if _, err := c.Engine.Find(c.Context, c.Caller.App, ref.Peer); core.CodeOf(err) == core.NotFound {
			ref.Peer = peers[1]
		}
	}
	return ref, true
}

// groupOfID returns the ID of the group whose conversation an ID names.
func groupOfID(id string) (group string, ok bool) { return strings.CutPrefix(id, prefixGroup) }

// memberOfID returns one of the two users of a conversation ID that is looked at without either: by the first way of
// reading it in which both exist.
func memberOfID(c *wire.Call, id string) (owner string, ok bool) {
	_, rest, _ := strings.Cut(id, "_")
	for i := range len(rest) {
		if rest[i] != '_' {
			continue
		}
		a, b := rest[:i], rest[i+1:]
		if a > b {
			continue
		}
		if exists(c, a) && exists(c, b) {
			return a, true
		}
	}
	return "", false
}

func exists(c *wire.Call, userID string) bool {
	u, err := c.Engine.Find(c.Context, c.Caller.App, userID)
	return err == nil && u.ID == userID
}

// ownerOf returns the caller that stands for the user with the given ID, after checking that whoever calls may.
func ownerOf(c *wire.Call, userID string) (core.Caller, error) {
	if err := checkAccess(c, userID); err != nil {
		return core.Caller{}, err
	}
	if c.Caller.User.ID == userID {
		return core.Caller{App: c.Caller.App, User: c.Caller.User}, nil
	}
	u, err := c.Engine.Find(c.Context, c.Caller.App, userID)
	if err != nil {
		return core.Caller{}, err
	}
	return core.Caller{App: c.Caller.App, User: u}, nil
}
