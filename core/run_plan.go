package core

import (
	"slices"

	"parley/storage"
)

// runPlan is how the runs of one user change: what is written and deleted, and what is there afterwards.
type runPlan struct {
	user    UserNumber
	sets    []runWrite
	deletes []runRef
	next    *chatIndex
}

type runWrite struct {
	run   runRef
	value []byte
}

// weight is how many keys and bytes the plan writes.
func (p *runPlan) weight() (keys, bytes int) {
	const width = appPrefixWidth + 8 + 8 + 4
	keys = len(p.sets) + len(p.deletes)
	bytes = keys * width
	for i := range p.sets {
		bytes += len(p.sets[i].value)
	}
	return keys, bytes
}

func (p *runPlan) apply(tx storage.Writer, app uint32) error {
	for _, run := range p.deletes {
		if err := tx.Delete(appendRunKey(nil, app, p.user, run)); err != nil {
			return err
		}
	}
	for _, w := range p.sets {
		if err := tx.Set(appendRunKey(nil, app, p.user, w.run), w.value); err != nil {
			return err
		}
	}
	return nil
}

// write adds runs of the given rows, which are in order and of different conversations.
func (p *runPlan) write(app uint32, rows []chatRow, h *runHead) {
	for len(rows) > 0 {
		some := rows[:min(len(rows), maxRun)]
		rows = rows[len(some):]
		w := runWrite{run: runRef{some[0].newest, len(some)}, value: appendRunHead(make([]byte, 0, 16+10*len(some)), h)}
		previous := w.run.newest
		for _, row := range some {
			w.value = appendRunRow(w.value, p.user, row, previous)
			previous = row.newest
		}
		p.sets = append(p.sets, w)
	}
}

// planRuns puts rows, which are in order and newer than everything in x, in front of a user's runs. Small runs are merged
// with the new one as long as the next is not more than twice as large, so that a user has few of them and a row is
// rewritten few times. seen holds the conversations of rows.
func planRuns(r storage.Reader, app uint32, user UserNumber, x *chatIndex, rows []chatRow, seen *chatSet, h runHead) (*runPlan, error) {
	p := &runPlan{user: user}
	rest := x.runs
	for len(rest) > 0 && rest[0].count < maxRun && rest[0].count <= 2*len(rows) && len(rows) < maxRun {
		run := rest[0]
		value := x.value
		if len(p.deletes) > 0 || value == nil {
			var err error
			if value, err = readRunValue(r, app, user, run); err != nil {
				return nil, err
			}
		}
		rows = slices.Grow(rows, run.count)
		err := eachRow(app, user, run, value, func(row chatRow) {
			if seen.add(row.conversation) {
				rows = append(rows, row)
			}
		})
		if err != nil {
			return nil, err
		}
		p.deletes = append(p.deletes, run)
		rest = rest[1:]
	}
	p.write(app, rows, &h)
	p.next = &chatIndex{runHead: h, runs: make([]runRef, 0, len(p.sets)+len(rest))}
	for i := range p.sets {
		p.next.runs = append(p.next.runs, p.sets[i].run)
	}
	p.next.runs = append(p.next.runs, rest...)
	if value := p.sets[0].value; len(value) <= maxKeptRun {
		p.next.value = value
	}
	return p, nil
}

// readRun calls visit for every row of a run.
func readRun(r storage.Reader, app uint32, user UserNumber, run runRef, visit func(chatRow)) error {
	value, err := readRunValue(r, app, user, run)
	if err != nil {
		return err
	}
	return eachRow(app, user, run, value, visit)
}

func readRunValue(r storage.Reader, app uint32, user UserNumber, run runRef) ([]byte, error) {
	key := appendRunKey(nil, app, user, run)
	value, err := r.Get(key)
	if err == nil && value == nil {
		err = corrupt(key)
	}
	return value, err
}

func eachRow(app uint32, user UserNumber, run runRef, value []byte, visit func(chatRow)) error {
	rr, _, err := newRunReader(app, user, run, value)
	for err == nil {
		var row chatRow
		var ok bool
		if row, ok, err = rr.next(); !ok {
			break
		}
		visit(row)
	}
	return err
}
