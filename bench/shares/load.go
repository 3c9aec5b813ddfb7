package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// order is one run of the load generator.
type order struct {
	Address     string
	Workload    int
	Connections int
	Duration    time.Duration
}

// outcome is what a run has seen. Latencies run from the first byte written to the last byte read.
type outcome struct {
	Requests int
	Failed   int
	Error    string
	Elapsed  time.Duration
	P50, P99 time.Duration
	CPU      time.Duration // of the load generator
}

// load carries out orders, with the requests in dir.
func load(dir string, in io.Reader, out io.Writer) error {
	workloads, err := readWorkloads(filepath.Join(dir, workloadsFile))
	if err != nil {
		return err
	}
	orders, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var o order
		switch err := orders.Decode(&o); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := answers.Encode(drive(&o, workloads[o.Workload].Requests)); err != nil {
			return err
		}
	}
}

// drive keeps one request under way on each connection until the time is over.
func drive(o *order, requests [][]byte) outcome {
	before, beforeErr := ownUsage()
	drivers := make([]driver, o.Connections)
	var turn atomic.Int64
	var stop atomic.Bool
	var group sync.WaitGroup
	for i := range drivers {
		d := &drivers[i]
		d.conn, d.failed = net.Dial("tcp", o.Address)
	}
	begin := time.Now()
	for i := range drivers {
		if d := &drivers[i]; d.failed == nil {
			group.Go(func() { d.failed = d.run(requests, &turn, &stop) })
		}
	}
	timer := time.AfterFunc(o.Duration, func() { stop.Store(true) })
	group.Wait()
	timer.Stop()
	result := outcome{Elapsed: time.Since(begin)}
	after, afterErr := ownUsage()
	result.CPU = after.CPU - before.CPU
	result.add(drivers, beforeErr, afterErr)
	return result
}

// add sums up what the drivers have seen.
func (r *outcome) add(drivers []driver, errs ...error) {
	var all []time.Duration
	for i := range drivers {
		d := &drivers[i]
		all = append(all, d.latencies...)
		r.Failed += d.refused
		errs = append(errs, d.failed)
	}
	if err := errors.Join(errs...); err != nil {
		r.Error = err.Error()
	}
	r.Requests = len(all)
	if len(all) > 0 {
		slices.Sort(all)
		r.P50, r.P99 = all[len(all)/2], all[len(all)*99/100]
	}
}

// driver is one keep-alive connection.
type driver struct {
	conn      net.Conn
	buffer    []byte
	latencies []time.Duration
	refused   int
	failed    error
}

// exchangeTimeout bounds the wait for one answer.
const exchangeTimeout = 20 * time.Second

// run sends the requests in turn with all other drivers.
func (d *driver) run(requests [][]byte, turn *atomic.Int64, stop *atomic.Bool) (err error) {
	defer func() { err = errors.Join(err, d.conn.Close()) }()
	d.buffer = make([]byte, 64<<10)
	began := time.Now()
	for n := 0; !stop.Load(); n++ {
		if n%1024 == 0 { // a deadline costs more than it is worth for each
			if err := d.conn.SetDeadline(began.Add(exchangeTimeout + time.Minute)); err != nil {
				return err
			}
		}
		next := (turn.Add(1) - 1) % int64(len(requests))
		if _, err := d.conn.Write(requests[next]); err != nil {
			return err
		}
		ok, err := d.answer()
		if err != nil {
			return err
		}
		if !ok {
			d.refused++
		}
		ended := time.Now()
		d.latencies = append(d.latencies, ended.Sub(began))
		began = ended
	}
	return nil
}

var (
	endOfHead     = []byte("\r\n\r\n")
	lengthHeader  = []byte("Content-Length: ")
	statusOK      = []byte("HTTP/1.1 200 ")
	refusedAnswer = []byte(`{"ret":4`)
	failedAnswer  = []byte(`{"ret":5`)
)

// answer reads one answer and tells whether it is a success.
func (d *driver) answer() (ok bool, err error) {
	read, head := 0, -1
	for head < 0 {
		n, err := d.conn.Read(d.buffer[read:])
		if err != nil {
			return false, err
		}
		read += n
		head = bytes.Index(d.buffer[:read], endOfHead)
		if head < 0 && read == len(d.buffer) {
			return false, fmt.Errorf("the head of an answer exceeds %d bytes", read)
		}
	}
	at := bytes.Index(d.buffer[:head], lengthHeader)
	if at < 0 {
		return false, errors.New("an answer has no length")
	}
	length := 0
	for _, c := range d.buffer[at+len(lengthHeader) : head+1] {
		if c < '0' || c > '9' {
			break
		}
		length = length*10 + int(c-'0')
	}
	start := head + len(endOfHead)
	if need := start + length; need > len(d.buffer) {
		d.buffer = append(d.buffer, make([]byte, need-len(d.buffer))...)
	}
	for read < start+length {
		n, err := d.conn.Read(d.buffer[read : start+length])
		if err != nil {
			return false, err
		}
		read += n
	}
	body := d.buffer[start : start+length]
	return bytes.HasPrefix(d.buffer, statusOK) && !bytes.HasPrefix(body, refusedAnswer) && !bytes.HasPrefix(body, failedAnswer), nil
}
