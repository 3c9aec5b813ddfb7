package archive

import (
	"strconv"

	"parley/core"
)

// What the engine exports becomes a record and back here.

func userRecord(u *core.ImportedUser, passwords bool) *User {
	r := &User{
		ID: u.ID, UUID: u.UUID, Username: u.Username, Role: roleWord(u.Role), Reception: receptionWord(u.Reception),
		Banned: u.Banned, Shadow: u.Shadow, Nickname: u.Nickname, Avatar: u.Avatar, Extra: u.Extra, Ext: string(u.Ext),
		Registered: u.Registered, RegisteredIP: u.RegisteredIP,
	}
	if passwords && len(u.Password) > 0 {
		r.Password = u.Password
	}
	return r
}

func (r *User) core() (u core.ImportedUser, err error) {
	u.User = core.User{
		ID: r.ID, UUID: r.UUID, Username: r.Username, Banned: r.Banned, Shadow: r.Shadow, Nickname: r.Nickname,
		Avatar: r.Avatar, Extra: r.Extra, Registered: r.Registered, RegisteredIP: r.RegisteredIP,
	}
	if r.Ext != "" {
		u.Ext = []byte(r.Ext)
	}
	u.Password = r.Password
	if u.Role, err = parseRole(r.Role); err != nil {
		return u, err
	}
	u.Reception, err = parseReception(r.Reception)
	return u, err
}

func groupRecord(g *core.ImportedGroup) *Group {
	return &Group{
		ID: g.ID, Name: g.Name, Notice: g.Notice, Introduction: g.Introduction, Avatar: g.Avatar, Extra: g.Extra,
		Verification: g.Policy.Verification, LookMembers: g.Policy.LookMembers, Befriend: g.Policy.Befriend,
		Creator: g.Creator, Owner: g.Owner, Created: g.Created, NoticeChanged: g.NoticeChanged, NoticeBy: g.NoticeBy,
		Muted: g.Muted, Dismissed: g.Dismissed,
	}
}

func (r *Group) core() core.ImportedGroup {
	return core.ImportedGroup{Group: core.Group{
		ID: r.ID, Name: r.Name, Notice: r.Notice, Introduction: r.Introduction, Avatar: r.Avatar, Extra: r.Extra,
		Policy:  core.GroupPolicy{Verification: r.Verification, LookMembers: r.LookMembers, Befriend: r.Befriend},
		Creator: r.Creator, Owner: r.Owner, Created: r.Created, NoticeChanged: r.NoticeChanged, NoticeBy: r.NoticeBy,
		Muted: r.Muted, Dismissed: r.Dismissed,
	}}
}

func memberRecord(m *core.ImportedMember) Member {
	return Member{
		User: m.User, Role: groupRoleWord(m.Role), Nickname: m.Nickname, Avatar: m.Avatar, Extra: m.Extra, Joined: m.Joined,
		MutedUntil: m.MutedUntil, Inviter: m.Inviter, Operator: m.Operator, Left: m.Left, Until: m.Until,
	}
}

func (r *Member) core() (m core.ImportedMember, err error) {
	m = core.ImportedMember{
		User: r.User, Nickname: r.Nickname, Avatar: r.Avatar, Extra: r.Extra, Joined: r.Joined,
		MutedUntil: r.MutedUntil, Inviter: r.Inviter, Operator: r.Operator, Left: r.Left, Until: r.Until,
	}
	m.Role, err = parseGroupRole(r.Role)
	return m, err
}

func messageRecord(m *core.ImportedMessage) *Message {
	r := &Message{
		ID: m.ID, Seq: m.Seq, From: m.From, To: m.To, Group: m.Group, Channel: channelWord(m.Channel), Time: m.Time,
		Deleted: m.Deleted,
	}
	if m.Revoked != nil {
		r.Revoked = &Revocation{By: m.Revoked.By, Role: groupRoleWord(m.Revoked.Role), Time: m.Revoked.Time}
	}
	if !m.Deleted {
		c := &m.Content
		r.Body = &Body{Kind: c.Kind.String(), Text: string(c.Body), Object: c.Object, Dialect: c.Origin, Type: c.Type, Meta: c.Meta}
		if c.Raw != nil {
			raw := string(c.Raw)
			r.Body.Raw = &raw
		}
	}
	return r
}

func (r *Message) core() (m core.ImportedMessage, err error) {
	m = core.ImportedMessage{
		Origin: r.Origin, From: r.From, To: r.To, Group: r.Group, ID: r.ID, Seq: r.Seq, Time: r.Time, Read: r.Read,
		Deleted: r.Deleted, Key: r.Key,
	}
	if m.Origin == "" {
		m.Origin = strconv.FormatInt(r.ID, 10)
	}
	if m.Channel, err = parseChannel(r.Channel); err != nil {
		return m, err
	}
	if r.Revoked != nil {
		m.Revoked = &core.ImportedRevocation{By: r.Revoked.By, Time: r.Revoked.Time}
		if m.Revoked.Role, err = parseGroupRole(r.Revoked.Role); err != nil {
			return m, err
		}
	}
	if r.Body != nil && !r.Deleted {
		m.Content, err = r.Body.core()
	}
	return m, err
}

func (b *Body) core() (c core.Content, err error) {
	c = core.Content{Body: []byte(b.Text), Object: b.Object, Origin: b.Dialect, Type: b.Type, Meta: b.Meta}
	if b.Raw != nil {
		c.Raw = append([]byte{}, *b.Raw...)
	}
	c.Kind, err = parseKind(b.Kind)
	return c, err
}

func readRecord(m *core.ImportedRead) *Read {
	return &Read{
		Member: m.Member, Peer: m.Peer, Group: m.Group, Channel: channelWord(m.Channel), Read: runRecords(m.Read),
		Hidden: runRecords(m.Hidden),
	}
}

func (r *Read) core() (m core.ImportedRead, err error) {
	m = core.ImportedRead{Member: r.Member, Peer: r.Peer, Group: r.Group, Read: places(r.Read), Hidden: places(r.Hidden)}
	m.Channel, err = parseChannel(r.Channel)
	return m, err
}

func runRecords(runs []core.PlaceRun) (records []Run) {
	for _, run := range runs {
		records = append(records, Run{run.First, run.Last})
	}
	return records
}

func places(records []Run) (runs []core.PlaceRun) {
	for _, r := range records {
		runs = append(runs, core.PlaceRun{First: r[0], Last: r[1]})
	}
	return runs
}

func threadRecord(t *core.ImportedThread) *Thread {
	o := &t.Options
	return &Thread{
		Member: t.Member, Peer: t.Ref.Peer, Group: t.Ref.Group, Channel: channelWord(t.Ref.Channel), Pinned: o.Pinned,
		Private: o.Private, Destruct: o.Destruct, Reception: receptionWord(o.Reception), Attached: o.Attached, Extra: o.Extra,
		Mention: o.Mention, BurnSeconds: o.BurnSeconds, MinSeq: o.MinSeq, MaxSeq: o.MaxSeq,
		DestructSeconds: o.DestructSeconds, DestructTime: o.DestructTime,
	}
}

func (r *Thread) core() (t core.ImportedThread, err error) {
	t = core.ImportedThread{Member: r.Member, Ref: core.Ref{Peer: r.Peer, Group: r.Group}, Options: core.ThreadOptions{
		Pinned: r.Pinned, Private: r.Private, Destruct: r.Destruct, Attached: r.Attached, Extra: r.Extra, Mention: r.Mention,
		BurnSeconds: r.BurnSeconds, MinSeq: r.MinSeq, MaxSeq: r.MaxSeq, DestructSeconds: r.DestructSeconds,
		DestructTime: r.DestructTime,
	}}
	if t.Ref.Channel, err = parseChannel(r.Channel); err != nil {
		return t, err
	}
	t.Options.Reception, err = parseReception(r.Reception)
	return t, err
}

func (r *Key) core() (k core.ImportedKey, err error) {
	k = core.ImportedKey{
		From: r.From, To: r.To, Group: r.Group, Source: r.Source, Key: r.Key, Message: strconv.FormatInt(r.Message, 10),
	}
	k.Channel, err = parseChannel(r.Channel)
	return k, err
}
