package postgres

import (
	"slices"
	"time"
)

const (
	// longestTransaction is how old a snapshot may be when it commits. Tombstones live longer than that, so that one whose
	// key was absent, present and absent again since does not take the second absence for the first.
	longestTransaction = 20 * time.Minute
	// verifyPatience is how long the verification waits for a lock. Who holds it is committing a change to what was got,
	// so there is nothing to be had but the news that it is done. It also ends the one kind of deadlock that is left, of
	// two transactions that each got what the other writes, much sooner than the server would look for it: a game of
	// nothing but such pairs took 8 seconds with 1 ms or 10 ms, 13 with 50 ms, and 90 if left to the server.
	verifyPatience = "10ms"
)

// commit sends everything that the transaction does, its commit included, in one round trip.
func (w *writer) commit() (verdict, error) {
	if w.link != nil && time.Since(w.began) > longestTransaction {
		return conflicted, nil
	}
	blind := w.link == nil
	if blind {
		if err := w.acquire(); err != nil {
			err = w.fail(err)
			return w.afterFailure(w.kind, err)
		}
	}
	r := w.request(blind)
	w.link.warned.Store(false)
	done, tag, err := w.link.exchange(w.ctx, r)
	if tag == "COMMIT" && !w.link.warned.Load() {
		// What may have gone wrong after the commit is only the end of the queueing.
		w.queued = w.queued && err != nil
		return over, nil
	}
	if err == nil || tag == "COMMIT" {
		// A server that is told to stop waiting for a standby warns, and says that it has committed.
		err = errDoubt
	}
	k := kindOf(w.ctx, err)
	if k == kindContext {
		return over, w.ctx.Err()
	}
	failedBefore := k != kindLost && done < r.watched
	if k == kindConflict || failedBefore {
		return w.afterFailure(k, w.store.explain(k, err))
	}
	owner := w.link.session
	if k == kindLost {
		w.store.noteLoss(owner)
	}
	w.release()
	committed, err := w.store.settle(w.ctx, w.outage, owner, owner.count, err)
	if err != nil || committed {
		return over, err
	}
	return again, nil
}

// request lists the statements of the commit and watches COMMIT.
func (w *writer) request(blind bool) *request {
	r := &request{}
	if blind {
		r.add(stmtBeginBlind)
	}
	if len(w.written) > 0 {
		w.addWrites(r)
	}
	w.link.count++
	r.add(stmtMark, w.link.id[:], encodeInt(w.link.count))
	r.watched = r.size
	r.add(stmtCommit)
	if w.queued {
		r.add(stmtUnqueue)
	}
	return r
}

// addWrites lists what the transaction writes, and the locks on what it got.
func (w *writer) addWrites(r *request) {
	dialect := w.link.server.dialect
	keys, kept := slices.Clone(w.sorted()), [][]byte{}
	if !dialect.readsAreChecked {
		for key, found := range w.got {
			if _, ok := w.written[key]; ok {
				continue
			}
			if found.there {
				kept = append(kept, []byte(key))
			} else {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
	}
	names, values, dead := make([][]byte, len(keys)), make([][]byte, len(keys)), [][]byte{}
	for i, key := range keys {
		names[i], values[i] = []byte(key), w.written[key]
		if values[i] == nil {
			dead = append(dead, names[i])
		}
	}
	r.add(stmtWrite, encodeBytes(names), encodeBytes(values))
	if len(dead) > 0 {
		r.add(stmtMourn, encodeBytes(dead))
	}
	if len(kept) > 0 {
		if dialect.advisoryLocks {
			r.add(stmtHurry)
		}
		r.add(stmtVerify, encodeBytes(kept), encodeInt(int64(len(kept))))
	}
}
