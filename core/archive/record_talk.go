package archive

import "encoding/json"

// Message is one message of a conversation between two or in a group.
type Message struct {
	// ID is unique in the app and greater than those of the messages before. It is kept if it is greater than all ids of
	// the app that the message is imported into; zero means that the app gives one.
	ID int64 `json:"id,omitempty"`
	// Seq is the place of the message in its conversation, from 1 on and without gaps, by which reads name it. Zero means
	// that no read does.
	Seq int64 `json:"seq,omitempty"`
	// Origin names the message where it comes from, uniquely in its conversation: what has been imported under it is not
	// imported again. Empty means that the decimal ID does.
	Origin string `json:"origin,omitempty"`
	From   string `json:"from"`
	// To is the receiver, or Group the group.
	To    string `json:"to,omitempty"`
	Group string `json:"group,omitempty"`
	// Channel is notices or events; empty for what two users say to each other.
	Channel string `json:"channel,omitempty"`
	Time    int64  `json:"time"` // milliseconds since the Unix epoch
	// Key is the sender's own key of the message, by which a repeated send is known.
	Key string `json:"key,omitempty"`
	// Read tells that the receiver has read the message; it is for sources that have no records of TypeRead.
	Read    bool        `json:"read,omitempty"`
	Revoked *Revocation `json:"revoked,omitempty"`
	// Deleted tells that the message is deleted for everybody. Body is nil then.
	Deleted bool  `json:"deleted,omitempty"`
	Body    *Body `json:"body,omitempty"`
}

// Body is what a message says; see core.Content.
type Body struct {
	// Kind is text, html, image, voice, video, file, location, link, card, custom or notification.
	Kind string `json:"kind"`
	// Text is the content, or with Object the text of the JSON object that is the content.
	Text   string `json:"text"`
	Object bool   `json:"object,omitempty"`
	// Dialect and Type name where Raw comes from and what it is there.
	Dialect string `json:"dialect,omitempty"`
	Type    string `json:"type,omitempty"`
	// Raw is the original payload, where Text cannot give it back to the byte, and Meta what the dialect keeps beside it.
	// Nil differs from empty.
	Raw  *string `json:"raw,omitempty"`
	Meta []byte  `json:"meta,omitzero"`
}

// Revocation says who has taken a message back, and when in milliseconds since the Unix epoch.
type Revocation struct {
	By   string `json:"by"`
	Role string `json:"role,omitempty"` // of By in the group: admin or owner
	Time int64  `json:"time"`
}

// Run is the places from the first to the second, both included.
type Run [2]int64

// Read is what one member has done with a conversation.
type Read struct {
	// Member is the user, or empty for what is cleared for all members of a group.
	Member string `json:"member,omitempty"`
	// Peer is the other user, or Group the group. Of notices, the peer is who has sent them.
	Peer    string `json:"peer,omitempty"`
	Group   string `json:"group,omitempty"`
	Channel string `json:"channel,omitempty"`
	// Read and Hidden are the places of the messages that the member has read and has deleted for itself, ascending and
	// apart from each other. Between two users one's own messages in between mean nothing.
	Read   []Run `json:"read,omitempty"`
	Hidden []Run `json:"hidden,omitempty"`
}

// Thread is a member's settings for a conversation, which Member, Peer, Group and Channel name as in Read; the others
// are those of core.ThreadOptions.
type Thread struct {
	Member          string `json:"member"`
	Peer            string `json:"peer,omitempty"`
	Group           string `json:"group,omitempty"`
	Channel         string `json:"channel,omitempty"`
	Pinned          bool   `json:"pinned,omitempty"`
	Private         bool   `json:"private,omitempty"`
	Destruct        bool   `json:"destruct,omitempty"`
	Reception       string `json:"reception,omitempty"` // nothing or quietly
	Attached        string `json:"attached,omitempty"`
	Extra           string `json:"extra,omitempty"`
	Mention         int32  `json:"mention,omitempty"`
	BurnSeconds     int32  `json:"burn_seconds,omitempty"`
	MinSeq          int64  `json:"min_seq,omitempty"`
	MaxSeq          int64  `json:"max_seq,omitempty"`
	DestructSeconds int64  `json:"destruct_seconds,omitempty"`
	DestructTime    int64  `json:"destruct_time,omitempty"`
}

// Key is another name of a message that stands before: the sender's own key or, with Source, what the message was called
// by a source from which the app has taken it over.
type Key struct {
	From    string `json:"from"`
	To      string `json:"to,omitempty"`
	Group   string `json:"group,omitempty"`
	Channel string `json:"channel,omitempty"`
	Source  string `json:"source,omitempty"`
	Key     string `json:"key"`
	// Message is the id of the message in the archive.
	Message int64 `json:"message"`
}

// Import is how far the app has taken over another source, so that this can go on after a move.
type Import struct {
	Source string `json:"source"`
	Cursor []byte `json:"cursor,omitempty"`
	Stored uint64 `json:"stored"`
}

// Content is a part of some bytes. The parts of one content follow each other.
type Content struct {
	// Account is the original ID of the official account to which the content belongs.
	Account string `json:"account"`
	// Digest is the SHA-256 of the whole content in hexadecimal digits, and Size its length.
	Digest string `json:"sha256"`
	Size   int64  `json:"size"`
	// At is how many bytes stand in the parts before.
	At   int64  `json:"at,omitempty"`
	Data []byte `json:"data"`
}

// Official is a row of an official account: Kind says what Value is; see FORMAT.md.
type Official struct {
	// Account is what the platform calls the account.
	Account string          `json:"account"`
	Kind    string          `json:"kind"`
	Value   json.RawMessage `json:"value"`
}
