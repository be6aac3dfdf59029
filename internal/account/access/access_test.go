package access

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

const (
	org     = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")
	project = id.Project("pj_01jq8z6y5x4w3v2t1s0r9q8p7n")
	other   = id.Project("pj_01jq8z6y5x4w3v2t1s0r9q8p7m")
)

func TestWhoIsNobody(t *testing.T) {
	good := Actor{ID: "person:x", Kind: Person, Org: org, Roles: []Role{Owner}}
	if _, err := Decide(good, OrganisationRead, Resource{}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Actor){
		"no id": func(a *Actor) { a.ID = "" }, "no organisation": func(a *Actor) { a.Org = "" }, "a made-up organisation": func(a *Actor) { a.Org = "contoso" },
		"no role": func(a *Actor) { a.Roles = nil }, "no kind": func(a *Actor) { a.Kind = "" }, "everything": func(a *Actor) { *a = Actor{} },
	} {
		a := good
		change(&a)
		if s, err := Decide(a, OrganisationRead, Resource{}); fault.KindOf(err) != fault.Denied || !s.Zero() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestZeroScope(t *testing.T) {
	var s Scope
	if !s.Zero() || s.Org() != "" || s.Project() != "" || s.Action() != "" || s.Policy() != "" || s.Actor().ID != "" || s.Org().Valid() {
		t.Errorf("%+v", s)
	}
}

// TestProjects: an action about a project needs one; a token that is narrowed names its own alone, and does nothing about the organisation but read what it is.
func TestProjects(t *testing.T) {
	for act, u := range actions {
		role := Owner
		if !slices.Contains(rights().roles[Owner], act) {
			continue
		}
		a := Actor{ID: "person:x", Kind: Person, Org: org, Roles: []Role{role}, Surface: API, Purpose: "test"}
		for _, x := range []struct {
			narrowed, named id.Project
			want            fault.Kind
		}{
			{"", project, ""},
			{project, project, ""},
			{project, other, fault.NotFound},
			{"", "somebody's", fault.NotFound},
			{"", "pj_01jq8z6y5x4w3v2t1s0r9q8p7n' OR 1=1", fault.NotFound},
			{"", "", map[bool]fault.Kind{true: fault.Invalid}[u.project]},
			{project, "", map[bool]fault.Kind{true: fault.Invalid, false: map[bool]fault.Kind{false: fault.Denied}[u.narrow]}[u.project]},
		} {
			a.Project = x.narrowed
			s, err := Decide(a, act, Resource{Project: x.named})
			if fault.KindOf(err) != x.want || (err != nil) != s.Zero() {
				t.Errorf("%s, narrowed to %q, about %q: %v, not %q", act, x.narrowed, x.named, err, x.want)
			}
		}
	}
}

// TestScopeKeepsWhatWasDecided: what is done to the actor afterwards changes nothing.
func TestScopeKeepsWhatWasDecided(t *testing.T) {
	a := Actor{ID: "person:x", Kind: Person, Org: org, Roles: []Role{Viewer}}
	s, err := Decide(a, OrganisationRead, Resource{})
	if err != nil {
		t.Fatal(err)
	}
	a.Roles[0] = Owner
	s.Actor().Roles[0] = Owner
	if got := s.Actor().Roles; !slices.Equal(got, []Role{Viewer}) {
		t.Errorf("the roles are %v", got)
	}
}

// TestEveryActionIsInTheTable reads the constants of the source.
func TestEveryActionIsInTheTable(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "action.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		if v, ok := node.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if lit, ok := v.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				act := Action(strings.Trim(lit.Value, `"`))
				if _, known := actions[act]; !known {
					t.Errorf("%s is not in the table", act)
				}
				if _, known := matrix[act]; !known {
					t.Errorf("%s is not in the matrix", act)
				}
				n++
			}
		}
		return true
	})
	if n != len(actions) || n < 40 {
		t.Errorf("%d actions, and %d in the table", n, len(actions))
	}
}

func TestSystem(t *testing.T) {
	cause := Actor{ID: "person:pn_1", Kind: Person, Org: org, Roles: []Role{Owner}, Surface: API, Purpose: "interactive", Request: "rq_1"}
	a := System(id.Platform, "creation", cause)
	if a.Kind != Worker || a.Org != id.Platform || a.OnBehalf != "person:pn_1" || a.Surface != API || a.Request != "rq_1" || a.Purpose != "creation" || a.Roles != nil {
		t.Errorf("%+v", a)
	}
	if b := System(org, "next", a); b.OnBehalf != "person:pn_1" || b.ID == a.OnBehalf {
		t.Errorf("%+v", b)
	}
	if c := System(org, "sweep", Actor{}); c.Surface != Jobs || c.OnBehalf != "" {
		t.Errorf("%+v", c)
	}
}

// TestNoScopeIsForged type-checks programs that try: outside of this package there is no way to a Scope but Decide.
func TestNoScopeIsForged(t *testing.T) {
	fset := token.NewFileSet()
	src := importer.ForCompiler(fset, "source", nil)
	pkg, err := (&types.Config{Importer: src}).Check("c4arch/internal/account/access", fset, sources(t, fset), nil)
	if err != nil {
		t.Fatal(err)
	}
	for body, ok := range map[string]bool{
		`var s access.Scope; _ = s.Zero()`:                                                 true,
		`s, _ := access.Decide(access.Actor{}, access.TokenUse, access.Resource{}); _ = s`: true,
		`_ = access.Scope{}`:                                                                             true,
		`s := access.Scope{}; s.action = access.TokenUse`:                                                false,
		`_ = access.Scope{actor: access.Actor{Org: "platform"}}`:                                         false,
		`_ = access.Scope{access.Actor{}, "", access.TokenUse, "x"}`:                                     false,
		`_ = access.Scope(struct{actor access.Actor; project string; action access.Action; p string}{})`: false,
		`s := access.Scope{}; s.Actor().Org = "platform"`:                                                false,
		`access.actions["x"] = access.rule{}`:                                                            false,
	} {
		f, err := parser.ParseFile(fset, "p.go", "package p\nimport \"c4arch/internal/account/access\"\nfunc _() { "+body+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = (&types.Config{Importer: imported{pkg, src}}).Check("p", fset, []*ast.File{f}, nil)
		if (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
	givesScopes(t, pkg)
}

// givesScopes looks for anything else exported that hands out, or fills, a Scope.
func givesScopes(t *testing.T, pkg *types.Package) {
	scope := pkg.Scope().Lookup("Scope").Type()
	if methods := types.NewMethodSet(types.NewPointer(scope)); methods.Len() != types.NewMethodSet(scope).Len() {
		t.Error("a method of *Scope can fill one")
	}
	var from []string
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() || name == "Scope" {
			continue
		}
		if strings.Contains(strings.ReplaceAll(o.Type().String(), "c4arch/internal/account/access.", ""), "Scope") {
			from = append(from, name)
		}
		if named, ok := o.Type().(*types.Named); ok {
			for m := range named.Methods() {
				if strings.Contains(m.Type().String(), "access.Scope") {
					from = append(from, name+"."+m.Name())
				}
			}
		}
	}
	if fmt.Sprint(from) != "[Decide]" {
		t.Errorf("a Scope comes from %v", from)
	}
}

type imported struct {
	pkg  *types.Package
	rest types.Importer
}

func (k imported) Import(path string) (*types.Package, error) {
	if path == k.pkg.Path() {
		return k.pkg, nil
	}
	return k.rest.Import(path)
}

func sources(t *testing.T, fset *token.FileSet) (files []*ast.File) {
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if strings.HasSuffix(n, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, n, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}
