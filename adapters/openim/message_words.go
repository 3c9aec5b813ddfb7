package openim

import "parley/adapters/wire"

// described gives the members of a message object their descriptions: the platform has three such objects, whose members
// mean the same.
func described[T any](fields []wire.Field[T]) []wire.Field[T] {
	for i := range fields {
		fields[i].ZH, fields[i].EN = messageWords(fields[i].Name)
	}
	return fields
}

// messageWords says what a member of a message object means.
func messageWords(member string) (zh, en string) {
	switch member {
	case "sendID":
		return "发送者 ID", "The sender"
	case "recvID":
		return "接收者 ID", "The receiver"
	case "recvNickname":
		return "接收者昵称", "The receiver's name"
	case "groupID":
		return "群 ID", "The group"
	case "groupName":
		return "群名称", "The group's name"
	case "groupFaceURL":
		return "群头像", "The group's picture"
	case "groupType":
		return "群类型，总是 2", "The group's type: always 2"
	case "groupMemberCount":
		return "群成员数", "How many members the group has"
	case "groupOwner":
		return "群主 ID", "The group's owner"
	case "clientMsgID":
		return "客户端消息 ID", "The name of the send"
	case "serverMsgID":
		return "服务器消息 ID", "The message's name on the server"
	case "senderPlatformID":
		return "发送者平台", "The sender's platform"
	case "senderNickname", "senderName":
		return "发送者昵称", "The sender's name"
	case "senderFaceURL", "faceURL":
		return "发送者头像", "The sender's picture"
	case "sessionType":
		return "会话类型 1 单聊 3 群聊 4 通知", "1 single, 3 group, 4 notification"
	case "msgFrom":
		return "来源 100 用户 200 系统", "100 a user, 200 a program"
	case "contentType":
		return "消息类型", "The content's type"
	case "content":
		return "消息内容，JSON 文本", "The content, JSON as text"
	case "seq":
		return "会话内序号", "The message's place in its conversation"
	case "sendTime", "LatestMsgRecvTime":
		return "发送时间（毫秒）", "The time in milliseconds"
	case "createTime":
		return "创建时间（毫秒）", "When it was made, in milliseconds"
	case "status":
		return "状态 2 成功 4 已删除", "2 sent, 4 deleted"
	case "isRead":
		return "接收者是否已读", "Whether the receiver has read it"
	case "options":
		return "始终为 null", "Always null"
	case "offlinePushInfo":
		return "离线推送内容", "What an offline receiver is shown"
	case "title":
		return "标题", "Title"
	case "desc":
		return "描述", "Text"
	case "iOSPushSound":
		return "iOS 提示音", "Sound"
	case "iOSBadgeCount":
		return "是否计入角标", "Counts on the badge"
	case "signalInfo":
		return "信令", "Signal"
	case "atUserIDList":
		return "被 @ 的用户", "Who is mentioned"
	case "attachedInfo":
		return "附加信息，始终为空", "Always empty"
	case "ex":
		return "扩展字段", "Free text"
	}
	return "", ""
}
