//go:build !race

package php

// raceDetector tells that sync.Pool forgets at random, so that allocations can not be counted.
const raceDetector = false
