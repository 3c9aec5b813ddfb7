package core_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"parley/core"
)

const (
	crashDir      = "PARLEY_CRASH_TEST_DIR"    // makes the test binary the child that is killed
	crashCycles   = "PARLEY_CRASH_TEST_CYCLES" // how often it is killed; a few times unless set
	crashUsers    = 12
	crashWriters  = 24
	crashAckLines = 3000
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashChild(dir)
		return
	}
	os.Exit(m.Run())
}

// crashWorld returns the app and its users, made on the first visit.
func crashWorld(e *core.Engine) (*core.App, []*core.User, error) {
	ctx := context.Background()
	const key = "CRASHCRASHCRASHCRASHCRASHCRASH00"
	app, err := e.PutApp(ctx, core.App{Key: key, OpenUsers: true})
	if err != nil {
		return nil, nil, err
	}
	var users []*core.User
	for i := range crashUsers {
		u, err := e.Find(ctx, app, fmt.Sprint("user", i))
		if err != nil {
			return nil, nil, err
		}
		users = append(users, u)
	}
	return app, users, nil
}

// crashChild sends and marks until it is killed. It prints a line for every acknowledged message: sender, recipient, id.
func crashChild(dir string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	store, err := openBadgerAt(dir)
	if err != nil {
		fail(err)
	}
	e, err := core.Open(context.Background(), store, environment(), core.Options{CacheMiB: 8})
	if err != nil {
		fail(err)
	}
	app, users, err := crashWorld(e)
	if err != nil {
		fail(err)
	}
	var mu sync.Mutex
	for w := range crashWriters {
		go func() {
			for i := 0; ; i++ {
				from := users[(w+i)%crashUsers]
				to := users[(w+i+1+i%(crashUsers-1))%crashUsers]
				if from == to {
					continue
				}
				c := core.Caller{App: app, User: from}
				d, err := e.Send(context.Background(), c, core.Outgoing{
					To: []string{to.ID}, Content: core.Content{Kind: core.KindText, Body: []byte(fmt.Sprint(w, " ", i))},
				})
				if err != nil {
					fail(err)
				}
				mu.Lock()
				fmt.Println(from.ID, to.ID, d[0].ID)
				mu.Unlock()
				if i%7 == 0 {
					if _, err := e.MarkRead(context.Background(), core.Caller{App: app, User: to}, from.ID, d[0].ID*int64(i%2)); err != nil {
						fail(err)
					}
				}
			}
		}()
	}
	select {}
}

// TestKill kills a process under load again and again: every acknowledged message is there exactly once afterwards, and
// ids, sequences, counters and chat lists agree.
func TestKill(t *testing.T) {
	cycles := 4
	if n, err := strconv.Atoi(os.Getenv(crashCycles)); err == nil {
		cycles = n
	}
	if testing.Short() {
		cycles = 1
	}
	dir := t.TempDir()
	acked := make(map[string][]int64) // by "sender recipient"
	for range cycles {
		killOnce(t, dir, acked)
		checkAfterCrash(t, dir, acked)
	}
}

func killOnce(t *testing.T, dir string, acked map[string][]int64) {
	t.Helper()
	runChild(t, dir, acked, crashAckLines, func(child *os.Process) {
		if err := child.Kill(); err != nil {
			t.Error(err)
		}
	})
}

// runChild runs the child on the store in dir and notes what it acknowledges. At the n-th message it calls end, which
// has to end the child. It returns how many messages were acknowledged by the time the child was dead.
func runChild(t *testing.T, dir string, acked map[string][]int64, n int, end func(child *os.Process)) int {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), crashDir+"="+dir)
	var complaints bytes.Buffer
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	got := 0
	for lines.Scan() {
		var from, to string
		var id int64
		if _, err := fmt.Sscan(lines.Text(), &from, &to, &id); err != nil {
			break // the line that the end has cut
		}
		acked[from+" "+to] = append(acked[from+" "+to], id)
		if got++; got == n {
			end(child.Process)
		}
	}
	if err := child.Wait(); err == nil || got < n {
		t.Fatalf("the child ended after %d messages of %d: %v\n%s", got, n, err, &complaints)
	}
	return got
}

func checkAfterCrash(t *testing.T, dir string, acked map[string][]int64) {
	t.Helper()
	start := time.Now()
	store := openBadger(t, dir)
	e := openEngine(t, store)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("opening took %v", took)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	app, users, err := crashWorld(e)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]map[int64]int)
	for _, u := range users {
		checkUser(t, e, core.Caller{App: app, User: u}, users, found)
	}
	for pair, ids := range acked {
		for _, id := range ids {
			if n := found[pair][id]; n != 1 {
				t.Errorf("message %d from %s is there %d times", id, pair, n)
			}
		}
	}
}

// checkUser reads everything that a user sees and compares the parts with each other.
func checkUser(t *testing.T, e *core.Engine, c core.Caller, users []*core.User, found map[string]map[int64]int) {
	t.Helper()
	ctx := context.Background()
	chats, unread := 0, 0
	newest := make(map[string]int64)
	for _, peer := range users {
		if peer == c.User {
			continue
		}
		messages := wholeHistory(t, e, c, peer.ID)
		if len(messages) == 0 {
			continue
		}
		chats++
		received := 0
		for i, m := range messages {
			if m.Seq != int64(i+1) || i > 0 && m.ID <= messages[i-1].ID {
				t.Fatalf("message %d between %s and %s has seq %d and id %d", i+1, c.User.ID, peer.ID, m.Seq, m.ID)
			}
			if m.Own {
				pair := c.User.ID + " " + peer.ID
				if found[pair] == nil {
					found[pair] = make(map[int64]int)
				}
				found[pair][m.ID]++
			} else if !m.Read {
				received++
			}
		}
		h, err := e.History(ctx, c, core.HistoryQuery{Peer: peer.ID, Limit: 1}, nil)
		if err != nil || h.Unread != received {
			t.Errorf("%s counts %d unread from %s, has %d: %v", c.User.ID, h.Unread, peer.ID, received, err)
		}
		unread += received
		newest[peer.UUID] = messages[len(messages)-1].ID
	}
	if n, err := e.Unread(ctx, c); err != nil || n != unread {
		t.Errorf("%s counts %d unread in all, has %d: %v", c.User.ID, n, unread, err)
	}
	page, err := e.Conversations(ctx, c, 0, crashUsers)
	if err != nil || page.Total != chats || len(page.Conversations) != chats {
		t.Fatalf("%s lists %d chats of %d, has %d: %v", c.User.ID, len(page.Conversations), page.Total, chats, err)
	}
	for i, chat := range page.Conversations {
		if chat.Last.ID != newest[chat.Peer.UUID] || i > 0 && chat.Last.ID >= page.Conversations[i-1].Last.ID {
			t.Errorf("%s lists message %d last with %s, has %d", c.User.ID, chat.Last.ID, chat.Peer.ID, newest[chat.Peer.UUID])
		}
	}
}

func wholeHistory(t *testing.T, e *core.Engine, c core.Caller, peer string) (all []core.Message) {
	t.Helper()
	page, err := e.History(context.Background(), c, core.HistoryQuery{Peer: peer, Limit: core.MaxPage}, nil)
	for err == nil && len(page.Messages) > 0 {
		all = append(page.Messages, all...)
		page, err = e.History(context.Background(), c, core.HistoryQuery{
			Peer: peer, After: all[0].ID, Direction: core.Older, Limit: core.MaxPage,
		}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}
