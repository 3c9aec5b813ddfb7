package postgrestest

import (
	"fmt"
	"net"
	"testing"
)

// A reserved port cannot be reserved again, and its server can listen on it.
func TestReserve(t *testing.T) {
	port, r, err := reservePort()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := reserve(port); err == nil {
		t.Errorf("port %d is reserved twice: %v", port, again.release())
	}
	for range 2 {
		server, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := reserve(port); err == nil {
			t.Errorf("port %d is reserved while a server listens: %v", port, again.release())
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := r.release(); err != nil {
		t.Error(err)
	}
	if again, err := reserve(port); err != nil {
		t.Error(err)
	} else if err := again.release(); err != nil {
		t.Error(err)
	}
}
