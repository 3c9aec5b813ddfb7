package core

// Direction is which way a history query walks from its starting message.
type Direction uint8

// Older and Newer are the two directions of a history query.
const (
	Newer Direction = iota
	Older
)

// Outgoing is a message to send.
type Outgoing struct {
	// To holds the addresses of one or more recipients: UUIDs or IDs.
	To []string
	// Content is read during the send and not kept.
	Content Content
	// Key, if not empty, makes the send idempotent for its sender: a repeated key to the same recipient answers with the
	// first message and stores nothing. At most MaxMessageKey bytes.
	Key string
	// Time is the sender's own time of the message in milliseconds since the Unix epoch; zero means now.
	Time int64
	// Channel is the conversation with each recipient that the message goes to.
	Channel Channel
	// Seen tells that the sender has seen what came before: earlier messages of the conversation become read for it.
	Seen bool
}

// Channel distinguishes the conversations that two users may have.
type Channel uint8

// The channels between two users.
const (
	// Direct is what they say to each other.
	Direct Channel = iota
	// Notices is what one of them, an account that may, announces to the other. It is the receiver's alone.
	Notices
	// Events is what the service tells their programs. It is in no chat list and has no unread messages.
	Events
)

// MaxMessageKey is the longest idempotency key, in bytes.
const MaxMessageKey = 128

// Delivery reports one delivered message.
type Delivery struct {
	// To is the recipient's UUID.
	To string
	// ID is the message's id: unique in the app, below 2^53, increasing inside a conversation in commit order.
	ID int64
	// Seq is the message's place in its conversation, dense from 1.
	Seq int64
	// Time is in milliseconds since the Unix epoch.
	Time int64
}

// Message is a stored message as one member of its conversation sees it. Its byte slices are shared and must not be
// modified.
type Message struct {
	ID   int64
	Seq  int64
	Time int64 // milliseconds since the Unix epoch
	// Peer is the UUID of the other member of the conversation, whoever sent the message.
	Peer string
	// Own tells that the viewer sent the message.
	Own bool
	// Read tells that the viewer has read the message; one's own messages are always read.
	Read    bool
	Content Content
}

// HistoryQuery selects messages of one conversation, or of all conversations of the caller.
type HistoryQuery struct {
	// Peer is the address of the other member; empty means all conversations, merged by id.
	Peer string
	// After is the id of a message that the caller holds already: Newer lists the oldest messages above it, Older the
	// newest below it. Zero lists the newest messages in either direction.
	After     int64
	Direction Direction
	// Limit is the number of messages at the most: 1 to MaxPage.
	Limit int
	// Form, if not nil, allows the engine to keep what is made of the page. It is comparable, stands for everything beside
	// the page and its members that the text depends on, and is of one type for each endpoint.
	Form any
}

// MaxPage is the largest page of messages, conversations or users.
const MaxPage = 1000

// History is a page of messages, ascending by id.
type History struct {
	Messages []Message
	// Unread counts the unread messages that the caller received in the queried conversation, paging aside; zero for a
	// query over all conversations.
	Unread int
	// Rendered is where the text made of this page is kept. If it was kept before, Messages is empty and Unread zero.
	Rendered Rendered
}

// Conversation is one line of a user's chat list.
type Conversation struct {
	// Peer is the other member.
	Peer *User
	// Last is the newest message.
	Last Message
	// Unread counts the messages from the peer that the caller has not read.
	Unread int
}

// ConversationPage is a page of a chat list, newest message first.
type ConversationPage struct {
	Conversations []Conversation
	// Total counts all conversations of the caller.
	Total int
}
