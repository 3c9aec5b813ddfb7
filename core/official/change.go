package official

import (
	"parley/storage"
)

// change is one transaction. It counts what it writes and writes the numbers of each list once, at its end.
type change struct {
	storage.Writer
	lists  map[string]*stagedList
	order  []*stagedList // as they were touched, so that every run writes in the same order
	writes int           // made, and due at the end
	bytes  int           // of keys and values written
}

// listBytes bounds the bytes of a write that a list makes: a key of its name and a sort key, and a number.
const listBytes = 256

// roomFor tells whether so many writes more, with records of so many bytes, fit into the transaction.
func (c *change) roomFor(writes, bytes int) bool {
	return c.writes+writes <= storage.MaxWrites && c.bytes+bytes+(c.writes+writes)*listBytes <= storage.MaxBytes
}

// Set implements storage.Writer.
func (c *change) Set(key, value []byte) error {
	c.writes++
	c.bytes += len(key) + len(value)
	return c.Writer.Set(key, value)
}

// Delete implements storage.Writer.
func (c *change) Delete(key []byte) error {
	c.writes++
	c.bytes += len(key)
	return c.Writer.Delete(key)
}

// list returns the staged state of a list.
func (c *change) list(l list) (*stagedList, error) {
	if staged := c.lists[l.id()]; staged != nil {
		return staged, nil
	}
	staged, err := stage(c, l)
	if err != nil {
		return nil, err
	}
	c.lists[l.id()] = staged
	c.order = append(c.order, staged)
	return staged, nil
}

// insert puts a sort key into a list that may have it already.
func (c *change) insert(l list, sortKey []byte) error {
	staged, err := c.list(l)
	if err != nil {
		return err
	}
	return staged.insert(sortKey)
}

// remove takes a sort key out of a list that may not have it.
func (c *change) remove(l list, sortKey []byte) error {
	staged, err := c.list(l)
	if err != nil {
		return err
	}
	return staged.remove(sortKey)
}

// finish writes what has been staged.
func (c *change) finish() error {
	for _, staged := range c.order {
		if err := staged.write(); err != nil {
			return err
		}
	}
	return nil
}
