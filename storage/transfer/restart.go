package transfer

import (
	"context"

	"parley/storage"
)

// startOver deletes what an earlier copy has written and begins anew. It says so in the row before it deletes anything: a
// target that is half cleared is never taken for one that is half filled.
func (c *Copy) startOver(ctx context.Context) error {
	clearing := row{stage: stageClearing, source: c.Name, started: c.Now().UnixMilli()}
	if err := c.write(ctx, &clearing, nil); err != nil {
		return err
	}
	for last := []byte(nil); ; last = append(last[:0], c.page.last()...) {
		if err := c.page.read(ctx, c.Target, last, true); err != nil {
			return err
		}
		if len(c.page.pairs) == 0 {
			break
		}
		next := c.row
		next.done += int64(len(c.page.pairs))
		if err := c.write(ctx, &next, c.deletePage); err != nil {
			return err
		}
		c.report(Clearing, next.done, 0)
	}
	return c.begin(ctx)
}

func (c *Copy) deletePage(tx storage.Writer) error {
	for i := range c.page.pairs {
		key, _ := c.page.at(i)
		if err := tx.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
