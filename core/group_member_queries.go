package core

import (
	"cmp"
	"context"
	"slices"

	"parley/storage"
)

// MemberQuery selects a page of a group's members.
type MemberQuery struct {
	// Offset and Limit cut the page: Limit is 1 to MaxPage.
	Offset, Limit int
	// Role restricts the query to one role unless it is nil.
	Role *GroupRole
	// Match restricts the query to the members that it accepts, unless it is nil. It makes the query read every member.
	Match func(*Member) bool
}

// MemberPage is a page of a group's members.
type MemberPage struct {
	Members []Member
	// Total counts all members that the query selects.
	Total int
}

// rank is a member's place in the order of members: the owner, the admins, the others, and among equals by joining.
type rank struct {
	user  UserNumber
	role  GroupRole
	place uint64
}

// memberReader reads members inside one snapshot. Its count of changes is older than the snapshot, so that what it makes
// the engine remember of users is not older than that.
type memberReader struct {
	engine  *Engine
	reader  storage.Reader
	app     uint32
	group   GroupNumber
	changes uint64
}

// viewMembers runs read on a snapshot in which the group exists.
func (e *Engine) viewMembers(ctx context.Context, app *App, id string, read func(v *memberReader) error) error {
	if err := e.observe(ctx, app.Number); err != nil {
		return err
	}
	v := memberReader{engine: e, app: app.Number, changes: e.changes.Load()}
	return e.readFault(e.store.View(ctx, func(r storage.Reader) (err error) {
		v.reader = r
		if v.group, err = groupNumber(r, app.Number, id); err != nil {
			return err
		}
		if v.group == 0 {
			return noGroup()
		}
		return read(&v)
	}))
}

// Members lists a group's members: the owner, the admins, the others, and among equals who joined first. The members of a
// dismissed group are those that it had.
func (e *Engine) Members(ctx context.Context, app *App, id string, q MemberQuery) (MemberPage, error) {
	if err := checkPage(q.Offset, q.Limit); err != nil {
		return MemberPage{}, err
	}
	var page MemberPage
	err := e.viewMembers(ctx, app, id, func(v *memberReader) error {
		ranks, err := v.ranks(q.Role)
		if err != nil {
			return err
		}
		if q.Match == nil {
			page.Total = len(ranks)
			start := min(q.Offset, len(ranks))
			page.Members, err = v.members(numbersOf(ranks[start:min(start+q.Limit, len(ranks))]))
			return err
		}
		return v.matching(ranks, &q, &page)
	})
	return page, err
}

func (v *memberReader) matching(ranks []rank, q *MemberQuery, page *MemberPage) error {
	for part := range slices.Chunk(ranks, rowsPerRead) {
		members, err := v.members(numbersOf(part))
		if err != nil {
			return err
		}
		for i := range members {
			if !q.Match(&members[i]) {
				continue
			}
			if page.Total >= q.Offset && len(page.Members) < q.Limit {
				page.Members = append(page.Members, members[i])
			}
			page.Total++
		}
	}
	return nil
}

// MembersOf returns those of the given users who are members of a group, in the order of the request.
func (e *Engine) MembersOf(ctx context.Context, app *App, id string, users []string) ([]Member, error) {
	numbers := make([]UserNumber, 0, len(users))
	for _, address := range users {
		u, err := e.lookup(ctx, app, address)
		if CodeOf(err) == NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, u.Number)
	}
	var found []Member
	err := e.viewMembers(ctx, app, id, func(v *memberReader) error {
		for part := range slices.Chunk(numbers, rowsPerRead) {
			members, err := v.members(part)
			if err != nil {
				return err
			}
			found = append(found, members...)
		}
		return nil
	})
	return found, err
}

// MemberIDs returns the IDs of all members of a group, in the order of Members.
func (e *Engine) MemberIDs(ctx context.Context, app *App, id string) ([]string, error) {
	var ids []string
	err := e.viewMembers(ctx, app, id, func(v *memberReader) error {
		ranks, err := v.ranks(nil)
		if err != nil {
			return err
		}
		ids = make([]string, 0, len(ranks))
		for part := range slices.Chunk(ranks, rowsPerRead) {
			users, err := v.users(numbersOf(part))
			if err != nil {
				return err
			}
			for _, u := range users {
				ids = append(ids, u.ID)
			}
		}
		return nil
	})
	return ids, err
}

// ranks returns the members with the given role, or all, in order.
func (v *memberReader) ranks(role *GroupRole) ([]rank, error) {
	var all []rank
	var failed error
	err := v.reader.Scan(memberArea(v.app, v.group), func(key, value []byte) bool {
		var m rank
		var user uint64
		if user, failed = parseSecond(key); failed != nil {
			return false
		}
		if m.role, m.place, failed = parseRank(value); failed != nil {
			return false
		}
		if role == nil || m.role == *role {
			m.user = UserNumber(user)
			all = append(all, m)
		}
		return true
	})
	if err == nil {
		err = failed
	}
	slices.SortFunc(all, func(a, b rank) int {
		return cmp.Or(cmp.Compare(b.role, a.role), cmp.Compare(a.place, b.place))
	})
	return all, err
}

// memberArea is where the members of a group are stored.
func memberArea(app uint32, group GroupNumber) storage.Range {
	first := appendMemberKey(nil, app, group, 0)
	return storage.Prefix(first[:len(first)-8])
}

func numbersOf(ranks []rank) []UserNumber {
	numbers := make([]UserNumber, len(ranks))
	for i := range ranks {
		numbers[i] = ranks[i].user
	}
	return numbers
}

// members returns those of at most rowsPerRead users who are members, in the order given.
func (v *memberReader) members(numbers []UserNumber) ([]Member, error) {
	keys := make([][]byte, len(numbers))
	for i, number := range numbers {
		keys[i] = appendMemberKey(nil, v.app, v.group, number)
	}
	values, err := v.reader.GetMulti(keys)
	if err != nil {
		return nil, err
	}
	users, err := v.users(numbers)
	if err != nil {
		return nil, err
	}
	members := make([]Member, 0, len(numbers))
	for i, value := range values {
		if value == nil {
			continue
		}
		m, err := parseMember(append([]byte(nil), value...))
		if err != nil {
			return nil, err
		}
		members = append(members, Member{
			User: users[i], Role: m.role, Nickname: m.nickname, Avatar: m.avatar, Extra: m.extra,
			Joined: m.joined, MutedUntil: m.mutedUntil, Inviter: m.inviter, Operator: m.operator,
		})
	}
	return members, nil
}

// users returns at most rowsPerRead users that exist.
func (v *memberReader) users(numbers []UserNumber) ([]*User, error) {
	users := make([]*User, len(numbers))
	var missing []int
	var keys [][]byte
	for i, number := range numbers {
		if u, ok := v.engine.users.get(userKey{v.app, number}); ok {
			users[i] = u
			continue
		}
		missing = append(missing, i)
		keys = append(keys, appendUserKey(nil, tableUsers, v.app, number))
	}
	values, err := v.reader.GetMulti(keys)
	if err != nil {
		return nil, err
	}
	for at, i := range missing {
		u, err := parseUser(numbers[i], values[at])
		if err != nil {
			return nil, err
		}
		// What has changed since the snapshot must not be remembered as it was.
		v.engine.users.putIf(userKey{v.app, numbers[i]}, u, int64(u.size()), func() bool {
			return v.engine.changes.Load() == v.changes
		})
		users[i] = u
	}
	return users, nil
}
