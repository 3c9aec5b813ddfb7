// Package transfer copies one store into another, whatever their engines, and compares two stores.
//
// A copy goes through the keys in order, one page and one transaction after the other. Every transaction also writes how
// far the copy has come, in a row of the target under a reserved key, so that a copy that was stopped or killed at any
// moment goes on where it was. The row is removed once the two stores have been compared and found equal; until then the
// target says of itself that it is not complete.
//
// Nothing may write to the source meanwhile. What is read of it is kept as digests, which tell in the end whether
// something did.
package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"parley/storage"
)

var (
	// ErrForeign reports a target that holds data which no unfinished copy has put there.
	ErrForeign = errors.New("the target is not empty, and what it holds is not from an unfinished copy")
	// ErrOtherCopy reports a target that an unfinished copy of another source has begun to fill.
	ErrOtherCopy = errors.New("the target holds an unfinished copy of another source")
	// ErrIncompleteSource reports a source that is itself an unfinished copy.
	ErrIncompleteSource = errors.New("the source is itself an unfinished copy; finish that one first")
	// ErrSameStore reports a source and a target that are one store.
	ErrSameStore = errors.New("the source and the target are one store")
	// ErrSecondCopy reports that somebody else has changed the progress of the copy while it ran.
	ErrSecondCopy = errors.New("another copy is writing to the target")
)

// Phase is what a copy is doing.
type Phase string

// The phases in their order.
const (
	Clearing  Phase = "clearing"
	Counting  Phase = "counting"
	Copying   Phase = "copying"
	Verifying Phase = "verifying"
)

// Progress is how far a phase has come, in keys. Total is zero while it is unknown.
type Progress struct {
	Phase       Phase
	Done, Total int64
}

// Copy is one store on its way into another. It is used by one goroutine.
type Copy struct {
	// Source and Target are open, remain the caller's to close, and are not used by anybody else.
	Source, Target storage.Store
	// Name names the source among all others, without its credentials, in at most 4,096 bytes. A copy goes on only
	// under the same name.
	Name string
	// Restart deletes what an earlier unfinished copy, of whatever source, has put into the target.
	Restart bool
	// Now returns the time.
	Now func() time.Time
	// Report is told how far the copy has come, after each page; it may be nil.
	Report func(Progress)
	// Resumed is told once of the earlier copy that this one continues; it may be nil.
	Resumed func(*Unfinished)

	row     row
	written []byte // the row as it is in the target
	page    page
}

// Run copies what has not been copied yet and compares both stores. If they are equal, and the source has not changed
// since the copy began, the target is complete and says nothing of the copy any more. After an error, and if the stores
// differ, the target keeps the progress, and Run continues from there. A target that holds just what the source holds is
// complete, too: that is what a copy leaves that was killed at its very end.
func (c *Copy) Run(ctx context.Context) (*Comparison, error) {
	if len(c.Name) > maxName {
		return nil, fmt.Errorf("the source's name has %d bytes, at most %d", len(c.Name), maxName)
	}
	if err := c.checkSource(ctx); err != nil {
		return nil, err
	}
	if err := c.open(ctx); err != nil {
		if errors.Is(err, ErrForeign) && !c.Restart {
			return c.finished(ctx)
		}
		return nil, err
	}
	if err := c.copyPages(ctx); err != nil {
		return nil, err
	}
	found, err := c.compare(ctx, &c.row.digests, false)
	if err != nil || !found.Equal() {
		return found, err
	}
	return found, c.removeRow(ctx)
}

// finished compares a target that says nothing of a copy, as far as the two stores are equal.
func (c *Copy) finished(ctx context.Context) (*Comparison, error) {
	found, err := c.compare(ctx, nil, true)
	if err == nil && !found.Equal() {
		return nil, ErrForeign
	}
	return found, err
}

func (c *Copy) report(phase Phase, done, total int64) {
	if c.Report != nil {
		c.Report(Progress{Phase: phase, Done: done, Total: total})
	}
}

func (c *Copy) checkSource(ctx context.Context) error {
	r, _, err := readRow(ctx, c.Source)
	if err == nil && r != nil {
		err = ErrIncompleteSource
	}
	return err
}

// open makes the target ready for the next page.
func (c *Copy) open(ctx context.Context) error {
	earlier, written, err := readRow(ctx, c.Target)
	if err != nil {
		return err
	}
	c.written = written
	switch {
	case earlier == nil:
		empty, err := c.isEmpty(ctx)
		if err != nil {
			return err
		}
		if !empty {
			return ErrForeign
		}
		return c.begin(ctx)
	case c.Restart || earlier.stage == stageClearing && earlier.source == c.Name:
		return c.startOver(ctx)
	case earlier.source != c.Name:
		return fmt.Errorf("%w: %s", ErrOtherCopy, earlier.source)
	}
	c.row = *earlier
	if c.Resumed != nil {
		c.Resumed(&Unfinished{
			Source: c.row.source, Started: time.UnixMilli(c.row.started), Done: c.row.done, Total: c.row.total,
		})
	}
	return nil
}

func (c *Copy) isEmpty(ctx context.Context) (bool, error) {
	err := c.page.read(ctx, c.Target, nil, true)
	return len(c.page.pairs) == 0, err
}

// begin counts the source's keys and claims the target.
func (c *Copy) begin(ctx context.Context) error {
	next := row{stage: stageCopying, source: c.Name, started: c.Now().UnixMilli()}
	for last := []byte(nil); ; last = append(last[:0], c.page.last()...) {
		if err := c.page.read(ctx, c.Source, last, true); err != nil {
			return fmt.Errorf("count the source: %w", err)
		}
		if len(c.page.pairs) == 0 {
			break
		}
		next.total += int64(len(c.page.pairs))
		c.report(Counting, next.total, 0)
	}
	if err := c.write(ctx, &next, nil); err != nil {
		return err
	}
	// One database can have two names. The source had no progress row before; if it has one now, it is the target's.
	if err := c.checkSource(ctx); err != nil {
		if errors.Is(err, ErrIncompleteSource) {
			return errors.Join(ErrSameStore, c.removeRow(ctx))
		}
		return err
	}
	return nil
}

// write commits next as the progress row with what change writes.
func (c *Copy) write(ctx context.Context, next *row, change func(storage.Writer) error) error {
	record := appendRow(nil, next)
	err := c.Target.Update(ctx, func(tx storage.Writer) error {
		found, err := tx.Get([]byte(rowKey))
		switch {
		case err != nil:
			return err
		case found != nil && bytes.Equal(found, record):
			return nil // an attempt of which the outcome was unknown has succeeded
		case !bytes.Equal(found, c.written):
			return ErrSecondCopy
		}
		if change != nil {
			if err := change(tx); err != nil {
				return err
			}
		}
		return tx.Set([]byte(rowKey), record)
	})
	if err != nil {
		return fmt.Errorf("write to the target: %w", err)
	}
	c.row, c.written = *next, record
	return nil
}

// copyPages copies what follows the position of the row.
func (c *Copy) copyPages(ctx context.Context) error {
	chain := chainer{digests: c.row.digests}
	for c.row.stage == stageCopying {
		if err := c.page.read(ctx, c.Source, c.row.position, false); err != nil {
			return fmt.Errorf("read the source: %w", err)
		}
		next := c.row
		if n := len(c.page.pairs); n == 0 {
			next.stage = stageCopied
		} else {
			for i := range n {
				chain.add(c.page.at(i))
			}
			next.position, next.digests = bytes.Clone(c.page.last()), chain.digests
			next.done += int64(n)
		}
		if err := c.write(ctx, &next, c.writePage); err != nil {
			return err
		}
		c.report(Copying, next.done, next.total)
	}
	return nil
}

func (c *Copy) writePage(tx storage.Writer) error {
	for i := range c.page.pairs {
		if err := tx.Set(c.page.at(i)); err != nil {
			return err
		}
	}
	return nil
}

// removeRow ends the copy.
func (c *Copy) removeRow(ctx context.Context) error {
	err := c.Target.Update(ctx, func(tx storage.Writer) error {
		found, err := tx.Get([]byte(rowKey))
		if err != nil {
			return err
		}
		if found != nil && !bytes.Equal(found, c.written) {
			return ErrSecondCopy
		}
		return tx.Delete([]byte(rowKey))
	})
	if err != nil {
		return fmt.Errorf("finish the target: %w", err)
	}
	return nil
}
