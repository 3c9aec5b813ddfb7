package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// maxLines is the longest that a source file may be.
const maxLines = 500

// eachSource calls visit for every Go file of the module.
func eachSource(t *testing.T, visit func(path string, text []byte)) {
	t.Helper()
	count := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "parley-data") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		count++
		inside, err := filepath.Rel(root, path)
		visit(filepath.ToSlash(inside), text)
		return err
	})
	if err != nil || count < 50 {
		t.Fatalf("%d files, %v", count, err)
	}
}

func TestFilesAreShort(t *testing.T) {
	eachSource(t, func(path string, text []byte) {
		if n := bytes.Count(text, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines", path, n)
		}
	})
}

// TestCoreKnowsNoProtocol looks for the platforms' names below the adapters.
func TestCoreKnowsNoProtocol(t *testing.T) {
	eachSource(t, func(path string, text []byte) {
		if !strings.HasPrefix(path, "core/") && !strings.HasPrefix(path, "storage/") {
			return
		}
		lower := bytes.ToLower(text)
		for _, name := range []string{"phalapi", "apiusb", "yesapi", "openim", "wechat"} {
			if bytes.Contains(lower, []byte(name)) {
				t.Errorf("%s mentions %s", path, name)
			}
		}
	})
}

// TestNoHiddenState refuses init functions and package variables that could change.
func TestNoHiddenState(t *testing.T) {
	eachSource(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		found, err := hiddenState(path, text)
		if err != nil {
			t.Error(err)
		}
		for _, f := range found {
			t.Error(f)
		}
	})
}

func TestHiddenStateIsFound(t *testing.T) {
	for text, want := range map[string]int{
		"var ErrA = errors.New(`a`)":                             0,
		"var pattern = regexp.MustCompile(`a`)":                  0,
		"var _ I = (*T)(nil)":                                    0,
		"var server = sync.OnceValues(start)":                    0,
		"var table = [4]bool{1: true}":                           0,
		"var table = [4]bool{}\nfunc f() { table[1] = true }":    1,
		"var table = [4]bool{}\nfunc f() { g(&table) }":          1,
		"var text = []byte(`a`)":                                 0,
		"var text = []byte(`a`)\nfunc f() { text[0] = 1 }":       1,
		"//go:embed page.html\nvar page string":                  0,
		"var registry = map[string]int{}":                        1,
		"var list = []int{1}":                                    1,
		"var count int":                                          1,
		"var a, b = errors.New(`a`), 1":                          1,
		"func init() {}":                                         1,
		"type T int\nfunc (T) init() {}\nfunc f() { var x int }": 0,
	} {
		found, err := hiddenState("x.go", []byte("package x\n"+text))
		if err != nil || len(found) != want {
			t.Errorf("%q: %v, %v", text, found, err)
		}
	}
}

// hiddenState lists the init functions and the variables of one file that are not constant in all but name: sentinel
// errors, compiled patterns, interface checks, embedded files, values made once at their first use, and arrays and bytes
// that the file never changes.
func hiddenState(path string, text []byte) (found []string, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	report := func(at token.Pos, what string) {
		found = append(found, fmt.Sprintf("%s: %s", files.Position(at), what))
	}
	changed := changedNames(file)
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				report(d.Pos(), "init function")
			}
		case *ast.GenDecl:
			if d.Tok != token.VAR || d.Doc != nil && strings.Contains(allComments(d.Doc), "//go:embed ") {
				continue
			}
			for _, spec := range d.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, name := range v.Names {
					if name.Name == "_" || i < len(v.Values) && isFixed(v.Values[i]) && !slices.Contains(changed, name.Name) {
						continue
					}
					report(name.Pos(), "package variable "+name.Name)
				}
			}
		}
	}
	return found, nil
}

func allComments(group *ast.CommentGroup) string {
	var b strings.Builder
	for _, c := range group.List {
		b.WriteString(c.Text + "\n")
	}
	return b.String()
}

// isFixed reports whether a value is of the kinds that nobody changes.
func isFixed(value ast.Expr) bool {
	switch v := value.(type) {
	case *ast.CallExpr:
		if array, ok := v.Fun.(*ast.ArrayType); ok && array.Len == nil && len(v.Args) == 1 {
			_, literal := v.Args[0].(*ast.BasicLit)
			return literal // []byte("text")
		}
		f, ok := v.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		from, ok := f.X.(*ast.Ident)
		return ok && slices.Contains([]string{"errors.New", "regexp.MustCompile", "sync.OnceValues"}, from.Name+"."+f.Sel.Name)
	case *ast.CompositeLit:
		array, ok := v.Type.(*ast.ArrayType)
		return ok && array.Len != nil
	}
	return false
}

// changedNames lists the names whose value, elements included, is assigned to or has its address taken in the file.
func changedNames(file *ast.File) (names []string) {
	add := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.Ident:
				names = append(names, x.Name)
			}
			return
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, left := range n.Lhs {
					add(left)
				}
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				add(n.X)
			}
		}
		return true
	})
	return names
}
