package wechattest

import "encoding/json"

func tags(i int) []int64 {
	if g := GroupOf(i); g != 0 {
		return []int64{g}
	}
	return []int64{}
}

// counted gives the groups with the numbers of their followers.
func (s *Server) counted() []Group {
	counts := map[int64]int{}
	for i := range s.options.Followers {
		if s.subscribed(OpenID(i)) {
			counts[GroupOf(i)]++
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := append([]Group(nil), s.groups...)
	for i := range all {
		all[i].Count = counts[all[i].ID]
	}
	return all
}

func (s *Server) listGroups(*request) any { return map[string]any{"groups": s.counted()} }

// listTags leaves out what is a group and no tag: none, and the blacklist.
func (s *Server) listTags(*request) any { return map[string]any{"tags": s.counted()[2:]} }

func (s *Server) followerOf(q *request) (int, any) {
	var asked struct {
		OpenID string `json:"openid"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return 0, refusal
	}
	i, ok := s.index(asked.OpenID)
	if !ok {
		return 0, refuse(40003, "invalid openid")
	}
	return i, nil
}

func (s *Server) tellGroup(q *request) any {
	i, refusal := s.followerOf(q)
	if refusal != nil {
		return refusal
	}
	return map[string]any{"groupid": GroupOf(i)}
}

func (s *Server) tellTags(q *request) any {
	i, refusal := s.followerOf(q)
	if refusal != nil {
		return refusal
	}
	return map[string]any{"tagid_list": tags(i)}
}

// SetMenu gives the account a menu: the JSON list that stands for button. Nil takes the menu away.
func (s *Server) SetMenu(buttons []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.menu = json.RawMessage(buttons)
}

// Menu gives the JSON list of the buttons of the menu, or nil if there is none.
func (s *Server) Menu() []byte {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]byte(nil), s.menu...)
}

func (s *Server) giveMenu(*request) any {
	menu := s.Menu()
	if menu == nil {
		return refuse(46003, "menu no exist")
	}
	return map[string]any{"menu": map[string]any{"button": json.RawMessage(menu)}}
}

func (s *Server) createMenu(q *request) any {
	var asked struct {
		Buttons []struct {
			Name  string            `json:"name"`
			Below []json.RawMessage `json:"sub_button"`
		} `json:"button"`
	}
	var kept struct {
		Buttons json.RawMessage `json:"button"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	if refusal := q.into(&kept); refusal != nil {
		return refusal
	}
	if len(asked.Buttons) < 1 || len(asked.Buttons) > 3 {
		return refuse(40016, "invalid button size")
	}
	for _, b := range asked.Buttons {
		if b.Name == "" || len(b.Name) > 16 {
			return refuse(40018, "invalid button name size")
		}
		if len(b.Below) > 5 {
			return refuse(40023, "invalid sub button size")
		}
	}
	s.SetMenu(kept.Buttons)
	return done()
}

func (s *Server) deleteMenu(*request) any {
	s.SetMenu(nil)
	return done()
}
