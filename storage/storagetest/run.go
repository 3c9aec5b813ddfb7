// Package storagetest holds the one conformance suite that every storage engine passes.
package storagetest

import (
	"testing"

	"parley/storage"
)

// Engine is what the suite needs to know about an engine.
type Engine struct {
	// Open opens the store that belongs to dir, which is empty the first time and which the caller owns; it fails t if
	// it cannot. The suite closes the store.
	Open func(t testing.TB, dir string) storage.Store
	// Durable says that a store opened again on the same dir holds what was committed. Engines that forget leave it
	// false.
	Durable bool
}

// Run checks every promise of package storage on engine.
func Run(t *testing.T, engine Engine) {
	tests := []struct {
		name string
		run  func(*testing.T, storage.Store)
	}{
		{"Get", testGet},
		{"GetMulti", testGetMulti},
		{"Order", testOrder},
		{"Scan", testScan},
		{"ScanInsideScan", testScanInsideScan},
		{"ScanAndDelete", testScanAndDelete},
		{"ReadYourWrites", testReadYourWrites},
		{"ScanYourWrites", testScanYourWrites},
		{"DeleteAndReinsert", testDeleteAndReinsert},
		{"SlicesMayBeReused", testSlicesMayBeReused},
		{"Rollback", testRollback},
		{"Panic", testPanic},
		{"Snapshot", testSnapshot},
		{"Limits", testLimits},
		{"IgnoredRefusal", testIgnoredRefusal},
		{"StaleRead", testStaleRead},
		{"WriteSkew", testWriteSkew},
		{"Increments", testIncrements},
		{"BlindWrites", testBlindWrites},
		{"Bank", testBank},
		{"Context", testContext},
		{"Close", testClose},
		{"CloseWaits", testCloseWaits},
		{"Model", testModel},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t, engine, t.TempDir())) })
	}
	if engine.Durable {
		t.Run("Reopen", func(t *testing.T) { testReopen(t, engine) })
	}
}

// open opens a store and closes it at the end of the test, if the test has not done so.
func open(t *testing.T, engine Engine, dir string) storage.Store {
	t.Helper()
	store := engine.Open(t, dir)
	t.Cleanup(func() { closeStore(t, store) })
	return store
}
