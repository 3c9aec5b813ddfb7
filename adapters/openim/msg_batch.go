package openim

import (
	"crypto/md5" //nolint:gosec // the platform's message IDs have the form of an MD5
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

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
	names := make([]byte, 0, len(sent)*2*md5.Size)
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

// appendServerMsgID appends the name of a stored message: always the same for the same message of the same app.
func appendServerMsgID(dst []byte, app *core.App, id int64) []byte {
	var text [128]byte
	sum := md5.Sum(strconv.AppendInt(append(text[:0], app.Key...), id, 10)) //nolint:gosec // see the import
	return hex.AppendEncode(dst, sum[:])
}
