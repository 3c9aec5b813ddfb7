package weixin

import (
	"context"
	"fmt"
	"net/url"
)

// MaxUserInfos is how many followers one call of UserInfos asks about.
const MaxUserInfos = 100

// language is that of the names of cities and countries.
const language = "zh_CN"

// OpenIDs is a page of the openids of followers.
type OpenIDs struct {
	Total int64 // of all pages; not every call gives it
	List  []string
	Next  string // where the next page begins; empty after the last
}

type openIDsAnswer struct {
	Total number `json:"total"`
	Data  struct {
		List []string `json:"openid"`
	} `json:"data"`
	Next string `json:"next_openid"`
}

func (a *openIDsAnswer) page() *OpenIDs {
	p := &OpenIDs{Total: int64(a.Total), List: a.Data.List, Next: a.Next}
	if len(p.List) == 0 {
		p.Next = "" // past the end the platform may repeat where it was asked to begin
	}
	return p
}

// Followers gives a page of at most 10,000 followers, from the one after next, or from the first if it is empty.
func (c *Client) Followers(ctx context.Context, next string) (*OpenIDs, error) {
	query := url.Values{}
	if next != "" {
		query.Set("next_openid", next)
	}
	var a openIDsAnswer
	if err := c.do(ctx, &call{name: "user/get", query: query, read: true}, &a); err != nil {
		return nil, err
	}
	return a.page(), nil
}

// EachFollowers calls visit with each page of the followers, and ends with its error, if it gives one. It does not go round in
// circles if the platform does.
func (c *Client) EachFollowers(ctx context.Context, visit func(openIDs []string) error) error {
	for next, seen := "", int64(0); ; {
		page, err := c.Followers(ctx, next)
		if err != nil {
			return err
		}
		if len(page.List) == 0 {
			return nil
		}
		if err := visit(page.List); err != nil {
			return err
		}
		seen += int64(len(page.List))
		if page.Next == "" || page.Next == next || seen > page.Total+maxNewcomers {
			return nil
		}
		next = page.Next
	}
}

// maxNewcomers is how many more than the total may be listed: those who begin to follow in the meantime.
const maxNewcomers = 100_000

// User is what the platform tells of a follower. Since 2021 it leaves out name, avatar, sex and region of most.
type User struct {
	Subscribed    bool // if not, there is nothing else but the openid
	OpenID        string
	UnionID       string
	Nickname      string
	Sex           int // 0 unknown, 1 male, 2 female
	Language      string
	City          string
	Province      string
	Country       string
	Avatar        string
	SubscribeTime int64 // in seconds since 1970
	Remark        string
	GroupID       int64
	TagIDs        []int64
}

type userAnswer struct {
	Subscribe     number   `json:"subscribe"`
	OpenID        string   `json:"openid"`
	UnionID       string   `json:"unionid"`
	Nickname      string   `json:"nickname"`
	Sex           number   `json:"sex"`
	Language      string   `json:"language"`
	City          string   `json:"city"`
	Province      string   `json:"province"`
	Country       string   `json:"country"`
	Avatar        string   `json:"headimgurl"`
	SubscribeTime number   `json:"subscribe_time"`
	Remark        string   `json:"remark"`
	GroupID       number   `json:"groupid"`
	TagIDs        []number `json:"tagid_list"`
}

func (a *userAnswer) user() User {
	return User{
		Subscribed: a.Subscribe != 0, OpenID: a.OpenID, UnionID: a.UnionID, Nickname: a.Nickname, Sex: int(a.Sex),
		Language: a.Language, City: a.City, Province: a.Province, Country: a.Country, Avatar: a.Avatar,
		SubscribeTime: int64(a.SubscribeTime), Remark: a.Remark, GroupID: int64(a.GroupID), TagIDs: integers(a.TagIDs),
	}
}

func integers(numbers []number) []int64 {
	all := make([]int64, len(numbers))
	for i, n := range numbers {
		all[i] = int64(n)
	}
	return all
}

// UserInfo tells of one follower.
func (c *Client) UserInfo(ctx context.Context, openID string) (*User, error) {
	query := url.Values{"openid": {openID}, "lang": {language}}
	var a userAnswer
	if err := c.do(ctx, &call{name: "user/info", query: query, read: true}, &a); err != nil {
		return nil, err
	}
	u := a.user()
	return &u, nil
}

// UserInfos tells of at most MaxUserInfos followers. The answer may be in another order, and lack some.
func (c *Client) UserInfos(ctx context.Context, openIDs []string) ([]User, error) {
	const name = "user/info/batchget"
	if len(openIDs) == 0 || len(openIDs) > MaxUserInfos {
		return nil, &CallError{Call: name, Err: fmt.Errorf("%w: it takes 1 to %d followers", ErrArgument, MaxUserInfos)}
	}
	var o object
	o.objects("user_list", len(openIDs), func(o *object, i int) {
		o.string("openid", openIDs[i])
		o.string("lang", language)
	})
	var a struct {
		List []userAnswer `json:"user_info_list"`
	}
	if err := c.do(ctx, &call{name: name, body: o.end(), read: true}, &a); err != nil {
		return nil, err
	}
	users := make([]User, len(a.List))
	for i := range a.List {
		users[i] = a.List[i].user()
	}
	return users, nil
}
