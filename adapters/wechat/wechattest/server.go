// Package wechattest stands in for the WeChat platform: a server of its official API, and a pusher of its callbacks. It
// is for tests and for trying things out, and for nothing that strangers can reach.
package wechattest

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are what a server is made of; the zero value is one with an account and no followers.
type Options struct {
	AppID   string // empty means "wxappid"
	Secret  string // empty means "secret"
	Address string // host and port to listen at; empty means a free port of 127.0.0.1
	// Followers is how many followers the account has, up to 100,000: made up on demand, always the same.
	Followers int
	// Page is how many openids one call lists; 0 means 10,000.
	Page int
	// Life is how long a token is valid; 0 means 7,200 s.
	Life time.Duration
	// Overlap is how long a token outlives the next one; 0 means not at all.
	Overlap time.Duration
	// Now is the platform's clock; nil means the machine's.
	Now func() time.Time
	// AfterMass is called for every mass send that was taken, after it was answered; nil means not.
	AfterMass func(Mass)
}

// Server is a stand-in for the official API, with one account. It is safe for concurrent use.
type Server struct {
	options Options
	table   map[string]entry
	http    *http.Server
	url     string
	closed  chan struct{}
	running sync.WaitGroup // what serves, and the hooks

	mutex        sync.Mutex
	ended        bool
	tokens       map[string]time.Time // until when each is valid
	current      string
	number       int64 // the last that was given to anything
	failures     map[string][]Failure
	calls        []Call
	counts       map[string]int
	unsubscribed map[string]bool
	groups       []Group
	menu         json.RawMessage
	media        map[string]*medium
	masses       []Mass
	services     []Service
}

// maxFollowers is the largest account.
const maxFollowers = 100_000

// NewServer starts a server. Close ends it.
func NewServer(options Options) (*Server, error) {
	if options.AppID == "" {
		options.AppID = "wxappid"
	}
	if options.Secret == "" {
		options.Secret = "secret"
	}
	if options.Address == "" {
		options.Address = "127.0.0.1:0"
	}
	if options.Page <= 0 {
		options.Page = 10_000
	}
	if options.Life <= 0 {
		options.Life = 7200 * time.Second
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	options.Followers = min(max(options.Followers, 0), maxFollowers)
	listener, err := net.Listen("tcp", options.Address)
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: options, url: "http://" + listener.Addr().String(), closed: make(chan struct{}),
		tokens: map[string]time.Time{}, failures: map[string][]Failure{}, counts: map[string]int{},
		unsubscribed: map[string]bool{}, media: map[string]*medium{}, groups: firstGroups(),
	}
	s.table = s.newTable()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	// What it returns says only that it was closed.
	s.running.Go(func() { _ = s.http.Serve(listener) })
	return s, nil
}

// URL is the base of the API, without a slash at its end.
func (s *Server) URL() string { return s.url }

// AppID is the account's.
func (s *Server) AppID() string { return s.options.AppID }

// Secret is the account's.
func (s *Server) Secret() string { return s.options.Secret }

// Close ends the server, also what hangs in it, and waits for the hooks that are running.
func (s *Server) Close() error {
	s.mutex.Lock()
	ended := s.ended
	s.ended = true
	s.mutex.Unlock()
	if ended {
		return nil
	}
	close(s.closed)
	err := s.http.Close()
	s.running.Wait()
	return err
}

// entry is one call of the API.
type entry struct {
	method string
	answer func(*request) any
	bare   bool // without a token
}

func (s *Server) newTable() map[string]entry {
	const get, post = http.MethodGet, http.MethodPost
	return map[string]entry{
		"token":                     {get, s.giveToken, true},
		"user/get":                  {get, s.listFollowers, false},
		"user/info":                 {get, s.tellFollower, false},
		"user/info/batchget":        {post, s.tellFollowers, false},
		"groups/get":                {get, s.listGroups, false},
		"groups/getid":              {post, s.tellGroup, false},
		"tags/get":                  {get, s.listTags, false},
		"tags/getidlist":            {post, s.tellTags, false},
		"user/tag/get":              {post, s.listTagged, false},
		"tags/members/getblacklist": {post, s.listBlacklist, false},
		"menu/get":                  {get, s.giveMenu, false},
		"menu/create":               {post, s.createMenu, false},
		"menu/delete":               {get, s.deleteMenu, false},
		"media/upload":              {post, s.uploadMedia, false},
		"media/get":                 {get, s.giveMedia, false},
		"media/uploadimg":           {post, s.uploadImage, false},
		"media/uploadnews":          {post, s.uploadNews, false},
		"media/uploadvideo":         {post, s.uploadVideo, false},
		"material/add_material":     {post, s.addMaterial, false},
		"message/mass/send":         {post, s.sendMass, false},
		"message/mass/preview":      {post, s.previewMass, false},
		"message/mass/get":          {post, s.tellMass, false},
		"message/custom/send":       {post, s.sendService, false},
	}
}

// ServeHTTP answers a call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id, ok := strings.CutPrefix(r.URL.Path, "/video/"); ok {
		s.serveVideo(w, id)
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, "/cgi-bin/")
	call, known := s.table[name]
	if !ok || !known {
		http.NotFound(w, r)
		return
	}
	asked, err := readRequest(name, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	failure := s.begin(asked)
	switch failure.kind {
	case kindHang:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		cut(w)
		return
	case kindHTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(failure.status)
		_, _ = w.Write([]byte("<html><body>system busy</body></html>"))
		return
	case kindRefuse:
		write(w, failure.refusal)
		return
	case kindNone, kindDrop:
	}
	answer := s.answer(call, asked)
	if failure.kind == kindDrop {
		cut(w)
		return
	}
	write(w, answer)
}

func (s *Server) answer(call entry, asked *request) any {
	if asked.method != call.method {
		if call.method == http.MethodPost {
			return refuse(43002, "require POST method")
		}
		return refuse(43001, "require GET method")
	}
	if escaped(asked.body) {
		return refuse(40033, `invalid charset. please check your request, if include \uxxxx will create fail!`)
	}
	if !call.bare {
		if refusal := s.checkToken(asked.query.Get("access_token")); refusal != nil {
			return refusal
		}
	}
	return call.answer(asked)
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = connection.Close()
	}
}

// write sends an answer: media as they are, everything else as JSON.
func write(w http.ResponseWriter, answer any) {
	if m, ok := answer.(*medium); ok {
		m.serve(w)
		return
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError) // a menu that the test made wrong
		return
	}
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	// Clients of the platform rely on there being no line end. An error means that the other side has hung up.
	_, _ = w.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
}
