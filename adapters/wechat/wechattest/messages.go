package wechattest

import "encoding/json"

// Content is the content of a message that was sent.
type Content struct {
	Type    string          // msgtype
	Text    string          // of text
	MediaID string          // of media and articles
	Body    json.RawMessage // the member that the type names, as it came
}

// Mass is a mass send that was taken, or a preview.
type Mass struct {
	ID       int64
	ClientID string
	To       []string
	Preview  bool
	Content
}

// Service is a message of the customer service that was taken.
type Service struct {
	To string
	Content
}

// Masses gives the mass sends and previews that were taken, in their order.
func (s *Server) Masses() []Mass {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Mass(nil), s.masses...)
}

// Services gives the messages of the customer service that were taken, in their order.
func (s *Server) Services() []Service {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Service(nil), s.services...)
}

// content reads the member that msgtype names.
func (s *Server) content(q *request) (c Content, refusal any) {
	var members map[string]json.RawMessage
	if refusal := q.into(&members); refusal != nil {
		return c, refusal
	}
	if err := json.Unmarshal(members["msgtype"], &c.Type); err != nil || members[c.Type] == nil {
		return c, refuse(40008, "invalid message type")
	}
	var body struct {
		Text    string `json:"content"`
		MediaID string `json:"media_id"`
	}
	c.Body = members[c.Type]
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return c, refuse(47001, "data format error")
	}
	c.Text, c.MediaID = body.Text, body.MediaID
	switch c.Type {
	case "text":
		if c.Text == "" {
			return c, refuse(44004, "empty content")
		}
	case "news":
	case "image", "voice", "video", "mpvideo", "mpnews":
		if s.find(c.MediaID) == nil {
			return c, refuse(40007, "invalid media_id")
		}
	default:
		return c, refuse(40008, "invalid message type")
	}
	return c, nil
}

func (s *Server) sendMass(q *request) any {
	var asked struct {
		To       []string `json:"touser"`
		ClientID string   `json:"clientmsgid"`
	}
	if wrong := q.into(&asked); wrong != nil {
		return wrong
	}
	switch {
	case len(asked.To) < 2:
		return refuse(40130, "invalid openid list size, at least two openid")
	case len(asked.To) > 10_000:
		return refuse(40032, "invalid openid list size")
	case len(asked.ClientID) > 64:
		return refuse(45067, "clientmsgid size out of limit")
	}
	content, wrong := s.content(q)
	if wrong != nil {
		return wrong
	}
	mass, repeated := s.take(Mass{ClientID: asked.ClientID, To: asked.To, Content: content})
	if repeated {
		return refusal{Code: 45065, Message: "clientmsgid exist", MassID: mass.ID}
	}
	s.after(mass)
	return map[string]any{
		"errcode": 0, "errmsg": "send job submission success", "msg_id": mass.ID, "msg_data_id": mass.ID + 1<<32,
	}
}

// take stores a mass send, or gives the one that was taken with the same client id.
func (s *Server) take(m Mass) (taken Mass, repeated bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, before := range s.masses {
		if m.ClientID != "" && before.ClientID == m.ClientID {
			return before, true
		}
	}
	s.number++
	m.ID = 1_000_000 + s.number
	s.masses = append(s.masses, m)
	return m, false
}

// after calls the hook beside the answer.
func (s *Server) after(mass Mass) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.options.AfterMass != nil && !s.ended {
		s.running.Go(func() { s.options.AfterMass(mass) })
	}
}

func (s *Server) previewMass(q *request) any {
	var asked struct {
		To string `json:"touser"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	if _, ok := s.index(asked.To); !ok {
		return refuse(40003, "invalid openid")
	}
	content, refusal := s.content(q)
	if refusal != nil {
		return refusal
	}
	mass, _ := s.take(Mass{To: []string{asked.To}, Preview: true, Content: content})
	return map[string]any{"errcode": 0, "errmsg": "preview success", "msg_id": mass.ID}
}

func (s *Server) tellMass(q *request) any {
	var asked struct {
		ID int64 `json:"msg_id"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	for _, m := range s.Masses() {
		if m.ID == asked.ID {
			return map[string]any{"msg_id": m.ID, "msg_status": "SEND_SUCCESS"}
		}
	}
	return refuse(40059, "invalid msg id")
}

func (s *Server) sendService(q *request) any {
	var asked struct {
		To string `json:"touser"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	if _, ok := s.index(asked.To); !ok {
		return refuse(40003, "invalid openid")
	}
	if !s.subscribed(asked.To) {
		return refuse(43004, "require subscribe")
	}
	content, refusal := s.content(q)
	if refusal != nil {
		return refusal
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.services = append(s.services, Service{To: asked.To, Content: content})
	return done()
}
