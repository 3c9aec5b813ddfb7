package load

// Op is one kind of request.
type Op uint8

// The kinds of requests.
const (
	// Send is a message to one contact.
	Send Op = iota
	// Bulk is a message to several contacts at once.
	Bulk
	// List is the newest page of one conversation.
	List
	// Chats is the first page of the chat list.
	Chats
	// Mark marks a conversation as read.
	Mark
	// Unread counts all unread messages.
	Unread

	// OpCount is the number of kinds.
	OpCount = int(Unread) + 1
)

// Ops lists every kind.
func Ops() []Op { return []Op{Send, Bulk, List, Chats, Mark, Unread} }

// String returns the name that mixes and reports use.
func (o Op) String() string {
	switch o {
	case Send:
		return "send"
	case Bulk:
		return "bulk"
	case List:
		return "list"
	case Chats:
		return "chats"
	case Mark:
		return "mark"
	case Unread:
		return "unread"
	}
	return "unknown"
}
