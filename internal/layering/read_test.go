package layering

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// read parses the Go files below root that are not tests; those of nested modules and of
// testdata are left out. tests are the imports of the test files.
func read(fsys fs.FS) (pkgs []pkg, tests []use, err error) {
	byPath := map[string]*pkg{}
	err = fs.WalkDir(fsys, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if p != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata" || e.Name() == "node_modules" || nested(fsys, p)) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(p) != ".go" {
			return nil
		}
		return parse(fsys, p, byPath, &tests)
	})
	for _, p := range byPath {
		pkgs = append(pkgs, *p)
	}
	slices.SortFunc(pkgs, func(a, b pkg) int { return strings.Compare(a.path, b.path) })
	return pkgs, tests, err
}

// watched are the packages whose names are looked at, and what they are called in the rules.
var watched = map[string]string{
	"time": "time", "os": "os", "net": "net", "net/http": "http", "net/http/httputil": "httputil", "net/rpc": "rpc", "net/rpc/jsonrpc": "rpc", "net/smtp": "smtp", "crypto/tls": "tls", "syscall": "syscall",
}

// unchecked is the field of tls.Config that believes whoever answers. Reading it is fine, setting it is not.
const unchecked = "InsecureSkipVerify"

func nested(fsys fs.FS, dir string) bool {
	_, err := fs.Stat(fsys, path.Join(dir, "go.mod"))
	return err == nil
}

func parse(fsys fs.FS, name string, byPath map[string]*pkg, tests *[]use) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parsing: %w", err)
	}
	at := func(pos token.Pos) string {
		p := set.Position(pos)
		return fmt.Sprintf("%s:%d", p.Filename, p.Line)
	}
	var imports []use
	local := map[string]string{} // name in the file -> name in watched
	for _, im := range file.Imports {
		p, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			return err
		}
		imports = append(imports, use{p, at(im.Pos())})
		if watched, ok := watched[p]; ok {
			n := path.Base(p)
			if im.Name != nil {
				n = im.Name.Name
			}
			local[n] = watched
		}
	}
	if strings.HasSuffix(name, "_test.go") {
		*tests = append(*tests, imports...)
		return nil
	}
	dir := filepath.ToSlash(path.Dir(name))
	p := byPath[dir]
	if p == nil {
		p = &pkg{path: dir}
		byPath[dir] = p
	}
	p.imports = append(p.imports, imports...)
	if what, ok := local["."]; ok {
		p.calls = append(p.calls, use{what + ".", at(file.Pos())}) // its names cannot be told from ours
	}
	pointers := map[ast.Expr]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			pointers[n.X] = true
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && local[x.Name] != "" {
				name := local[x.Name] + "." + n.Sel.Name
				if !pointers[n] {
					name += "!" // the thing itself: a value, a literal, new
				}
				p.calls = append(p.calls, use{name, at(n.Pos())})
			}
		case *ast.KeyValueExpr:
			if x, ok := n.Key.(*ast.Ident); ok && x.Name == unchecked {
				p.calls = append(p.calls, use{"tls." + unchecked, at(n.Pos())})
			}
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				if x, ok := to.(*ast.SelectorExpr); ok && x.Sel.Name == unchecked {
					p.calls = append(p.calls, use{"tls." + unchecked, at(n.Pos())})
				}
			}
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				p.inits = append(p.inits, at(n.Pos()))
			}
		}
		return true
	})
	return nil
}
