//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// runMain makes the test binary behave as the program.
const runMain = "RUN_AS_PARLEY"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a server in a process of its own.
type process struct {
	*exec.Cmd
	log            *bufio.Scanner
	address, admin string
}

// spawn starts a demo server, with more in its environment, and waits until it serves.
func spawn(t *testing.T, environment ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(self, "serve", "--demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
		"--store", "badger://"+filepath.Join(t.TempDir(), "store"), "--memory-mib", "64", "--log", "json")}
	p.Env = append(childEnvironment(), environment...)
	log, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	p.log = bufio.NewScanner(log)
	serving := p.await(t, "serving")
	p.address, _ = serving["listen"].(string)
	p.admin, _ = serving["admin"].(string)
	return p
}

// await reads the log up to the line with the given message.
func (p *process) await(t *testing.T, msg string) map[string]any {
	t.Helper()
	for p.log.Scan() {
		var line map[string]any
		if err := json.Unmarshal(p.log.Bytes(), &line); err != nil {
			t.Fatalf("the log holds %q", p.log.Text())
		}
		if line["msg"] == msg {
			return line
		}
	}
	t.Fatalf("the log ends before %q", msg)
	return nil
}

func TestSignalStops(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		p := spawn(t)
		c, err := net.Dial("tcp", p.address)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, "GET /api/platform HTTP/1.1\r\nHost: x\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || answer.StatusCode != 200 {
			t.Fatalf("the server does not answer: %v", err)
		}
		_ = answer.Body.Close()
		// The connection stays open and idle.
		if err := p.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		p.await(t, "stopped")
		if err := p.Wait(); err != nil {
			t.Errorf("%v: %v", sig, err)
		}
		_ = c.Close()
	}
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	p := spawn(t)
	c, err := net.Dial("tcp", p.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	// A request of which the end never comes keeps the server waiting.
	_, _ = io.WriteString(c, "POST /api/platform HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\na")
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.await(t, "stopping")
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for p.log.Scan() {
		if strings.Contains(p.log.Text(), "stopped") {
			t.Error("the server stopped in good order")
		}
	}
	_ = p.Wait()
	if status, ok := p.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("ended as %v", p.ProcessState)
	}
}

// childEnvironment is what a server that a test starts is told: to be the program, and none of the settings of whoever
// runs the tests.
func childEnvironment() []string {
	own := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PARLEY_") })
	return append(own, runMain+"=1")
}
