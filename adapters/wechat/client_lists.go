package wechat

import (
	"context"
	"iter"

	"parley/core/official"
)

// walked goes through a list by pages. The lists have the newest in front: what comes meanwhile moves the others to later
// places, so that some of a page come again with the next and are left out there.
func walked[T any](fetch func(p page) (items []T, total int64, err error), id func(*T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var before map[string]bool
		for index := int64(1); ; index++ {
			items, total, err := fetch(page{index, clientPage})
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			seen := make(map[string]bool, len(items))
			for i := range items {
				name := id(&items[i])
				seen[name] = true
				if !before[name] && !yield(items[i], nil) {
					return
				}
			}
			if len(items) == 0 || index*clientPage >= total {
				return
			}
			before = seen
		}
	}
}

// mapped makes something of every item of a walk. What is gone by then is left out.
func mapped[T, U any](walk iter.Seq2[T, error], one func(*T) (U, error), gone func(error) bool) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		for item, err := range walk {
			var made U
			if err != nil {
				yield(made, err)
				return
			}
			if made, err = one(&item); err != nil && gone != nil && gone(err) {
				continue
			}
			if !yield(made, err) || err != nil {
				return
			}
		}
	}
}

// Groups returns all groups of the account, 0 being the followers in no group and 1 those that are blocked.
func (a *RemoteAccount) Groups(ctx context.Context) (list official.GroupList, err error) {
	var answer groupsAnswer
	err = ask(ctx, a.client, a.client.table.groups, a.id, &nothing{}, &answer)
	list.Total = int(answer.total)
	for _, g := range answer.groups {
		list.Groups = append(list.Groups, official.Group{ID: g.id, Name: g.name, Followers: int(g.num)})
	}
	return list, err
}

// Followers goes through the followers of a group, or of official.GroupAll and the other special ones, the newest first. A
// list tells an OpenID, a nickname and an avatar; Follower tells the rest.
func (a *RemoteAccount) Followers(ctx context.Context, group string) iter.Seq2[*official.Follower, error] {
	walk := walked(func(p page) ([]followerItem, int64, error) {
		return a.followerPage(ctx, group, p)
	}, func(f *followerItem) string { return f.openID })
	return mapped(walk, func(f *followerItem) (*official.Follower, error) { return f.follower(), nil }, nil)
}

func (a *RemoteAccount) followerPage(ctx context.Context, group string, p page) ([]followerItem, int64, error) {
	var answer followersAnswer
	err := ask(ctx, a.client, a.client.table.followers, a.id, &followersQuery{group: group, page: p}, &answer)
	return answer.followers, answer.pagination.count, err
}

func (f *followerItem) follower() *official.Follower {
	return &official.Follower{
		OpenID: f.openID, Subscribed: true, Profile: official.Profile{Nickname: f.nickname, Avatar: f.avatar},
	}
}

// Follower returns all that is known of a follower, also of one that has left, with its groups. It costs two requests.
func (a *RemoteAccount) Follower(ctx context.Context, openID string) (*official.Follower, error) {
	f, err := a.follower(ctx, openID)
	if err != nil {
		return nil, err
	}
	var in groupsOfAnswer
	if err := ask(ctx, a.client, a.client.table.groupsOf, a.id, &openIDQuery{openID: openID}, &in); err != nil {
		return nil, err
	}
	for _, ref := range in.refs {
		in.ids = append(in.ids, ref.id)
	}
	for _, id := range in.ids {
		if id != official.GroupUngrouped && id != official.GroupBlocked {
			f.Groups = append(f.Groups, official.Membership{Group: id})
		}
	}
	return f, nil
}

// follower returns a follower without its groups.
func (a *RemoteAccount) follower(ctx context.Context, openID string) (*official.Follower, error) {
	var v followerView
	if err := ask(ctx, a.client, a.client.table.follower, a.id, &openIDQuery{openID: openID}, &v); err != nil {
		return nil, err
	}
	f := v.Follower
	f.Gender, f.SubscribeTime = official.Gender(min(max(v.gender, 0), int64(official.GenderFemale))), v.since
	if v.until != nil {
		f.UnsubscribeTime = *v.until
	}
	return &f, nil
}
