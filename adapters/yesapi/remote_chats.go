package yesapi

import (
	"context"

	"parley/core"
)

// maxChatPages is how many pages of chats the platform gives.
const maxChatPages = 100

// chatWalk goes through all chats of a member, each once and the newest message first. A chat that gets a message during
// the walk moves to the front, where those are looked for that have not been seen.
type chatWalk struct {
	remote *remote
	seen   map[string]bool
	queue  []chatItem
	number int  // of the page that was read last
	last   bool // it is the last one
	again  bool // the walk is looking at the front
}

func (r *remote) walk() *chatWalk { return &chatWalk{remote: r, seen: make(map[string]bool)} }

// next returns the next chat, nil at the end.
func (w *chatWalk) next(ctx context.Context) (*chatItem, error) {
	for len(w.queue) == 0 {
		if w.last {
			if w.number == 1 {
				return nil, nil //nolint:nilnil // the end is no error
			}
			w.restart()
		}
		if err := w.read(ctx); err != nil {
			return nil, err
		}
	}
	item := &w.queue[0]
	w.queue = w.queue[1:]
	return item, nil
}

// restart leaves out the rest of the list, which is of no interest, and looks at its front again if that may have changed.
func (w *chatWalk) restart() {
	w.queue, w.last = nil, w.number == 1
	if !w.last {
		w.number, w.again = 0, true
	}
}

// read reads the next page.
func (w *chatWalk) read(ctx context.Context) error {
	if w.number++; w.number > maxChatPages {
		return core.NewFault(core.TooLarge, core.FieldPage, "the platform lists no more than 10,000 chats")
	}
	var a chatsAnswer
	q := chatsQuery{page: int64(w.number), perpage: maxListed}
	if err := call(ctx, w.remote.client, w.remote.client.table.chats, w.remote.session, &q, &a); err != nil {
		return err
	}
	w.last = len(a.list) < maxListed
	for i := range a.list {
		if item := &a.list[i]; !w.seen[item.peer] {
			w.seen[item.peer] = true
			w.queue = append(w.queue, *item)
		}
	}
	if w.again && len(w.queue) == 0 {
		w.number, w.last = 1, true // what is in front has been seen, and so has all behind it
	}
	return nil
}
