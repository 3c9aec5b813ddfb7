package postgrestest

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"golang.org/x/sys/unix"
)

// The ports of the servers lie below those that the system gives to clients and to listeners on port zero.
const lowestPort, highestPort = 20000, 32000

// reservation keeps a port from other test processes while its server is down: a socket that is bound and does not
// listen. It is made without SO_REUSEADDR, so that it fails where another has reserved; the option is set afterwards, so
// that the server, which sets it too, may listen.
type reservation struct{ socket int }

func reservePort() (port int, r reservation, err error) {
	for range 200 {
		port = lowestPort + rand.IntN(highestPort-lowestPort)
		if r, err = reserve(port); err == nil {
			return port, r, nil
		}
	}
	return 0, r, fmt.Errorf("no free port between %d and %d: %w", lowestPort, highestPort, err)
}

func reserve(port int) (reservation, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return reservation{}, err
	}
	err = unix.Bind(socket, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
	if err == nil {
		err = unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	}
	if err != nil {
		return reservation{}, errors.Join(err, unix.Close(socket))
	}
	return reservation{socket}, nil
}

func (r reservation) release() error { return unix.Close(r.socket) }
