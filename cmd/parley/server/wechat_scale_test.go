package server

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
)

// followersPage is an answer with followers.
type followersPage struct {
	User       []struct{ OpenID, Nickname string }
	Pagination struct{ Index, Size, Count int }
}

// list returns a page of a group.
func (d *officialDesk) list(group string, index, size int) (page followersPage) {
	d.t.Helper()
	d.call("GET", fmt.Sprintf("/v1/$I/user?group=%s&index=%d&size=%d", group, index, size), "", &page)
	return page
}

// heap watches how much memory is in use at the most.
type heap struct {
	most atomic.Uint64
	stop chan struct{}
	done chan struct{}
}

func watchHeap() *heap {
	h := &heap{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(h.done)
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			h.most.Store(max(h.most.Load(), m.HeapInuse))
			select {
			case <-ticker.C:
			case <-h.stop:
				return
			}
		}
	}()
	return h
}

// end returns the most that was in use.
func (h *heap) end() uint64 {
	close(h.stop)
	<-h.done
	return h.most.Load()
}

// mallocs returns how many things were allocated while do ran, at the least of a few times.
func mallocs(do func()) uint64 {
	least := ^uint64(0)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		do()
		runtime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	return least
}

// TestManyFollowers imports the followers of a large account, lists them, and groups them, all in memory that does not
// grow with their number.
func TestManyFollowers(t *testing.T) {
	followers := 100_000
	if testing.Short() {
		followers = 4_000
	}
	// Most of it is what the store's engine builds its tables in; what one follower after the other needs does not show.
	const bound = 288 << 20
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // so that what is in use is nearly what is needed
	d := openOfficialDesk(t, followers)
	watch, began := watchHeap(), time.Now()
	d.call("POST", "/v1/bind/fillin", `{"id":"`+d.account+`","app_id":"wxappid","app_secret":"secret"}`, nil)
	blocked, starred := 0, 0
	for i := range followers {
		switch wechattest.GroupOf(i) {
		case 1:
			blocked++
		case 2:
			starred++
		}
	}
	d.until(func() bool { return d.list("-1", 1, 1).Pagination.Count == followers-blocked })
	t.Logf("%d followers were imported in %v", followers, time.Since(began))
	if page := d.list("2", 1, 1); page.Pagination.Count != starred {
		t.Errorf("group 2 has %d", page.Pagination.Count)
	}

	pages := (followers - blocked) / 100
	for index, first := range map[int]int{1: followers - 1, pages: -1} {
		page := d.list("-1", index, 100)
		if len(page.User) != 100 || first >= 0 && page.User[0].OpenID != wechattest.OpenID(first) {
			t.Errorf("page %d has %d followers", index, len(page.User))
		}
	}
	near, far := mallocs(func() { d.list("-1", 1, 100) }), mallocs(func() { d.list("-1", pages, 100) })
	t.Logf("the first page allocates %d things, page %d allocates %d", near, pages, far)
	if far > 3*near {
		t.Errorf("page %d allocates %d things, and the first page %d", pages, far, near)
	}
	d.regroup(followers)
	most := watch.end()
	t.Logf("at the most %d MiB were in use", most>>20)
	if most > bound {
		t.Errorf("%d MiB were in use", most>>20)
	}
}

// regroup puts all followers into a group, as many at once as a call takes, and deletes it.
func (d *officialDesk) regroup(followers int) {
	d.t.Helper()
	began := time.Now()
	var group string
	d.call("POST", "/v1/$I/group", `{"name":"all"}`, &group)
	const atOnce = 10_000
	for begin := 0; begin < followers; begin += atOnce {
		var openIDs []string
		for i := begin; i < min(begin+atOnce, followers); i++ {
			openIDs = append(openIDs, `"`+wechattest.OpenID(i)+`"`)
		}
		d.call("POST", "/v1/$I/user/add/batch", `{"openid":[`+strings.Join(openIDs, ",")+`],"group_id":"`+group+`"}`, nil)
	}
	if page := d.list(group, followers/100, 100); page.Pagination.Count != followers || len(page.User) != 100 {
		d.t.Errorf("the group has %d, its last page %d", page.Pagination.Count, len(page.User))
	}
	added := time.Since(began)
	d.call("DELETE", "/v1/$I/group/"+group, "", nil)
	if page := d.list(group, 1, 1); page.Pagination.Count != 0 {
		d.t.Errorf("the deleted group has %d", page.Pagination.Count)
	}
	d.t.Logf("grouping took %v, deleting the group %v", added, time.Since(began)-added)
}

// TestManyKeywords answers out of a thousand rules.
func TestManyKeywords(t *testing.T) {
	rules := 1000
	if testing.Short() {
		rules = 100
	}
	d := openOfficialDesk(t, 1)
	var text string
	d.call("POST", "/v1/$I/text", `{"content":"found"}`, &text)
	began := time.Now()
	for i := range rules {
		d.call("POST", "/v1/$I/keyword", fmt.Sprintf(
			`{"rule_name":"rule %d","keyword":[{"content":"exact%d","fuzzy":"0"},{"content":"<%d>","fuzzy":"1"}],"reply_id":"%s","reply_type":"text"}`, i, i, i, text), nil)
	}
	t.Logf("%d rules were stored in %v", rules, time.Since(began))
	id := int64(0)
	asks := func(content string) string {
		id++
		answer, err := d.pusher.Push(t.Context(), d.pusher.Text(wechattest.OpenID(0), id, content))
		if err != nil {
			t.Fatal(err)
		}
		if answer.Reply == nil {
			return ""
		}
		return answer.Reply.Content
	}
	last := rules - 1
	for content, want := range map[string]string{
		fmt.Sprintf("exact%d", last): "found", "EXACT0": "found", fmt.Sprintf("I ask for <%d> here", last/2): "found", "exact": "", "what else": "",
	} {
		if got := asks(content); got != want {
			t.Errorf("%q is answered with %q", content, got)
		}
	}
	var list struct {
		Keyword    []struct{ Name, Keywords string }
		Pagination struct{ Count int }
	}
	d.call("GET", fmt.Sprintf("/v1/$I/keyword?index=%d&size=100", rules/100), "", &list)
	if list.Pagination.Count != rules || len(list.Keyword) != 100 || list.Keyword[99].Keywords != fmt.Sprintf("exact%d,<%d>", last, last) {
		t.Errorf("the last page is %+v", list)
	}
	cost := mallocs(func() { asks("nothing that is known") })
	t.Logf("a message allocates %d things", cost)
	if cost > 20_000 {
		t.Errorf("a message allocates %d things", cost)
	}
}
