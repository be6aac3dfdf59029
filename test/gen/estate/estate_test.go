package estate

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

func write(t testing.TB, f func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func state(t testing.TB, n int, seed uint64) []byte {
	return write(t, func(w io.Writer) error { return State(w, Azure(n, seed)) })
}

func graph(t testing.TB, n int, seed uint64) []byte {
	return write(t, func(w io.Writer) error { return Graph(w, Exported(n, seed)) })
}

func manifests(t testing.TB, n int, seed uint64) []byte {
	return write(t, func(w io.Writer) error { return Kubernetes(w, n, seed) })
}

func TestTheSameSeedMakesTheSame(t *testing.T) {
	for name, f := range map[string]func(seed uint64) []byte{
		"state":      func(seed uint64) []byte { return state(t, 300, seed) },
		"graph":      func(seed uint64) []byte { return graph(t, 300, seed) },
		"kubernetes": func(seed uint64) []byte { return manifests(t, 100, seed) },
	} {
		if !bytes.Equal(f(1), f(1)) {
			t.Errorf("%s: two runs differ", name)
		}
		if bytes.Equal(f(1), f(2)) {
			t.Errorf("%s: the seed makes no difference", name)
		}
	}
}

func TestStateHasSoManyResources(t *testing.T) {
	for _, n := range []int{0, 1, 2, 37, 1000} {
		var doc struct {
			Version   int
			Resources []struct{ Instances []json.RawMessage }
		}
		if err := json.Unmarshal(state(t, n, 1), &doc); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		got := 0
		for _, r := range doc.Resources {
			got += len(r.Instances)
		}
		if got != n || doc.Version != 4 {
			t.Errorf("%d instances, version %d; want %d, 4", got, doc.Version, n)
		}
	}
	if _, err := tree.ParseJSON(state(t, 200, 1), tree.Limits{}); err != nil {
		t.Error(err)
	}
}

func TestALargerEstateBeginsWithTheSmaller(t *testing.T) {
	small, large := Azure(70, 3), Azure(200, 3)
	for i := range small {
		if small[i].ID != large[i].ID || small[i].Address() != large[i].Address() {
			t.Fatalf("resource %d is %s, then %s", i, small[i].ID, large[i].ID)
		}
	}
}

func TestStateAndExportShowTheSameThings(t *testing.T) {
	inState := map[string]bool{}
	for _, r := range Azure(2000, 1) {
		inState[r.ID] = true
	}
	var doc struct {
		Count int
		Data  []struct{ ID, Type string }
	}
	if err := json.Unmarshal(graph(t, 800, 1), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Count != 800 || len(doc.Data) != 800 {
		t.Fatalf("%d rows, count %d", len(doc.Data), doc.Count)
	}
	for _, r := range doc.Data {
		if !inState[r.ID] || r.Type != strings.ToLower(r.Type) {
			t.Errorf("%s (%s) is not in the state", r.ID, r.Type)
		}
	}
}

var armID = regexp.MustCompile(`/subscriptions/[^" ]+/providers/[^" ]+`)

// Every id that a resource names is one of a resource of the estate or of a part of one.
func TestEveryReferenceResolves(t *testing.T) {
	const apps = 20
	var all []Resource
	for app := range apps {
		all = append(all, application(app, 1)...)
	}
	known := map[string]bool{}
	addresses := map[string]bool{}
	for _, r := range all {
		if r.ID != "" && known[r.ID] && r.Type != "azurerm_subnet_network_security_group_association" {
			t.Errorf("%s is there twice", r.ID)
		}
		known[r.ID] = true
		addresses[r.Address()] = true
	}
	references, hosts := 0, 0
	for _, r := range all {
		for _, d := range r.Deps {
			if !addresses[d] {
				t.Errorf("%s depends on %s, which is not there", r.Address(), d)
			}
		}
		text, err := json.Marshal([]any{r.Attrs, r.Props, r.Identity})
		if err != nil {
			t.Fatal(err)
		}
		hosts += bytes.Count(text, []byte(".azurewebsites.net"))
		for _, id := range armID.FindAllString(string(text), -1) {
			if strings.Contains(id, "/roleDefinitions/") {
				continue
			}
			whole := id
			for id != "" && !known[id] {
				i := strings.LastIndexByte(id, '/')
				id = id[:max(i, 0)]
			}
			if !strings.Contains(id, "/providers/") {
				t.Errorf("%s names %s, which is not there", r.Address(), whole)
			}
			references++
		}
	}
	if references < 5*len(all)/2 || hosts < apps {
		t.Errorf("%d references and %d hosts in %d resources: too few to be realistic", references, hosts, len(all))
	}
}

func TestSizeIsRealistic(t *testing.T) {
	const n = 2000
	if per := len(state(t, n, 1)) / n; per < 700 || per > 2500 {
		t.Errorf("%d bytes a resource", per)
	}
	compact := &bytes.Buffer{}
	if err := json.Compact(compact, state(t, n, 1)); err != nil {
		t.Fatal(err)
	}
	t.Logf("state: %d bytes a resource, %d without indentation; export: %d", len(state(t, n, 1))/n, compact.Len()/n, len(graph(t, n, 1))/n)
}

func TestSecretsAreInTheStateAndMarked(t *testing.T) {
	resources := Azure(400, 1)
	secrets := Secrets(resources)
	if len(secrets) < 20 {
		t.Fatalf("%d secrets", len(secrets))
	}
	text := string(state(t, 400, 1))
	for _, s := range secrets {
		if !strings.Contains(text, s) {
			t.Errorf("a secret is not in the state")
		}
	}
	if !slices.ContainsFunc(resources, func(r Resource) bool { return slices.Contains(r.Sensitive, "administrator_login_password") }) {
		t.Error("no password is marked")
	}
}

func TestManifests(t *testing.T) {
	docs, err := tree.ParseYAML(manifests(t, 40, 1), tree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]bool{}
	kinds := map[string]int{}
	for i := range docs {
		kind := docs[i].Get("kind").Str()
		kinds[kind]++
		if kind == "Service" {
			services[docs[i].Lookup("metadata", "name").Str()+"."+docs[i].Lookup("metadata", "namespace").Str()] = true
		}
	}
	if kinds["Deployment"] != 40 || kinds["Service"] != 40 || kinds["Ingress"] != 8 || kinds["Secret"] != 14 || kinds["Namespace"] != 5 {
		t.Errorf("kinds: %v", kinds)
	}
	calls := 0
	for i := range docs {
		if docs[i].Get("kind").Str() != "Deployment" {
			continue
		}
		namespace := docs[i].Lookup("metadata", "namespace").Str()
		for _, v := range docs[i].Leaves() {
			rest, ok := strings.CutPrefix(v.Text, "http://")
			if !ok {
				continue
			}
			host, _, _ := strings.Cut(rest, ":")
			host = strings.TrimSuffix(host, ".svc.cluster.local")
			if !strings.Contains(host, ".") {
				host += "." + namespace
			}
			if calls++; !services[host] {
				t.Errorf("%s is called and not there", host)
			}
		}
	}
	if calls < 39 {
		t.Errorf("%d calls", calls)
	}
}

func BenchmarkState10000(b *testing.B) {
	for b.Loop() {
		if err := State(io.Discard, Azure(10_000, 1)); err != nil {
			b.Fatal(err)
		}
	}
}
