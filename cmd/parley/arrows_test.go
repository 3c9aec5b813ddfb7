package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the top of the module, seen from this package.
const root = "../.."

// A layer is a part of the program with rules about what it may import.
const (
	layerCmd     = "cmd"
	layerBench   = "bench"
	layerWire    = "adapters/wire"
	layerCore    = "core"
	layerStorage = "storage"
	// Beside these, every adapter is a layer of its own, adapters/<name>, and so is every engine, storage/<name>.
)

// layerOf gives the layer of a package of this module, or empty for other packages.
func layerOf(path string) string {
	inside, ok := strings.CutPrefix(path, "parley/")
	if !ok {
		return ""
	}
	parts := strings.Split(inside, "/")
	if len(parts) > 1 && (parts[0] == "adapters" || parts[0] == "storage") {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

func isAdapter(layer string) bool { return strings.HasPrefix(layer, "adapters/") && layer != layerWire }

func isEngine(layer string) bool { return strings.HasPrefix(layer, "storage/") }

// allowed reports whether code of the one layer may import the other; tests may also use the engines to stand on.
func allowed(from, to string, test bool) bool {
	if from == to || from == layerCmd {
		return true
	}
	switch {
	case from == layerBench:
		return to != layerCmd // it puts a server together to measure it, as cmd does to run it
	case isAdapter(from):
		return to == layerWire || to == layerCore || test && isEngine(to)
	case from == layerWire:
		return to == layerCore || test && isEngine(to)
	case from == layerCore:
		return to == layerStorage || test && isEngine(to)
	case isEngine(from):
		// What copies one engine's store into another's is tested with engines.
		return to == layerStorage || test && (to == "storage/storagetest" || from == "storage/transfer")
	}
	return false
}

// foreign names what a layer must not depend on, however indirectly.
func foreign(layer string) []string {
	const badger, fasthttp, http = "github.com/dgraph-io/badger", "github.com/valyala/fasthttp", "net/http"
	switch {
	case layer == layerCore || layer == layerStorage || layer == "storage/memory":
		return []string{badger, fasthttp, http}
	case isAdapter(layer) || layer == layerWire:
		return []string{badger}
	}
	return nil
}

type goPackage struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", "./...")
	list.Dir = root
	var talk strings.Builder
	list.Stderr = &talk
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, talk.String())
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestArrows(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 10 {
		t.Fatalf("only %d packages are listed", len(packages))
	}
	for _, p := range packages {
		from := layerOf(p.ImportPath)
		for _, path := range p.Imports {
			if to := layerOf(path); to != "" && !allowed(from, to, false) {
				t.Errorf("%s must not import %s", p.ImportPath, path)
			}
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			if to := layerOf(path); to != "" && !allowed(from, to, true) {
				t.Errorf("the tests of %s must not import %s", p.ImportPath, path)
			}
		}
		for _, path := range p.Deps {
			for _, not := range foreign(from) {
				if path == not || strings.HasPrefix(path, not+"/") {
					t.Errorf("%s must not depend on %s", p.ImportPath, path)
				}
			}
		}
	}
}

func TestArrowRules(t *testing.T) {
	for _, arrow := range []struct {
		from, to   string
		code, test bool
	}{
		{"parley/cmd/parley/server", "parley/storage/badger", true, true},
		{"parley/adapters/yesapi", "parley/adapters/phalapi", false, false},
		{"parley/adapters/yesapi", "parley/adapters/wire/php", true, true},
		{"parley/adapters/yesapi", "parley/storage", false, false},
		{"parley/adapters/yesapi", "parley/storage/memory", false, true},
		{"parley/core", "parley/storage", true, true},
		{"parley/core", "parley/adapters/wire", false, false},
		{"parley/core", "parley/storage/badger", false, true},
		{"parley/storage", "parley/core", false, false},
		{"parley/storage/badger", "parley/storage", true, true},
		{"parley/storage/badger", "parley/storage/memory", false, false},
		{"parley/bench", "parley/cmd/parley", false, false},
		{"parley/core", "parley/bench", false, false},
	} {
		from, to := layerOf(arrow.from), layerOf(arrow.to)
		if got := allowed(from, to, false); got != arrow.code {
			t.Errorf("code: %s to %s is %t", arrow.from, arrow.to, got)
		}
		if got := allowed(from, to, true); got != arrow.test {
			t.Errorf("tests: %s to %s is %t", arrow.from, arrow.to, got)
		}
	}
}

// TestTopLevel keeps the top of the repository as small as it is.
func TestTopLevel(t *testing.T) {
	known := []string{
		"adapters", "bench", "cmd", "core", "storage",
		"go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "CONTRIBUTING.md",
		"bin", "parley-data", // made by building and running; git ignores them
	}
	entries, err := filepath.Glob(filepath.Join(root, "*"))
	if err != nil || len(entries) < 5 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for _, e := range entries {
		name := filepath.Base(e)
		if !slices.Contains(known, name) && !strings.HasPrefix(name, ".") {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
}
