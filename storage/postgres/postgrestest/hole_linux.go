package postgrestest

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// deafen makes the kernel drop every packet for a socket before TCP sees it: nothing is acknowledged any more, neither
// data nor keepalive, as if the network had gone.
func deafen(c any) error {
	drop := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0}
	return control(c, func(socket int) error {
		return unix.SetsockoptSockFprog(socket, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &drop})
	})
}

// undeafen undoes deafen.
func undeafen(c any) error {
	return control(c, func(socket int) error {
		err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
		if errors.Is(err, unix.ENOENT) {
			return nil // there was none
		}
		return err
	})
}

// control runs do on the socket of a connection or a listener.
func control(c any, do func(socket int) error) error {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return errors.ErrUnsupported
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	controlErr := raw.Control(func(fd uintptr) { err = do(int(fd)) })
	return errors.Join(controlErr, err)
}
