//go:build !linux

package postgrestest

import (
	"errors"
	"os/exec"
)

// supported says that this system has what the package stands on. Elsewhere the tests are skipped before they come to
// what is below.
const supported = false

type account struct{}

func findAccount() (account, error) { return account{}, errors.ErrUnsupported }

func (account) use(*exec.Cmd) {}

func (account) own(string) error { return errors.ErrUnsupported }

type reservation struct{}

func reservePort() (int, reservation, error) { return 0, reservation{}, errors.ErrUnsupported }

func (reservation) release() error { return errors.ErrUnsupported }

func killTree(int) error { return errors.ErrUnsupported }

func forgetMemory(string) error { return errors.ErrUnsupported }

func reload(*exec.Cmd) error { return errors.ErrUnsupported }

func halt(*exec.Cmd) error { return errors.ErrUnsupported }

// Elsewhere a black hole swallows what is sent but acknowledges it.

func deafen(any) error { return nil }

func undeafen(any) error { return nil }
