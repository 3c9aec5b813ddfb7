package core

// GroupNumber identifies a group inside its app and the store: dense from 1, never reused, never shown to clients.
type GroupNumber uint64

// Group is a circle of users with one conversation. A *Group handed out by the engine is a snapshot that nobody modifies.
type Group struct {
	Number GroupNumber
	// ID is the name that clients use: any string of 1 to MaxUserID bytes, unique in the app.
	ID string
	// Name, Notice, Introduction, Avatar and Extra are for people and clients; none of them is unique.
	Name, Notice, Introduction, Avatar, Extra string
	// Policy is what the group's clients may do beside talking; core keeps it and does not enforce it.
	Policy GroupPolicy
	// Creator and Owner are user IDs.
	Creator, Owner string
	// Created is the time of creation in milliseconds since the Unix epoch.
	Created int64
	// NoticeChanged is when Notice was last changed and NoticeBy the ID of the user who did; zero and empty if never.
	NoticeChanged int64
	NoticeBy      string
	// Members is how many members the group has.
	Members int
	// Muted lets only the owner, admins and privileged senders talk.
	Muted bool
	// Dismissed ends the group: nobody talks any more, and what was said stays readable.
	Dismissed bool
}

// GroupPolicy holds the group's settings that only clients act on, as the numbers that their platform gives them.
type GroupPolicy struct {
	// Verification says whether joining needs approval, LookMembers whether members see each other's profile, and
	// Befriend whether members may make friends through the group.
	Verification, LookMembers, Befriend int32
}

// GroupRole is what a member may do in its group. Higher roles include what lower ones may.
type GroupRole uint8

// The roles in a group.
const (
	GroupMember GroupRole = iota
	GroupAdmin
	GroupOwner
)

// Member is a user's place in a group.
type Member struct {
	User *User
	Role GroupRole
	// Nickname and Avatar replace the user's own in this group; empty means the user's own.
	Nickname, Avatar, Extra string
	// Joined is when the user became a member and MutedUntil when it may talk again, in milliseconds since the Unix
	// epoch; a MutedUntil that has passed means nothing.
	Joined, MutedUntil int64
	// Inviter and Operator are the IDs of the users who brought the member in; empty if it came by itself.
	Inviter, Operator string
}

// NewGroup describes a group to create.
type NewGroup struct {
	// ID is chosen by the engine if it is empty: up to ten digits.
	ID                                        string
	Name, Notice, Introduction, Avatar, Extra string
	Policy                                    GroupPolicy
	// Creator, Owner, Admins and Members are user addresses. The owner is in neither list, and nobody is in both.
	Creator, Owner  string
	Admins, Members []string
}

// GroupChange says what to change; nil leaves a field as it is.
type GroupChange struct {
	Name, Notice, Introduction, Avatar, Extra *string
	Verification, LookMembers, Befriend       *int32
}

// MemberChange says what to change about a member; nil leaves a field as it is.
type MemberChange struct {
	Nickname, Avatar, Extra *string
	Role                    *GroupRole
}

// MaxGroupText bounds each of a group's and a member's texts, in bytes.
const MaxGroupText = 8 << 10
