package mongodump

import (
	"encoding/json"

	"parley/adapters/openim"
)

// document is a line: a document of one of the collections msg, user, group, group_member and seq_user, which is told by
// its fields.
type document struct {
	DocID string          `json:"doc_id"` // conversation:index
	Msgs  json.RawMessage `json:"msgs"`

	UserID         string `json:"user_id"`
	Nickname       string `json:"nickname"`
	FaceURL        string `json:"face_url"`
	Ex             string `json:"ex"`
	CreateTime     number `json:"create_time"`
	AppMangerLevel number `json:"app_manger_level"`
	GlobalRecvOpt  number `json:"global_recv_msg_opt"`

	ConversationID string  `json:"conversation_id"`
	ReadSeq        *number `json:"read_seq"`

	GroupID      string  `json:"group_id"`
	GroupName    *string `json:"group_name"`
	Notification string  `json:"notification"`
	Introduction string  `json:"introduction"`
	Status       number  `json:"status"`
	Creator      string  `json:"creator_user_id"`
	Verification number  `json:"need_verification"`
	LookMembers  number  `json:"look_member_info"`
	Befriend     number  `json:"apply_member_friend"`
	NoticeTime   number  `json:"notification_update_time"`
	NoticeBy     string  `json:"notification_user_id"`

	RoleLevel *number `json:"role_level"`
	JoinTime  number  `json:"join_time"`
	Inviter   string  `json:"inviter_user_id"`
	Operator  string  `json:"operator_user_id"`
	MuteEnd   number  `json:"mute_end_time"`
}

// entry is an element of a document's list of messages.
type entry struct {
	Msg     *message `json:"msg"`
	Revoke  *revoke  `json:"revoke"`
	DelList []string `json:"del_list"`
	IsRead  bool     `json:"is_read"`
}

type revoke struct {
	UserID string `json:"user_id"`
	Role   number `json:"role"`
	Time   number `json:"time"`
}

type message struct {
	SendID      string          `json:"send_id"`
	RecvID      string          `json:"recv_id"`
	GroupID     string          `json:"group_id"`
	ClientMsgID string          `json:"client_msg_id"`
	Platform    number          `json:"sender_platform_id"`
	Nickname    string          `json:"sender_nickname"`
	Face        string          `json:"sender_face_url"`
	SessionType number          `json:"session_type"`
	MsgFrom     number          `json:"msg_from"`
	ContentType number          `json:"content_type"`
	Content     string          `json:"content"`
	Seq         number          `json:"seq"`
	SendTime    number          `json:"send_time"`
	CreateTime  number          `json:"create_time"`
	Status      number          `json:"status"`
	IsRead      bool            `json:"is_read"`
	Options     map[string]bool `json:"options"`
	OfflinePush *push           `json:"offline_push"`
	AtUsers     []string        `json:"at_user_id_list"`
	Ex          string          `json:"ex"`
}

type push struct {
	Title string `json:"title"`
	Desc  string `json:"desc"`
	Ex    string `json:"ex"`
	Sound string `json:"ios_push_sound"`
	Badge bool   `json:"ios_badge_count"`
}

// time is when the message was sent, in milliseconds since the Unix epoch.
func (m *message) time() int64 {
	if m.SendTime > 0 {
		return int64(m.SendTime)
	}
	return int64(m.CreateTime)
}

// stored is the message as the dialect decodes it.
func (m *message) stored() *openim.StoredMessage {
	s := &openim.StoredMessage{
		ContentType: int64(m.ContentType), Content: m.Content, ClientMsgID: m.ClientMsgID, Platform: int64(m.Platform),
		Nickname: m.Nickname, Face: m.Face, From: int64(m.MsgFrom), Ex: m.Ex, AtUsers: m.AtUsers,
	}
	if wanted, said := m.Options["offlinePush"]; said && !wanted {
		s.NotOfflinePush = true
	}
	if p := m.OfflinePush; p != nil && *p != (push{}) {
		s.Push = &openim.StoredPush{Title: p.Title, Description: p.Desc, Ex: p.Ex, Sound: p.Sound, Badge: p.Badge}
	}
	return s
}
