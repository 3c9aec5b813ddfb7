package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// process is another instance of this command. It answers one line of JSON for each that it gets and ends with its input.
type process struct {
	command *exec.Cmd
	input   io.WriteCloser
	send    *json.Encoder
	receive *json.Decoder
}

// start starts an instance of this build or, if it is not empty, of another; with a core of zero or above it has that core
// alone.
func start(ctx context.Context, build string, core int, args ...string) (*process, error) {
	if build == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		build = self
	}
	if core >= 0 {
		args = append([]string{"-c", strconv.Itoa(core), build}, args...)
		build = "taskset"
	}
	command := exec.CommandContext(ctx, build, args...) //nolint:gosec // this command itself
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	command.Stderr = os.Stderr
	command.Env = os.Environ()
	if core >= 0 {
		command.Env = append(command.Env, "GOMAXPROCS=1")
	}
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	return &process{command: command, input: input, send: json.NewEncoder(input), receive: json.NewDecoder(output)}, nil
}

// ask sends a question and reads the answer.
func (p *process) ask(question, answer any) error {
	if err := p.send.Encode(question); err != nil {
		return err
	}
	return p.read(answer)
}

func (p *process) read(answer any) error {
	if err := p.receive.Decode(answer); err != nil {
		return fmt.Errorf("a process of the measurement has ended: %w", err)
	}
	return nil
}

// close ends the process and waits for it.
func (p *process) close() error { return errors.Join(p.input.Close(), p.command.Wait()) }
