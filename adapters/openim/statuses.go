package openim

import (
	"crypto/sha256"
	"sync"
	"time"

	"parley/adapters/wire"
)

// statusSent is what is known of an operationID under which a message was sent.
const statusSent = 2

const (
	// statusAge is how long the platform remembers an operationID.
	statusAge = 24 * time.Hour
	// maxStatuses bounds the memory; beyond it the older half is forgotten sooner.
	maxStatuses = 100_000
)

// statuses remembers under which operationIDs messages were sent, in memory: a restart forgets it, as the platform does
// with its cache. The zero value is ready to use.
type statuses struct {
	mu           sync.Mutex
	fresh, stale map[statusKey]time.Time // the time of the newest send
}

// statusKey names an operationID of an app in a few bytes, however long it is, and without its text, which is a request's.
type statusKey struct {
	app       uint32
	operation [sha256.Size]byte
}

func keyOfStatus(app uint32, operation string) statusKey {
	return statusKey{app, sha256.Sum256(wire.Bytes(operation))}
}

// note remembers that a message was sent.
func (s *statuses) note(app uint32, operation string, now time.Time) {
	key := keyOfStatus(app, operation)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fresh == nil || len(s.fresh) >= maxStatuses/2 {
		s.fresh, s.stale = make(map[statusKey]time.Time), s.fresh
	}
	s.fresh[key] = now
}

// of returns the status of an operationID, zero if it is not known.
func (s *statuses) of(app uint32, operation string, now time.Time) int64 {
	key := keyOfStatus(app, operation)
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.fresh[key]
	if !ok {
		at, ok = s.stale[key]
	}
	if !ok || now.Sub(at) > statusAge {
		return 0
	}
	return statusSent
}

// noteSent remembers that the call's operationID has sent a message.
func noteSent(c *wire.Call) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	x.dialect.statuses.note(c.Caller.App.Number, x.operation, x.dialect.house.Now())
	return nil
}

type statusAnswer struct{ status int64 }

func statusRow() *wire.Row[nothing, statusAnswer] {
	return &wire.Row[nothing, statusAnswer]{
		Name: "/msg/check_msg_is_send_success", ZH: "查询 operationID 的发送状态", EN: "Tells whether the operationID in the header has sent a message",
		Access: wire.Member, Request: "GetSendMsgStatusReq",
		Answer: []wire.Field[statusAnswer]{
			wire.Number("status", func(a *statusAnswer) *int64 { return &a.status }).Means("0 未知，2 已发送", "0 unknown, 2 sent"),
		},
		Do: func(c *wire.Call, _ *nothing, a *statusAnswer) error {
			x, err := exchangeOf(c)
			if err == nil {
				a.status = x.dialect.statuses.of(c.Caller.App.Number, x.operation, x.dialect.house.Now())
			}
			return err
		},
	}
}
