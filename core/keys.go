package core

import (
	"encoding/binary"
	"fmt"
)

// Every key of the store is built and parsed here. A key is a table byte, the app's number in four bytes (except in the
// tables of apps), and fields of fixed width in big-endian order, so that the byte order of keys is the order of their
// fields; only the last field may vary in length.
const (
	tableApps        = 'a' // app -> app record
	tableAppKeys     = 'A' // app key -> app
	tableGeneration  = 'G' // -> counter that every change of an app's settings moves
	tableHeads       = 'h' // app -> counters, read and written by every group that changes the app
	tableUsers       = 'u' // app, user -> user record
	tableNames       = 'n' // app, kind of name, name -> user
	tableSessions    = 's' // app, user, token digest -> session record
	tableMessages    = 'm' // app, conversation, id -> message record
	tableReads       = 'r' // app, conversation, user -> what the user has read
	tableMessageKeys = 'k' // app, conversation, sender, message key -> delivery
	tableFeed        = 'f' // app, position -> conversations that a group has changed
	tableCursors     = 'c' // app -> position in the feed up to which the chat lists are complete
	tableChats       = 'x' // app, user, newest message id descending, number of chats -> run of the user's chat list
	tableReadTotals  = 'd' // app, user -> messages marked as read
	tableGroups      = 'g' // app, group -> group record
	tableMembers     = 'M' // app, group, user -> member record
	tableJoined      = 'j' // app, user, group -> whether the user is a member still
	tableFriends     = 'F' // app, user, friend -> time of the friendship
	tableThreads     = 'o' // app, user, conversation -> the user's options for it
	tableLeases      = 'l' // app, source -> who is taking the source over
	tableImports     = 'i' // app, source -> how far the app has taken over the source
	tableOrigins     = 'O' // app, conversation, source, origin -> delivery
	tablePlaces      = 'p' // app, conversation, source -> where the source's places are in the conversation
	// 'w' begins the keys of package official, which builds and parses them itself.
)

// The kinds of names in tableNames.
const (
	nameID       = 'i'
	nameUUID     = 'u'
	nameUsername = 'n'
	nameGroup    = 'g' // the number behind it is a group's
)

// conversationKey names a conversation. A direct conversation and its events have their two members in a and b, the
// smaller number first; notices have the sender in a and the receiver in b; a group has its number in a.
type conversationKey struct {
	app  uint32
	kind byte
	a, b UserNumber
}

const (
	kindDirect  = 'd'
	kindEvents  = 'e'
	kindNotices = 'o'
	kindGroup   = 'g'

	conversationWidth = 1 + 8 + 8
	appPrefixWidth    = 1 + 4
	maxMessageID      = 1<<53 - 1
)

// directConversation returns the key of the conversation between two users.
func directConversation(app uint32, u, v UserNumber) conversationKey {
	return conversationKey{app: app, kind: kindDirect, a: min(u, v), b: max(u, v)}
}

// eventsConversation returns the key of the events between two users, who may be one and the same.
func eventsConversation(app uint32, u, v UserNumber) conversationKey {
	return conversationKey{app: app, kind: kindEvents, a: min(u, v), b: max(u, v)}
}

// noticesConversation returns the key of what sender has announced to receiver.
func noticesConversation(app uint32, sender, receiver UserNumber) conversationKey {
	return conversationKey{app: app, kind: kindNotices, a: sender, b: receiver}
}

// groupConversation returns the key of a group's conversation.
func groupConversation(app uint32, group GroupNumber) conversationKey {
	return conversationKey{app: app, kind: kindGroup, a: UserNumber(group)}
}

// side tells which of the two members u is: 0 or 1.
func (k conversationKey) side(u UserNumber) int {
	if u == k.b {
		return 1
	}
	return 0
}

// peer returns the member that u is not.
func (k conversationKey) peer(u UserNumber) UserNumber {
	if u == k.b {
		return k.a
	}
	return k.b
}

// channel tells which of the conversations between two users this is.
func (k conversationKey) channel() Channel {
	switch k.kind {
	case kindNotices:
		return Notices
	case kindEvents:
		return Events
	}
	return Direct
}

// listed returns the members in whose chat lists a conversation stands, and how many they are. Groups are in no list:
// a message to one would otherwise cost as much as the group is large.
func (k conversationKey) listed() (users [2]UserNumber, n int) {
	switch {
	case k.kind == kindNotices:
		return [2]UserNumber{k.b}, 1
	case k.kind != kindDirect:
		return users, 0
	case k.a == k.b:
		return [2]UserNumber{k.a}, 1
	}
	return [2]UserNumber{k.a, k.b}, 2
}

func appendTable(dst []byte, table byte, app uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, table), app)
}

func appendAppKeyKey(dst []byte, key string) []byte {
	return append(append(dst, tableAppKeys), key...)
}

func appendUserKey(dst []byte, table byte, app uint32, user UserNumber) []byte {
	return binary.BigEndian.AppendUint64(appendTable(dst, table, app), uint64(user))
}

func appendNameKey(dst []byte, app uint32, kind byte, name string) []byte {
	return append(append(appendTable(dst, tableNames, app), kind), name...)
}

func appendSessionKey(dst []byte, app uint32, user UserNumber, digest []byte) []byte {
	return append(appendUserKey(dst, tableSessions, app, user), digest...)
}

func appendConversation(dst []byte, k conversationKey) []byte {
	dst = append(dst, k.kind)
	dst = binary.BigEndian.AppendUint64(dst, uint64(k.a))
	return binary.BigEndian.AppendUint64(dst, uint64(k.b))
}

func appendConversationKey(dst []byte, table byte, k conversationKey) []byte {
	return appendConversation(appendTable(dst, table, k.app), k)
}

func appendMessageKey(dst []byte, k conversationKey, id int64) []byte {
	return binary.BigEndian.AppendUint64(appendConversationKey(dst, tableMessages, k), uint64(id))
}

func appendReadKey(dst []byte, k conversationKey, user UserNumber) []byte {
	return binary.BigEndian.AppendUint64(appendConversationKey(dst, tableReads, k), uint64(user))
}

func appendMessageKeyKey(dst []byte, k conversationKey, sender UserNumber, key string) []byte {
	dst = appendConversationKey(dst, tableMessageKeys, k)
	return append(binary.BigEndian.AppendUint64(dst, uint64(sender)), key...)
}

func appendGroupKey(dst []byte, app uint32, group GroupNumber) []byte {
	return binary.BigEndian.AppendUint64(appendTable(dst, tableGroups, app), uint64(group))
}

func appendMemberKey(dst []byte, app uint32, group GroupNumber, user UserNumber) []byte {
	dst = binary.BigEndian.AppendUint64(appendTable(dst, tableMembers, app), uint64(group))
	return binary.BigEndian.AppendUint64(dst, uint64(user))
}

func appendJoinedKey(dst []byte, app uint32, user UserNumber, group GroupNumber) []byte {
	return binary.BigEndian.AppendUint64(appendUserKey(dst, tableJoined, app, user), uint64(group))
}

func appendFriendKey(dst []byte, app uint32, user, friend UserNumber) []byte {
	return binary.BigEndian.AppendUint64(appendUserKey(dst, tableFriends, app, user), uint64(friend))
}

func appendThreadKey(dst []byte, user UserNumber, k conversationKey) []byte {
	return appendConversation(appendUserKey(dst, tableThreads, k.app, user), k)
}

func appendLeaseKey(dst []byte, app uint32, source string) []byte {
	return append(appendTable(dst, tableLeases, app), source...)
}

func appendImportKey(dst []byte, app uint32, source string) []byte {
	return append(appendTable(dst, tableImports, app), source...)
}

// appendOriginsKey begins the keys of what a conversation has from a source, whose name has at most 255 bytes.
func appendOriginsKey(dst []byte, k conversationKey, source string) []byte {
	dst = append(appendConversationKey(dst, tableOrigins, k), byte(len(source)))
	return append(dst, source...)
}

func appendOriginKey(dst []byte, k conversationKey, source, origin string) []byte {
	return append(appendOriginsKey(dst, k, source), origin...)
}

func appendPlacesKey(dst []byte, k conversationKey, source string) []byte {
	return append(appendConversationKey(dst, tablePlaces, k), source...)
}

func appendFeedKey(dst []byte, app uint32, position uint64) []byte {
	return binary.BigEndian.AppendUint64(appendTable(dst, tableFeed, app), position)
}

func appendRunKey(dst []byte, app uint32, user UserNumber, run runRef) []byte {
	dst = binary.BigEndian.AppendUint64(appendUserKey(dst, tableChats, app, user), ^uint64(run.newest))
	return binary.BigEndian.AppendUint32(dst, uint32(run.count))
}

// parseMessageID returns the id at the end of a key of tableMessages.
func parseMessageID(key []byte) (int64, error) {
	if len(key) != appPrefixWidth+conversationWidth+8 {
		return 0, corrupt(key)
	}
	return int64(binary.BigEndian.Uint64(key[len(key)-8:])), nil
}

// parseRunKey returns the run that a key of tableChats names.
func parseRunKey(key []byte) (runRef, error) {
	if len(key) != appPrefixWidth+8+8+4 {
		return runRef{}, corrupt(key)
	}
	run := runRef{
		newest: int64(^binary.BigEndian.Uint64(key[appPrefixWidth+8:])),
		count:  int(binary.BigEndian.Uint32(key[appPrefixWidth+16:])),
	}
	if run.newest < 0 || run.count < 1 {
		return runRef{}, corrupt(key)
	}
	return run, nil
}

// parseFeedPosition returns the position at the end of a key of tableFeed.
func parseFeedPosition(key []byte) (uint64, error) {
	if len(key) != appPrefixWidth+8 {
		return 0, corrupt(key)
	}
	return binary.BigEndian.Uint64(key[appPrefixWidth:]), nil
}

// parseAppNumber returns the app of a key of tableApps.
func parseAppNumber(key []byte) (uint32, error) {
	if len(key) != appPrefixWidth {
		return 0, corrupt(key)
	}
	return binary.BigEndian.Uint32(key[1:]), nil
}

// parseUserNumber returns the user of a key of tableUsers.
func parseUserNumber(key []byte) (UserNumber, error) {
	if len(key) != appPrefixWidth+8 {
		return 0, corrupt(key)
	}
	return UserNumber(binary.BigEndian.Uint64(key[appPrefixWidth:])), nil
}

// parseSecond returns the number at the end of a key that names two: the member of a group, the group of a member, the
// friend of a user.
func parseSecond(key []byte) (uint64, error) {
	if len(key) != appPrefixWidth+8+8 {
		return 0, corrupt(key)
	}
	return binary.BigEndian.Uint64(key[appPrefixWidth+8:]), nil
}

// parseThread returns the conversation at the end of a key of tableThreads.
func parseThread(app uint32, key []byte) (conversationKey, error) {
	if len(key) != appPrefixWidth+8+conversationWidth {
		return conversationKey{}, corrupt(key)
	}
	return parseConversation(app, key[appPrefixWidth+8:])
}

// parseConversation reads the conversation that appendConversation wrote.
func parseConversation(app uint32, b []byte) (conversationKey, error) {
	if len(b) != conversationWidth {
		return conversationKey{}, corrupt(b)
	}
	return conversationKey{
		app:  app,
		kind: b[0],
		a:    UserNumber(binary.BigEndian.Uint64(b[1:])),
		b:    UserNumber(binary.BigEndian.Uint64(b[9:])),
	}, nil
}

// parseTail splits a key whose table byte, app and conversation other fields follow.
func parseTail(key []byte) (conversationKey, []byte, error) {
	const width = appPrefixWidth + conversationWidth
	if len(key) < width {
		return conversationKey{}, nil, corrupt(key)
	}
	k, err := parseConversation(binary.BigEndian.Uint32(key[1:]), key[appPrefixWidth:width])
	return k, key[width:], err
}

// parseOrigin returns the fields of a key of tableOrigins.
func parseOrigin(key []byte) (k conversationKey, source, origin string, err error) {
	k, tail, err := parseTail(key)
	if err != nil {
		return k, "", "", err
	}
	if len(tail) < 1 || len(tail) < 1+int(tail[0]) {
		return k, "", "", corrupt(key)
	}
	end := 1 + int(tail[0])
	return k, string(tail[1:end]), string(tail[end:]), nil
}

// parseMemberOf returns the user of a key in which one follows the conversation, and what comes behind it.
func parseMemberOf(key []byte) (k conversationKey, user UserNumber, rest string, err error) {
	k, tail, err := parseTail(key)
	if err != nil {
		return k, 0, "", err
	}
	if len(tail) < 8 {
		return k, 0, "", corrupt(key)
	}
	return k, UserNumber(binary.BigEndian.Uint64(tail)), string(tail[8:]), nil
}

// corrupt reports bytes of the store that no version of this program has written.
func corrupt(b []byte) error {
	return fmt.Errorf("core: the store holds a key or record that cannot be read: %x", b[:min(len(b), 64)])
}
