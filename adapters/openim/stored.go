package openim

import (
	"encoding/hex"

	"parley/core"
)

// StoredMessage is a message as a server of the platform keeps it in its database, without its place and its people.
type StoredMessage struct {
	ContentType int64
	// Content is the JSON text of the content.
	Content string
	// ClientMsgID is 32 hex digits; anything else is not kept.
	ClientMsgID string
	// Platform, Nickname, Face, From and Ex are what the message says of its sender, and its ex.
	Platform       int64
	Nickname, Face string
	From           int64
	Ex             string
	// NotOfflinePush is the option of that name, Push what an offline receiver is shown; nil if nothing was said.
	NotOfflinePush bool
	Push           *StoredPush
	AtUsers        []string
}

// StoredPush is what an offline receiver is shown.
type StoredPush struct {
	Title, Description, Ex, Sound string
	Badge                         bool
}

// Decode returns the message's content as the server would list it: whatever the content is, it is given back to the byte.
func (m *StoredMessage) Decode() core.Content {
	c := contentFrom(m.ContentType, []byte(m.Content))
	said := meta{
		senderPlatformID: m.Platform, senderNickname: m.Nickname, senderFaceURL: m.Face, ex: m.Ex,
		notOfflinePush: m.NotOfflinePush, atUserIDList: m.AtUsers,
	}
	if m.From != fromService {
		said.msgFrom = m.From
	}
	if id, err := hex.DecodeString(m.ClientMsgID); err == nil && len(id) == len(said.clientMsgID) {
		copy(said.clientMsgID[:], id)
	}
	if p := m.Push; p != nil {
		said.hasPush = true
		said.push = pushInfo{title: p.Title, description: p.Description, ex: p.Ex, sound: p.Sound, badge: p.Badge}
	}
	c.Meta = appendMeta(nil, &said)
	return c
}
