package core

import (
	"context"

	"parley/storage"
)

// wasteful tells that most rows of a user's runs are outdated by newer ones.
func (x *chatIndex) wasteful() bool { return x.rows() > 2*int(x.chats)+4*maxRun }

// compactWaste rewrites the runs of the users whose runs have become wasteful.
func (e *Engine) compactWaste(state *appState) error {
	users := state.wasteful
	state.wasteful = nil
	for _, user := range users {
		if err := e.compactRuns(state, user); err != nil {
			return err
		}
	}
	return nil
}

// compactKeys is how many keys of a user a compaction changes before it commits.
const compactKeys = 256

// compactRuns leaves outdated rows out of a user's runs, from the newest to the oldest, in transactions after each of
// which the list is what it was.
func (e *Engine) compactRuns(state *appState, user UserNumber) error {
	var x *chatIndex
	err := e.store.View(context.Background(), func(r storage.Reader) (err error) {
		if err = state.unmoved(r); err == nil {
			x, err = state.index(r, user)
		}
		return err
	})
	if err != nil || !x.wasteful() { // it may have been noted more than once
		return err
	}
	c := compaction{engine: e, state: state, plan: runPlan{user: user}, head: x.runHead, left: x.runs}
	for len(c.left) > 0 {
		if err := c.some(); err != nil {
			return err
		}
	}
	return nil
}

// compaction is the rewriting of one user's runs.
type compaction struct {
	engine *Engine
	state  *appState
	plan   runPlan
	head   runHead
	seen   chatSet
	done   []runRef // what is in the store in place of those that have been read
	left   []runRef
}

// some rewrites as many runs as one transaction takes.
func (c *compaction) some() error {
	c.plan.sets, c.plan.deletes = nil, nil
	app, user := c.state.number, c.plan.user
	var rows []chatRow
	err := c.engine.store.View(context.Background(), func(r storage.Reader) error {
		if err := c.state.unmoved(r); err != nil {
			return err
		}
		for len(c.left) > 0 && len(c.plan.deletes) < compactKeys/2 && len(rows) < compactKeys*maxRun/4 {
			run := c.left[0]
			c.left = c.left[1:]
			c.plan.deletes = append(c.plan.deletes, run)
			err := readRun(r, app, user, run, func(row chatRow) {
				if c.seen.add(row.conversation) {
					rows = append(rows, row)
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.plan.write(app, rows, &c.head)
	for i := range c.plan.sets {
		c.done = append(c.done, c.plan.sets[i].run)
	}
	c.plan.next = &chatIndex{runHead: c.head, runs: append(append([]runRef(nil), c.done...), c.left...)}
	return c.engine.writePlans(c.state, []*runPlan{&c.plan})
}
