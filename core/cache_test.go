package core

import (
	"sync/atomic"
	"testing"
)

func TestCacheStaysInItsBudget(t *testing.T) {
	c := newCache[int, int](32<<10, nil)
	for i := range 10_000 {
		c.put(i, i, 64)
	}
	if c.bytes() > 32<<10 {
		t.Fatalf("%d bytes are remembered", c.bytes())
	}
	found := 0
	for i := range 10_000 {
		if v, ok := c.get(i); ok {
			found++
			if v != i {
				t.Fatalf("%d is remembered as %d", i, v)
			}
		}
	}
	if found == 0 {
		t.Fatal("nothing is remembered")
	}
}

func TestCacheKeepsWhatIsPinned(t *testing.T) {
	type value struct{ pins atomic.Int32 }
	c := newCache[int](1<<10, func(v *value) bool { return v.pins.Load() > 0 })
	pinned := c.acquire(-1, func(int) *value { return new(value) }, func(v *value) { v.pins.Add(1) }, 64)
	for i := range 5_000 {
		c.put(i, new(value), 64)
	}
	if again := c.acquire(-1, func(int) *value { return new(value) }, func(v *value) { v.pins.Add(1) }, 64); again != pinned {
		t.Fatal("a pinned value was forgotten")
	}
	c.drop(-1)
	if _, ok := c.get(-1); ok {
		t.Fatal("a dropped value is remembered")
	}
}

func TestCacheReplacesAndGrows(t *testing.T) {
	c := newCache[string, int](1<<20, nil)
	c.put("a", 1, 100)
	c.put("a", 2, 10)
	c.grow("a", 5)
	c.grow("absent", 1000)
	if v, _ := c.get("a"); v != 2 || c.bytes() != 15 {
		t.Fatalf("value %d, %d bytes", v, c.bytes())
	}
}
