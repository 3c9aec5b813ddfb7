package wechattest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
)

const (
	maxBody     = 4 << 20
	maxUpload   = 20 << 20
	maxRecorded = 64 << 10 // of a body
	maxCalls    = 20_000
)

// request is a call as it arrived.
type request struct {
	name        string
	method      string
	query       url.Values
	body        []byte // JSON
	description []byte // the part of that name of an upload
	file        *File
	content     []byte // of the file
}

// File tells of an upload.
type File struct {
	Part, Name, ContentType string
	Size                    int64
	SHA256                  string // lower-case hex
	HadLength               bool   // the request said how long it was, as the platform demands
}

// Call is a call that was made, whatever came of it.
type Call struct {
	Name   string // the path below /cgi-bin/
	Method string
	Query  url.Values
	Body   []byte // the first 64 KiB of the JSON, or of an upload's description
	File   *File  // nil if nothing was uploaded
}

func readRequest(name string, r *http.Request) (*request, error) {
	q := &request{name: name, method: r.Method, query: r.URL.Query()}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		return q, q.readForm(r)
	}
	q.body, err = io.ReadAll(io.LimitReader(r.Body, maxBody))
	return q, err
}

func (q *request) readForm(r *http.Request) error {
	form, err := r.MultipartReader()
	if err != nil {
		return err
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		if err != nil {
			return err
		}
		if part.FormName() == "description" {
			q.description = content
			continue
		}
		sum := sha256.Sum256(content)
		q.content = content
		q.file = &File{
			Part: part.FormName(), Name: part.FileName(), ContentType: part.Header.Get("Content-Type"),
			Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), HadLength: r.ContentLength > 0,
		}
	}
}

// into reads the body; what is wrong with it is the answer.
func (q *request) into(v any) any {
	if len(q.body) == 0 {
		return refuse(44002, "empty post data")
	}
	if err := json.Unmarshal(q.body, v); err != nil {
		return refuse(47001, "data format error")
	}
	return nil
}

// escaped tells whether a body holds a \u escape, which the platform refuses.
func escaped(body []byte) bool {
	for i := 0; i+1 < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if body[i+1] == 'u' {
			return true
		}
		i++ // what is escaped is no backslash that escapes
	}
	return false
}

// begin records a call and gives the failure that awaits it.
func (s *Server) begin(q *request) Failure {
	recorded := Call{Name: q.name, Method: q.method, Query: q.query, File: q.file, Body: q.body}
	if q.description != nil {
		recorded.Body = q.description
	}
	recorded.Body = append([]byte(nil), recorded.Body[:min(len(recorded.Body), maxRecorded)]...)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.counts[q.name]++
	if len(s.calls) == maxCalls {
		s.calls = append(s.calls[:0:0], s.calls[maxCalls/2:]...)
	}
	s.calls = append(s.calls, recorded)
	waiting := s.failures[q.name]
	if len(waiting) == 0 {
		return Failure{}
	}
	s.failures[q.name] = waiting[1:]
	return waiting[0]
}

// Calls gives the calls with a name, or all if it is empty, in the order in which they arrived. Of more than 20,000 the
// oldest are forgotten.
func (s *Server) Calls(name string) []Call {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var all []Call
	for _, c := range s.calls {
		if name == "" || c.Name == name {
			all = append(all, c)
		}
	}
	return all
}

// Count tells how often a call was made.
func (s *Server) Count(name string) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.counts[name]
}
