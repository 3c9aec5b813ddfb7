package core

import "context"

// Messenger is what one user of a chat service can do. The engine implements it for its own users and the client half of
// every dialect for the users of a remote service, so that either can stand where the other does. An operation that a
// remote's dialect does not offer returns an Unsupported fault.
type Messenger interface {
	// Send delivers a message to each recipient. Recipients that do not exist are left out; if none is left the fault is
	// NotFound, and Conflict if the sender was the only one. The deliveries are in the order of the recipients.
	Send(ctx context.Context, out Outgoing) ([]Delivery, error)
	// History lists messages. It does not mark them as read.
	History(ctx context.Context, q HistoryQuery) (History, error)
	// MarkRead marks the message with the given id from peer as read, or with id zero all messages of the conversation,
	// and returns how many were unread before.
	MarkRead(ctx context.Context, peer string, id int64) (int, error)
	// Conversations lists the caller's chats, newest message first, skipping offset.
	Conversations(ctx context.Context, offset, limit int) (ConversationPage, error)
	// Unread counts the unread messages of all conversations.
	Unread(ctx context.Context) (int, error)
	// User returns the account with the given UUID or ID; a banned or unknown one is NotFound.
	User(ctx context.Context, address string) (*User, error)
}
