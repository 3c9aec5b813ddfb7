package postgrestest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

const requireVariable = "TEST_REQUIRE_POSTGRES"

// machine is what the tests found: the folder of the server's programs, and the account that runs them.
type machine struct {
	programs string
	account  account
}

// findMachine skips tb where PostgreSQL cannot be run, or fails it if PostgreSQL is required.
func findMachine(tb testing.TB) machine {
	tb.Helper()
	m, reason := lookAround()
	if reason == "" {
		return m
	}
	if os.Getenv(requireVariable) == "1" {
		tb.Fatalf("%s, and %s is 1", reason, requireVariable)
	}
	tb.Skipf("NOT TESTED: %s", reason)
	return m
}

// lookAround returns why PostgreSQL cannot be run, or nothing.
func lookAround() (m machine, reason string) {
	if !supported {
		return m, "PostgreSQL is started for tests on Linux only"
	}
	if m.programs = findPrograms(); m.programs == "" {
		return m, "PostgreSQL is not installed (Debian: apt-get install postgresql)"
	}
	var err error
	if m.account, err = findAccount(); err != nil {
		return m, err.Error()
	}
	return m, ""
}

// findPrograms returns the folder of the newest server, or nothing. Debian keeps each release in a folder of its own and
// only its clients on the path.
func findPrograms() string {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return ""
	}
	release := func(folder string) int {
		number, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		if err != nil {
			return 0
		}
		return number
	}
	slices.SortFunc(folders, func(a, b string) int { return release(b) - release(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, folder := range folders {
		if complete(folder) {
			return folder
		}
	}
	return ""
}

// complete tells that a folder has every program that is needed.
func complete(folder string) bool {
	for _, name := range []string{"postgres", "initdb", "pg_basebackup", "pg_rewind"} {
		if _, err := exec.LookPath(filepath.Join(folder, name)); err != nil {
			return false
		}
	}
	return true
}

// command prepares a program of the server under the account that may run it.
func (m machine) command(name string, args ...string) *exec.Cmd {
	command := exec.Command(filepath.Join(m.programs, name), args...)
	command.Dir = "/"
	m.account.use(command)
	return command
}

// own gives path to the account.
func (m machine) own(path string) error { return m.account.own(path) }
