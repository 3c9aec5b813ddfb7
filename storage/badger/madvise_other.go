//go:build !linux

package badger

// adviseMemtables has nothing to say to other kernels.
func adviseMemtables(string) error { return nil }
