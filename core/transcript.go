package core

import "context"

// Transcript is what one user can read of its conversations from the first message on: what a migration copies, in an order
// in which it can stop and go on. The messenger of every user is one. An operation that a remote's dialect does not offer
// returns an Unsupported fault.
type Transcript interface {
	// Chats lists all conversations of the user that have messages, each once, the newest message first where the service
	// tells. A conversation that is begun meanwhile may be left out.
	Chats(ctx context.Context) ([]TranscriptChat, error)
	// Pull lists the messages of a conversation of Chats that come behind the one with the ID after, zero for all,
	// ascending: at most limit of them, 1 to MaxPage, or as many as the service gives at once if that is less. Only the
	// end of the conversation gives none. It marks nothing as read.
	Pull(ctx context.Context, ref Ref, after int64, limit int) ([]TranscriptMessage, error)
}

// TranscriptChat is a conversation as its transcript knows it.
type TranscriptChat struct {
	// Ref names it in Pull: the other member by its address, or the group.
	Ref Ref
	// Peer is what the list tells of the other member; nil for a group.
	Peer *User
	// Unread counts the messages that the user has not read, -1 where the service does not tell.
	Unread int
}

// TranscriptMessage is a message as its transcript keeps it. Message.Read is the user's own state; Peer is empty in a group.
type TranscriptMessage struct {
	Message

	// Sender is the address of who sent it.
	Sender string
	// Origin is the service's own name of the message: the same for all who see it, and no other message of the service
	// has it. It is good as the key with which a copy is sent, so that a repeated copy stores nothing.
	Origin string
}
