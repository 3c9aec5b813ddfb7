package openim

import (
	"crypto/rand"
	"encoding/hex"

	"parley/adapters/wire"
	"parley/core"
)

// fromService is msgFrom of what a program sends, fromUser that of what a user says.
const (
	fromUser    = 100
	fromService = 200
)

// parcel is a message ready to be sent, during the call that sends it.
type parcel struct {
	exchange    *exchange
	sender      core.Caller
	out         core.Outgoing
	session     int64
	groupID     string
	clientMsgID string
	onlineOnly  bool
	refused     error // why the sender may not send it at all
}

// parcelOf checks a message as the platform does before it sends anything.
func parcelOf(c *wire.Call, q *messageQuery, seen bool) (p parcel, err error) {
	x, err := exchangeOf(c)
	if err != nil {
		return p, err
	}
	p = parcel{exchange: x, session: q.session, groupID: q.groupID, onlineOnly: q.onlineOnly}
	content, err := contentOf(q.contentType, wire.Bytes(q.content))
	if err != nil {
		return p, err
	}
	if q.contentType == typeNotification {
		p.session = sessionNotification
	}
	m := meta{
		senderPlatformID: q.platform, senderNickname: q.nickname, senderFaceURL: q.face, ex: q.ex,
		notOfflinePush: q.notOfflinePush, push: q.push, hasPush: q.hasPush,
	}
	if p.clientMsgID, err = x.name(&m); err != nil {
		return p, err
	}
	content.Meta = x.metadata(&m)
	p.out = core.Outgoing{Content: content, Time: max(q.time, 0), Seen: seen}
	switch {
	case p.session != sessionSingle && p.session != sessionGroup && p.session != sessionNotification:
		return p, badArgs("unknown sessionType")
	case (p.session == sessionNotification) != (q.contentType == typeNotification):
		return p, badArgs("notification msg must have correct session type and content type")
	case p.session == sessionNotification:
		p.out.Channel = core.Notices
		p.sender, p.refused = notifier(c, q.sendID)
		return p, nil
	}
	u, err := c.Engine.Sender(c.Context, c.Caller.App, q.sendID)
	if err != nil {
		return p, err
	}
	settings, err := settingsOf(c)
	if err != nil {
		return p, err
	}
	p.sender = core.Caller{App: c.Caller.App, User: u, Privileged: settings.isAdmin(u.ID)}
	return p, nil
}

// notifier returns the account that announces, which must be one that may.
func notifier(c *wire.Call, id string) (core.Caller, error) {
	u, err := c.Engine.Find(c.Context, c.Caller.App, id)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return core.Caller{}, unknownUser("UserIDNotFoundError")
	case err != nil:
		return core.Caller{}, err
	case u.Role == core.RoleUser:
		return core.Caller{}, noPermission("notification messages cannot be sent for this ID")
	}
	return core.Caller{App: c.Caller.App, User: u}, nil
}

// name gives a message its clientMsgID and returns it as it is shown, valid during the call.
func (x *exchange) name(m *meta) (string, error) {
	if _, err := rand.Read(m.clientMsgID[:]); err != nil {
		return "", core.Wrap(core.Internal, "no random bytes", err)
	}
	start := len(x.text)
	x.text = hex.AppendEncode(x.text, m.clientMsgID[:])
	return wire.View(x.text[start:]), nil
}

// metadata returns what is stored of m, valid during the call.
func (x *exchange) metadata(m *meta) []byte {
	start := len(x.text)
	x.text = appendMeta(x.text, m)
	return x.text[start:]
}

func send(c *wire.Call, q *sendQuery, a *sendAnswer) error {
	p, err := parcelOf(c, &q.message, true)
	if err == nil {
		err = p.refused
	}
	if err != nil {
		return err
	}
	result, err := p.deliver(c, q.recvID)
	if err != nil {
		return err
	}
	*a = sendAnswer{serverMsgID: result.serverMsgID, clientMsgID: result.clientMsgID, time: result.time}
	return noteSent(c)
}

// deliver sends the message to one receiver, or to its group.
func (p *parcel) deliver(c *wire.Call, recvID string) (batchResult, error) {
	if p.onlineOnly {
		return p.pass(c, recvID)
	}
	if p.session == sessionGroup {
		d, err := c.Engine.SendToGroup(c.Context, p.sender, p.groupID, p.out)
		if err != nil {
			return batchResult{}, err
		}
		return p.result(c, &d, recvID), nil
	}
	p.exchange.receiver[0] = recvID
	p.out.To = p.exchange.receiver[:]
	sent, err := c.Engine.Dispatch(c.Context, p.sender, p.out)
	if err != nil {
		return batchResult{}, err
	}
	if sent[0].Err != nil {
		return batchResult{}, receiverRefusal(sent[0].Err)
	}
	return p.result(c, &sent[0].Delivery, recvID), nil
}

// result names a stored message, in memory that is valid during the call.
func (p *parcel) result(c *wire.Call, d *core.Delivery, recvID string) batchResult {
	x := p.exchange
	start := len(x.text)
	x.text = appendServerMsgID(x.text, c.Caller.App, d.ID)
	return batchResult{serverMsgID: wire.View(x.text[start:]), clientMsgID: p.clientMsgID, time: d.Time, recvID: recvID}
}

// pass answers for a message that is not stored: whoever is offline does not get it, and nobody is online here. The
// receiver is checked all the same.
func (p *parcel) pass(c *wire.Call, recvID string) (batchResult, error) {
	switch p.session {
	case sessionGroup:
		if err := checkTalk(c, p); err != nil {
			return batchResult{}, err
		}
	case sessionSingle:
		if !exists(c, recvID) {
			return batchResult{}, notFound("userID not found")
		}
	}
	var name [16]byte
	if _, err := rand.Read(name[:]); err != nil {
		return batchResult{}, core.Wrap(core.Internal, "no random bytes", err)
	}
	r := batchResult{serverMsgID: hex.EncodeToString(name[:]), clientMsgID: p.clientMsgID, time: p.out.Time, recvID: recvID}
	if r.time == 0 {
		r.time = p.exchange.dialect.house.Now().UnixMilli()
	}
	return r, nil
}

// checkTalk refuses a message to a group that would be refused if it were stored.
func checkTalk(c *wire.Call, p *parcel) error {
	g, err := c.Engine.Group(c.Context, p.sender.App, p.groupID)
	switch {
	case err != nil:
		return err
	case g.Dismissed:
		return core.NewFault(core.Conflict, core.FieldGroup, "the group is dismissed")
	case p.sender.Privileged:
		return nil
	}
	members, err := c.Engine.MembersOf(c.Context, p.sender.App, p.groupID, []string{p.sender.User.ID})
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return core.NewFault(core.Forbidden, core.FieldMember, core.NotInGroup)
	}
	return checkMuted(c, g, &members[0])
}

func checkMuted(c *wire.Call, g *core.Group, m *core.Member) error {
	x, err := exchangeOf(c)
	switch {
	case err != nil:
		return err
	case m.Role == core.GroupOwner:
		return nil
	case m.MutedUntil > x.dialect.house.Now().UnixMilli():
		return core.NewFault(core.Limited, core.FieldMember, "the member is muted")
	case g.Muted && m.Role == core.GroupMember:
		return core.NewFault(core.Limited, core.FieldGroup, "the group is muted")
	}
	return nil
}

// receiverRefusal puts a receiver's refusal in the platform's words.
func receiverRefusal(err error) error {
	switch core.CodeOf(err) {
	case core.NotFound:
		return notFound("userID not found")
	case core.Forbidden:
		return badArgs("message is not sent")
	default:
		return err
	}
}
