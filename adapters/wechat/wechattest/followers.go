package wechattest

import (
	"fmt"
	"strconv"
	"strings"
)

// openIDPrefix makes openids of 28 characters, as the platform's are.
const openIDPrefix = "oParley_"

// OpenID gives the openid of a follower, counted from 0.
func OpenID(i int) string { return fmt.Sprintf("%s%020d", openIDPrefix, i) }

// Nickname gives the name of a follower, which has more than ASCII in it.
func Nickname(i int) string {
	first := [...]string{"小明 😀", "Zoë 🌸", "王芳", "Ann & Bob <3", "李雷 👨‍👩‍👧", "\"Q\" \\o/"}
	return fmt.Sprintf("%s %d", first[i%len(first)], i)
}

// GroupOf gives the group of a follower, which is also the tag: of ten, one has group 2, one 100, and one of fifty is on
// the blacklist, group 1. The others are in none, group 0.
func GroupOf(i int) int64 {
	switch {
	case i%50 == 7:
		return 1
	case i%10 == 3:
		return 2
	case i%10 == 4:
		return 100
	}
	return 0
}

// Group is a group, or a tag, of the account.
type Group struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

func firstGroups() []Group {
	return []Group{{ID: 0, Name: "未分组"}, {ID: 1, Name: "黑名单"}, {ID: 2, Name: "星标组"}, {ID: 100, Name: "上海 🏙"}}
}

// index gives the number of a follower, or false if there is none with that openid.
func (s *Server) index(openID string) (int, bool) {
	digits, ok := strings.CutPrefix(openID, openIDPrefix)
	i, err := strconv.Atoi(digits)
	return i, ok && err == nil && i >= 0 && i < s.options.Followers && OpenID(i) == openID
}

// Unsubscribe makes a follower leave, and Subscribe makes them come back.
func (s *Server) Unsubscribe(openID string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.unsubscribed[openID] = true
}

// Subscribe makes a follower who left come back.
func (s *Server) Subscribe(openID string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.unsubscribed, openID)
}

func (s *Server) subscribed(openID string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return !s.unsubscribed[openID]
}

// page lists the followers after one of them that are wanted, in the platform's form.
func (s *Server) page(after string, wanted func(i int) bool) any {
	begin := 0
	if after != "" {
		i, ok := s.index(after)
		if !ok {
			return refuse(40003, "invalid openid")
		}
		begin = i + 1
	}
	var list []string
	total := 0
	for i := range s.options.Followers {
		openID := OpenID(i)
		if !wanted(i) || !s.subscribed(openID) {
			continue
		}
		total++
		if i >= begin && len(list) < s.options.Page {
			list = append(list, openID)
		}
	}
	answer := map[string]any{"total": total, "count": len(list), "next_openid": ""}
	if len(list) > 0 {
		answer["data"] = map[string]any{"openid": list}
		answer["next_openid"] = list[len(list)-1]
	}
	return answer
}

func (s *Server) listFollowers(q *request) any {
	return s.page(q.query.Get("next_openid"), func(int) bool { return true })
}

func (s *Server) listTagged(q *request) any {
	var asked struct {
		Tag  int64  `json:"tagid"`
		Next string `json:"next_openid"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	return s.page(asked.Next, func(i int) bool { return GroupOf(i) == asked.Tag })
}

func (s *Server) listBlacklist(q *request) any {
	var asked struct {
		Begin string `json:"begin_openid"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	return s.page(asked.Begin, func(i int) bool { return GroupOf(i) == 1 })
}

// tell gives what the platform knows of a follower, or a refusal.
func (s *Server) tell(openID string) any {
	i, ok := s.index(openID)
	if !ok {
		return refuse(40003, "invalid openid")
	}
	if !s.subscribed(openID) {
		return map[string]any{"subscribe": 0, "openid": openID, "tagid_list": []int64{}}
	}
	return map[string]any{
		"subscribe": 1, "openid": openID, "nickname": Nickname(i), "sex": i % 3, "language": "zh_CN",
		"city": "浦东新区", "province": "上海", "country": "中国", "headimgurl": fmt.Sprintf("https://thirdwx.qlogo.cn/mmopen/%d/0", i),
		"subscribe_time": 1400000000 + i, "unionid": fmt.Sprintf("union-%d", i), "remark": "", "groupid": GroupOf(i),
		"tagid_list": tags(i), "subscribe_scene": "ADD_SCENE_SEARCH", "qr_scene": 0, "qr_scene_str": "",
	}
}

func (s *Server) tellFollower(q *request) any { return s.tell(q.query.Get("openid")) }

func (s *Server) tellFollowers(q *request) any {
	var asked struct {
		List []struct {
			OpenID string `json:"openid"`
		} `json:"user_list"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	if len(asked.List) == 0 || len(asked.List) > 100 {
		return refuse(40032, "invalid openid list size")
	}
	list := make([]any, len(asked.List))
	for i, one := range asked.List {
		list[i] = s.tell(one.OpenID)
		if refusal, ok := list[i].(refusal); ok {
			return refusal
		}
	}
	return map[string]any{"user_info_list": list}
}
