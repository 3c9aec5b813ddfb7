package openim

import (
	"time"

	"parley/adapters/wire"
	"parley/core"
)

func search(c *wire.Call, q *searchQuery, a *searchAnswer) error {
	offset, limit := q.page.bounds()
	s := core.Search{
		Sender: q.sendID, Receiver: q.recvID, Offset: offset, Limit: limit,
		Groups: q.session == 0 || q.session == sessionGroup,
		Direct: q.session != sessionGroup,
	}
	if s.Offset+s.Limit > core.MaxSearch {
		return badArgs("pageNumber is too large")
	}
	if q.day != "" {
		day, err := time.Parse(time.DateOnly, q.day)
		if err != nil {
			return badArgs("invalid sendTime: " + q.day + " is not a date such as 2026-01-31")
		}
		s.From, s.Until = day.UnixMilli(), day.AddDate(0, 0, 1).UnixMilli()
	}
	s.Match = func(content *core.Content, channel core.Channel) bool {
		switch {
		case q.session == sessionNotification && channel != core.Notices:
			return false
		case q.session == sessionSingle && channel != core.Direct:
			return false
		case q.contentType == 0:
			return true
		}
		contentType, _ := appendContent(nil, content)
		return contentType == q.contentType
	}
	found, total, err := c.Engine.Search(c.Context, c.Caller.App, s)
	if err != nil {
		return err
	}
	a.total = int64(total)
	for i := range found {
		log, err := showLog(c.Caller.App, &found[i])
		if err != nil {
			return err
		}
		a.logs = append(a.logs, foundLog{log: log, revoked: found[i].Revoked != nil})
	}
	return nil
}

// showLog shows a message as searches do.
func showLog(app *core.App, f *core.Found) (chatLog, error) {
	session := int64(sessionSingle)
	switch {
	case f.Group != nil:
		session = sessionGroup
	case f.Channel == core.Notices:
		session = sessionNotification
	}
	m, _, err := showMessage(app, &f.Entry, session, nil)
	if err != nil {
		return chatLog{}, err
	}
	log := chatLog{
		serverMsgID: m.serverMsgID, clientMsgID: m.clientMsgID, sendID: f.Sender.ID, platform: m.meta.senderPlatformID,
		nickname: m.nickname, face: m.face, session: session, from: m.from, contentType: m.contentType,
		content: wire.View(m.content), status: statusSuccess, sendTime: f.Time, created: f.Time, ex: m.meta.ex, seq: f.Seq,
	}
	if f.Group != nil {
		g := f.Group
		log.recvID, log.groupID, log.groupName, log.groupFace = g.ID, g.ID, g.Name, g.Avatar
		log.groupMembers, log.groupOwner, log.groupType = int64(g.Members), g.Owner, groupTypeWorking
		return log, nil
	}
	log.recvID, log.recvNickname = f.Receiver.ID, f.Receiver.Nickname
	return log, nil
}
