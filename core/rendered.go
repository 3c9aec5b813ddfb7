package core

import (
	"slices"
	"sync/atomic"
)

// Rendering is what an adapter has made of a page of messages. The engine keeps it as long as the page is what it was, for
// clients that ask again and again whether there is anything new.
type Rendering struct {
	// Text is the adapter's. It must not be modified.
	Text []byte
	// Note is for what the adapter works out of Text, at any time.
	Note atomic.Value
}

// Rendered is the place of one page in one form. The zero value keeps nothing.
type Rendered struct {
	// Before is what was kept of this very page, nil if nothing was. With it there are no messages.
	Before *Rendering

	engine  *Engine
	conv    *conversation
	changes uint64
	page    pageName
}

// pageName tells one page of a conversation, as somebody sees it in some form, from all others.
type pageName struct {
	app          *App
	viewer, peer *User // as they are now: a page may show their names
	form         any
	first, last  int64
	limit        int
	direction    Direction
}

// renderings are what is kept of one conversation.
type renderings struct {
	asked [maxKeptRenderings]pageName // for the first time lately, in a ring
	next  int                         // the place in the ring that is written next
	kept  []keptRendering
	size  int64
}

type keptRendering struct {
	page      pageName
	rendering *Rendering
}

const (
	// maxKeptRenderings and maxRendering bound what is kept of one conversation.
	maxKeptRenderings = 4
	maxRendering      = 64 << 10
	// renderingsSize and renderingSize are roughly what they take in memory beside the texts.
	renderingsSize, renderingSize = 512, 256
)

// recall finds what was kept of a page. It comes before anything of the page is read, so that Keep notices every change
// since.
func (e *Engine) recall(c *conversation, page pageName) Rendered {
	if page.form == nil || c.key.kind == kindGroup {
		return Rendered{}
	}
	r := Rendered{engine: e, conv: c, page: page}
	c.mu.RLock()
	defer c.mu.RUnlock()
	r.changes = c.changes
	if c.renderings == nil || !c.known || !c.fresh() {
		return r
	}
	for i := range c.renderings.kept {
		if k := &c.renderings.kept[i]; k.page == page {
			r.Before = k.rendering
			break
		}
	}
	return r
}

// Keep notes that text is what the page has become, and keeps a copy of it if the same page was asked for before and has
// not changed meanwhile. What is asked for once is not kept: most pages never come again.
func (r *Rendered) Keep(text []byte) {
	c := r.conv
	if c == nil || len(text) > maxRendering {
		return
	}
	// A conversation that has left the cache is not in its books any more.
	if remembered, ok := r.engine.conversations.get(c.key); !ok || remembered != c {
		return
	}
	if grown := c.keep(r, text); grown != 0 {
		r.engine.conversations.grow(c.key, grown)
	}
}

func (c *conversation) keep(r *Rendered, text []byte) (grown int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != r.changes || !c.fresh() {
		return 0
	}
	if c.renderings == nil {
		c.renderings = &renderings{size: renderingsSize}
		grown = renderingsSize
	}
	all := c.renderings
	if !slices.Contains(all.asked[:], r.page) {
		all.asked[all.next] = r.page
		all.next = (all.next + 1) % len(all.asked)
		return grown
	}
	if slices.ContainsFunc(all.kept, func(k keptRendering) bool { return k.page == r.page }) {
		return grown // by another who asked at the same time
	}
	if len(all.kept) == maxKeptRenderings {
		grown -= all.kept[0].size()
		all.kept = append(all.kept[:0], all.kept[1:]...)
	}
	k := keptRendering{page: r.page, rendering: &Rendering{Text: append([]byte(nil), text...)}}
	all.kept = append(all.kept, k)
	grown += k.size()
	all.size += grown
	return grown
}

func (k *keptRendering) size() int64 { return renderingSize + int64(len(k.rendering.Text)) }

// outdate forgets the renderings because what they were made of changes. The caller holds c.mu.
func (c *conversation) outdate() {
	c.changes++
	if c.renderings != nil {
		c.untold -= c.renderings.size
		c.renderings = nil
	}
}
