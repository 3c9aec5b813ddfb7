package wechat

import (
	"errors"
	"sync"
	"time"
)

const (
	// generationAge is how long a generation takes new entries: an entry is remembered for that time at the least, and for
	// twice as long at the most, unless there are too many.
	generationAge = 10 * time.Minute
	// maxSignatures and maxFlights are how many entries a generation has.
	maxSignatures = 1 << 16
	maxFlights    = 1 << 12
)

// generations is a map that forgets: it consists of two maps, of which the older one is dropped when the younger one is
// old or full.
type generations[K comparable, V any] struct {
	mutex          sync.Mutex
	younger, older map[K]V
	born           time.Time
	size           int // of a generation, at the most
}

// getOrPut returns the value under key, which is obtained if there is none.
func (g *generations[K, V]) getOrPut(key K, obtain func() V, now time.Time) (value V, found bool) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.younger == nil || len(g.younger) >= g.size || now.Sub(g.born).Abs() >= generationAge {
		g.younger, g.older, g.born = map[K]V{}, g.younger, now
	}
	if value, found = g.younger[key]; found {
		return value, true
	}
	if value, found = g.older[key]; found {
		return value, true
	}
	value = obtain()
	g.younger[key] = value
	return value, false
}

// drop forgets what is under key.
func (g *generations[K, V]) drop(key K) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	delete(g.younger, key)
	delete(g.older, key)
}

// flight is the handling of one message, which all who deliver it wait for.
type flight struct {
	done  chan struct{}
	reply []byte
	err   error
}

// flights are the messages that are being handled or were handled of late: a message that the platform delivers again gets
// the same reply, byte for byte, and is handled once.
type flights struct {
	generations[string, *flight]
}

// do returns what handle returns, and for the same key later what it has returned. A failure is not remembered.
func (f *flights) do(key string, now time.Time, handle func() ([]byte, error)) ([]byte, error) {
	own := &flight{done: make(chan struct{})}
	found, there := f.getOrPut(key, func() *flight { return own }, now)
	if there {
		<-found.done
		return found.reply, found.err
	}
	own.err = errUnfinished // unless handle returns
	defer func() {
		if own.err != nil {
			f.drop(key)
		}
		close(own.done)
	}()
	own.reply, own.err = handle()
	return own.reply, own.err
}

var errUnfinished = errors.New("the handling of the message did not come to its end")
