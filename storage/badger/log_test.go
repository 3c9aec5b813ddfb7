package badger

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	var failures []error
	l := &logger{
		log:         slog.New(slog.NewTextHandler(&out, nil)),
		writeFailed: func(err error) { failures = append(failures, err) },
	}
	l.Debugf("chatter %d", 1)
	l.Infof("chatter %d", 2)
	l.Warningf("warned of %d\n", 3)
	l.Errorf("while deleting file: %v", errors.New("four"))
	if len(failures) != 0 {
		t.Errorf("%v taken for failed writes", failures)
	}
	l.Errorf("writeRequests: %v", errors.New("five"))
	l.Errorf("Error while curlf sync: %v\n", errors.New("six"))
	if len(failures) != 2 {
		t.Errorf("failed writes are %v, want two", failures)
	}
	got := out.String()
	for _, want := range []string{`level=WARN msg="warned of 3" engine=badger`, `level=ERROR msg="while deleting file: four"`} {
		if !strings.Contains(got, want) {
			t.Errorf("log lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "chatter") {
		t.Errorf("log has chatter:\n%s", got)
	}
}
