//go:build unix

package main

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func TestMemoryLimit(t *testing.T) {
	for _, c := range []struct{ setting, used, want int64 }{
		{512, 0, 512},
		{512, 341, 512},
		{512, 1000, 1500},
	} {
		if got := memoryLimit(c.setting, c.used); got != c.want {
			t.Errorf("%d with %d in use: %d, want %d", c.setting, c.used, got, c.want)
		}
	}
}

func TestServerHoldsItsMemory(t *testing.T) {
	for name, c := range map[string]struct {
		environment string
		least, most float64 // bytes
	}{
		"by the setting":  {"", 64 << 20, 1 << 30},
		"by the operator": {"GOMEMLIMIT=123MiB", 123 << 20, 123 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			p := spawn(t, c.environment)
			answer, err := http.Get("http://" + p.admin + "/metrics")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = answer.Body.Close() }()
			metrics, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			_, line, _ := strings.Cut(string(metrics), "\ngo_gc_gomemlimit_bytes ")
			value, _, _ := strings.Cut(line, "\n")
			limit, err := strconv.ParseFloat(value, 64)
			if err != nil || limit < c.least || limit > c.most {
				t.Errorf("the limit is %q, want %v to %v: %v", value, c.least, c.most, err)
			}
		})
	}
}
