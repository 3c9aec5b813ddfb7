package openim

import (
	"encoding/binary"
	"errors"
)

// pushInfo is what a sender wants an offline receiver to be shown.
type pushInfo struct {
	title, description, ex, sound, signal string
	badge                                 bool
}

// meta is what a message of this dialect carries beside its content.
type meta struct {
	clientMsgID      [16]byte // shown as 32 hex digits; zero if there is none
	senderPlatformID int64
	senderNickname   string
	senderFaceURL    string
	msgFrom          int64
	ex               string
	notOfflinePush   bool
	push             pushInfo
	hasPush          bool // the sender gave push, be it empty
	atUserIDList     []string
}

var errBadMeta = errors.New("openim: not the metadata of a message")

// metaVersion is the first byte of metadata.
const metaVersion = 1

// What is present, in the order of the fields.
const (
	metaClientMsgID = 1 << iota
	metaPlatform
	metaNickname
	metaFace
	metaFrom
	metaEx
	metaNotOfflinePush
	metaPush
	metaAtUsers
	metaEnd
)

// What is present in the push information.
const (
	pushTitle = 1 << iota
	pushDescription
	pushEx
	pushSound
	pushSignal
	pushBadge
	pushEnd
)

// appendMeta appends m in the form that parseMeta reads: a version, what is present, and that, texts behind their
// lengths. Metadata that says nothing is nothing.
func appendMeta(dst []byte, m *meta) []byte {
	present := bit(m.clientMsgID != [16]byte{}, metaClientMsgID) | bit(m.senderPlatformID != 0, metaPlatform) |
		bit(m.senderNickname != "", metaNickname) | bit(m.senderFaceURL != "", metaFace) | bit(m.msgFrom != 0, metaFrom) |
		bit(m.ex != "", metaEx) | bit(m.notOfflinePush, metaNotOfflinePush) | bit(m.hasPush, metaPush) |
		bit(len(m.atUserIDList) > 0, metaAtUsers)
	if present == 0 {
		return dst
	}
	dst = binary.AppendUvarint(append(dst, metaVersion), present)
	if present&metaClientMsgID != 0 {
		dst = append(dst, m.clientMsgID[:]...)
	}
	if present&metaPlatform != 0 {
		dst = binary.AppendVarint(dst, m.senderPlatformID)
	}
	dst = appendPresent(dst, m.senderNickname)
	dst = appendPresent(dst, m.senderFaceURL)
	if present&metaFrom != 0 {
		dst = binary.AppendVarint(dst, m.msgFrom)
	}
	dst = appendPresent(dst, m.ex)
	if present&metaPush != 0 {
		dst = appendPush(dst, &m.push)
	}
	if present&metaAtUsers != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(m.atUserIDList)))
		for _, id := range m.atUserIDList {
			dst = appendSized(dst, id)
		}
	}
	return dst
}

func appendPush(dst []byte, p *pushInfo) []byte {
	present := bit(p.title != "", pushTitle) | bit(p.description != "", pushDescription) | bit(p.ex != "", pushEx) |
		bit(p.sound != "", pushSound) | bit(p.signal != "", pushSignal) | bit(p.badge, pushBadge)
	dst = append(dst, byte(present))
	for _, s := range [...]string{p.title, p.description, p.ex, p.sound, p.signal} {
		dst = appendPresent(dst, s)
	}
	return dst
}

func bit(is bool, flag uint64) uint64 {
	if is {
		return flag
	}
	return 0
}

// appendPresent appends a text unless it is empty: then a missing bit says so.
func appendPresent(dst []byte, s string) []byte {
	if s == "" {
		return dst
	}
	return appendSized(dst, s)
}

func appendSized(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
