package structurizr_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/structurizr"
	"c4arch/test/golden"
)

func document(t testing.TB, m *c4.Model, places structurizr.Places) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := structurizr.JSON(&b, m, places); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rows puts the nodes of a view into rows of five, boundaries around them all.
func rows(m *c4.Model) structurizr.Places {
	return func(view string) []placement.Node {
		var out []placement.Node
		for _, v := range m.Views {
			if v.Key != view {
				continue
			}
			for i, n := range v.Nodes {
				out = append(out, placement.Node{ID: n.ID, X: 40 + i%5*220, Y: 60 + i/5*130, W: 180, H: 90})
			}
		}
		return out
	}
}

func TestJSONGolden(t *testing.T) {
	for _, name := range []string{"contoso", "hostile", "empty"} {
		m := models()[name]
		t.Run(name, func(t *testing.T) { golden.Check(t, name+".json", document(t, m, nil)) })
	}
	t.Run("placed", func(t *testing.T) {
		m := rendertest.Contoso()
		golden.Check(t, "contoso-placed.json", document(t, m, rows(m)))
	})
}

// TestJSONSchema checks what is written against docs/formats/structurizr.schema.json, which is narrower than the published schema.
func TestJSONSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	schema, err := c.Compile("../../../docs/formats/structurizr.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, text []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return schema.Validate(v)
	}
	list := models()
	list["large"] = rendertest.Large(500, 50)
	list["every"] = everything()
	for name, m := range list {
		for _, places := range []structurizr.Places{nil, rows(m)} {
			if err := check(name, document(t, m, places)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	// The schema says something: members that are not known, or that miss, are refused.
	text := string(document(t, rendertest.Contoso(), nil))
	for _, spoil := range [][2]string{{`"sourceId"`, `"source"`}, {`"TopBottom"`, `"Down"`}, {`"Cylinder"`, `"Barrel"`}, {`"key": "`, `"key": "a/`}} {
		if check("spoilt", []byte(strings.Replace(text, spoil[0], spoil[1], 1))) == nil {
			t.Errorf("%s instead of %s passes", spoil[1], spoil[0])
		}
	}
}

// TestLoads holds what is written to what Structurizr's loader checks (structurizr/java: Model.hydrate, ViewSet.hydrate,
// ModelView.checkParentAndChildrenHaveNotAlreadyBeenAdded), as the test knows it: its own tool cannot be had here.
func TestLoads(t *testing.T) {
	list := models()
	list["large"] = rendertest.Large(1000, 300)
	list["every"] = everything()
	for name, m := range list {
		t.Run(name, func(t *testing.T) { load(t, document(t, m, nil)) })
	}
}

func TestEverythingIsInTheDocument(t *testing.T) {
	w := load(t, document(t, rendertest.Contoso(), nil))
	for what, want := range map[string]int{
		"people": 1, "softwareSystems": 5, "containers": 11, "components": 2, "deploymentNodes": 1, "children": 6, "infrastructureNodes": 1, "containerInstances": 10,
		"systemLandscapeViews": 1, "systemContextViews": 2, "containerViews": 2, "componentViews": 1, "deploymentViews": 1,
	} {
		if got := w.count[what]; got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	if got := len(w.relationships) - w.implied; got != 16 {
		t.Errorf("%d relationships, want 16", got)
	}
	api := w.elements["container_ca_shop_api"]
	if want := "exports/subscription.json:204 "; !strings.HasPrefix(fmt.Sprint(api["properties"].(map[string]any)["c4arch.evidence"]), want) {
		t.Errorf("evidence is %v", api["properties"])
	}
}

// TestLinesAreInTheViews: each line that a view of ours draws between two boxes is a relationship of the view in the document.
func TestLinesAreInTheViews(t *testing.T) {
	m := rendertest.Contoso()
	w := load(t, document(t, m, nil))
	for _, v := range m.Views {
		if v.Kind == c4.Resources {
			continue
		}
		if got := w.lines[v.Key]; got != len(v.Lines) {
			t.Errorf("%s: %d relationships of %d lines", v.Key, got, len(v.Lines))
		}
	}
	if w.implied == 0 {
		t.Error("no relationship between systems is implied by one between their containers")
	}
}

func TestPlacesAreKept(t *testing.T) {
	m := rendertest.Contoso()
	w := load(t, document(t, m, rows(m)))
	for key, boxes := range w.boxes {
		if len(boxes) == 0 {
			t.Errorf("%s: no place is known", key)
		}
		for i, a := range boxes {
			for _, b := range boxes[:i] {
				if a[0] < b[0]+450 && b[0] < a[0]+450 && a[1] < b[1]+400 && b[1] < a[1]+400 {
					t.Errorf("%s: boxes at %v and %v overlap", key, a, b)
				}
			}
		}
	}
	// The order from left to right is as it was.
	place := map[string][2]int{}
	for _, n := range rows(m)("landscape") {
		place[n.ID] = [2]int{n.X, n.Y}
	}
	x := w.at["landscape"]
	if !(place["person:customer"][0] < place["external:internet"][0]) != !(x["person_customer"][0] < x["system_internet"][0]) {
		t.Errorf("the places are %v, from %v", x, place)
	}
}

func TestHalfKnownPlacesAreNotUsed(t *testing.T) {
	m := rendertest.Contoso()
	text := document(t, m, func(view string) []placement.Node {
		if view != "landscape" {
			return nil
		}
		return rows(m)(view)[:2]
	})
	if bytes.Contains(text, []byte(`"dimensions"`)) {
		t.Error("a view of which some boxes have no place is not left to the automatic layout")
	}
}

// TestPlacesWithoutReason: boxes that lie on each other, or further out than any drawing is large, are no picture to be kept.
func TestPlacesWithoutReason(t *testing.T) {
	for _, spoil := range []func(n *placement.Node){
		func(n *placement.Node) { n.X, n.Y = 0, 0 },
		func(n *placement.Node) { n.X, n.Y = n.X/200, 0 },
		func(n *placement.Node) { n.X = math.MaxInt },
		func(n *placement.Node) { n.Y, n.H = math.MinInt, math.MinInt },
	} {
		m := rendertest.Contoso()
		text := document(t, m, func(view string) []placement.Node {
			list := rows(m)(view)
			for i := range list {
				spoil(&list[i])
			}
			return list
		})
		w := load(t, text)
		for _, key := range []string{"l1-shop", "landscape"} {
			if len(w.boxes[key]) > 0 {
				t.Errorf("%s: boxes stand at %v", key, w.boxes[key])
			}
		}
	}
}

func TestJSONOrderPlaysNoPart(t *testing.T) {
	want := document(t, rendertest.Contoso(), nil)
	for seed := range uint64(20) {
		m, r := rendertest.Contoso(), rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(m.Elements), reflect.Swapper(m.Elements))
		r.Shuffle(len(m.Relationships), reflect.Swapper(m.Relationships))
		r.Shuffle(len(m.Instances), reflect.Swapper(m.Instances))
		r.Shuffle(len(m.Views), reflect.Swapper(m.Views))
		if got := document(t, m, nil); !bytes.Equal(got, want) {
			t.Fatalf("seed %d: a shuffled model gives other bytes", seed)
		}
	}
}

func TestNamesSurvive(t *testing.T) {
	w := load(t, document(t, rendertest.Hostile(), nil))
	got := map[string]bool{}
	for _, e := range w.elements {
		got[fmt.Sprint(e["name"])] = true
		got[fmt.Sprint(e["description"])] = true
	}
	for _, n := range rendertest.Names() {
		if !got[n] {
			t.Errorf("%q is not in the document", n)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestErrorsOfTheWriterAreTold(t *testing.T) {
	if structurizr.JSON(brokenWriter{}, rendertest.Contoso(), nil) == nil || structurizr.Render(brokenWriter{}, rendertest.Contoso()) == nil {
		t.Error("a workspace that was not written passes for one")
	}
}

// everything has two environments, a system that is deployed as a whole, relationships between nodes and between instances, and
// names that brothers share.
func everything() *c4.Model {
	m := rendertest.Contoso()
	twice := m.Instances[0]
	twice.Environment = "test"
	m.Instances = append(m.Instances, twice,
		c4.Instance{Container: "system:billing", Node: m.Instances[0].Node, Environment: "test", Rule: "I1"},
		c4.Instance{Container: "nowhere", Node: m.Instances[0].Node, Environment: "other"})
	var hosts []string
	for _, e := range m.Elements {
		if e.Kind == c4.DeploymentNode {
			hosts = append(hosts, e.ID)
		}
	}
	m.Elements = append(m.Elements, c4.Element{ID: "node:alone", Kind: c4.InfrastructureNode, Name: "alone", Rule: "D1"}, c4.Element{ID: "node:alone too", Kind: c4.DeploymentNode, Name: "Alone", Rule: "D1"})
	for i := 1; i < len(hosts); i++ {
		m.Relationships = append(m.Relationships, c4.Relationship{ID: fmt.Sprint("host", i), Source: hosts[i-1], Target: hosts[i], Description: "reaches", Confidence: c4.High})
	}
	for i := range m.Views {
		if v := &m.Views[i]; v.Kind == c4.Deployment {
			var leaves []string
			for _, n := range v.Nodes {
				if strings.Contains(n.ID, "|") {
					leaves = append(leaves, n.ID)
				}
			}
			for j := 1; j < len(leaves); j++ {
				v.Lines = append(v.Lines, c4.Line{Source: leaves[j-1], Target: leaves[j], Description: "calls", Confidence: c4.May, Relationships: []string{"rel-003"}})
			}
		}
	}
	return m
}

// FuzzJSON: whatever the texts are, the document loads.
func FuzzJSON(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n, n, n)
	}
	f.Add("a", "A", "")
	f.Add("\xff", "a,b", "x\x00")
	f.Fuzz(func(t *testing.T, one, two, three string) {
		m := &c4.Model{
			Name: one,
			Elements: []c4.Element{
				{ID: "s" + one, Kind: c4.SoftwareSystem, Name: one, Tags: []string{two, three}, Badges: []string{one}},
				{ID: "t" + two, Kind: c4.SoftwareSystem, Name: two, Description: three},
				{ID: "c" + one, Kind: c4.Container, Name: two, Parent: "s" + one, Technology: three},
				{ID: "c" + three, Kind: c4.Container, Name: three, Parent: "s" + one, Owner: two},
				{ID: "n", Kind: c4.DeploymentNode, Name: one, Description: two},
			},
			Instances: []c4.Instance{{Container: "c" + one, Node: "n", Environment: three}},
			Relationships: []c4.Relationship{
				{ID: one, Source: "c" + one, Target: "t" + two, Description: three},
				{ID: two, Source: "c" + one, Target: "t" + two, Description: one},
				{ID: three, Source: "c" + one, Target: "c" + three, Description: two, Evidence: []c4.Evidence{{Input: one, Resource: two, Property: three}}},
			},
			Views: []c4.View{{
				Key: "k", Kind: c4.Context, Subject: "s" + one, Title: three, Elements: []string{"s" + one, "t" + two},
				Nodes: []c4.Node{{ID: "1", Element: "s" + one}, {ID: "2", Element: "t" + two}},
				Lines: []c4.Line{{Source: "1", Target: "2", Description: three, Relationships: []string{one, two}}},
			}},
		}
		load(t, document(t, m, nil))
		check(t, render(t, m))
	})
}

func BenchmarkJSON(b *testing.B) {
	m := rendertest.Large(1000, 100)
	for b.Loop() {
		b.SetBytes(int64(len(document(b, m, rows(m)))))
	}
}

// loaded is what the test's own loader understood.
type loaded struct {
	elements      map[string]map[string]any
	up            map[string]string
	relationships map[string]map[string]any
	implied       int
	count         map[string]int
	lines         map[string]int
	boxes         map[string][][2]int
	at            map[string]map[string][2]int
}

// holds says what may be inside what, and how its type is called in the error.
var holds = map[string][]string{
	"people": nil, "softwareSystems": {"containers"}, "containers": {"components"}, "components": nil,
	"deploymentNodes": {"children", "infrastructureNodes", "softwareSystemInstances", "containerInstances"},
	"children":        {"children", "infrastructureNodes", "softwareSystemInstances", "containerInstances"},
}

func load(t testing.TB, text []byte) *loaded {
	t.Helper()
	var w struct {
		Model map[string][]map[string]any
		Views map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	l := &loaded{
		elements: map[string]map[string]any{}, up: map[string]string{}, relationships: map[string]map[string]any{}, count: map[string]int{},
		lines: map[string]int{}, boxes: map[string][][2]int{}, at: map[string]map[string][2]int{},
	}
	for kind, list := range w.Model {
		l.add(t, kind, "", list)
	}
	top := append(append([]map[string]any{}, w.Model["people"]...), w.Model["softwareSystems"]...)
	l.unique(t, "", top)
	l.unique(t, "environment", w.Model["deploymentNodes"])
	for id, e := range l.elements {
		l.relations(t, id, e)
	}
	for kind, raw := range w.Views {
		if kind == "configuration" {
			continue
		}
		var list []map[string]any
		if err := json.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		l.count[kind] += len(list)
		for _, v := range list {
			l.view(t, kind, v)
		}
	}
	return l
}

func list(v any) (out []map[string]any) {
	items, _ := v.([]any)
	for _, i := range items {
		out = append(out, i.(map[string]any))
	}
	return out
}

func (l *loaded) add(t testing.TB, kind, up string, things []map[string]any) {
	t.Helper()
	l.count[kind] += len(things)
	for _, e := range things {
		id := fmt.Sprint(e["id"])
		if l.elements[id] != nil {
			t.Errorf("id %s is there twice", id)
		}
		l.elements[id], l.up[id] = e, up
	}
	for _, e := range things {
		for _, inside := range holds[kind] {
			l.add(t, inside, fmt.Sprint(e["id"]), list(e[inside]))
			if inside != "infrastructureNodes" && !strings.HasSuffix(inside, "Instances") {
				l.unique(t, "", list(e[inside]))
			}
		}
	}
}

func (l *loaded) unique(t testing.TB, with string, brothers []map[string]any) {
	t.Helper()
	names := map[string]bool{}
	for _, e := range brothers {
		name := fmt.Sprint(e["name"], "\x00", e[with])
		if e["name"] == nil || names[name] {
			t.Errorf("two brothers are called %q, or one has no name", name)
		}
		names[name] = true
	}
}

func (l *loaded) relations(t testing.TB, id string, e map[string]any) {
	t.Helper()
	seen := map[string]bool{}
	for _, key := range []string{"containerId", "softwareSystemId"} {
		if of := e[key]; of != nil && l.elements[of.(string)] == nil {
			t.Errorf("%s is an instance of %v, which is not there", id, of)
		}
	}
	for _, r := range list(e["relationships"]) {
		target, rid := fmt.Sprint(r["destinationId"]), fmt.Sprint(r["id"])
		if r["sourceId"] != id || l.elements[target] == nil {
			t.Errorf("relationship %s goes from %v, on %s, to %s", rid, r["sourceId"], id, target)
		}
		if l.relationships[rid] != nil || l.elements[rid] != nil {
			t.Errorf("id %s is there twice", rid)
		}
		if l.inside(id, target) || l.inside(target, id) || id == target {
			t.Errorf("relationship %s is between a thing and its part", rid)
		}
		what := fmt.Sprint(target, "\x00", r["description"])
		if r["description"] == nil || seen[what] {
			t.Errorf("relationship %s says what another says", rid)
		}
		seen[what] = true
		l.relationships[rid] = r
		if strings.Contains(fmt.Sprint(r["tags"]), "Implied") {
			l.implied++
		}
	}
}

func (l *loaded) inside(id, other string) bool {
	for id = l.up[id]; id != ""; id = l.up[id] {
		if id == other {
			return true
		}
	}
	return false
}

func (l *loaded) view(t testing.TB, kind string, v map[string]any) {
	t.Helper()
	key := fmt.Sprint(v["key"])
	if _, twice := l.lines[key]; twice {
		t.Errorf("key %s is there twice", key)
	}
	for _, scope := range []string{"softwareSystemId", "containerId"} {
		if id := v[scope]; id != nil && l.elements[id.(string)] == nil {
			t.Errorf("view %s is about %v, which is not there", key, id)
		}
	}
	in := map[string]bool{}
	l.at[key] = map[string][2]int{}
	for _, e := range list(v["elements"]) {
		id := fmt.Sprint(e["id"])
		if l.elements[id] == nil || in[id] {
			t.Errorf("view %s shows %s, which is not there, or twice", key, id)
		}
		in[id] = true
		at := [2]int{int(e["x"].(float64)), int(e["y"].(float64))}
		l.at[key][id] = at
		if at != [2]int{} {
			l.boxes[key] = append(l.boxes[key], at)
		}
	}
	for id := range in {
		for up := l.up[id]; up != "" && kind != "deploymentViews"; up = l.up[up] {
			if in[up] {
				t.Errorf("view %s shows %s and %s, which is in it", key, up, id)
			}
		}
	}
	l.lines[key] = len(list(v["relationships"]))
	for _, r := range list(v["relationships"]) {
		rel := l.relationships[fmt.Sprint(r["id"])]
		if rel == nil || !in[fmt.Sprint(rel["sourceId"])] || !in[fmt.Sprint(rel["destinationId"])] {
			t.Errorf("view %s draws %v, of which an end is not in it", key, r["id"])
		}
	}
}
