package phalapi_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire/golden"
)

// settingsOf gives each group of captures what the framework was configured with.
func settingsOf(name string) string {
	group, _, _ := strings.Cut(strings.TrimPrefix(name, "k2232_"), "_")
	switch group {
	case "debug":
		return `,"debug":true`
	case "jsonp", "js":
		if name == "jsonp_00_off_by_default" {
			return ""
		}
		return `,"jsonp":true`
	case "uri":
		return `,"uri_match":true`
	case "sign":
		return `,"simple_md5":true`
	case "unescaped":
		return `,"json_style":"php-unicode"`
	}
	return ""
}

func TestCaptures(t *testing.T) {
	golden.Run(t, "testdata/wire", func(t *testing.T, name string) fasthttp.RequestHandler {
		s := openStation(t, section(settingsOf(name)))
		if strings.HasPrefix(name, "int_") {
			for i := range 13 {
				s.fill("m" + strconv.Itoa(i+1))
			}
		}
		return s.handle
	})
}

func TestClientLibraries(t *testing.T) {
	golden.Run(t, "testdata/sdk", func(t *testing.T, name string) fasthttp.RequestHandler {
		return openStation(t, section(settingsOf(name))).handle
	})
}
