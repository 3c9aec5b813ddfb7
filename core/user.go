package core

// UserNumber identifies a user inside its app and the store: dense from 1, never reused, never shown to clients.
type UserNumber uint64

// Role is what a user may do beyond its own conversations.
type Role uint8

// The roles of the platforms' member systems.
const (
	RoleUser Role = iota
	RoleAdmin
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
	Banned   bool
	// Registered is the time of registration in milliseconds since the Unix epoch.
	Registered int64
	// RegisteredIP is the address that the registration came from, or empty.
	RegisteredIP string
	// Ext is a JSON object with the app's own fields about the user, or empty.
	Ext []byte

	password []byte
}

// MaxUserID is the longest user ID or username, in bytes.
const MaxUserID = 128

// Caller is who performs an operation: a user of an app, established from credentials and nothing else.
type Caller struct {
	App  *App
	User *User
	// Privileged callers act for the app's operator: the rules that protect users from each other do not bind them.
	Privileged bool
}

// NewUser describes a user to register.
type NewUser struct {
	ID       string // optional if UUID or Username is given
	UUID     string // optional: 32 letters and digits
	Username string // optional, unique in the app
	Password string // optional; see Engine.Login
	Role     Role
	IP       string
	Ext      []byte // a JSON object or nil
}

// UserPage is one page of an app's users in order of registration.
type UserPage struct {
	Users []*User
	Total int
}

// UserQuery selects a page of users.
type UserQuery struct {
	Offset, Limit int
	// Role restricts the page to one role unless it is nil.
	Role *Role
}
