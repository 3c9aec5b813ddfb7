package migrate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"maps"
	"slices"
	"strconv"

	"parley/core"
	"parley/core/archive"
)

func writeTexts(w io.Writer, texts ...string) {
	for _, s := range texts {
		_ = binary.Write(w, binary.BigEndian, int64(len(s))) // a digest takes everything
		_, _ = io.WriteString(w, s)
	}
}

// whole is a digest of everything that is kept of a message.
func whole(m *archive.Message) [32]byte {
	h := sha256.New()
	state := strconv.FormatBool(m.Deleted)
	if m.Revoked != nil {
		state += " revoked " + m.Revoked.Role + " " + strconv.FormatInt(m.Revoked.Time, 10)
	}
	writeTexts(h, state)
	if b := m.Body; b != nil && !m.Deleted {
		raw := "none"
		if b.Raw != nil {
			raw = "some" + *b.Raw
		}
		writeTexts(h, b.Dialect, b.Type, raw, string(b.Meta), strconv.FormatBool(b.Object))
	}
	return [32]byte(h.Sum(nil))
}

// sample notes one of the source's messages for the comparison in everything, spread over all of them: the fuller the
// sample is, the rarer is one added.
func (v *verification) sample(key string, place int64, m *archive.Message, sum *[32]byte) {
	if n := int64(len(v.samples)); n < v.options.Sample && (n < v.options.Sample/2 || sum[0] < 16) {
		v.samples[sampleKey{key, place}] = whole(m)
	}
}

// app reads the app's messages.
func (v *verification) app(ctx context.Context) error {
	done := int64(0)
	return v.messages(ctx, func(m *archive.Message, key string, sum *[32]byte) {
		c := chainOf(v.here, key)
		c.add(sum)
		if want, ok := v.samples[sampleKey{key, c.count}]; ok {
			v.report.Sampled++
			if whole(m) != want {
				if v.bad == nil {
					v.bad = make(map[sampleKey]bool)
				}
				v.bad[sampleKey{key, c.count}] = true
			}
		}
		if done++; done%1000 == 0 && v.options.Told != nil {
			v.options.Told("reading the app", done)
		}
	})
}

// messages calls visit for each message of the app.
func (v *verification) messages(ctx context.Context, visit func(m *archive.Message, key string, sum *[32]byte)) error {
	x, err := v.options.Engine.BeginExport(ctx, v.options.App)
	if err != nil {
		return err
	}
	return x.Messages(ctx, func(in *core.ImportedMessage) error {
		m := messageOf(in)
		key, sum, err := v.sum(ctx, m)
		if err == nil {
			visit(m, key, &sum)
		}
		return err
	})
}

// messageOf is a message of the app as a record.
func messageOf(in *core.ImportedMessage) *archive.Message {
	m := &archive.Message{
		ID: in.ID, Origin: strconv.FormatInt(in.ID, 10), From: in.From, To: in.To, Group: in.Group, Time: in.Time, Deleted: in.Deleted,
	}
	switch in.Channel {
	case core.Notices:
		m.Channel = "notices"
	case core.Events:
		m.Channel = "events"
	case core.Direct:
	}
	if in.Revoked != nil {
		m.Revoked = &archive.Revocation{By: in.Revoked.By, Time: in.Revoked.Time}
		switch in.Revoked.Role {
		case core.GroupOwner:
			m.Revoked.Role = "owner"
		case core.GroupAdmin:
			m.Revoked.Role = "admin"
		case core.GroupMember:
		}
	}
	if !in.Deleted {
		m.Body = NewBody(&in.Content)
	}
	return m
}

// compare sets both sides against each other: by their digests, and where these differ message by message.
func (v *verification) compare(ctx context.Context) error {
	r := v.report
	differing := make(map[string]*sides)
	detail := int64(0)
	keys := slices.Collect(maps.Keys(v.there))
	for key := range v.here {
		if v.there[key] == nil {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		there, here := v.there[key], v.here[key]
		switch {
		case here == nil:
			r.Conversations[MissingHere]++
		case there == nil:
			r.Conversations[MissingThere]++
		case *here == *there:
			r.Conversations[Match]++
			r.Messages[Match] += here.count
			continue
		default:
			r.Conversations[Differ]++
		}
		if here == nil {
			here = new(chain)
		}
		if there == nil {
			there = new(chain)
		}
		if detail += here.count + there.count; detail > maxDetail {
			// Too much to look into: what can be said without.
			r.Messages[Failed] += max(here.count, there.count)
			v.find(Finding{Verdict: Failed, Conversation: key, Note: "too many messages differ to compare them one by one"})
			continue
		}
		differing[key] = new(sides)
	}
	for at := range v.bad {
		if differing[at.conversation] == nil {
			r.Messages[Match]--
			r.Messages[Differ]++
			v.find(Finding{Verdict: Differ, Conversation: at.conversation, Message: strconv.FormatInt(at.place, 10), Note: "the message says the same, and what is kept beside it differs; named by its place"})
		}
	}
	return v.look(ctx, differing)
}

// sides are the messages of a conversation on both sides.
type sides struct{ there, here []named }

// named is a message that is compared by itself.
type named struct {
	sum    [32]byte
	from   string
	time   int64
	origin string
	done   bool
}

// look compares the conversations that differ message by message.
func (v *verification) look(ctx context.Context, differing map[string]*sides) error {
	if len(differing) == 0 {
		return nil
	}
	name := func(m *archive.Message, sum *[32]byte) named {
		return named{sum: *sum, from: v.names[m.From], time: m.Time, origin: cmp.Or(m.Origin, strconv.FormatInt(m.ID, 10))}
	}
	err := v.source(ctx, func(item *Item, key string, sum *[32]byte) {
		if s := differing[key]; s != nil {
			s.there = append(s.there, name(item.Record.Message, sum))
		}
	})
	if err != nil {
		return err
	}
	err = v.messages(ctx, func(m *archive.Message, key string, sum *[32]byte) {
		if s := differing[key]; s != nil {
			s.here = append(s.here, name(m, sum))
		}
	})
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(differing)) {
		v.judge(key, differing[key])
	}
	return nil
}

// judge pairs the messages of one conversation: first the same, then those of one sender and time.
func (v *verification) judge(key string, s *sides) {
	pair(s, func(m *named) string { return string(m.sum[:]) }, func(there, here *named) { v.report.Messages[Match]++ })
	if !slices.ContainsFunc(s.there, undone) && !slices.ContainsFunc(s.here, undone) {
		v.report.Messages[Match]--
		v.report.Messages[Differ]++
		v.find(Finding{Verdict: Differ, Conversation: key, Note: "the messages are the same and stand in another order"})
		return
	}
	pair(s, func(m *named) string { return m.from + strconv.FormatInt(m.time, 10) }, func(there, _ *named) {
		v.report.Messages[Differ]++
		v.find(there.finding(Differ, key, "sender and time are the same, and what is said is not"))
	})
	for i := range s.there {
		if m := &s.there[i]; !m.done {
			v.report.Messages[MissingHere]++
			v.find(m.finding(MissingHere, key, "the message was not taken over"))
		}
	}
	for i := range s.here {
		if m := &s.here[i]; !m.done {
			v.report.Messages[MissingThere]++
			v.find(m.finding(MissingThere, key, "the source does not have the message"))
		}
	}
}

func undone(m named) bool { return !m.done }

func (m *named) finding(verdict Verdict, key, note string) Finding {
	return Finding{Verdict: verdict, Conversation: key, Message: m.origin, From: m.from, Time: m.time, Note: note}
}

// pair calls matched for the messages of both sides that have the same name, in their order, and marks them done.
func pair(s *sides, name func(*named) string, matched func(there, here *named)) {
	waiting := make(map[string][]*named)
	for i := range s.here {
		if m := &s.here[i]; !m.done {
			waiting[name(m)] = append(waiting[name(m)], m)
		}
	}
	for i := range s.there {
		m := &s.there[i]
		if list := waiting[name(m)]; !m.done && len(list) > 0 {
			m.done, list[0].done = true, true
			waiting[name(m)] = list[1:]
			matched(m, list[0])
		}
	}
}
