package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// memoryLimitInterval is the time between two looks at what is in use. Memory in use grows by connections and requests, which
// the limit must let through within moments.
const memoryLimitInterval = time.Second

// holdMemory lets the garbage collector keep the process within a number of MiB, as far as memoryLimit says, until release is
// called. Without it what has been let go of may come to as much as what is in use, before it is collected. The environment
// variable GOMEMLIMIT, if it is set, is left alone.
func holdMemory(mib int) (release func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	before := debug.SetMemoryLimit(-1)
	used := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	limit := func() {
		metrics.Read(used)
		debug.SetMemoryLimit(memoryLimit(int64(mib)<<20, int64(used[0].Value.Uint64()+used[1].Value.Uint64())))
	}
	limit()
	stop := make(chan struct{})
	var looks sync.WaitGroup
	looks.Go(func() {
		tick := time.NewTicker(memoryLimitInterval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				limit()
			case <-stop:
				return
			}
		}
	})
	return func() {
		close(stop)
		looks.Wait()
		debug.SetMemoryLimit(before)
	}
}

// memoryLimit returns the limit of the runtime's memory, in bytes, for the setting and what is in use. Ten thousand connections
// can need more than the setting; the collector is then given half as much again as they use, so that it does not run all the time.
func memoryLimit(setting, used int64) int64 { return max(setting, used+used/2) }
