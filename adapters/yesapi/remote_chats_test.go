package yesapi_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire/golden"
	"parley/adapters/yesapi"
	"parley/core"
)

// chatty is a server with one member who has received a message or more from many peers.
type chatty struct {
	mu       sync.Mutex
	messages []line
	lists    int // how often a page of chats was asked for
	listed   func(n int, c *chatty)
	silent   bool // chats have neither IDs nor unread counts
}

type line struct {
	id   int
	peer string
}

func peerName(n int) string { return fmt.Sprintf("%032d", n) }

func (c *chatty) say(peer int) {
	c.messages = append(c.messages, line{len(c.messages) + 1, peerName(peer)})
}

func (c *chatty) serve(ctx *fasthttp.RequestCtx) {
	c.mu.Lock()
	defer c.mu.Unlock()
	args := ctx.PostArgs()
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(string(args.Peek(name))); err == nil {
			return n
		}
		return otherwise
	}
	data := ""
	switch string(args.Peek("s")) {
	case "App.Market_ChatMessage.GetAllChatList":
		data = c.chats(number("page", 1), number("perpage", 20))
	case "App.Market_ChatMessage.TakeMessageList":
		data = c.take(string(args.Peek("other_uuid")), number("last_id", 0), string(args.Peek("direction")), number("perpage", 20))
	}
	ctx.SetBodyString(`{"ret":200,"data":{"err_code":0,"err_msg":"",` + data + `},"msg":""}`)
}

func (l line) json() string {
	return fmt.Sprintf(`{"id":%d,"chat_message_to_uuid":%q,"chat_message_data":{"content":"m%d"},"chat_message_type":"text",`+
		`"chat_message_is_read":0,"chat_message_io":"out","add_time":"2026-01-01 00:00:00"`, l.id, l.peer, l.id)
}

func (c *chatty) chats(page, size int) string {
	c.lists++
	newest := make(map[string]line)
	for _, m := range c.messages {
		newest[m.peer] = m
	}
	var all []line
	for _, m := range newest {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b line) int { return cmp.Compare(b.id, a.id) })
	var shown []string
	for _, m := range all[min(len(all), (page-1)*size):min(len(all), page*size)] {
		text := m.json() + `,"unread_num":1}`
		if c.silent {
			text = strings.Replace(m.json(), `"id"`, `"other_id"`, 1) + `}`
		}
		shown = append(shown, text)
	}
	if c.listed != nil {
		c.listed(c.lists, c)
	}
	return fmt.Sprintf(`"list":[%s],"total":%d`, strings.Join(shown, ","), len(all))
}

func (c *chatty) take(peer string, last int, direction string, size int) string {
	var all []line
	for _, m := range c.messages {
		if m.peer == peer && (last == 0 || direction == "up" && m.id < last || direction != "up" && m.id > last) {
			all = append(all, m)
		}
	}
	if excess := len(all) - size; excess > 0 && last != 0 && direction != "up" {
		all = all[:size]
	} else if excess > 0 {
		all = all[excess:]
	}
	var shown []string
	for _, m := range all {
		shown = append(shown, m.json()+`}`)
	}
	return fmt.Sprintf(`"list":[%s],"unread_num":7`, strings.Join(shown, ","))
}

// manyChats is a server with messages from so many peers, each twice, in front of a client.
func manyChats(t *testing.T, peers int) (*chatty, core.Messenger) {
	t.Helper()
	c := &chatty{}
	for i := range 2 * peers {
		c.say(i * 7 % peers)
	}
	server := golden.Serve(t, c.serve)
	client, err := yesapi.NewClient("http://yesapi/", yesapi.ClientOptions{AppKey: "k", Dial: server.Dial})
	if err != nil {
		t.Fatal(err)
	}
	return c, client.As(yesapi.Session{UUID: peerName(1 << 20), Token: "t"})
}

func idsOf(messages []core.Message) (ids []int) {
	for i := range messages {
		ids = append(ids, int(messages[i].ID))
	}
	return ids
}

func upTo(first, last int) (ids []int) {
	for i := first; i <= last; i++ {
		ids = append(ids, i)
	}
	return ids
}

// TestManyChatsMerge lists the messages of more chats than a page holds.
func TestManyChatsMerge(t *testing.T) {
	for _, silent := range []bool{false, true} {
		const peers = 150
		c, member := manyChats(t, peers)
		c.silent = silent
		for name, tt := range map[string]struct {
			query core.HistoryQuery
			want  []int
		}{
			"newest":        {core.HistoryQuery{Limit: 40}, upTo(261, 300)},
			"older":         {core.HistoryQuery{After: 100, Direction: core.Older, Limit: 30}, upTo(70, 99)},
			"newer":         {core.HistoryQuery{After: 120, Limit: 100}, upTo(121, 220)},
			"the beginning": {core.HistoryQuery{After: 5, Direction: core.Older, Limit: 30}, upTo(1, 4)},
			"the end":       {core.HistoryQuery{After: 300, Limit: 30}, nil},
		} {
			h, err := member.History(t.Context(), tt.query)
			if err != nil || !slices.Equal(idsOf(h.Messages), tt.want) {
				t.Errorf("%s: %v, %v", name, idsOf(h.Messages), err)
			}
		}
	}
}

// TestChatsThatMoveAreListed has a chat of the second page get a message after the first page was read.
func TestChatsThatMoveAreListed(t *testing.T) {
	const peers = 150
	c, member := manyChats(t, peers)
	oldest := c.messages[peers].peer
	moved := false
	c.listed = func(n int, c *chatty) {
		if n == 1 {
			moved = true
			c.messages = append(c.messages, line{len(c.messages) + 1, oldest})
		}
	}
	transcript, ok := member.(core.Transcript)
	if !ok {
		t.Fatal("no transcript")
	}
	chats, err := transcript.Chats(t.Context())
	seen := make(map[string]int)
	for _, chat := range chats {
		seen[chat.Ref.Peer]++
	}
	if err != nil || len(seen) != peers || len(chats) != peers || !moved {
		t.Errorf("%d chats of %d peers, %v", len(chats), len(seen), err)
	}
	c.lists = 0
	h, err := member.History(t.Context(), core.HistoryQuery{After: 240, Limit: 100})
	if want := upTo(241, 301); err != nil || !slices.Equal(idsOf(h.Messages), want) {
		t.Errorf("%v, %v", idsOf(h.Messages), err)
	}
}

// TestSilentServersAreAsked counts what is unread where a list of chats does not tell.
func TestSilentServersAreAsked(t *testing.T) {
	c, member := manyChats(t, 3)
	c.silent = true
	transcript, ok := member.(core.Transcript)
	if !ok {
		t.Fatal("no transcript")
	}
	chats, err := transcript.Chats(t.Context())
	if err != nil || len(chats) != 3 || chats[0].Unread != 7 {
		t.Errorf("%+v, %v", chats, err)
	}
	first, err := transcript.Pull(t.Context(), core.Ref{Peer: peerName(0)}, 0, 10)
	if err != nil || len(first) != 2 || first[0].ID != 1 || first[0].Origin != "1" || first[0].Sender != peerName(0) {
		t.Errorf("%+v, %v", first, err)
	}
	if _, err := transcript.Pull(t.Context(), core.Ref{Group: "g"}, 0, 10); core.CodeOf(err) != core.Unsupported {
		t.Errorf("a group: %v", err)
	}
}
