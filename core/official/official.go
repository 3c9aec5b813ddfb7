// Package official is the data and the operations of official accounts on a messaging platform: bindings, followers and
// their groups, reply material, keyword rules, menus, received messages, mass sends and the background jobs around
// them. It speaks no protocol and calls nobody; adapters do.
//
// Every operation names its account by Account.ID. An unknown account is a fault NotFound with FieldAccount, another
// unknown row NotFound with the field that names its kind, an unacceptable value Invalid with the field at fault, and
// text beyond its bound TooLarge. Text is UTF-8 and its bounds count characters. Times are milliseconds since the Unix
// epoch, zero where there is none. Returned values belong to the caller unless their type says otherwise.
package official

import (
	"log/slog"

	"parley/core"
)

// Options are the settings of a service.
type Options struct {
	// Key seals credentials: 32 bytes, or nil, with which credentials can be neither stored nor read.
	Key []byte
	// Log receives the failures that no caller is told of; nil means slog.Default.
	Log *slog.Logger
}

// MaxPage is the largest Page.Limit.
const MaxPage = 1000

// Page is a section of a list: Limit rows, at most MaxPage, after Offset others. Outside these bounds the fault is Invalid
// with core.FieldPage. A page behind the end is empty.
type Page struct {
	Offset, Limit int
}

// The fields that faults of this package name, beside those of core.
const (
	FieldAccount     core.Field = "account"
	FieldOriginal    core.Field = "original_id"
	FieldCredentials core.Field = "credentials"
	FieldFollower    core.Field = "follower"
	FieldName        core.Field = "name"
	FieldTitle       core.Field = "title"
	FieldAuthor      core.Field = "author"
	FieldDigest      core.Field = "digest"
	FieldDescription core.Field = "description"
	FieldURL         core.Field = "url"
	FieldText        core.Field = "text"
	FieldMedia       core.Field = "media"
	FieldImage       core.Field = "image"
	FieldNews        core.Field = "news"
	FieldArticle     core.Field = "article"
	FieldRule        core.Field = "rule"
	FieldKeyword     core.Field = "keyword"
	FieldReply       core.Field = "reply"
	FieldReplyType   core.Field = "reply_type"
	FieldButton      core.Field = "button"
	FieldParent      core.Field = "parent"
	FieldSequence    core.Field = "sequence"
	FieldKeycode     core.Field = "keycode"
	FieldMassSend    core.Field = "mass_send"
	FieldAudience    core.Field = "audience"
	FieldChunk       core.Field = "chunk"
	FieldGender      core.Field = "gender"
	FieldKind        core.Field = "kind"
	FieldTime        core.Field = "time"
	FieldJob         core.Field = "job"
	FieldCursor      core.Field = "cursor"
)
