package load

import (
	"testing"
	"time"

	"parley/core"
)

func TestRecordersMergeAsIfOneHadSeenAll(t *testing.T) {
	from := time.Unix(1000, 0)
	newRecorder := func() *recorder { return &recorder{from: from, until: from.Add(3 * time.Second)} }
	one, left, right := newRecorder(), newRecorder(), newRecorder()
	for i := range 3000 {
		op := []Op{Send, List}[i%2]
		code := core.Code(0)
		if i%10 == 3 {
			code = []core.Code{core.Limited, core.Timeout}[i/10%2]
		}
		due := from.Add(time.Duration(i) * time.Millisecond)
		begin := due.Add(time.Duration(i%7) * time.Millisecond)
		end := begin.Add(time.Duration(i%100+1) * 100 * time.Microsecond)
		part := left
		if i%3 == 0 {
			part = right
		}
		one.record(op, due, begin, end, code)
		part.record(op, due, begin, end, code)
	}
	merged := new(recorder)
	merged.merge(left)
	merged.merge(right)
	for _, op := range Ops() {
		a, b := &one.ops[op], &merged.ops[op]
		if a.Requests != b.Requests || a.Succeeded != b.Succeeded || a.Errors != b.Errors {
			t.Errorf("%v: %+v, merged %+v", op, a, b)
		}
		if (a.Response == nil) != (b.Response == nil) {
			t.Fatalf("%v: a histogram is lost", op)
		}
		if a.Response != nil && (!a.Response.Equals(b.Response) || !a.Service.Equals(b.Service)) {
			t.Errorf("%v: the histograms differ", op)
		}
	}
	if one.ops[Send].Requests != 1500 || one.ops[List].Errors.Sum() != 300 || one.ops[Chats].Response != nil {
		t.Errorf("recorded %+v", one.ops)
	}
	if len(one.seconds) != len(merged.seconds) || !one.last.Equal(merged.last) {
		t.Errorf("%d seconds and %d merged", len(one.seconds), len(merged.seconds))
	}
	for i := range one.seconds {
		if one.seconds[i] != merged.seconds[i] {
			t.Errorf("second %d is %+v, merged %+v", i, one.seconds[i], merged.seconds[i])
		}
	}
}

func TestWhatLatenciesHold(t *testing.T) {
	from := time.Unix(1000, 0)
	r := &recorder{from: from, until: from.Add(time.Second)}
	at := func(ms int) time.Time { return from.Add(time.Duration(ms) * time.Millisecond) }
	r.record(Send, at(-1), at(5), at(6), 0)               // due while warming up
	r.record(Send, at(10), at(20), at(30), 0)             // 20 ms response, 10 ms service
	r.record(Send, at(10), at(10), at(11), core.Limited)  // fast, and no success
	r.record(Send, at(10), at(10), at(900), core.Timeout) // slow, and no success
	r.record(Send, at(990), at(990), at(1100), 0)         // too late for the throughput
	o := &r.ops[Send]
	if o.Requests != 4 || o.Succeeded != 1 || o.Errors[core.Limited] != 1 || o.Errors[core.Timeout] != 1 || o.Errors.Sum() != 2 {
		t.Errorf("recorded %+v", o)
	}
	if n := o.Response.TotalCount(); n != 3 {
		t.Errorf("%d response times", n)
	}
	if d := time.Duration(o.Response.Min()).Round(time.Millisecond); d != 20*time.Millisecond {
		t.Errorf("the fastest response took %v", d)
	}
	if d := time.Duration(o.Service.Min()).Round(time.Millisecond); d != 10*time.Millisecond {
		t.Errorf("the fastest service took %v", d)
	}
	if len(r.seconds) != 2 || r.seconds[1].Succeeded[Send] != 1 || r.seconds[0].Errors != 2 || r.seconds[0].Slowest != 890*time.Millisecond {
		t.Errorf("seconds %+v", r.seconds)
	}
}
