package official

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Every key of this package is built and parsed here. A key is the byte that core leaves to official accounts, the
// account's number in four bytes, a table byte, and fields. All fields but the last have a fixed width or their length
// before them; numbers are big-endian, so that the byte order of keys is the order of their fields. The rows of account
// zero, which does not exist, belong to all.
const tableOfficial = 'w'

// The tables of account zero.
const (
	tableAccounts  = 'a' // account number -> account record
	tableOriginals = 'o' // original ID -> account number
	tableJobs      = 'j' // job -> job record
	tableDue       = 'q' // time, job -> nothing
	tableLoose     = 'l' // account number, blob -> time from which on its chunks belong to no row
	tableLeases    = 'z' // name -> lease record
)

// The tables of an account.
const (
	tableCredentials = 'c' // nothing -> sealed credentials
	tableFollowers   = 'f' // OpenID -> follower record
	tableGroups      = 'g' // group -> group record
	tableTexts       = 't' // text -> text record
	tableMedia       = 'm' // medium -> media record
	tableChunks      = 'b' // blob, number -> bytes
	tableUpstream    = 'u' // material, type -> the platform's ID of an upload
	tableNews        = 'n' // news -> news record
	tableArticles    = 'a' // article -> article record
	tableRules       = 'r' // rule -> rule record
	tableSpecial     = 's' // special name -> rule
	tableRuleChanges = 'R' // nothing -> count of changes of the rules
	tableButtons     = 'B' // button -> button record
	tableMenu        = 'h' // nothing -> count of changes, which every change of the menu reads and writes
	tableInbound     = 'i' // message -> message record
	tableEvents      = 'e' // digest of an event -> message
	tableMassSends   = 'M' // mass send -> record
	tableAudience    = 'p' // mass send, chunk, number -> OpenIDs
	tableUnsent      = 'w' // mass send that is not settled -> nothing
	tableReports     = 'x' // the platform's message number -> chunk
	tableEarly       = 'y' // the platform's message number -> report on a chunk that is not known yet
	tableJobKeys     = 'k' // kind, key -> job
	tableCursors     = 'C' // name -> position
	tableLists       = 'L' // list, part, sort key; see list
)

// The parts of a list.
const (
	listEntries  = 'e' // sort key -> nothing
	listTotal    = 'n' // nothing -> number of entries
	listSegments = 's' // sort key -> number of entries from here to the next segment
)

const (
	tablePrefixWidth = 1 + 4 + 1
	blobWidth        = 16
)

func tableKey(account uint32, table byte) []byte {
	key := make([]byte, 0, 64)
	key = append(key, tableOfficial)
	return append(binary.BigEndian.AppendUint32(key, account), table)
}

// idKey returns the key of a row that is named by a text.
func idKey(account uint32, table byte, id string) []byte {
	return append(tableKey(account, table), id...)
}

// appendName appends a text of at most 255 bytes that other fields follow.
func appendName(key []byte, name string) []byte {
	return append(append(key, byte(len(name))), name...)
}

func accountKey(number uint32) []byte {
	return binary.BigEndian.AppendUint32(tableKey(0, tableAccounts), number)
}

// parseAccountNumber returns the number at the end of a key of tableAccounts.
func parseAccountNumber(key []byte) (uint32, error) {
	if len(key) != tablePrefixWidth+4 {
		return 0, corrupt(key)
	}
	return binary.BigEndian.Uint32(key[tablePrefixWidth:]), nil
}

func dueKey(at int64, job string) []byte {
	return append(binary.BigEndian.AppendUint64(tableKey(0, tableDue), uint64(at)), job...)
}

// parseDue returns the fields of a key of tableDue.
func parseDue(key []byte) (at int64, job string, err error) {
	if len(key) < tablePrefixWidth+8 {
		return 0, "", corrupt(key)
	}
	return int64(binary.BigEndian.Uint64(key[tablePrefixWidth:])), string(key[tablePrefixWidth+8:]), nil
}

// blobID names a sequence of chunks.
type blobID [blobWidth]byte

// MarshalText implements encoding.TextMarshaler.
func (b blobID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *blobID) UnmarshalText(text []byte) error {
	id, err := hex.AppendDecode(nil, text)
	if err == nil && len(id) != blobWidth {
		err = corrupt(text)
	}
	copy(b[:], id)
	return err
}

func looseKey(account uint32, blob blobID) []byte {
	return append(binary.BigEndian.AppendUint32(tableKey(0, tableLoose), account), blob[:]...)
}

// parseLoose returns the fields of a key of tableLoose.
func parseLoose(key []byte) (account uint32, blob blobID, err error) {
	if len(key) != tablePrefixWidth+4+blobWidth {
		return 0, blob, corrupt(key)
	}
	copy(blob[:], key[tablePrefixWidth+4:])
	return binary.BigEndian.Uint32(key[tablePrefixWidth:]), blob, nil
}

// blobPrefix begins the keys of a blob's chunks.
func blobPrefix(account uint32, blob blobID) []byte {
	return append(tableKey(account, tableChunks), blob[:]...)
}

func chunkKey(account uint32, blob blobID, number uint32) []byte {
	return binary.BigEndian.AppendUint32(blobPrefix(account, blob), number)
}

// upstreamPrefix begins the keys of all uploads of a material.
func upstreamPrefix(account uint32, material string) []byte {
	return appendName(tableKey(account, tableUpstream), material)
}

func upstreamKey(account uint32, key UpstreamKey) []byte {
	return append(upstreamPrefix(account, key.Material), key.Type...)
}

// audiencePrefix begins the keys of a mass send's audience.
func audiencePrefix(account uint32, massSend string) []byte {
	return appendName(tableKey(account, tableAudience), massSend)
}

// chunkPrefix begins the keys of the audience of one chunk.
func chunkPrefix(account uint32, massSend string, chunk int) []byte {
	return binary.BigEndian.AppendUint32(audiencePrefix(account, massSend), uint32(chunk))
}

func audienceKey(account uint32, massSend string, chunk, part int) []byte {
	return binary.BigEndian.AppendUint32(chunkPrefix(account, massSend, chunk), uint32(part))
}

// reportKey is a key of tableReports or tableEarly.
func reportKey(account uint32, table byte, messageID int64) []byte {
	return binary.BigEndian.AppendUint64(tableKey(account, table), uint64(messageID))
}

func jobKeyKey(account uint32, kind, key string) []byte {
	return append(appendName(tableKey(account, tableJobKeys), kind), key...)
}

func listKey(account uint32, name string, part byte) []byte {
	return append(appendName(tableKey(account, tableLists), name), part)
}

// newestFirst is a sort key by which later times come first.
func newestFirst(at int64, tail string) []byte {
	return append(binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(tail)), ^uint64(at)), tail...)
}

// parseNewestFirst returns the fields of a sort key.
func parseNewestFirst(sortKey []byte) (at int64, tail string, err error) {
	if len(sortKey) < 8 {
		return 0, "", corrupt(sortKey)
	}
	return int64(^binary.BigEndian.Uint64(sortKey)), string(sortKey[8:]), nil
}

// place is the position of a row among those of its table: the time, and a number that orders what has the same time.
type place struct {
	Time int64
	Tick uint32
}

const placeWidth = 8 + 4

// newest is the sort key of a row that comes before the older ones.
func (p place) newest(id string) []byte {
	key := binary.BigEndian.AppendUint64(make([]byte, 0, placeWidth+len(id)), ^uint64(p.Time))
	return append(binary.BigEndian.AppendUint32(key, ^p.Tick), id...)
}

// oldest is the sort key of a row that comes after the older ones.
func (p place) oldest(id string) []byte {
	key := binary.BigEndian.AppendUint64(make([]byte, 0, placeWidth+len(id)), uint64(p.Time))
	return append(binary.BigEndian.AppendUint32(key, p.Tick), id...)
}

// parsePlaced returns the row of a sort key made by newest or oldest.
func parsePlaced(sortKey []byte) (id string, err error) {
	if len(sortKey) < placeWidth {
		return "", corrupt(sortKey)
	}
	return string(sortKey[placeWidth:]), nil
}

// corrupt reports bytes of the store that no version of this program has written.
func corrupt(b []byte) error {
	return fmt.Errorf("official: the store holds a key or record that cannot be read: %x", b[:min(len(b), 64)])
}
