//go:build !linux

package core_test

import "testing"

func TestPowerCut(t *testing.T) {
	t.Skip("only Linux can cut the power of a mounted disk")
}
