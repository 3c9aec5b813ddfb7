package archive

import (
	"context"
	"slices"
	"sync"

	"parley/core"
)

func (m *Importer) users(ctx context.Context) error {
	var list []core.ImportedUser
	var indexes []int
	for i := range m.pending {
		u, err := m.pending[i].record.User.core()
		if err != nil {
			if err := m.reject(&m.pending[i], core.AsFault(err)); err != nil {
				return err
			}
			continue
		}
		list, indexes = append(list, u), append(indexes, i)
	}
	result, err := m.engine.ImportUsers(ctx, m.app, list)
	if err != nil {
		return err
	}
	return m.finish(&result, indexes)
}

func (m *Importer) friends(ctx context.Context) error {
	list := make([]core.ImportedFriend, len(m.pending))
	indexes := make([]int, len(m.pending))
	for i := range m.pending {
		f := m.pending[i].record.Friend
		list[i], indexes[i] = core.ImportedFriend{User: f.User, Friend: f.Friend, Since: f.Since}, i
	}
	result, err := m.engine.ImportFriends(ctx, m.app, list)
	if err != nil {
		return err
	}
	return m.finish(&result, indexes)
}

// threadsAtOnce is how many settings wait for a commit together.
const threadsAtOnce = 50

// threads imports settings, many in one commit.
func (m *Importer) threads(ctx context.Context) error {
	for part := range slices.Chunk(m.pending, threadsAtOnce) {
		stored, errs := make([]bool, len(part)), make([]error, len(part))
		var all sync.WaitGroup
		for i := range part {
			in, err := part[i].record.Thread.core()
			if err != nil {
				errs[i] = err
				continue
			}
			all.Go(func() { stored[i], errs[i] = m.engine.ImportThread(ctx, m.app, in) })
		}
		all.Wait()
		for i := range part {
			if err := m.one(&part[i], stored[i], errs[i]); err != nil {
				return err
			}
		}
	}
	m.pending = nil
	return nil
}

func (m *Importer) group(ctx context.Context, p *pendingRecord) error {
	g := p.record.Group
	created, err := m.engine.ImportGroup(ctx, m.app, g.core())
	if failed := m.one(p, created, err); failed != nil || err != nil {
		return failed
	}
	there, err := m.engine.Group(ctx, m.app, g.ID)
	if err != nil {
		return err
	}
	members := g.Members
	listed := slices.ContainsFunc(members, func(member Member) bool { return member.User == g.Owner })
	if there.Members == 0 && len(members) < MaxMembers && !listed {
		members = append(slices.Clip(members), Member{User: g.Owner, Role: groupRoleWord(core.GroupOwner), Joined: g.Created})
	}
	return m.members(ctx, p, g.ID, members)
}

// members imports the members that a record lists.
func (m *Importer) members(ctx context.Context, p *pendingRecord, group string, members []Member) error {
	list := make([]core.ImportedMember, 0, len(members))
	for i := range members {
		in, err := members[i].core()
		if err != nil {
			if err := m.rejectAs(TypeMembers, p, core.AsFault(err)); err != nil {
				return err
			}
			continue
		}
		list = append(list, in)
	}
	result, err := m.engine.ImportMembers(ctx, m.app, group, list)
	if err != nil {
		if fault := core.AsFault(err); fault.Code < core.Limited {
			return m.rejectAs(TypeMembers, p, fault)
		}
		return err
	}
	c := m.counts.Types[TypeMembers]
	c.Stored, c.Known = c.Stored+int64(result.Stored), c.Known+int64(result.Known)
	m.counts.Types[TypeMembers] = c
	for _, r := range result.Rejects {
		if err := m.rejectAs(TypeMembers, p, r.Fault); err != nil {
			return err
		}
	}
	return nil
}

func (m *Importer) official(ctx context.Context, p *pendingRecord) error {
	if m.opts.Official == nil {
		m.counts.Skipped++
		return nil
	}
	stored, err := m.opts.Official.Add(ctx, &p.record)
	return m.one(p, stored, err)
}
