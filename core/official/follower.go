package official

// The special groups. They are there without being created, and nobody deletes them; an import may name them.
const (
	// GroupAll selects the subscribed followers who are not blocked.
	GroupAll = "-1"
	// GroupUngrouped selects the subscribed followers with the ungrouped mark.
	GroupUngrouped = "0"
	// GroupBlocked selects the subscribed followers with the blocked mark.
	GroupBlocked = "1"
)

// Gender is what the platform says of a follower.
type Gender uint8

// The genders, with the platform's numbers.
const (
	GenderUnknown Gender = iota
	GenderMale
	GenderFemale
)

// Profile is what the platform tells of a follower: texts of at most 1000 characters, URLs of 2000.
type Profile struct {
	Nickname, Country, Province, City, Language, UnionID, Remark string `json:",omitempty"`
	// Avatar is a URL.
	Avatar string `json:",omitempty"`
	Gender Gender `json:",omitempty"`
}

// Membership is a follower's place in a group.
type Membership struct {
	Group string
	// Joined is when the follower came into the group.
	Joined int64
}

// Follower is somebody who follows an account, or has followed it.
type Follower struct {
	// OpenID names the follower in the account: at most 128 bytes.
	OpenID string
	Profile
	// Subscribed tells that the follower has not left; those who have belong to no group.
	Subscribed      bool
	SubscribeTime   int64
	UnsubscribeTime int64
	Ungrouped       bool
	Blocked         bool
	// Groups are the ordinary groups of the follower, in the order of joining.
	Groups []Membership `json:",omitempty"`
	// Seen is when the platform was last heard of the follower; see UnsubscribeUnseen.
	Seen int64
}

// FollowerUpdate is what an import knows of a follower.
type FollowerUpdate struct {
	OpenID        string
	Profile       Profile
	Subscribed    bool
	SubscribeTime int64
	// Groups replaces the follower's groups unless it is nil: GroupBlocked sets the mark, an empty list or one with
	// GroupUngrouped alone makes the follower ungrouped. With nil a known follower stays where it is and a new one is
	// ungrouped. At most MaxMemberships.
	Groups []string
}

// MaxMemberships is how many ordinary groups a follower can be in.
const MaxMemberships = 100

// FollowerPage is one page of a list of followers.
type FollowerPage struct {
	Followers []*Follower
	// Total is the number of followers on all pages.
	Total int
}

// Selection is the audience of a mass send. Blocked followers are in none but that of GroupBlocked.
type Selection struct {
	// Group is a group's ID or one of the special groups.
	Group string
	// Gender selects the followers of one gender, nil those of all.
	Gender *Gender
}

// Group is a set of followers.
type Group struct {
	// ID is numeric, as the platform gave it, or 32 hexadecimal digits for a group made here.
	ID string
	// Name has at most 100 characters.
	Name    string
	Created int64
	// Followers is how many subscribed followers are in the group.
	Followers int
}

// GroupList is all groups of an account.
type GroupList struct {
	// Total is the number of followers in GroupAll.
	Total int
	// Groups are in numerical order where the ID is a number; the others follow in the order of creation.
	Groups []Group
}

// GroupUpdate is what an import knows of a group.
type GroupUpdate struct {
	// ID is a number of at most 18 digits.
	ID, Name string
}
