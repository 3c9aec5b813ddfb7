package weixin_test

import (
	"bytes"
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
)

// clock is one that the test moves.
type clock struct {
	mutex sync.Mutex
	now   time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
}

// world is a client and the server that stands in for the platform.
type world struct {
	*weixin.Client
	server *wechattest.Server
	clock  *clock
}

func newWorld(t *testing.T, server wechattest.Options, change ...func(*weixin.Options)) *world {
	t.Helper()
	w := &world{clock: newClock()}
	server.Now = w.clock.Now
	var err error
	if w.server, err = wechattest.NewServer(server); err != nil {
		t.Fatal(err)
	}
	options := weixin.Options{
		BaseURL: w.server.URL(), AppID: w.server.AppID(), Secret: w.server.Secret(), Now: w.clock.Now, Pause: time.Millisecond,
	}
	for _, f := range change {
		f(&options)
	}
	if w.Client, err = weixin.New(options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Close()
		if err := w.server.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// soon is a context that ends before a hanging server lets go.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// file is an upload from memory that counts how often it was opened.
func file(name string, content []byte, opened *int) weixin.File {
	return weixin.File{
		Name: name, ContentType: "image/jpeg", Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) {
			if opened != nil {
				*opened++
			}
			return io.NopCloser(bytes.NewReader(content)), nil
		},
	}
}

func text(content string) weixin.Message {
	return weixin.Message{Type: weixin.TypeText, Content: content}
}
