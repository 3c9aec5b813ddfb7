package openim

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"

	"parley/adapters/wire"
	"parley/core"
)

// batchPage is how many receivers are sent to at once when the message goes to all users.
const batchPage = 500

func sendBatch(c *wire.Call, q *batchQuery, a *batchAnswer) error {
	p, err := parcelOf(c, &q.message, true)
	if err != nil {
		return err
	}
	b := batch{call: c, parcel: &p, answer: a}
	if !q.all {
		return b.deliver(q.recvIDs)
	}
	page := make([]string, 0, batchPage)
	err = c.Engine.EachUser(c.Context, c.Caller.App, func(u *core.User) error {
		if page = append(page, u.ID); len(page) < batchPage {
			return nil
		}
		err := b.deliver(page)
		page = make([]string, 0, batchPage)
		return err
	})
	if err != nil {
		return err
	}
	return b.deliver(page)
}

// batch is a batch send on its way.
type batch struct {
	call   *wire.Call
	parcel *parcel
	answer *batchAnswer
}

// deliver sends to some receivers, in their order.
func (b *batch) deliver(to []string) error {
	p := b.parcel
	switch {
	case len(to) == 0:
		return nil
	case p.refused != nil:
		b.answer.failed = append(b.answer.failed, to...)
		return nil
	case p.onlineOnly || p.session == sessionGroup:
		return b.oneByOne(to)
	}
	p.out.To = to
	sent, err := b.call.Engine.Dispatch(b.call.Context, p.sender, p.out)
	if err != nil {
		return err
	}
	results := slices.Grow(b.answer.results, len(sent))
	names := make([]byte, 0, len(sent)*serverMsgIDLength)
	for i := range sent {
		if sent[i].Err != nil {
			b.answer.failed = append(b.answer.failed, to[i])
			continue
		}
		start := len(names)
		names = appendServerMsgID(names, b.call.Caller.App, sent[i].ID)
		results = append(results, batchResult{
			serverMsgID: wire.View(names[start:]), clientMsgID: p.clientMsgID, time: sent[i].Time, recvID: to[i],
		})
	}
	if len(results) > 0 { // an empty list is shown as null
		b.answer.results = results
	}
	return nil
}

// oneByOne sends a group's message once for every receiver, as the platform does.
func (b *batch) oneByOne(to []string) error {
	for _, recvID := range to {
		result, err := b.parcel.deliver(b.call, recvID)
		if f, ok := errors.AsType[*core.Fault](err); ok && f.Code >= core.Unavailable {
			return err // it is not the receiver's fault
		}
		if err != nil {
			b.answer.failed = append(b.answer.failed, recvID)
			continue
		}
		b.answer.results = append(b.answer.results, result)
	}
	return nil
}

// serverMsgIDLength is the length of a message's name: hex digits, as many as an MD5 has.
const serverMsgIDLength = 32

// appendServerMsgID appends the name of a stored message: always the same for the same message of the same app, and
// different for every message of an app, since mixed is a permutation. It hides nothing.
func appendServerMsgID(dst []byte, app *core.App, id int64) []byte {
	seed := uint64(14695981039346656037) // FNV-1a
	for i := range len(app.Key) {
		seed = (seed ^ uint64(app.Key[i])) * 1099511628211
	}
	var name [serverMsgIDLength / 2]byte
	binary.BigEndian.PutUint64(name[:8], mixed(seed^uint64(id)))
	binary.BigEndian.PutUint64(name[8:], mixed(mixed(seed)+uint64(id)))
	return hex.AppendEncode(dst, name[:])
}

// mixed permutes the numbers so that neighbours look unlike (the finalizer of SplitMix64).
func mixed(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
