package postgres

import (
	"context"
	"time"
)

// settle finds out whether the given commit of a session, which met cause, has happened. Its statement waits for a server
// process that may still be at it, and if it finds nothing it leaves a number behind at which the constraint of
// parley_session ends that commit should it come later.
//
// It writes in either case. Thereby its own commit, which waits for the standbys, comes after the one it asks about in the
// log: what it reports as committed has been copied as well.
func (s *store) settle(ctx context.Context, away *outage, owner *session, count int64, cause error) (bool, error) {
	for {
		committed, err := s.settleOnce(ctx, away, owner, count)
		if err == nil {
			away.over()
			return committed, nil
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if time.Now().After(away.end()) {
			return false, s.explain(kindLost, cause)
		}
		if err := pause(ctx, outagePause); err != nil {
			return false, err
		}
	}
}

func (s *store) settleOnce(ctx context.Context, away *outage, owner *session, count int64) (committed bool, err error) {
	l, err := s.acquire(ctx, away)
	if err != nil {
		return false, err
	}
	defer l.pooled.Release()
	r := &request{row: func(_ int, columns [][]byte) error { committed = columns[0][0] == 1; return nil }}
	r.add(stmtSettle, owner.id[:], encodeInt(count))
	l.warned.Store(false)
	if _, _, err := l.exchange(ctx, r); err != nil {
		if kindOf(ctx, err) == kindLost {
			s.noteLoss(l.session)
		}
		return false, err
	}
	if l.warned.Load() {
		return false, errDoubt
	}
	return committed, nil
}
