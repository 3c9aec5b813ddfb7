package postgrestest

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// supported says that this system has what the package stands on: /proc and credentials of a child.
const supported = true

// account runs the servers. The zero value is the one of the test process; PostgreSQL refuses root.
type account struct {
	credential *syscall.Credential
}

func findAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			continue
		}
		return account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return account{}, errors.New("PostgreSQL refuses root, and there is neither an account postgres nor nobody")
}

// use makes command run under the account, and away from the terminal's signals.
func (a account) use(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential, Setsid: true}
}

// own gives path to the account.
func (a account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(path, int(a.credential.Uid), int(a.credential.Gid))
}

// reload makes a server read its configuration again.
func reload(server *exec.Cmd) error { return server.Process.Signal(syscall.SIGHUP) }

// halt makes a server disconnect its clients and shut down.
func halt(server *exec.Cmd) error { return server.Process.Signal(syscall.SIGINT) }
