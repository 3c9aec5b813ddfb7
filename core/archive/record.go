// Package archive is what an app holds as a file that a person can read: one JSON object a line, versioned, streaming,
// with a digest. FORMAT.md describes it for programs in other languages. Export writes an app's archive from an engine
// and Importer puts records, from an archive or from anything else that makes them, into one.
package archive

import (
	"cmp"
	"encoding/json"
	"strconv"
)

// Version is the version of the archives that this package writes. A reader refuses a greater one. Without a new version
// types and fields may be added: readers pass over those that they do not know, and count the records.
const Version = 1

// The bounds of what is read. Whatever exceeds one of them is no archive.
const (
	// MaxLine is the longest line, in bytes, without its line feed.
	MaxLine = 16 << 20
	// MaxDepth is how deeply objects and lists are nested in a line at the most.
	MaxDepth = 32
	// MaxMembers is how many members one record lists; a larger group goes on in records of TypeMembers.
	MaxMembers = 500
	// MaxRuns is how many runs of places one read record lists.
	MaxRuns = 5000
	// MaxData is how many bytes of a content one record carries.
	MaxData = 8 << 20
)

// Type says what a record is.
type Type string

// The types of records, in the order in which an archive has them.
const (
	TypeApp     Type = "app"
	TypeUser    Type = "user"
	TypeFriend  Type = "friend"
	TypeGroup   Type = "group"
	TypeMembers Type = "members"
	TypeMessage Type = "message"
	TypeRead    Type = "read"
	TypeThread  Type = "thread"
	TypeKey     Type = "key"
	TypeImport  Type = "import"
	// TypeContent carries bytes that the official record after it names by their hash.
	TypeContent  Type = "content"
	TypeOfficial Type = "official"
)

// Types returns the types of records, in the order in which an archive has them.
func Types() []Type {
	return []Type{
		TypeApp, TypeUser, TypeFriend, TypeGroup, TypeMembers, TypeMessage, TypeRead, TypeThread, TypeKey, TypeImport, TypeContent,
		TypeOfficial,
	}
}

// The lines of an archive that are no records.
const (
	typeCheck Type = "check"
	typeEnd   Type = "end"
)

// Record is one line of an archive: the field that Type names is set, and no other. Users are named by their IDs; where
// a record comes from elsewhere, any address of the user does.
type Record struct {
	Type     Type
	App      *App
	User     *User
	Friend   *Friend
	Group    *Group
	Members  *Members
	Message  *Message
	Read     *Read
	Thread   *Thread
	Key      *Key
	Import   *Import
	Content  *Content
	Official *Official
}

// Name says, for people, which one of its type a record is; empty if there is no short way.
func (r *Record) Name() string {
	switch {
	case r.User != nil:
		return cmp.Or(r.User.ID, r.User.UUID)
	case r.Friend != nil:
		return r.Friend.User + " and " + r.Friend.Friend
	case r.Group != nil:
		return r.Group.ID
	case r.Members != nil:
		return "of " + r.Members.Group
	case r.Message != nil:
		return cmp.Or(r.Message.Origin, strconv.FormatInt(r.Message.ID, 10)) + " from " + r.Message.From
	case r.Read != nil:
		return "of " + r.Read.Member
	case r.Thread != nil:
		return "of " + r.Thread.Member
	case r.Key != nil:
		return r.Key.Key
	case r.Import != nil:
		return r.Import.Source
	case r.Content != nil:
		return r.Content.Digest
	case r.Official != nil:
		return r.Official.Kind + " of " + r.Official.Account
	}
	return ""
}

// Header is the first line of an archive.
type Header struct {
	// App is the public key of the app, which names the archive's messages together with their ids: archives of one app
	// can be imported one after the other, and what is there already is not stored twice.
	App string `json:"app"`
	// Created is the time of the export, in milliseconds since the Unix epoch.
	Created int64 `json:"created"`
	// Software names the program that has written the archive.
	Software string `json:"software,omitempty"`
}

// App is the settings of the app, without secrets.
type App struct {
	Name      string `json:"name,omitempty"`
	Zone      string `json:"zone,omitempty"`
	OpenUsers bool   `json:"open_users,omitempty"`
	Disabled  bool   `json:"disabled,omitempty"`
	// Dialects holds each dialect's own settings, as far as they are no secrets.
	Dialects map[string]json.RawMessage `json:"dialects,omitempty"`
}

// User is an account, or with Shadow a name that has sent without being registered.
type User struct {
	ID   string `json:"id"`
	UUID string `json:"uuid,omitempty"` // derived from ID if it is empty
	// Username is the name to log in with.
	Username  string `json:"username,omitempty"`
	Role      string `json:"role,omitempty"`      // admin, notifier or robot; empty for an ordinary user
	Reception string `json:"reception,omitempty"` // nothing or quietly; empty for all
	Banned    bool   `json:"banned,omitempty"`
	Shadow    bool   `json:"shadow,omitempty"`
	Nickname  string `json:"nickname,omitempty"`
	Avatar    string `json:"avatar,omitempty"`
	Extra     string `json:"extra,omitempty"`
	// Ext is a JSON object, as text so that it stays what it is to the byte.
	Ext string `json:"ext,omitempty"`
	// Registered is in milliseconds since the Unix epoch; zero means the time of the import.
	Registered   int64  `json:"registered,omitempty"`
	RegisteredIP string `json:"registered_ip,omitempty"`
	// Password is the sealed password; it is in archives for which that was asked.
	Password []byte `json:"password,omitempty"`
}

// Friend is a friendship, which is mutual: there is one record for the two.
type Friend struct {
	User   string `json:"user"`
	Friend string `json:"friend"`
	Since  int64  `json:"since,omitempty"` // milliseconds since the Unix epoch; zero means the time of the import
}

// Group is a group with its first members.
type Group struct {
	ID            string `json:"id"`
	Name          string `json:"name,omitempty"`
	Notice        string `json:"notice,omitempty"`
	Introduction  string `json:"introduction,omitempty"`
	Avatar        string `json:"avatar,omitempty"`
	Extra         string `json:"extra,omitempty"`
	Verification  int32  `json:"verification,omitempty"`
	LookMembers   int32  `json:"look_members,omitempty"`
	Befriend      int32  `json:"befriend,omitempty"`
	Creator       string `json:"creator,omitempty"`
	Owner         string `json:"owner"`
	Created       int64  `json:"created,omitempty"`
	NoticeChanged int64  `json:"notice_changed,omitempty"`
	NoticeBy      string `json:"notice_by,omitempty"`
	Muted         bool   `json:"muted,omitempty"`
	Dismissed     bool   `json:"dismissed,omitempty"`
	// Members are in the order of joining, at most MaxMembers. The owner need not be among them.
	Members []Member `json:"members,omitempty"`
}

// Members are further members of a group that stands before.
type Members struct {
	Group   string   `json:"group"`
	Members []Member `json:"members"`
}

// Member is a user's place in a group, or with Left what is left of it.
type Member struct {
	User       string `json:"user"`
	Role       string `json:"role,omitempty"` // admin or owner; empty for an ordinary member
	Nickname   string `json:"nickname,omitempty"`
	Avatar     string `json:"avatar,omitempty"`
	Extra      string `json:"extra,omitempty"`
	Joined     int64  `json:"joined,omitempty"`
	MutedUntil int64  `json:"muted_until,omitempty"`
	Inviter    string `json:"inviter,omitempty"`
	Operator   string `json:"operator,omitempty"`
	// Left tells that the user has left, and Until the place of the newest message that it may still read.
	Left  bool  `json:"left,omitempty"`
	Until int64 `json:"until,omitempty"`
}
