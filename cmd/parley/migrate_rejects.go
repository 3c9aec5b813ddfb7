package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v3"

	"parley/core/migrate"
)

// rejectFile is the file of rejected rows: each of them once, however often the migration passes it.
type rejectFile struct {
	name string
	file *os.File // nil before the first reject
	seen map[[16]byte]bool
}

// openRejects reads what is in the file already; it is created with the first reject.
func openRejects(name string, source *origin) (*rejectFile, error) {
	if name == "" {
		if name = source.file + ".rejects"; source.file == "" {
			name = "migration.rejects"
		}
	}
	r := &rejectFile{name: name, seen: make(map[[16]byte]bool)}
	file, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	err = eachReject(file, func(line []byte, _ *migrate.Reject) error {
		r.seen[lineKey(line)] = true
		return nil
	})
	return r, errors.Join(err, file.Close())
}

func lineKey(line []byte) [16]byte {
	sum := sha256.Sum256(line)
	return [16]byte(sum[:16])
}

// eachReject calls visit for every line of a file of rejects. A last line without an end was being written when its process
// was killed: it is passed over.
func eachReject(in io.Reader, visit func(line []byte, r *migrate.Reject) error) error {
	for reader := bufio.NewReader(in); ; {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var reject migrate.Reject
		if json.Unmarshal(line, &reject) != nil {
			continue // the rest of a line that was cut off
		}
		if err := visit(line, &reject); err != nil {
			return err
		}
	}
}

func (r *rejectFile) add(reject *migrate.Reject) error {
	line, err := json.Marshal(reject)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if key := lineKey(line); r.seen[key] {
		return nil
	} else if r.file != nil {
		r.seen[key] = true
	} else {
		// What a killed process has begun must not run into the first line.
		if r.file, err = os.OpenFile(r.name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600); err != nil {
			return err
		}
		var last [1]byte
		if end, err := r.file.Seek(0, io.SeekEnd); err == nil && end > 0 {
			if _, err := r.file.ReadAt(last[:], end-1); err == nil && last[0] != '\n' {
				line = append([]byte{'\n'}, line...)
			}
		}
		r.seen[key] = true
	}
	_, err = r.file.Write(line)
	return err
}

// total counts the rejects of all runs that used the file.
func (r *rejectFile) total() int64 { return int64(len(r.seen)) }

func (r *rejectFile) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

func (p *program) printRejects(_ context.Context, c *cli.Command) (err error) {
	name, err := argument(c, "FILE")
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	head, cut := "", 0
	err = eachReject(file, func(_ []byte, r *migrate.Reject) error {
		if r.Cut {
			cut++
		}
		raw := r.Raw + string(r.Bytes)
		if r.Head != "" && r.Head[len(r.Head)-1] == ' ' { // the beginning of a statement
			_, err := fmt.Fprintf(p.stdout, "%s%s;\n", r.Head, raw)
			return err
		}
		if r.Head != head {
			if _, err := fmt.Fprintln(p.stdout, r.Head); err != nil {
				return err
			}
			head = r.Head
		}
		_, err := fmt.Fprintln(p.stdout, raw)
		return err
	})
	if cut > 0 {
		p.say("parley: %d rows were too long to be kept whole\n", cut)
	}
	return err
}
