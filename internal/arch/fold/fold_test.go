package fold_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/fold"
)

// nest builds a model with one view of nodes like "a", "a/b", "a/b/c", and one relationship for each line.
func nest(nodes []string, lines ...c4.Line) (*c4.Model, *c4.View) {
	m := &c4.Model{}
	v := &c4.View{Key: "deployment", Kind: c4.Deployment, Title: "Deployment", Relationships: []string{}}
	for _, n := range nodes {
		parent := ""
		if i := strings.LastIndexByte(n, '/'); i >= 0 {
			parent = n[:i]
		}
		m.Elements = append(m.Elements, c4.Element{ID: n, Kind: c4.DeploymentNode, Name: n})
		v.Nodes = append(v.Nodes, c4.Node{ID: n, Element: n, Parent: parent})
		v.Elements = append(v.Elements, n)
	}
	for i, l := range lines {
		id := fmt.Sprintf("r%03d", i)
		m.Relationships = append(m.Relationships, c4.Relationship{
			ID: id, Source: l.Source, Target: l.Target, Description: l.Description, Technology: l.Technology, Confidence: l.Confidence,
		})
		l.Relationships = []string{id}
		v.Lines = append(v.Lines, l)
		v.Relationships = append(v.Relationships, id)
	}
	slices.Sort(v.Elements)
	return m, v
}

func line(from, to, says, technology string, sure c4.Confidence) c4.Line {
	return c4.Line{Source: from, Target: to, Description: says, Technology: technology, Confidence: sure}
}

// shop is two groups and something beside them.
func shop() (*c4.Model, *c4.View) {
	return nest([]string{"a", "a/1", "a/2", "a/in", "a/in/x", "a/in/y", "b", "b/1", "b/2", "c"},
		line("a/1", "b/1", "reads", "TDS", c4.May),
		line("a/2", "b/2", "writes", "TDS", c4.Certain),
		line("a/in/x", "b/1", "reads", "", c4.High),
		line("a/1", "a/2", "calls", "HTTPS", c4.High),
		line("c", "a/in/x", "asks", "HTTPS", c4.High),
		line("b/1", "c", "reads", "AMQP", c4.High),
		line("b/2", "c", "reads", "AMQP", c4.May),
	)
}

func ids(v *c4.View) []string {
	var all []string
	for _, n := range v.Nodes {
		id := n.ID
		if n.Folded > 0 {
			id += fmt.Sprintf("(%d)", n.Folded)
		}
		all = append(all, id)
	}
	return all
}

func says(v *c4.View) []string {
	var all []string
	for _, l := range v.Lines {
		all = append(all, fmt.Sprintf("%s>%s %s [%s] %s %s", l.Source, l.Target, l.Description, l.Technology, l.Confidence, strings.Join(l.Relationships, "+")))
	}
	return all
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestView(t *testing.T) {
	m, v := shop()
	got := fold.View(m, v, fold.Options{Depth: 1})
	same(t, "nodes", ids(got), []string{"a(5)", "b(2)", "c"})
	same(t, "lines", says(got), []string{
		"a>b 3 relationships [TDS] certain r000+r001+r002",
		"b>c reads (2 relationships) [AMQP] high r005+r006",
		"c>a asks [HTTPS] high r004",
	})
	same(t, "elements", got.Elements, []string{"a", "b", "c"})
	same(t, "relationships", got.Relationships, []string{"r000", "r001", "r002", "r004", "r005", "r006"})
	if want := "2 folded boxes stand for 7 more; 1 relationship is between these and not drawn."; got.Description != want {
		t.Errorf("it says %q", got.Description)
	}
	if fold.Boxes(v) != 7 || fold.Boxes(got) != 3 {
		t.Errorf("%d and %d boxes", fold.Boxes(v), fold.Boxes(got))
	}
}

func TestOptions(t *testing.T) {
	on := func(ids ...string) map[string]bool {
		set := map[string]bool{}
		for _, id := range ids {
			set[id] = true
		}
		return set
	}
	whole := []string{"a", "a/1", "a/2", "a/in", "a/in/x", "a/in/y", "b", "b/1", "b/2", "c"}
	for name, c := range map[string]struct {
		o    fold.Options
		want []string
	}{
		"nothing to do":              {fold.Options{}, whole},
		"no limit":                   {fold.Options{Most: -1}, whole},
		"deep enough":                {fold.Options{Depth: 3}, whole},
		"two levels":                 {fold.Options{Depth: 2}, []string{"a", "a/1", "a/2", "a/in(2)", "b", "b/1", "b/2", "c"}},
		"open in the depth":          {fold.Options{Depth: 1, Open: on("a/in")}, []string{"a", "a/1", "a/2", "a/in", "a/in/x", "a/in/y", "b(2)", "c"}},
		"a box shows what is around": {fold.Options{Depth: 1, Open: on("b/1")}, []string{"a(5)", "b", "b/1", "b/2", "c"}},
		"closed":                     {fold.Options{Closed: on("a")}, []string{"a(5)", "b", "b/1", "b/2", "c"}},
		"closed without a limit":     {fold.Options{Most: -1, Closed: on("b")}, append(slices.Clone(whole[:6]), "b(2)", "c")},
		"closed but held open":       {fold.Options{Closed: on("a", "a/in"), Open: on("a/1")}, []string{"a", "a/1", "a/2", "a/in(2)", "b", "b/1", "b/2", "c"}},
		"not there":                  {fold.Options{Closed: on("zzz"), Open: on("zz")}, whole},
		"the inner and large first":  {fold.Options{Most: 6}, []string{"a", "a/1", "a/2", "a/in(2)", "b", "b/1", "b/2", "c"}},
		"then the outer and large":   {fold.Options{Most: 5}, []string{"a(5)", "b", "b/1", "b/2", "c"}},
		"never too few":              {fold.Options{Most: 1}, []string{"a(5)", "b", "b/1", "b/2", "c"}},
		"open in spite of the limit": {fold.Options{Most: 4, Open: on("a/in")}, []string{"a", "a/1", "a/2", "a/in", "a/in/x", "a/in/y", "b(2)", "c"}},
	} {
		m, v := shop()
		got := fold.View(m, v, c.o)
		same(t, name, ids(got), c.want)
		if unfolded := slices.Equal(c.want, whole); unfolded != (got == v) {
			t.Errorf("%s: what is not folded comes back as it is, and only that", name)
		}
	}
}

// What a view is about is not folded on its own accord, with what is around it.
func TestSubject(t *testing.T) {
	nodes := []string{"around", "around/system", "b", "c", "d"}
	for i := range 100 {
		nodes = append(nodes, fmt.Sprintf("around/system/%03d", i))
	}
	m, v := nest(nodes)
	same(t, "without a subject", ids(fold.View(m, v, fold.Options{})), []string{"around", "around/system(100)", "b", "c", "d"})
	v.Subject = "around/system"
	if got := fold.View(m, v, fold.Options{}); got != v {
		t.Errorf("its subject is folded: %v", ids(got))
	}
	closed := fold.Options{Closed: map[string]bool{"around": true}}
	same(t, "closed on purpose", ids(fold.View(m, v, closed)), []string{"around(101)", "b", "c", "d"})
}

// A view that is folded already can be folded further.
func TestTwice(t *testing.T) {
	m, v := shop()
	once := fold.View(m, v, fold.Options{Depth: 2})
	same(t, "twice", ids(fold.View(m, once, fold.Options{Depth: 1})), ids(fold.View(m, v, fold.Options{Depth: 1})))
}

// One relationship that is drawn several times, as of something that runs in two places, is one.
func TestDrawnTwice(t *testing.T) {
	m, v := nest([]string{"a", "a/1", "a/2", "c"}, line("a/1", "c", "asks", "HTTPS", c4.High))
	v.Lines = append(v.Lines, v.Lines[0])
	v.Lines[1].Source = "a/2"
	same(t, "lines", says(fold.View(m, v, fold.Options{Depth: 1})), []string{"a>c asks [HTTPS] high r000"})
}

// What no sound view has must not stop it.
func TestUnsound(t *testing.T) {
	m, v := shop()
	v.Nodes = append(v.Nodes,
		c4.Node{ID: "loop", Element: "c", Parent: "loop"}, c4.Node{ID: "p", Element: "c", Parent: "q"},
		c4.Node{ID: "q", Element: "c", Parent: "p"}, c4.Node{ID: "a", Element: "c", Parent: "b"})
	v.Lines = append(v.Lines, line("nobody", "a/1", "", "", "sure"), line("a/1", "b/1", "", "", "sure"))
	v.Lines[len(v.Lines)-1].Relationships = []string{"none"}
	for depth := range 4 {
		if got := fold.View(m, v, fold.Options{Depth: depth, Most: 2}); len(got.Nodes) == 0 {
			t.Error("nothing is left")
		}
	}
}

// Whatever is asked for, boundaries are closed before their nesting takes a picture beyond all bounds.
func TestNeverTooDeep(t *testing.T) {
	m, v := &c4.Model{}, &c4.View{Key: "deep", Elements: []string{}}
	for i := range 3000 {
		n := c4.Node{ID: fmt.Sprintf("%04d", i), Element: fmt.Sprintf("%04d", i)}
		if i > 0 {
			n.Parent = v.Nodes[i-1].ID
		}
		v.Nodes = append(v.Nodes, n)
	}
	last := v.Nodes[len(v.Nodes)-1].ID
	for name, o := range map[string]fold.Options{
		"as it comes": {}, "whole": {Most: -1}, "deep": {Depth: 2000}, "opened": {Depth: 1, Open: map[string]bool{last: true}},
	} {
		got := fold.View(m, v, o)
		inner := got.Nodes[len(got.Nodes)-1]
		if len(got.Nodes) != 100 || inner.Folded != 2900 {
			t.Errorf("%s: %d boxes, the innermost stands for %d", name, len(got.Nodes), inner.Folded)
		}
	}
}

// Lines that nobody could follow are not drawn, and that is said.
func TestNeverTooManyLines(t *testing.T) {
	many := func(n int) (*c4.Model, *c4.View) {
		var lines []c4.Line
		for i := range n {
			lines = append(lines, line("a", "b", fmt.Sprint(i), "", c4.High))
		}
		return nest([]string{"a", "b"}, lines...)
	}
	m, v := many(600)
	if got := fold.View(m, v, fold.Options{Most: -1}); got != v {
		t.Error("a view of 600 lines is changed")
	}
	m, v = many(601)
	got := fold.View(m, v, fold.Options{Most: -1})
	if len(got.Lines) != 0 || len(got.Relationships) != 0 || len(got.Nodes) != 2 || !strings.Contains(got.Description, "601 lines are not drawn") {
		t.Errorf("%d lines, %d relationships, %q", len(got.Lines), len(got.Relationships), got.Description)
	}
	if len(v.Lines) != 601 || v.Description != "" {
		t.Error("the view that was given is changed")
	}
}

// TestNothingLost folds random views in random ways.
func TestNothingLost(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		m, v := random(rnd)
		o := fold.Options{Depth: rnd.IntN(4), Most: rnd.IntN(40) - 1, Open: pick(rnd, v), Closed: pick(rnd, v)}
		before := fmt.Sprint(*m, *v)
		got := fold.View(m, v, o)
		if fmt.Sprint(*m, *v) != before {
			t.Fatalf("seed %d: the view that was given is changed", seed)
		}
		if !reflect.DeepEqual(got, fold.View(m, v, o)) {
			t.Fatalf("seed %d: again it differs", seed)
		}
		if faults := unsound(m, v, got); len(faults) > 0 {
			t.Fatalf("seed %d, %+v: %s", seed, o, strings.Join(faults, "; "))
		}
	}
}

func random(rnd *rand.Rand) (*c4.Model, *c4.View) {
	nodes := []string{"n0"}
	for i := 1; i < 10+rnd.IntN(80); i++ {
		id := fmt.Sprintf("n%d", i)
		if p := nodes[rnd.IntN(len(nodes))]; rnd.IntN(5) > 0 && strings.Count(p, "/") < 4 {
			id = p + "/" + id
		}
		nodes = append(nodes, id)
	}
	var lines []c4.Line
	for range rnd.IntN(120) {
		from, to := nodes[rnd.IntN(len(nodes))], nodes[rnd.IntN(len(nodes))]
		if strings.HasPrefix(from+"/", to+"/") || strings.HasPrefix(to+"/", from+"/") {
			continue // no view joins a boundary with what is in it
		}
		lines = append(lines, line(from, to, []string{"reads", "writes", "calls"}[rnd.IntN(3)], "", []c4.Confidence{c4.Certain, c4.High, c4.May}[rnd.IntN(3)]))
	}
	return nest(nodes, lines...)
}

func pick(rnd *rand.Rand, v *c4.View) map[string]bool {
	set := map[string]bool{}
	for range rnd.IntN(3) {
		set[v.Nodes[rnd.IntN(len(v.Nodes))].ID] = true
	}
	return set
}

// unsound says what is wrong with a folded view: by the rules of c4 for views, and beside the view that it was folded from.
func unsound(m *c4.Model, whole, got *c4.View) (faults []string) {
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	there, elements, folded := map[string]bool{}, map[string]bool{}, 0
	for _, n := range got.Nodes {
		if n.Parent != "" && !there[n.Parent] {
			say("%s stands before its parent", n.ID)
		}
		there[n.ID], elements[n.Element] = true, true
		folded += n.Folded
		inside := 0
		for _, w := range whole.Nodes {
			if strings.HasPrefix(w.ID, n.ID+"/") {
				inside++
			}
		}
		if n.Folded != 0 && n.Folded != inside {
			say("%s stands for %d, not %d", n.ID, inside, n.Folded)
		}
	}
	if len(got.Nodes)+folded != len(whole.Nodes) {
		say("%d nodes and %d folded of %d", len(got.Nodes), folded, len(whole.Nodes))
	}
	if !slices.IsSorted(got.Elements) || len(got.Elements) != len(elements) {
		say("elements %v", got.Elements)
	}
	at := func(id string) string {
		for !there[id] {
			id = id[:strings.LastIndexByte(id, '/')]
		}
		return id
	}
	drawn := map[string]bool{}
	rank := map[c4.Confidence]int{c4.Certain: 1, c4.High: 2, c4.May: 3}
	byID := map[string]*c4.Relationship{}
	for i := range m.Relationships {
		byID[m.Relationships[i].ID] = &m.Relationships[i]
	}
	for _, l := range got.Lines {
		surest := 4
		for _, id := range l.Relationships {
			r := byID[id]
			if drawn[id] = true; at(r.Source) != l.Source || at(r.Target) != l.Target {
				say("%s is drawn from %s to %s", id, l.Source, l.Target)
			}
			surest = min(surest, rank[r.Confidence])
		}
		if !there[l.Source] || !there[l.Target] || len(l.Relationships) == 0 || rank[l.Confidence] != surest {
			say("line %+v", l)
		}
	}
	inside := 0
	for id, r := range byID {
		if at(r.Source) == at(r.Target) {
			inside++
		} else if !drawn[id] {
			say("%s is lost", id)
		}
	}
	if len(drawn)+inside != len(byID) || len(got.Relationships) != len(drawn) || !slices.IsSorted(got.Relationships) {
		say("%d relationships are drawn and %d inside, of %d", len(drawn), inside, len(byID))
	}
	if inside > 0 && !strings.Contains(got.Description, fmt.Sprintf("; %d relationship", inside)) {
		say("it says %q of %d", got.Description, inside)
	}
	return faults
}
