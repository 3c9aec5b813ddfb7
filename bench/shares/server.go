package main

import (
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"github.com/valyala/fasthttp"

	"parley/bench"
)

// The names of what a server's directory holds.
const (
	workloadsFile = "workloads"
	storeDir      = "store"
)

// ready is what a server says first.
type ready struct{ Address string }

// question asks a server for its CPU time; echo also takes the length of its answers from it.
type question struct{ Answer int }

// usage is a process's CPU time, user and system.
type usage struct{ CPU time.Duration }

func ownUsage() (usage, error) {
	spent, err := bench.ProcessorTime()
	return usage{CPU: spent}, err
}

func serveEcho(in io.Reader, out io.Writer) error {
	echo := bench.NewEcho()
	return serve(echo.Handle, in, out, func(q question) { echo.SetAnswer(q.Answer) })
}

// serveParley prepares a store and its workloads in dir and serves them.
func serveParley(ctx context.Context, o *options, dir string, in io.Reader, out io.Writer) (err error) {
	open := bench.OpenWarm
	if o.cold {
		open = bench.OpenCold
	}
	p, workloads, err := open(ctx, filepath.Join(dir, storeDir))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if err := writeWorkloads(filepath.Join(dir, workloadsFile), workloads); err != nil {
		return err
	}
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return errors.Join(err, f.Close())
		}
		defer func() {
			pprof.StopCPUProfile()
			err = errors.Join(err, f.Close())
		}()
	}
	return serve(p.Handle, in, out, func(question) {})
}

func writeWorkloads(path string, workloads []bench.Workload) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(gob.NewEncoder(f).Encode(workloads), f.Close())
}

func readWorkloads(path string) (workloads []bench.Workload, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return workloads, gob.NewDecoder(f).Decode(&workloads)
}

// serve answers HTTP on a loopback address and questions on in, until in ends.
func serve(handle fasthttp.RequestHandler, in io.Reader, out io.Writer, prepare func(question)) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := fasthttp.Server{ // with the buffers and bounds that Parley's own server has
		Handler: handle, NoDefaultServerHeader: true, NoDefaultContentType: true, CloseOnShutdown: true,
		DisablePreParseMultipartForm: true, WriteBufferSize: 16 << 10, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	answers := json.NewEncoder(out)
	questions := json.NewDecoder(in)
	err = answers.Encode(ready{Address: ln.Addr().String()})
	for err == nil {
		var q question
		if err = questions.Decode(&q); err != nil {
			break
		}
		prepare(q)
		var u usage
		if u, err = ownUsage(); err == nil {
			err = answers.Encode(u)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, server.Shutdown(), <-served)
}
