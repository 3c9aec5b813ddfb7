package mongodump

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"parley/core/archive"
	"parley/core/migrate"
)

// The levels of users and of members of groups.
const (
	levelAdmin    = 2
	levelNotifier = 3
	levelRobot    = 4
	roleAdmin     = 60
	roleOwner     = 100
)

// The states of groups.
const (
	groupDismissed = 2
	groupMuted     = 3
)

// people gives out the users and the groups.
func (s *Source) people(g *giver) error {
	for _, id := range slices.Sorted(maps.Keys(s.index.users)) {
		u, err := s.user(id)
		if err != nil {
			return err
		}
		if !g.give(migrate.Item{Record: archive.Record{Type: archive.TypeUser, User: u}}, phasePeople, 0, s.size) {
			return nil
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.index.groups)) {
		if err := s.group(id, g); err != nil || g.ended {
			return err
		}
	}
	return nil
}

// documentAt reads a document again.
func (s *Source) documentAt(offset int64) (d document, err error) {
	l := &lines{reader: bufio.NewReader(io.NewSectionReader(s.file, offset, s.size-offset))}
	if err := l.next(); err != nil {
		return d, err
	}
	return d, json.Unmarshal(l.document(), &d)
}

func (s *Source) user(id string) (*archive.User, error) {
	at := s.index.users[id]
	if at < 0 {
		return &archive.User{ID: id}, nil
	}
	d, err := s.documentAt(at)
	if err != nil {
		return nil, err
	}
	u := &archive.User{
		ID: id, Nickname: d.Nickname, Avatar: d.FaceURL, Extra: d.Ex, Registered: max(0, int64(d.CreateTime)),
	}
	switch d.AppMangerLevel {
	case levelAdmin:
		u.Role = "admin"
	case levelNotifier:
		u.Role = "notifier"
	case levelRobot:
		u.Role = "robot"
	}
	switch d.GlobalRecvOpt {
	case 1:
		u.Reception = "nothing"
	case 2:
		u.Reception = "quietly"
	}
	return u, nil
}

// group gives out a group with its members.
func (s *Source) group(id string, g *giver) error {
	known := s.index.groups[id]
	record := &archive.Group{ID: id, Name: id}
	if known.document >= 0 {
		d, err := s.documentAt(known.document)
		if err != nil {
			return err
		}
		record = &archive.Group{
			ID: id, Name: *d.GroupName, Notice: d.Notification, Introduction: d.Introduction, Avatar: d.FaceURL, Extra: d.Ex,
			Verification: int32(d.Verification), LookMembers: int32(d.LookMembers), Befriend: int32(d.Befriend), Creator: d.Creator,
			Created: max(0, int64(d.CreateTime)), NoticeChanged: max(0, int64(d.NoticeTime)), NoticeBy: d.NoticeBy,
			Muted: d.Status == groupMuted, Dismissed: d.Status == groupDismissed,
		}
	}
	members, err := s.members(known)
	if err != nil {
		return err
	}
	for i := range members {
		if members[i].Role == "owner" && record.Owner == "" {
			record.Owner = members[i].User
		}
	}
	if record.Owner == "" && len(members) > 0 {
		record.Owner, members[0].Role = members[0].User, "owner"
	}
	for first := true; first || len(members) > 0; first = false {
		part := members[:min(len(members), archive.MaxMembers)]
		members = members[len(part):]
		item := migrate.Item{Record: archive.Record{Type: archive.TypeMembers, Members: &archive.Members{Group: id, Members: part}}}
		if first {
			record.Members = part
			item.Record = archive.Record{Type: archive.TypeGroup, Group: record}
		}
		if !g.give(item, phasePeople, 0, s.size) {
			return nil
		}
	}
	return nil
}

// members lists who is in a group: as its documents say, or without any whoever has sent to it.
func (s *Source) members(known *group) (members []archive.Member, err error) {
	for _, at := range known.members {
		d, err := s.documentAt(at)
		if err != nil {
			return nil, err
		}
		m := archive.Member{
			User: d.UserID, Nickname: d.Nickname, Avatar: d.FaceURL, Extra: d.Ex, Joined: max(0, int64(d.JoinTime)),
			MutedUntil: max(0, int64(d.MuteEnd)), Inviter: d.Inviter, Operator: d.Operator,
		}
		m.Role = roleWord(*d.RoleLevel)
		members = append(members, m)
	}
	if members == nil {
		for _, user := range known.order {
			members = append(members, archive.Member{User: user})
		}
	}
	return members, nil
}

func roleWord(level number) string {
	switch level {
	case roleOwner:
		return "owner"
	case roleAdmin:
		return "admin"
	}
	return ""
}
