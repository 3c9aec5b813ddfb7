package memory

import (
	"bytes"
	"hash/maphash"

	"parley/storage"
)

// tree is an immutable ordered map: a treap whose changes copy the path from the root and share the rest. Copying a
// tree value is taking a snapshot. The priority of a node is the hash of its key, so the keys alone decide the shape
// and the expected depth is logarithmic in whatever order they come.
type tree struct {
	root *node
	seed maphash.Seed
}

type node struct {
	key, value  []byte
	priority    uint64
	left, right *node
}

// get returns the value of key, or nil if it is absent; values are never nil.
func (t tree) get(key []byte) []byte {
	n := t.root
	for n != nil {
		switch order := bytes.Compare(key, n.key); {
		case order < 0:
			n = n.left
		case order > 0:
			n = n.right
		default:
			return n.value
		}
	}
	return nil
}

// set returns the tree with value under key. It keeps both slices.
func (t tree) set(key, value []byte) tree {
	t.root = insert(t.root, &node{key: key, value: value, priority: maphash.Bytes(t.seed, key)})
	return t
}

// remove returns the tree without key.
func (t tree) remove(key []byte) tree {
	t.root = remove(t.root, key)
	return t
}

// insert returns n with added in it, which takes the place of a node with the same key.
func insert(n, added *node) *node {
	if n == nil {
		return added
	}
	c := *n
	switch order := bytes.Compare(added.key, n.key); {
	case order < 0:
		c.left = insert(n.left, added)
		if c.left.priority > c.priority {
			return rotateRight(&c)
		}
	case order > 0:
		c.right = insert(n.right, added)
		if c.right.priority > c.priority {
			return rotateLeft(&c)
		}
	default:
		c.value = added.value
	}
	return &c
}

// rotateRight lifts the left child of n; both are fresh copies of insert's, which nobody else has seen.
func rotateRight(n *node) *node {
	top := n.left
	n.left, top.right = top.right, n
	return top
}

// rotateLeft lifts the right child of n; both are fresh copies of insert's, which nobody else has seen.
func rotateLeft(n *node) *node {
	top := n.right
	n.right, top.left = top.left, n
	return top
}

// remove returns n without key, and n itself if key is absent.
func remove(n *node, key []byte) *node {
	if n == nil {
		return nil
	}
	switch order := bytes.Compare(key, n.key); {
	case order < 0:
		left := remove(n.left, key)
		if left == n.left {
			return n
		}
		c := *n
		c.left = left
		return &c
	case order > 0:
		right := remove(n.right, key)
		if right == n.right {
			return n
		}
		c := *n
		c.right = right
		return &c
	default:
		return merge(n.left, n.right)
	}
}

// merge joins two trees of which every key of left is less than every key of right.
func merge(left, right *node) *node {
	switch {
	case left == nil:
		return right
	case right == nil:
		return left
	case left.priority > right.priority:
		c := *left
		c.right = merge(left.right, right)
		return &c
	default:
		c := *right
		c.left = merge(left, right.left)
		return &c
	}
}

// scan calls visit for the nodes in r, in order, until visit returns false. It ignores r.Limit.
func (t tree) scan(r storage.Range, visit func(*node) bool) {
	walk(t.root, r, visit)
}

// walk reports whether the scan goes on after n.
func walk(n *node, r storage.Range, visit func(*node) bool) bool {
	if n == nil {
		return true
	}
	fromFits := bytes.Compare(n.key, r.From) >= 0
	toFits := r.To == nil || bytes.Compare(n.key, r.To) < 0
	// Keys left of n can be in the range only if n is not below it, keys right of n only if n is not above it.
	first, second := n.left, n.right
	firstMay, secondMay := fromFits, toFits
	if r.Reverse {
		first, second = second, first
		firstMay, secondMay = secondMay, firstMay
	}
	if firstMay && !walk(first, r, visit) {
		return false
	}
	if fromFits && toFits && !visit(n) {
		return false
	}
	return !secondMay || walk(second, r, visit)
}
