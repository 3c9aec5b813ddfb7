package main

import (
	"os"
	"testing"
	"time"

	"parley/storage/postgres/postgrestest"
)

// longVariable asks for the measurement itself, which takes some minutes, in place of a try.
const longVariable = "TEST_STORES_LONG"

// TestStores runs the program on Badger and on servers of its own; with the variable set it prints figures worth reading:
//
//	TEST_STORES_LONG=1 go test -v -run TestStores -timeout 30m ./bench/stores
func TestStores(t *testing.T) {
	o := options{dir: t.TempDir(), rounds: 1, duration: 20 * time.Millisecond, senders: 16}
	if os.Getenv(longVariable) == "" {
		o.single = postgrestest.Shared(t)
	} else {
		o.rounds, o.duration, o.senders = 5, 2*time.Second, 256
		o.single = postgrestest.Start(t, postgrestest.Options{}).URL()
		o.three = postgrestest.Start(t, postgrestest.Options{Nodes: 3}).URL()
	}
	if err := run(t.Context(), &o); err != nil {
		t.Fatal(err)
	}
}
