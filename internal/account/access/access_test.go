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

var (
	kinds = []Kind{Person, Token, Worker, Local, Staff, "", "root"}
	orgs  = []id.Org{org, id.Local, id.Platform}
	roles = append(slices.Clone(Roles), Operator, "", "superuser")
)

// matrix is who may do what, written down a second time and by hand: a letter for each role, in the order owner, admin, architect, auditor, scanner, reader, operator; "w" for
// jobs in the homes of organisations, "W" in the platform's.
var matrix = map[Action]string{
	OrganisationCreate: "......p W", OrganisationList: "......p W", PlatformOperate: "......p W", PlatformRead: "......p W", PlatformSetup: "....... W",
	KeyRotate: "......p", ControlRun: "......p W", ControlRead: "......p W", MemberAnnounce: "....... W",

	OrganisationBegin: "....... w", OrganisationRead: "oaruse. w", OrganisationChange: "oa.....", OrganisationDestroy: "o...... wW",
	ProjectCreate: "oa.....", ProjectList: "oaruse.", ProjectRead: "oaruse. w", ProjectChange: "oa.....",
	MemberList: "oaruse.", MemberChange: "oa.....", PersonErase: "oa....p wW",
	TokenList: "oa....p", TokenChange: "oa....p", TokenDrop: "oaruse.", TokenUse: "....... wW",
	ConnectionList: "oaruse. w", ConnectionChange: "oa.....", SecretOpen: "o...... w",

	ScanStart: "oar.s..", ScanRead: "oaruse. w", ScanRun: "....... w", SnapshotKeep: "oar.s.. w", SnapshotRead: "oaruse. w",
	SnapshotCollect: "oa..... w", SnapshotRedact: "oa.....", BaselineApprove: "oar....", BaselineRead: "oaruse. w",
	DriftCompare: "oar.s.. w", FindingRead: "oaruse. w", ExceptionChange: "oar....", ExceptionRead: "oaruse. w",

	LedgerRead: "oa.u..p wW", LedgerExport: "oa.u..p", LedgerVerify: "oa.u..p wW", LedgerSign: "oa.u..p wW",
	JobRead: "oarusep wW", JobRetry: "oa....p", JobRun: "....... wW",
}

// allowed says what the matrix says.
func allowed(act Action, k Kind, o id.Org, role Role) bool {
	line, ok := matrix[act]
	if !ok {
		return false
	}
	by, jobs, _ := strings.Cut(line, " ")
	inOrg := strings.ContainsAny(by[:6], "oaruse") || strings.Contains(jobs, "w")
	switch k {
	case Worker:
		return o == id.Platform && strings.Contains(jobs, "W") || o != id.Platform && strings.Contains(jobs, "w")
	case Local:
		return o == id.Local && inOrg
	case Staff:
		return o == id.Platform && role == Operator && by[6] == 'p'
	case Person, Token:
		i := slices.Index(Roles, role)
		return o == org && i >= 0 && by[i] != '.'
	}
	return false
}

// TestEveryDecision asks about every action, kind of actor, home and role, with and without a project.
func TestEveryDecision(t *testing.T) {
	acts := []Action{"", "organisation", "organisation.create ", "project.delete"}
	for act := range actions {
		acts = append(acts, act)
	}
	for act := range matrix {
		if _, ok := actions[act]; !ok {
			t.Errorf("%s is in the matrix alone", act)
		}
	}
	n, yes := 0, 0
	for _, act := range acts {
		for _, k := range kinds {
			for _, o := range orgs {
				for _, role := range roles {
					a := Actor{ID: "x", Kind: k, Org: o, Roles: []Role{role}, Surface: API, Purpose: "test"}
					s, err := Decide(a, act, Resource{Project: project})
					if want := allowed(act, k, o, role); (err == nil) != want {
						t.Errorf("%s by %s %s in %s: %v", act, k, role, o, err)
					}
					if err == nil && (s.Zero() || s.Org() != o || s.Project() != project || s.Action() != act || s.Policy() == "" || s.Actor().ID != "x") {
						t.Errorf("%s: the scope is %+v", act, s)
					}
					if err != nil && (!s.Zero() || s.Policy() != "" || s.Action() != "" || fault.KindOf(err) != fault.Denied) {
						t.Errorf("%s is refused as %v, with %+v", act, err, s)
					}
					n++
					if err == nil {
						yes++
					}
				}
			}
		}
	}
	if yes < 300 || n < 8000 {
		t.Errorf("%d of %d decisions are yes", yes, n)
	}
}

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
		if len(u.roles) == 0 || u.place&organisation == 0 {
			continue
		}
		a := Actor{ID: "token:x", Kind: Token, Org: org, Roles: []Role{u.roles[0]}, Surface: API, Purpose: "test"}
		if u.roles[0] == Operator {
			a.Roles = []Role{u.roles[1]}
		}
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

// TestCovers compares with the table, and asks for what an order has.
func TestCovers(t *testing.T) {
	for _, a := range roles {
		for _, b := range roles {
			want := a.Known() && b.Known()
			for act := range matrix {
				want = want && (!allowed(act, Person, org, b) || allowed(act, Person, org, a))
			}
			if a.Covers(b) != want {
				t.Errorf("%s covers %s: %t", a, b, !want)
			}
			least := Least(a, b)
			if a.Known() && b.Known() && (!a.Covers(least) || !b.Covers(least) || least != Least(b, a)) {
				t.Errorf("the least of %s and %s is %s", a, b, least)
			}
		}
		if a.Known() && (!a.Covers(Viewer) || !Owner.Covers(a) || !a.Covers(a)) {
			t.Errorf("%s is out of order", a)
		}
	}
	if Architect.Covers(Auditor) || Auditor.Covers(Architect) || Viewer.Covers(Scanner) || Admin.Covers(Owner) {
		t.Error("roles are mixed up")
	}
	if (Actor{}).Covers(Viewer) || !(Actor{Roles: []Role{Viewer, Admin}}).Covers(Scanner) {
		t.Error("an actor covers what its roles cover")
	}
}

func TestExplain(t *testing.T) {
	for _, row := range Table() {
		text := Explain(row.Action)
		for _, r := range row.Roles {
			if !strings.Contains(text, string(r)) {
				t.Errorf("%q does not name %s", text, r)
			}
		}
		if len(row.Roles) == 0 && !strings.Contains(text, "the service itself") || !row.Organisation && !row.Platform {
			t.Errorf("%+v: %s", row, text)
		}
	}
	if len(Table()) != len(actions) || !slices.IsSortedFunc(Table(), func(a, b Row) int { return strings.Compare(string(a.Action), string(b.Action)) }) {
		t.Error("the table is not whole, or not sorted")
	}
	Table()[0].Roles = append(Table()[0].Roles[:0], Viewer) // a copy
	if _, err := Decide(Actor{ID: "x", Kind: Person, Org: org, Roles: []Role{Viewer}}, Table()[0].Action, Resource{Project: project}); err == nil {
		t.Error("who reads the table changes it")
	}
	if Explain("x.y") != "there is no action of that name" {
		t.Error(Explain("x.y"))
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
		_, err = (&types.Config{Importer: known{pkg, src}}).Check("p", fset, []*ast.File{f}, nil)
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

type known struct {
	pkg  *types.Package
	rest types.Importer
}

func (k known) Import(path string) (*types.Package, error) {
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

func BenchmarkDecide(b *testing.B) {
	a := Actor{ID: "person:x", Kind: Person, Org: org, Roles: []Role{Viewer}}
	for b.Loop() {
		if _, err := Decide(a, FindingRead, Resource{Project: project}); err != nil {
			b.Fatal(err)
		}
	}
}
