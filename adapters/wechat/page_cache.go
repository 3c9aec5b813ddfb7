package wechat

import (
	"strings"
	"sync"
)

// maxPages bounds the memory of pages, in bytes.
const maxPages = 16 << 20

// pages remembers the contents of articles as their pages show them. To clean a large article takes a good part of a
// second, anybody may ask for it, and under its ID an article never changes. The zero value is ready to use.
type pages struct {
	mu    sync.Mutex
	size  int
	clean map[string]string // by the article's ID
}

// get returns the clean content of an article, which make makes if it is not remembered.
func (p *pages) get(id string, make func() string) string {
	p.mu.Lock()
	content, known := p.clean[id]
	p.mu.Unlock()
	if known {
		return content
	}
	content = make()
	p.put(id, content)
	return content
}

// put remembers a content; where there is no room it forgets all others.
func (p *pages) put(id, content string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.clean == nil || p.size+len(content) > maxPages {
		p.clean, p.size = make(map[string]string), 0
	}
	if _, known := p.clean[id]; !known {
		p.clean[strings.Clone(id)] = content // the ID may be a part of the request
		p.size += len(content)
	}
}
