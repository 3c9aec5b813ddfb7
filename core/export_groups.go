package core

import (
	"cmp"
	"context"
	"slices"

	"parley/storage"
)

// Groups calls visit for every group, in the order of creation.
func (x *Export) Groups(ctx context.Context, visit func(*ImportedGroup) error) error {
	err := x.rows(ctx, appendTable(nil, tableGroups, x.app.Number), func(row exportRow) error {
		number, err := parseUserNumber(row.key)
		if err != nil {
			return err
		}
		record, err := parseGroup(GroupNumber(number), row.value)
		if err != nil {
			return err
		}
		return visit(&ImportedGroup{Group: record.Group})
	})
	return x.engine.readFault(err)
}

// placedMember is a member and its place in the order of joining.
type placedMember struct {
	user  UserNumber
	place uint64
}

// Members calls visit for the members of a group that Groups has given, in the order of joining.
func (x *Export) Members(ctx context.Context, g *ImportedGroup, visit func(*ImportedMember) error) error {
	prefix := membersPrefix(x.app.Number, g.Number)
	var order []placedMember
	err := x.rows(ctx, prefix, func(row exportRow) error {
		user, err := parseSecond(row.key)
		if err != nil {
			return err
		}
		_, place, err := parseRank(row.value)
		order = append(order, placedMember{UserNumber(user), place})
		return err
	})
	if err != nil {
		return x.engine.readFault(err)
	}
	slices.SortFunc(order, func(a, b placedMember) int { return cmp.Compare(a.place, b.place) })
	for part := range slices.Chunk(order, exportPage) {
		if err := x.memberPage(ctx, g.Number, part, visit); err != nil {
			return x.engine.readFault(err)
		}
	}
	return nil
}

// membersPrefix begins the keys of a group's members.
func membersPrefix(app uint32, group GroupNumber) []byte {
	key := appendMemberKey(nil, app, group, 0)
	return key[:len(key)-8]
}

func (x *Export) memberPage(ctx context.Context, group GroupNumber, part []placedMember, visit func(*ImportedMember) error) error {
	keys := make([][]byte, len(part))
	for i, m := range part {
		keys[i] = appendMemberKey(nil, x.app.Number, group, m.user)
	}
	records := make([]*memberRecord, len(part))
	err := x.engine.store.View(ctx, func(r storage.Reader) error {
		values, err := r.GetMulti(keys)
		if err != nil {
			return err
		}
		for i, value := range values {
			if value == nil {
				continue // has left meanwhile
			}
			record, err := parseMember(append([]byte(nil), value...))
			if err != nil {
				return err
			}
			records[i] = &record
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, record := range records {
		if record == nil {
			continue
		}
		m := &ImportedMember{
			Role: record.role, Nickname: record.nickname, Avatar: record.avatar, Extra: record.extra, Joined: record.joined,
			MutedUntil: record.mutedUntil, Inviter: record.inviter, Operator: record.operator,
		}
		if m.User, err = x.id(ctx, part[i].user); err != nil {
			return err
		}
		if err := visit(m); err != nil {
			return err
		}
	}
	return nil
}

// Left calls visit for who has left a group and may still read what it has heard there. Until is at most the group's
// newest exported place.
func (x *Export) Left(ctx context.Context, visit func(group string, m *ImportedMember) error) error {
	err := x.rows(ctx, appendTable(nil, tableJoined, x.app.Number), func(row exportRow) error {
		joined, err := parseJoined(row.value)
		if err != nil || !joined.left {
			return err
		}
		user, err := parseUserNumber(row.key[:min(len(row.key), appPrefixWidth+8)])
		if err != nil {
			return err
		}
		number, err := parseSecond(row.key)
		if err != nil {
			return err
		}
		m := &ImportedMember{Left: true}
		if talk := x.talk(groupConversation(x.app.Number, GroupNumber(number))); talk != nil {
			m.Until = min(joined.until, talk.head.seq)
		}
		if m.User, err = x.id(ctx, user); err != nil {
			return err
		}
		group, err := x.group(ctx, GroupNumber(number))
		if err != nil {
			return err
		}
		return visit(group, m)
	})
	return x.engine.readFault(err)
}
