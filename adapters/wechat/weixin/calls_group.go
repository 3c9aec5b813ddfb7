package weixin

import "context"

// Group is a group of followers, or a tag, as the platform has them.
type Group struct {
	ID    int64
	Name  string
	Count int64 // of its followers
}

type groupAnswer struct {
	ID    number `json:"id"`
	Name  string `json:"name"`
	Count number `json:"count"`
}

func groups(answers []groupAnswer) []Group {
	all := make([]Group, len(answers))
	for i, a := range answers {
		all[i] = Group{ID: int64(a.ID), Name: a.Name, Count: int64(a.Count)}
	}
	return all
}

// Groups lists the groups: the older calls, in which a follower is in one.
func (c *Client) Groups(ctx context.Context) ([]Group, error) {
	var a struct {
		Groups []groupAnswer `json:"groups"`
	}
	if err := c.do(ctx, &call{name: "groups/get", read: true}, &a); err != nil {
		return nil, err
	}
	return groups(a.Groups), nil
}

// GroupOf gives the group that a follower is in.
func (c *Client) GroupOf(ctx context.Context, openID string) (int64, error) {
	var o object
	o.string("openid", openID)
	var a struct {
		GroupID number `json:"groupid"`
	}
	err := c.do(ctx, &call{name: "groups/getid", body: o.end(), read: true}, &a)
	return int64(a.GroupID), err
}

// Tags lists the tags: the newer calls, in which a follower has any number.
func (c *Client) Tags(ctx context.Context) ([]Group, error) {
	var a struct {
		Tags []groupAnswer `json:"tags"`
	}
	if err := c.do(ctx, &call{name: "tags/get", read: true}, &a); err != nil {
		return nil, err
	}
	return groups(a.Tags), nil
}

// TagsOf gives the tags that a follower has.
func (c *Client) TagsOf(ctx context.Context, openID string) ([]int64, error) {
	var o object
	o.string("openid", openID)
	var a struct {
		TagIDs []number `json:"tagid_list"`
	}
	if err := c.do(ctx, &call{name: "tags/getidlist", body: o.end(), read: true}, &a); err != nil {
		return nil, err
	}
	return integers(a.TagIDs), nil
}

// TagMembers gives a page of the followers that have a tag, from the one after next.
func (c *Client) TagMembers(ctx context.Context, tagID int64, next string) (*OpenIDs, error) {
	var o object
	o.integer("tagid", tagID)
	o.string("next_openid", next)
	var a openIDsAnswer
	if err := c.do(ctx, &call{name: "user/tag/get", body: o.end(), read: true}, &a); err != nil {
		return nil, err
	}
	return a.page(), nil
}

// Blacklist gives a page of at most 10,000 of those who are shut out, from begin.
func (c *Client) Blacklist(ctx context.Context, begin string) (*OpenIDs, error) {
	var o object
	o.string("begin_openid", begin)
	var a openIDsAnswer
	if err := c.do(ctx, &call{name: "tags/members/getblacklist", body: o.end(), read: true}, &a); err != nil {
		return nil, err
	}
	return a.page(), nil
}
