package postgres

import (
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// unacknowledged is how long data may be under way before the connection counts as lost. Keepalive does not help there,
// because it only probes while nothing is under way.
const unacknowledged = 8 * time.Second

// boundUnacknowledged makes the kernel give up a connection whose data is not acknowledged.
func boundUnacknowledged(network, _ string, raw syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var err error
	controlErr := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unacknowledged/time.Millisecond))
	})
	if controlErr != nil {
		return controlErr
	}
	return err
}
