package core

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// cache remembers values up to a budget of bytes and forgets those that have not been used for longest, roughly: entries
// get a second chance in no particular order. Everything in it can be read again from the store.
type cache[K comparable, V any] struct {
	seed   maphash.Seed
	shards [32]cacheShard[K, V]
	// pinned, if set, tells of a value that must not be forgotten now. It runs under the shard's lock.
	pinned func(V) bool
	// shrink, if set, makes a pinned value smaller, if that can be done without waiting, and returns by how many bytes. It
	// runs under the shard's lock.
	shrink func(V) int64
}

type cacheShard[K comparable, V any] struct {
	mu      sync.RWMutex
	entries map[K]*cacheEntry[V]
	size    int64
	budget  int64
}

type cacheEntry[V any] struct {
	value V
	size  int64
	used  atomic.Bool
}

func newCache[K comparable, V any](budget int64, pinned func(V) bool) *cache[K, V] {
	c := &cache[K, V]{seed: maphash.MakeSeed(), pinned: pinned}
	for i := range c.shards {
		c.shards[i].entries = make(map[K]*cacheEntry[V])
		c.shards[i].budget = budget / int64(len(c.shards))
	}
	return c
}

func (c *cache[K, V]) shard(key K) *cacheShard[K, V] {
	return &c.shards[maphash.Comparable(c.seed, key)%uint64(len(c.shards))]
}

// get returns the value of key.
func (c *cache[K, V]) get(key K) (value V, ok bool) {
	s := c.shard(key)
	s.mu.RLock()
	defer s.mu.RUnlock()
	e, ok := s.entries[key]
	if !ok {
		return value, false
	}
	if !e.used.Load() {
		e.used.Store(true)
	}
	return e.value, true
}

// put remembers value, which takes about size bytes.
func (c *cache[K, V]) put(key K, value V, size int64) {
	c.putIf(key, value, size, func() bool { return true })
}

// putIf is put, unless current says that value is out of date. Whoever makes values out of date has to make current say so
// first and drop the key then: as both take the shard's lock, the value is gone when drop returns.
func (c *cache[K, V]) putIf(key K, value V, size int64, current func() bool) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !current() {
		return
	}
	if old, ok := s.entries[key]; ok {
		s.size -= old.size
	}
	e := &cacheEntry[V]{value: value, size: size}
	e.used.Store(true)
	s.entries[key] = e
	s.size += size
	c.evict(s)
}

// acquire returns the value of key, made by create if it is not there, after use has been called on it under the lock
// that eviction takes: what use pins is not forgotten in between.
func (c *cache[K, V]) acquire(key K, create func(K) V, use func(V), size int64) V {
	s := c.shard(key)
	s.mu.RLock()
	if e, ok := s.entries[key]; ok {
		use(e.value)
		if !e.used.Load() {
			e.used.Store(true)
		}
		s.mu.RUnlock()
		return e.value
	}
	s.mu.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.entries[key]
	if !ok {
		e = &cacheEntry[V]{value: create(key), size: size}
		s.entries[key] = e
		s.size += size
	}
	e.used.Store(true)
	use(e.value)
	c.evict(s)
	return e.value
}

// grow notes that the value of key takes delta more bytes.
func (c *cache[K, V]) grow(key K, delta int64) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.entries[key]; ok {
		e.size += delta
		s.size += delta
		c.evict(s)
	}
}

// drop forgets key.
func (c *cache[K, V]) drop(key K) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.entries[key]; ok {
		s.size -= e.size
		delete(s.entries, key)
	}
}

// clear forgets everything.
func (c *cache[K, V]) clear() {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.entries, s.size = make(map[K]*cacheEntry[V]), 0
		s.mu.Unlock()
	}
}

// bytes returns the estimated size of everything remembered.
func (c *cache[K, V]) bytes() int64 {
	var total int64
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.RLock()
		total += s.size
		s.mu.RUnlock()
	}
	return total
}

// evict brings the shard under seven eighths of its budget once it is over it, so that eviction runs rarely. A first
// pass spares what has been used since the last one. What is pinned shrinks in the second: otherwise much that is in use at
// once would leave the shard over its budget, and each change would look at all of it in vain.
func (c *cache[K, V]) evict(s *cacheShard[K, V]) {
	if s.size <= s.budget {
		return
	}
	goal := s.budget - s.budget/8
	for pass := 0; pass < 2 && s.size > goal; pass++ {
		for key, e := range s.entries {
			if s.size <= goal {
				return
			}
			switch pinned := c.pinned != nil && c.pinned(e.value); {
			case pinned && pass > 0 && c.shrink != nil:
				freed := c.shrink(e.value)
				e.size -= freed
				s.size -= freed
			case !pinned && (!e.used.Swap(false) || pass > 0):
				s.size -= e.size
				delete(s.entries, key)
			}
		}
	}
}
