package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile is the largest file of results that is read.
const maxFile = 256 << 20

// Read returns the results in a file, one or an array of them.
func Read(name string) ([]*Result, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s is too large to hold results", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	results, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s holds no results: %w", name, err)
	}
	return results, nil
}

func parse(text []byte) ([]*Result, error) {
	var results []*Result
	if text = bytes.TrimSpace(text); !bytes.HasPrefix(text, []byte("[")) {
		text = append(append([]byte("["), text...), ']')
	}
	if err := json.Unmarshal(text, &results); err != nil {
		return nil, err
	}
	if len(results) == 0 {
		return nil, errors.New("it is empty")
	}
	for _, r := range results {
		if r == nil || r.Schema < 1 || r.Schema > Schema {
			return nil, fmt.Errorf("results of schemas up to %d can be read", Schema)
		}
	}
	return results, nil
}

// Append adds a result to those in a file, which need not exist. The file is replaced as a whole.
func Append(name string, r *Result) error {
	results, err := Read(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := json.MarshalIndent(append(results, r), "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(name, append(text, '\n'))
}

// WriteFile replaces a file as a whole.
func WriteFile(name string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
