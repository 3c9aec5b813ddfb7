package wechat

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"parley/adapters/wire"
	"parley/core/official"
)

// place is an endpoint at its method and path.
type place struct {
	method, path string
	names        []string // of the path's variables
	endpoint     wire.Endpoint
	spec         *wire.Spec
	recorder     wire.Recorder
	public       bool // needs no API key
}

// newPlace reads the name of an endpoint, "METHOD /path/{VARIABLE}". What is not below /v1 is public: the accounts' platform
// and their readers have no key.
func newPlace(endpoint wire.Endpoint, recorder wire.Recorder) *place {
	spec := endpoint.Spec()
	method, path, _ := strings.Cut(spec.Name, " ")
	return &place{
		method: method, path: path, endpoint: endpoint, spec: spec, recorder: recorder,
		public: !strings.HasPrefix(path, "/v1/"),
	}
}

// The largest JSON of a request, and that of one with articles.
const (
	maxJSON     = 1 << 20
	maxArticles = official.MaxArticles*official.MaxArticle + maxJSON
)

// maxBody is the largest body that the place reads into memory.
func (p *place) maxBody() int64 {
	if strings.Contains(p.path, "/news/") {
		return maxArticles
	}
	return maxJSON
}

// node is a segment of paths with what follows it.
type node struct {
	literals map[string]*node
	variable *node
	places   []*place // one for each method
}

// add puts a place where its path leads.
func (n *node) add(p *place) error {
	for segment := range strings.SplitSeq(strings.TrimPrefix(p.path, "/"), "/") {
		if strings.HasPrefix(segment, "{") {
			p.names = append(p.names, strings.Trim(segment, "{}"))
			if n.variable == nil {
				n.variable = &node{}
			}
			n = n.variable
			continue
		}
		if n.literals == nil {
			n.literals = make(map[string]*node)
		}
		next := n.literals[segment]
		if next == nil {
			next = &node{}
			n.literals[segment] = next
		}
		n = next
	}
	for _, other := range n.places {
		if other.method == p.method {
			return fmt.Errorf("wechat: %s %s stands in the table twice", p.method, p.path)
		}
	}
	n.places = append(n.places, p)
	return nil
}

// search is one look for a place.
type search struct {
	method  string
	values  []string // of the variables
	allowed []string // the methods that the path has
}

// find returns the place of the search's method at the rest of a path, or nil. A literal segment wins over a variable,
// unless what follows it, or the method, exists with the variable only.
func (n *node) find(segments []string, s *search) *place {
	if len(segments) == 0 {
		for _, p := range n.places {
			if p.method == s.method || p.public && p.method == "GET" && s.method == "HEAD" {
				return p
			}
			if !slices.Contains(s.allowed, p.method) {
				s.allowed = append(s.allowed, p.method)
			}
		}
		return nil
	}
	segment := segments[0]
	if next := n.literals[segment]; next != nil {
		if p := next.find(segments[1:], s); p != nil {
			return p
		}
	}
	if n.variable == nil || segment == "" {
		return nil
	}
	depth := len(s.values)
	s.values = append(s.values, segment)
	if p := n.variable.find(segments[1:], s); p != nil {
		return p
	}
	s.values = s.values[:depth]
	return nil
}

// maxSegments is more than any path has.
const maxSegments = 8

// split appends the segments of a path as the client sent it, decoded, to dst. A slash at the end is one that is not there.
func split(dst []string, path string) (segments []string, ok bool) {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	for segment := range strings.SplitSeq(path, "/") {
		if len(dst) == maxSegments {
			return dst, false
		}
		if strings.Contains(segment, "%") {
			decoded, err := url.PathUnescape(segment)
			if err != nil {
				return dst, false
			}
			segment = decoded
		}
		dst = append(dst, segment)
	}
	return dst, true
}
