//go:build unix

package main

import (
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
	"parley/core/official"
)

const (
	massKills     = "TEST_MASS_KILLS" // how often the server is killed; a few times unless set
	massFollowers = 10_205            // a little more than one call takes, also without those on the blacklist
)

// TestMassSendsAndKills kills the server in the middle of mass sends: each part comes to the platform once at the most,
// and what the record says is what has happened.
func TestMassSendsAndKills(t *testing.T) {
	kills := 6
	if testing.Short() {
		kills = 3
	}
	if n, err := strconv.Atoi(os.Getenv(massKills)); err == nil {
		kills = n
	}
	d := newDoor(t, massFollowers)
	h := newHouse(t, d)
	h.open()
	h.bind(d, massFollowers)
	var text string
	if err := json.Unmarshal(h.post("/v1/"+h.account+"/text", `{"content":"hello all"}`), &text); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for i := range kills {
		when := []moment{after, before, answered, never}[i%4]
		nth := 1 + i/4%2
		killAt := time.Duration(rand.IntN(400)) * time.Millisecond
		died := make(chan struct{})
		dying := h.process
		kill := func() {
			_ = dying.Process.Kill()
			close(died)
		}
		d.set(when, nth, kill)
		go h.post("/v1/"+h.account+"/masssend/send", `{"group_id":"-1","msg_type":"text","msg_id":"`+text+`"}`)
		if when == never {
			time.AfterFunc(killAt, kill)
		}
		<-died
		d.set(never, 0, nil)
		_ = h.Wait()
		h.open()
		if rand.IntN(2) == 0 { // the next process dies, too, while it goes on with what is left
			<-time.After(time.Duration(rand.IntN(300)) * time.Millisecond)
			h.die()
			h.open()
		}
		fresh := ""
		for _, id := range h.records() {
			if !known[id] {
				known[id], fresh = true, id
			}
		}
		status := "no record"
		if fresh != "" {
			status = h.settle(d, fresh)
		}
		t.Logf("killed %s, call %d (or after %v): %s", when, nth, killAt, status)
	}
	h.die()
	if unknown := h.compareParts(d); unknown == 0 {
		t.Error("no part was ever in doubt")
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for id, n := range d.asked {
		if n > 1 {
			t.Errorf("the part %s came to the platform %d times", id, n)
		}
		if record, _, _ := strings.Cut(id, "-"); !known[record] {
			t.Errorf("the part %s is of no record", id)
		}
	}
}

// compareParts compares what the store says of each part with what the platform has, and returns how many are in doubt.
func (h *house) compareParts(d *door) (unknown int) {
	h.t.Helper()
	l, err := settings.Load(map[string]string{"config": h.config}, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	log, env := slog.New(slog.DiscardHandler), server.SystemEnvironment()
	_, store, closeStore, err := server.OpenEngine(h.t.Context(), &l.Settings, env, log)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() {
		if err := closeStore(); err != nil {
			h.t.Error(err)
		}
	}()
	service, err := official.Open(h.t.Context(), store, env, official.Options{Log: log})
	if err != nil {
		h.t.Fatal(err)
	}
	page, err := service.MassSends(h.t.Context(), h.account, official.Page{Limit: official.MaxPage})
	if err != nil {
		h.t.Fatal(err)
	}
	taken := map[string]wechattest.Mass{}
	for _, m := range d.platform.Masses() {
		taken[m.ClientID] = m
	}
	for _, record := range page.MassSends {
		for _, c := range record.Chunks {
			id := record.ID + "-" + strconv.Itoa(c.Index)
			m, there := taken[id]
			switch {
			case c.State == official.ChunkSent && there && m.ID == c.MessageID && len(m.To) == c.Size:
			case c.State == official.ChunkRefused && !there:
			case c.State == official.ChunkUnknown:
				unknown++
			default:
				h.t.Errorf("the part %s is %+v, and the platform has %d of it", id, c, len(m.To))
			}
		}
	}
	return unknown
}

// settle waits for the end of a mass send, of whose parts the platform reports the end, and compares the record with what
// the platform has.
func (h *house) settle(d *door, id string) string {
	h.t.Helper()
	var record struct {
		Status string
		Total  *int `json:"total_count"`
		Sent   *int `json:"sent_count"`
	}
	parts := func() (all []wechattest.Mass) {
		for _, m := range d.platform.Masses() {
			if strings.HasPrefix(m.ClientID, id+"-") {
				all = append(all, m)
			}
		}
		return all
	}
	pusher := &wechattest.Pusher{URL: "http://" + h.address + "/wx/" + h.account, Account: "gh_0123456789ab", Token: h.token}
	h.until("the end of the mass send", func() bool {
		for _, m := range parts() {
			if _, err := pusher.Push(h.t.Context(), pusher.MassFinished(m, 0)); err != nil {
				h.t.Fatal(err)
			}
		}
		return json.Unmarshal(h.get("/v1/"+h.account+"/masssend/"+id), &record) == nil && record.Status != "sending"
	})
	times, size := map[string]int{}, 0
	for _, m := range parts() {
		size += len(m.To)
		for _, openID := range m.To {
			times[openID]++
		}
	}
	if len(times) != size {
		h.t.Errorf("%s: %d followers got %d messages", id, len(times), size)
	}
	switch record.Status {
	case "send success": // of every part
		if record.Total == nil || record.Sent == nil || size == 0 || *record.Total != size || *record.Sent > size {
			h.t.Errorf("%s: %d got it, and the record says %s, %d of %d", id, size, record.Status, value(record.Sent), value(record.Total))
		}
	case "unknown":
	case "send fail": // of a part at least: what the others brought is counted
		if size != 0 && (record.Total == nil || *record.Total != size) {
			h.t.Errorf("%s: %d got it, and the record says %s, %d of %d", id, size, record.Status, value(record.Sent), value(record.Total))
		}
	default:
		h.t.Errorf("%s: the record says %+v", id, record)
	}
	return record.Status
}

// value is what n points to, -1 if nothing.
func value(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}
