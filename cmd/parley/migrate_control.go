package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/time/rate"

	"parley/cmd/parley/server"
	"parley/core/archive"
	"parley/core/migrate"
)

// A migration that runs has the store for itself, so that others reach it through a socket beside the store: a line of
// JSON each way.

// controlRequest asks how a migration is, and may change its rate.
type controlRequest struct {
	// Rate, if it is set, is the new rate in records a second, zero for none.
	Rate *float64 `json:"rate,omitempty"`
}

// controlAnswer says how a migration is.
type controlAnswer struct {
	Source    string                         `json:"source"`
	Holder    string                         `json:"holder"`
	Phase     string                         `json:"phase"`
	Share     float64                        `json:"share"`
	Records   int64                          `json:"records"`
	Messages  int64                          `json:"messages"`
	Rejected  int64                          `json:"rejected"`
	Skipped   int64                          `json:"skipped"`
	Counts    map[archive.Type]archive.Count `json:"counts"`
	PerSecond float64                        `json:"messages_per_second"`
	Limit     float64                        `json:"limit"` // zero for none
	Left      string                         `json:"left,omitempty"`
	Waiting   string                         `json:"waiting,omitempty"`
	Error     string                         `json:"error,omitempty"`
}

// maxSocket is the longest name that every system gives a socket.
const maxSocket = 100

// controlPath is where the socket of the migration into a store is: beside the store if that has a place with a short
// name, and otherwise in the user's own cache.
func controlPath(store string) (string, error) {
	if dir := server.StoreDir(store); dir != "" {
		if path := dir + ".migrate.sock"; len(path) <= maxSocket {
			return path, nil
		}
	}
	sum := sha256.Sum256([]byte(server.Identity(store)))
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no place for the socket of the migration: %w", err)
	}
	dir = filepath.Join(dir, "parley")
	return filepath.Join(dir, hex.EncodeToString(sum[:8])+".sock"), os.MkdirAll(dir, 0o700)
}

// control answers for a migration that runs.
type control struct {
	listener net.Listener
	limiter  *rate.Limiter
	source   string
	mutex    sync.Mutex
	progress migrate.Progress
	ended    sync.WaitGroup
}

// listenControl opens the socket. One that a killed process has left is removed: the store is ours alone.
func (p *program) listenControl(c *cli.Command, source string, limiter *rate.Limiter) (*control, error) {
	l, err := p.load(c)
	if err != nil {
		return nil, err
	}
	path, err := controlPath(l.Store)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("the socket of the migration: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	k := &control{listener: listener, limiter: limiter, source: source}
	k.ended.Go(k.serve)
	return k, nil
}

// note remembers how far the run is.
func (k *control) note(p migrate.Progress) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.progress = p
}

func (k *control) close() {
	_ = k.listener.Close() // which also removes the socket
	k.ended.Wait()
}

// serve answers one after the other: there is a person at the other end.
func (k *control) serve() {
	for {
		c, err := k.listener.Accept()
		if err != nil {
			return
		}
		_ = c.SetDeadline(time.Now().Add(controlTimeout)) // whoever does not get an answer sees that
		k.answer(c)
		_ = c.Close()
	}
}

const (
	controlTimeout = 5 * time.Second
	maxControlLine = 64 << 10
)

func (k *control) answer(c net.Conn) {
	line, err := bufio.NewReader(io.LimitReader(c, maxControlLine)).ReadBytes('\n')
	var q controlRequest
	if err == nil {
		err = json.Unmarshal(line, &q)
	}
	if err == nil && q.Rate != nil {
		if *q.Rate < 0 {
			err = errors.New("a rate is not negative")
		} else {
			k.limiter.SetLimit(limitOf(*q.Rate))
		}
	}
	a := k.state()
	if err != nil {
		a.Error = err.Error()
	}
	_ = json.NewEncoder(c).Encode(a) // whoever has hung up wants no answer
}

func (k *control) state() controlAnswer {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	p := &k.progress
	passed := time.Since(p.Began)
	messages := p.Counts.Types[archive.TypeMessage]
	a := controlAnswer{
		Source: k.source, Holder: holder(), Phase: p.Phase, Share: p.Share(), Records: p.Records, Messages: p.Messages,
		Rejected: p.Rejected, Skipped: p.Skipped, Counts: p.Counts.Types,
		PerSecond: float64(messages.Stored+messages.Known) / max(passed.Seconds(), 0.001),
	}
	if limit := k.limiter.Limit(); limit != rate.Inf {
		a.Limit = float64(limit)
	}
	if left, ok := eta(p, passed); ok {
		a.Left = left.String()
	}
	if p.Waiting != nil {
		a.Waiting = p.Waiting.Error()
	}
	return a
}

// errNotRunning reports that no migration into the store runs.
var errNotRunning = errors.New("no migration into this store runs")

// askControl asks the migration that runs into a store.
func askControl(store string, q controlRequest) (a controlAnswer, err error) {
	path, err := controlPath(store)
	if err != nil {
		return a, err
	}
	c, err := net.DialTimeout("unix", path, controlTimeout)
	if err != nil {
		return a, fmt.Errorf("%w: %w", errNotRunning, err)
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(controlTimeout)); err != nil {
		return a, err
	}
	if err := json.NewEncoder(c).Encode(q); err != nil {
		return a, err
	}
	if err := json.NewDecoder(io.LimitReader(c, maxControlLine)).Decode(&a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}
