package wechattest

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// mediaLife is how long an upload that is not for good is kept.
const mediaLife = 3 * 24 * time.Hour

// medium is something that was uploaded.
type medium struct {
	kind, name, contentType string
	content                 []byte
	created                 time.Time
	forGood                 bool
}

// limits of uploads, in bytes.
func limit(kind string) int64 {
	switch kind {
	case "image", "video":
		return 10 << 20
	case "voice":
		return 2 << 20
	case "thumb":
		return 64 << 10
	}
	return 0
}

// keep stores something under a new media id.
func (s *Server) keep(m *medium) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.number++
	id := fmt.Sprintf("media-%s-%d", m.kind, s.number)
	m.created = s.options.Now()
	s.media[id] = m
	return id
}

func (s *Server) find(id string) *medium {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	m := s.media[id]
	if m == nil || !m.forGood && s.options.Now().Sub(m.created) > mediaLife {
		return nil
	}
	return m
}

// AddMedia stores something, as if a follower had sent it, and gives its media id. kind is image, voice, video or thumb.
func (s *Server) AddMedia(kind, name, contentType string, content []byte) string {
	return s.keep(&medium{kind: kind, name: name, contentType: contentType, content: content})
}

func (s *Server) checkFile(q *request, kind string) any {
	switch most := limit(kind); {
	case most == 0:
		return refuse(40004, "invalid media type")
	case q.file == nil || q.file.Part != "media":
		return refuse(41005, "media data missing")
	case !q.file.HadLength:
		return refuse(41005, "media data missing: no length")
	case q.file.Size == 0:
		return refuse(44001, "empty media data")
	case q.file.Size > most:
		return refuse(45001, "media size out of limit")
	}
	return nil
}

func (q *request) medium(kind string, forGood bool) *medium {
	return &medium{kind: kind, name: q.file.Name, contentType: q.file.ContentType, content: q.content, forGood: forGood}
}

func (s *Server) uploadMedia(q *request) any {
	kind := q.query.Get("type")
	if refusal := s.checkFile(q, kind); refusal != nil {
		return refusal
	}
	name := "media_id"
	if kind == "thumb" {
		name = "thumb_media_id"
	}
	return map[string]any{"type": kind, name: s.keep(q.medium(kind, false)), "created_at": s.options.Now().Unix(), "item": []any{}}
}

func (s *Server) addMaterial(q *request) any {
	kind := q.query.Get("type")
	if refusal := s.checkFile(q, kind); refusal != nil {
		return refusal
	}
	if kind == "video" && len(q.description) == 0 {
		return refuse(40035, "invalid parameter: description")
	}
	id := s.keep(q.medium(kind, true))
	answer := map[string]any{"media_id": id}
	if kind == "image" {
		answer["url"] = "http://mmbiz.qpic.cn/" + id
	}
	return answer
}

func (s *Server) uploadImage(q *request) any {
	if refusal := s.checkFile(q, "image"); refusal != nil {
		return refusal
	}
	if q.file.Size > 1<<20 {
		return refuse(40009, "invalid image size")
	}
	return map[string]any{"url": "http://mmbiz.qpic.cn/" + s.keep(q.medium("image", true))}
}

// giveMedia gives the bytes, or of a video the URL where they are.
func (s *Server) giveMedia(q *request) any {
	id := q.query.Get("media_id")
	m := s.find(id)
	switch {
	case m == nil || m.content == nil:
		return refuse(40007, "invalid media_id")
	case m.kind == "video":
		return map[string]any{"video_url": s.url + "/video/" + id, "down_url": s.url + "/video/" + id}
	}
	return m
}

func (s *Server) serveVideo(w http.ResponseWriter, id string) {
	m := s.find(id)
	if m == nil || m.kind != "video" {
		http.Error(w, "no such video", http.StatusNotFound)
		return
	}
	m.serve(w)
}

func (m *medium) serve(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", m.contentType)
	h.Set("Content-Length", strconv.Itoa(len(m.content)))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": m.name}))
	_, _ = w.Write(m.content) //nolint:gosec // it is no page that anybody looks at; an error means that the other side has hung up
}

func (s *Server) uploadNews(q *request) any {
	var asked struct {
		Articles []struct {
			Thumb   string `json:"thumb_media_id"`
			Title   string `json:"title"`
			Content string `json:"content"`
		} `json:"articles"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	if len(asked.Articles) < 1 || len(asked.Articles) > 8 {
		return refuse(45008, "article size out of limit")
	}
	for _, a := range asked.Articles {
		switch {
		case s.find(a.Thumb) == nil:
			return refuse(40007, "invalid media_id")
		case a.Title == "" || a.Content == "":
			return refuse(40035, "invalid parameter")
		}
	}
	id := s.keep(&medium{kind: "news"})
	return map[string]any{"type": "news", "media_id": id, "created_at": s.options.Now().Unix()}
}

func (s *Server) uploadVideo(q *request) any {
	var asked struct {
		ID string `json:"media_id"`
	}
	if refusal := q.into(&asked); refusal != nil {
		return refusal
	}
	m := s.find(asked.ID)
	if m == nil || m.kind != "video" {
		return refuse(40007, "invalid media_id")
	}
	id := s.keep(&medium{kind: "video", name: m.name, contentType: m.contentType, content: m.content})
	return map[string]any{"type": "video", "media_id": id, "created_at": s.options.Now().Unix()}
}
