package postgrestest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// processState is what /proc tells about a process.
type processState struct {
	parent int
	dead   bool
}

// killTree kills a server with all its processes at once, as a cut of its machine's power would end them. Each of them is
// a session of its own, and a server whose first process alone is killed goes on committing for a moment; so the first
// is halted, which has no more children from then on, then the children are killed, and the first at last.
func killTree(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
		children, err := livingChildren(pid)
		if err != nil || len(children) == 0 {
			return errors.Join(err, syscall.Kill(pid, syscall.SIGKILL))
		}
		for _, child := range children {
			if err := syscall.Kill(child, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				return err
			}
		}
	}
}

func livingChildren(pid int) (children []int, err error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		child, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			return nil, err
		}
		if s, ok := stateOf(child); ok && s.parent == pid && !s.dead {
			children = append(children, child)
		}
	}
	return children, nil
}

// stateOf reads the state of a process, if there is one.
func stateOf(pid int) (s processState, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, false
	}
	// The name stands in brackets and may hold anything; state and parent follow it.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return s, false
	}
	s.parent, err = strconv.Atoi(string(fields[1]))
	s.dead = fields[0][0] == 'Z' || fields[0][0] == 'X'
	return s, err == nil
}

// forgetMemory removes the shared memory segment that a killed server leaves to the system, and that only its restart
// would remove. Its number stands in the seventh line of the server's lock file.
func forgetMemory(data string) error {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return err
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 7 {
		return nil
	}
	_, number, ok := strings.Cut(strings.TrimSpace(lines[6]), " ")
	if !ok {
		return nil
	}
	segment, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil {
		return err
	}
	if _, err := unix.SysvShmCtl(segment, unix.IPC_RMID, nil); err != nil && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
