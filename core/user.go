package core

// UserNumber identifies a user inside its app and the store: dense from 1, never reused, never shown to clients.
type UserNumber uint64

// Role is what a user may do beyond its own conversations.
type Role uint8

// The roles of the platforms' member systems.
const (
	// RoleUser is an ordinary member.
	RoleUser Role = iota
	// RoleAdmin is an administrator of the app.
	RoleAdmin
	// RoleNotifier is an account of the app itself that announces.
	RoleNotifier
	// RoleRobot is an account that a program speaks for.
	RoleRobot
)

// Reception is what happens to the messages that others send to a user.
type Reception uint8

// The ways of receiving.
const (
	// ReceiveAll is the ordinary way.
	ReceiveAll Reception = iota
	// ReceiveNothing refuses messages.
	ReceiveNothing
	// ReceiveQuietly takes messages without calling the user's attention to them.
	ReceiveQuietly
)

// User is one account of an app. A *User handed out by the engine is a snapshot that nobody modifies.
type User struct {
	Number UserNumber
	// ID is the name that the app's owner gave: any string of 1 to MaxUserID bytes.
	ID string
	// UUID is the 32-character form for dialects that demand it; derived from ID if none was given.
	UUID string
	// Username is the login name; empty for users who cannot log in with a password.
	Username string
	Role     Role
	// Reception is the user's wish for all of its conversations.
	Reception Reception
	Banned    bool
	// Shadow marks a name that has sent without being registered: it is shown as a sender and is no account. It receives
	// nothing and is not found, listed or counted until the ID is registered; see Engine.Sender.
	Shadow bool
	// Registered is the time of registration in milliseconds since the Unix epoch; for a shadow that of its first message.
	Registered int64
	// RegisteredIP is the address that the registration came from, or empty.
	RegisteredIP string
	// Nickname and Avatar, at most MaxProfileText bytes each, are shown to other users; neither is unique.
	Nickname, Avatar string
	// Extra is a text of the app's own about the user, at most MaxUserExtra bytes. Core does not look into it.
	Extra string
	// Ext is a JSON object with the app's own fields about the user, or empty.
	Ext []byte

	password []byte
}

const (
	// MaxUserID is the longest user ID or username, in bytes.
	MaxUserID = 128
	// MaxProfileText is the longest nickname or avatar, in bytes.
	MaxProfileText = 1 << 10
	// MaxUserExtra is the longest Extra of a user, in bytes.
	MaxUserExtra = 4 << 10
	// MaxExt is the largest ext object of a user, in bytes.
	MaxExt = 32 << 10
	// UUIDLength is the length of a user's UUID.
	UUIDLength = 32
)

// Caller is who performs an operation: a user of an app, established from credentials and nothing else.
type Caller struct {
	App  *App
	User *User
	// Privileged callers act for the app's operator: the rules that protect users from each other do not bind them.
	Privileged bool
}

// NewUser describes a user to register.
type NewUser struct {
	ID        string // optional if UUID or Username is given
	UUID      string // optional: 32 letters and digits
	Username  string // optional, unique in the app
	Password  string // optional; see Engine.Login
	Role      Role
	Reception Reception
	IP        string
	// Nickname, Avatar and Extra are bounded as in User.
	Nickname, Avatar, Extra string
	Ext                     []byte // a JSON object or nil
}

// UserPage is one page of an app's users, in the order in which their IDs became known.
type UserPage struct {
	Users []*User
	// Total is how many users match the query on all pages.
	Total int
}

// UserQuery selects a page of users.
type UserQuery struct {
	Offset, Limit int
	// Role restricts the page to one role unless it is nil.
	Role *Role
	// Match restricts the page to the users for whom it returns true, unless it is nil. It must be quick and must not use
	// the engine.
	Match func(*User) bool
}
