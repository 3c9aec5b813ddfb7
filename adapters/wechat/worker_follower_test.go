package wechat_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// imported compares what is stored of the platform's followers.
func (b *backstage) imported(count int) {
	b.t.Helper()
	groups := must[official.GroupList](b.t)(b.service.Groups(b.t.Context(), b.account.ID))
	want := map[string]int{}
	for i := range count {
		want[fmt.Sprint(wechattest.GroupOf(i))]++
	}
	if groups.Total != count-want[official.GroupBlocked] {
		b.t.Errorf("%d followers of %d", groups.Total, count)
	}
	for _, g := range groups.Groups {
		if g.Followers != want[g.ID] {
			b.t.Errorf("group %s has %d followers, not %d", g.ID, g.Followers, want[g.ID])
		}
	}
	last := count - 1
	f := must[*official.Follower](b.t)(b.service.Follower(b.t.Context(), b.account.ID, follower(last)))
	if f.Nickname != wechattest.Nickname(last) || !f.Subscribed || f.SubscribeTime == 0 {
		b.t.Errorf("the last follower is %+v", f)
	}
}

// fetch imports the followers and waits for the end.
func (b *backstage) fetch() {
	b.t.Helper()
	if err := b.worker.ImportFollowers(b.t.Context(), b.account.ID); err != nil {
		b.t.Fatal(err)
	}
	b.idle("followers", "all")
}

func TestImportOfFollowers(t *testing.T) {
	for name, tags := range map[string]bool{"groups": false, "tags": true} {
		t.Run(name, func(t *testing.T) {
			b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 230, Page: 100}, alone: true})
			for range 2 {
				if tags {
					b.platform.Fail("groups/get", 1, wechattest.Refuse(48001, "api unauthorized"))
				}
				b.fetch()
				b.imported(230)
			}
			if n := b.platform.Count("user/info"); n != 0 {
				t.Errorf("%d followers were asked for one by one", n)
			}
			a := must[*official.Account](t)(b.service.Account(t.Context(), b.account.ID))
			if !a.FollowersFetched {
				t.Error("it is not noted")
			}
			b.platform.Unsubscribe(follower(5))
			if tags {
				b.platform.Fail("groups/get", 1, wechattest.Refuse(48001, "api unauthorized"))
			}
			b.fetch()
			if f := must[*official.Follower](t)(b.service.Follower(t.Context(), b.account.ID, follower(5))); f.Subscribed {
				t.Error("who has left is still there")
			}
		})
	}
}

func TestOneImportAtATime(t *testing.T) {
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 10}})
	b.platform.Fail("groups/get", 1, wechattest.Hang())
	if err := b.worker.ImportFollowers(t.Context(), b.account.ID); err != nil {
		t.Fatal(err)
	}
	err := b.worker.ImportFollowers(t.Context(), b.account.ID)
	if f := core.AsFault(err); f == nil || f.Code != core.Exists || f.Field != official.FieldJob {
		t.Errorf("the second one ends with %v", err)
	}
}

// TestImportGoesOnAfterTheProcess ends the process in the middle of an import.
func TestImportGoesOnAfterTheProcess(t *testing.T) {
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 1500, Page: 1000}, alone: true})
	// Of the first 500 the last 100 are answered, and of the next the call hangs.
	b.hangAt("user/info/batchget", 8)
	if err := b.worker.ImportFollowers(t.Context(), b.account.ID); err != nil {
		t.Fatal(err)
	}
	b.until("the first steps", func() bool { return b.platform.Count("user/info/batchget") >= 8 })
	b.reopen()
	b.idle("followers", "all")
	b.imported(1500)
	if n := b.platform.Count("groups/get"); n != 1 {
		t.Errorf("the groups were asked for %d times", n)
	}
	if n := b.platform.Count("user/info/batchget"); n > 15+8 {
		t.Errorf("%d calls were made", n)
	}
}

// hangAt lets a call hang at its n-th time.
func (b *backstage) hangAt(call string, n int) {
	for range n - 1 {
		b.platform.Fail(call, 1, wechattest.Failure{})
	}
	b.platform.Fail(call, 1, wechattest.Hang())
}

func TestImportOfManyInLittleMemory(t *testing.T) {
	count := 100_000
	if testing.Short() {
		count = 5_000
	}
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: count}, alone: true})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if err := b.worker.ImportFollowers(t.Context(), b.account.ID); err != nil {
		t.Fatal(err)
	}
	b.idleFor("followers", "all", 2*time.Minute)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.imported(count)
	// The store itself is in memory and keeps about 2 KiB of each follower; nothing else may stay.
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > int64(count)*4096+64<<20 {
		t.Errorf("the import has left %d MiB", grown>>20)
	}
}

func TestFillIn(t *testing.T) {
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 30}, bare: true})
	b.platform.SetMenu([]byte(`[{"type":"click","name":"a","key":"K","sub_button":[]},{"name":"b","sub_button":[{"type":"view","name":"c","url":"http://c"},{"type":"scancode_push","name":"d","key":"x"}]},{"type":"miniprogram","name":"e","url":"http://e"}]`))
	good := official.Credentials{AppID: b.platform.AppID(), Secret: b.platform.Secret()}
	for _, wrong := range []official.Credentials{
		{AppID: "another", Secret: good.Secret}, {AppID: good.AppID, Secret: "another"},
	} {
		if err := b.worker.CheckCredentials(t.Context(), b.account.ID, wrong); err == nil || !refusedBy(err) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if err := b.worker.CheckCredentials(t.Context(), b.account.ID, official.Credentials{AppID: good.AppID, Secret: good.Secret, EncodingKey: "short"}); core.CodeOf(err) != core.Invalid {
		t.Errorf("a short key: %v", err)
	}
	if err := b.worker.CheckCredentials(t.Context(), b.account.ID, good); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.service.SetCredentials(t.Context(), b.account.ID, good); err != nil {
			t.Fatal(err)
		}
		if err := b.worker.CredentialsChanged(t.Context(), b.account.ID); err != nil {
			t.Fatal(err)
		}
		b.idle("followers", "all")
		b.idle("menu", "all")
	}
	b.imported(30)
	menu := must[[]*official.Button](t)(b.service.Menu(t.Context(), b.account.ID))
	if len(menu) != 2 || menu[0].Keycode != "K" || len(menu[1].Children) != 1 || menu[1].Children[0].URL != "http://c" {
		t.Errorf("the menu is %+v", menu)
	}
}

func refusedBy(err error) bool {
	return weixin.IsCode(err, weixin.CodeBadAppID) || weixin.IsCode(err, weixin.CodeBadSecret) || weixin.IsCode(err, weixin.CodeBadToken)
}

func TestMenuThereAndBack(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	if err := b.worker.ImportMenu(t.Context(), b.account.ID); err != nil {
		t.Errorf("without a menu: %v", err)
	}
	b.buttons()
	top := must[[]*official.Button](t)(b.service.Menu(t.Context(), b.account.ID))
	if err := b.worker.PublishMenu(t.Context(), b.account.ID, top); err != nil {
		t.Fatal(err)
	}
	if got := string(b.platform.Menu()); !strings.Contains(got, top[0].Keycode) || !strings.Contains(got, `"imported"`) {
		t.Errorf("published %s", got)
	}
	b.platform.Fail("menu/get", 1, wechattest.Refuse(48001, "api unauthorized"))
	if err := b.worker.ImportMenu(t.Context(), b.account.ID); !weixin.IsCode(err, 48001) {
		t.Errorf("refused: %v", err)
	}
	if still := must[[]*official.Button](t)(b.service.Menu(t.Context(), b.account.ID)); len(still) != 2 {
		t.Errorf("a refusal has left %+v", still)
	}
	if err := b.worker.PublishMenu(t.Context(), b.account.ID, nil); err != nil {
		t.Fatal(err)
	}
	if got := string(b.platform.Menu()); strings.Contains(got, "imported") {
		t.Errorf("deleting leaves %s", got)
	}
}
