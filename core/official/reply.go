package official

// ReplyType says what a reply consists of.
type ReplyType string

// The types of replies.
const (
	ReplyText  ReplyType = "text"
	ReplyImage ReplyType = "image"
	ReplyVoice ReplyType = "voice"
	ReplyVideo ReplyType = "video"
	ReplyMusic ReplyType = "music"
	ReplyNews  ReplyType = "news"
)

// Reply names the material to answer with. Whether the material exists is not checked.
type Reply struct {
	ID   string
	Type ReplyType
}

// The names of the special rules, of which an account has one each at the most. They have no keywords.
const (
	// RuleSubscribe answers a new follower.
	RuleSubscribe = "__subscribe"
	// RuleDefault answers what no keyword matches.
	RuleDefault = "__default"
)

// KeywordInput is a keyword to store: 1 to 500 characters without space at the ends.
type KeywordInput struct {
	Content string
	// Fuzzy makes the keyword match messages that contain it and messages that it contains; see Match.
	Fuzzy bool
}

// Keyword is a stored keyword.
type Keyword struct {
	ID string
	KeywordInput
}

// RuleInput is a rule to store. Name has 1 to 100 characters. The keywords may take 48 KiB together.
type RuleInput struct {
	Name     string
	Reply    Reply
	Keywords []KeywordInput
}

// Rule is a stored rule.
type Rule struct {
	ID, Name string
	Reply    Reply
	Keywords []Keyword
	Created  int64
	Updated  int64
}

// RulePage is one page of a list of rules.
type RulePage struct {
	Rules []*Rule
	// Total is the number of rules on all pages.
	Total int
}

// Button types.
const (
	ButtonClick = "click"
	ButtonView  = "view"
)

// TopButton is the parent of the buttons at the top of the menu.
const TopButton = "0"

// Button is a part of the account's menu.
type Button struct {
	// ID is 32 hexadecimal digits; Parent is TopButton or the ID of a button at the top.
	ID, Parent string
	// Name has 1 to 100 characters.
	Name string
	// Type is ButtonClick, ButtonView, or empty for a button that is bound to nothing.
	Type string
	// Keycode is what the platform sends when a ButtonClick is pressed.
	Keycode string
	// URL is what a ButtonView opens.
	URL string
	// Reply is what a ButtonClick answers; empty for an imported one that nobody has bound.
	Reply Reply
	// Sequence orders the buttons of one parent.
	Sequence int
	// Children are in order; only a button at the top has any.
	Children []*Button
}

// ButtonInput is a button of an imported menu; the order of the list is the sequence.
type ButtonInput struct {
	Name, Type, Keycode, URL string
	Children                 []ButtonInput
}

// MaxButtons is how many buttons a menu has at the most.
const MaxButtons = 100
