package core

// Ref names a conversation as one of its members does.
type Ref struct {
	// Group is the ID of a group, or empty for a conversation with Peer.
	Group string
	// Peer is the address of the other member, which may be the member's own.
	Peer string
	// Channel is which of the conversations with Peer is meant.
	Channel Channel
}

// Thread is a conversation as one of its members has it: of every kind, while Conversation is a line of the chat list
// that all dialects show.
type Thread struct {
	// Peer is the other member and Channel which of the conversations with it this is; of a group, Group is set instead.
	Peer    *User
	Channel Channel
	Group   *Group
	// Last is the newest message that the member sees, nil if there is none.
	Last *Entry
	// MinSeq and MaxSeq are the first and the last place whose messages the member may see; MaxSeq is zero before the
	// first message.
	MinSeq, MaxSeq int64
	// MaxTime is the time of the newest message in milliseconds since the Unix epoch, whether the member sees it or not.
	MaxTime int64
	// ReadSeq is the place up to which the member has read everything. Between two, one's own messages are always read; in
	// a group they are by sends that say Seen.
	ReadSeq int64
	// Unread counts the messages that the member has not read.
	Unread int
	// Options are what the member has set, and Stored tells that it has.
	Options ThreadOptions
	Stored  bool
}

// ThreadOptions are a member's settings for one conversation. All but Reception is for clients: core keeps it.
type ThreadOptions struct {
	Pinned    bool
	Reception Reception
	Private   bool
	Destruct  bool
	// Attached and Extra are texts of the client's own, at most MaxThreadText bytes each.
	Attached, Extra string
	// Mention says how the member was last mentioned, BurnSeconds how long a private message stays.
	Mention, BurnSeconds int32
	// MinSeq and MaxSeq are what a client has noted as the bounds of what it shows.
	MinSeq, MaxSeq int64
	// DestructSeconds is the age at which messages go, DestructTime when that was last done, in milliseconds since the
	// Unix epoch.
	DestructSeconds, DestructTime int64
}

// MaxThreadText is the longest text of a member about a conversation, in bytes.
const MaxThreadText = 4 << 10

// ThreadChange says what to change about a member's settings; nil leaves a field as it is.
type ThreadChange struct {
	Pinned, Private, Destruct     *bool
	Reception                     *Reception
	Attached, Extra               *string
	Mention, BurnSeconds          *int32
	MinSeq, MaxSeq                *int64
	DestructSeconds, DestructTime *int64
}

// Entry is a message of any conversation as its log holds it for one member.
type Entry struct {
	ID   int64
	Seq  int64
	Time int64 // milliseconds since the Unix epoch
	// Sender is who sent it: an account or a shadow.
	Sender *User
	// Own tells that the viewer sent it.
	Own bool
	// Read tells that the receiver has read it, and in a group that the viewer has.
	Read bool
	// Hidden tells that it is deleted, for everybody or for the viewer. Its content is empty then.
	Hidden bool
	// Revoked is set for a message that was taken back; its content keeps what the origin needs to name it.
	Revoked *Revocation
	Content Content
}

// Revocation says who has taken a message back.
type Revocation struct {
	By   *User
	Role GroupRole // of By, if the message is in a group
	Time int64     // milliseconds since the Unix epoch
}
