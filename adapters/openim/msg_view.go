package openim

import (
	"encoding/hex"

	"parley/adapters/wire"
	"parley/core"
)

// The states of a message.
const (
	statusSuccess = 2
	statusDeleted = 4
)

// typeRevoked is the content type of a message that was taken back.
const typeRevoked = 2101

// wireMessage is a message as the dialect shows it: what all its message objects have in common.
type wireMessage struct {
	meta        meta
	clientMsgID string
	serverMsgID string
	contentType int64
	content     []byte
	nickname    string
	face        string
	from        int64
}

// showMessage shows an entry of a conversation of the given session type. What the message refers to is appended to text,
// whose earlier parts stay where they are.
func showMessage(app *core.App, e *core.Entry, session int64, text []byte) (m wireMessage, _ []byte, err error) {
	start := len(text)
	text = appendServerMsgID(text, app, e.ID)
	m.serverMsgID = wire.View(text[start:])
	m.from = fromUser
	if e.Content.Origin == origin {
		if m.meta, err = parseMeta(e.Content.Meta); err != nil {
			return m, text, core.Wrap(core.Internal, "a message's metadata can not be read", err)
		}
		m.nickname, m.face, m.from = m.meta.senderNickname, m.meta.senderFaceURL, fromService
		if m.meta.msgFrom != 0 {
			m.from = m.meta.msgFrom
		}
	} else if e.Sender != nil {
		m.nickname, m.face = e.Sender.Nickname, e.Sender.Avatar
	}
	if m.clientMsgID = m.serverMsgID; m.meta.clientMsgID != [16]byte{} {
		start = len(text)
		text = hex.AppendEncode(text, m.meta.clientMsgID[:])
		m.clientMsgID = wire.View(text[start:])
	}
	start = len(text)
	switch {
	case e.Revoked != nil:
		m.contentType, text = typeRevoked, appendRevocation(text, e, &m, session)
	case !e.Hidden:
		m.contentType, text = appendContent(text, &e.Content)
	}
	m.content = text[start:]
	return m, text, nil
}

// appendRevocation appends what is shown of a message that was taken back.
func appendRevocation(dst []byte, e *core.Entry, m *wireMessage, session int64) []byte {
	w := objectWriter{style: wire.Go}
	w.text("revokerID", e.Revoked.By.ID)
	w.number("revokerRole", roleLevel(e.Revoked.Role))
	w.text("clientMsgID", m.clientMsgID)
	w.text("revokerNickname", e.Revoked.By.Nickname)
	w.number("revokeTime", e.Revoked.Time)
	w.number("sourceMessageSendTime", e.Time)
	w.text("sourceMessageSendID", e.Sender.ID)
	w.text("sourceMessageSenderNickname", m.nickname)
	w.number("sessionType", session)
	w.number("seq", e.Seq)
	w.text("ex", "")
	return appendDetail(dst, w.close())
}

// showEntry shows an entry of a user's thread as the platform's message object d; see showMessage for text.
func showEntry(app *core.App, e *core.Entry, at *address, userID string, d *messageData, text []byte) ([]byte, error) {
	m, text, err := showMessage(app, e, at.session, text)
	if err != nil {
		return text, err
	}
	*d = messageData{
		sendID: e.Sender.ID, groupID: at.groupID, clientMsgID: m.clientMsgID, serverMsgID: m.serverMsgID,
		platform: m.meta.senderPlatformID, nickname: m.nickname, face: m.face, session: at.session, from: m.from,
		contentType: m.contentType, content: m.content, seq: e.Seq, sendTime: e.Time, created: e.Time,
		status: statusSuccess, read: e.Read, atUsers: m.meta.atUserIDList, ex: m.meta.ex,
	}
	if m.meta.hasPush {
		push := m.meta.push
		d.push = &push
	}
	if e.Hidden {
		d.status = statusDeleted
	}
	switch {
	case at.groupID != "":
	case e.Own:
		d.recvID = at.peerID
	default:
		d.recvID = userID
	}
	return text, nil
}
