package kube

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

func overlay(t *testing.T, fsys fs.FS, name string) *sourcetest.Sink {
	t.Helper()
	return sourcetest.Read(t, Kustomizations(), sourcetest.File(t, fsys, name))
}

func fixtures() fs.FS { return os.DirFS("testdata/kustomize") }

// memory makes a file system of texts, each under a line "-- name --".
func memory(text string) fstest.MapFS {
	fsys := fstest.MapFS{}
	name := ""
	for line := range strings.Lines(text) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok {
			name = strings.TrimSuffix(n, " --")
			fsys[name] = &fstest.MapFile{}
			continue
		}
		fsys[name].Data = append(fsys[name].Data, line...)
	}
	return fsys
}

// TestKustomizeAgainstKubectl compares each object with what kubectl makes of the same files.
func TestKustomizeAgainstKubectl(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		sourcetest.Missing(t, "kubectl is not installed: what kustomize makes was not compared with it")
	}
	var all []string
	err = fs.WalkDir(fixtures(), ".", func(p string, d fs.DirEntry, err error) error {
		if slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, path.Base(p)) && !strings.HasPrefix(p, "components/") {
			all = append(all, p)
		}
		return err
	})
	if err != nil || len(all) < 5 {
		t.Fatalf("%d kustomizations: %v", len(all), err)
	}
	for _, name := range all {
		var stderr bytes.Buffer
		cmd := exec.Command(kubectl, "kustomize", filepath.Join("testdata/kustomize", path.Dir(name)), "--load-restrictor=LoadRestrictionsNone")
		cmd.Stderr = &stderr
		text, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, &stderr)
		}
		docs, err := tree.ParseYAML(text, tree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		s := overlay(t, fixtures(), name)
		var got, want []string
		for i := range s.Drafts {
			got = append(got, canonical(t, s.Drafts[i].Props))
		}
		for i := range docs {
			withoutBuildNotes(&docs[i])
			want = append(want, canonical(t, docs[i]))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nkubectl has\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if len(s.Missing) != 0 {
			t.Errorf("%s: not read: %+v", name, s.Missing)
		}
	}
}

// withoutBuildNotes takes off what buildMetadata adds.
func withoutBuildNotes(v *tree.Value) {
	notes := v.Lookup("metadata", "annotations")
	if notes == nil {
		return
	}
	notes.Delete("config.kubernetes.io/origin")
	notes.Delete("alpha.config.kubernetes.io/transformations")
	if len(notes.Members) == 0 {
		v.Get("metadata").Delete("annotations")
	}
}

func canonical(t *testing.T, v tree.Value) string {
	t.Helper()
	raw, _, err := canon.Encode(&v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func placeOf(d *evidence.Draft, p tree.Path) string {
	v := d.Props.At(p)
	if v == nil {
		return "absent"
	}
	return fmt.Sprintf("%s %d:%d", v.Text, v.Line, v.Column)
}

func TestOverlayOrigins(t *testing.T) {
	s := overlay(t, fixtures(), "overlays/prod/kustomization.yaml")
	web := s.ByID(t, "k8s:-/apps/Deployment/shop-prod/prod-web")
	if o := web.Origin; o.Input != "base/web.yaml" || o.Line != 1 || web.Side != evidence.Declared || web.Scope != "shop-prod" {
		t.Errorf("%s %+v", web.Side, o)
	}
	containers := tree.Path("spec.template.spec.containers")
	for p, want := range map[tree.Path]string{
		"kind":                                                "Deployment 2:7",
		"metadata.name":                                       "prod-web 0:0",
		"spec.replicas":                                       "3 0:0",
		"spec.template.metadata.labels.app":                   "web 9:30",
		containers.Index(0).Key("name"):                       "proxy 0:0",
		containers.Index(1).Key("name"):                       "web 12:15",
		containers.Index(1).Key("image"):                      "registry.contoso.example/shop/web:1.7 0:0",
		containers.Index(1) + ".env[0].value":                 "grüß Gott 17:18",
		containers.Index(1) + ".envFrom[0].configMapRef.name": "prod-web-dt9c9k8b6g 0:0",
	} {
		if got := placeOf(web, p); got != want {
			t.Errorf("%s is %s, want %s", p, got, want)
		}
	}
	orders := s.ByID(t, "k8s:-/apps/Deployment/shop-prod/prod-orders")
	if o := orders.Origin; o.Input != "base/orders.yaml" || o.Line != 4 || o.Path != "items[0]" {
		t.Errorf("an item of a list: %+v", o)
	}
	if got := placeOf(orders, containers+"[0].env[0].name"); got != "DB_PASSWORD 16:19" {
		t.Errorf("a value before what a patch adds: %s", got)
	}
	cm := s.ByID(t, "k8s:-/core/ConfigMap/shop-prod/prod-env-gbbt5kt2f5")
	if o := cm.Origin; o.Input != "overlays/prod/kustomization.yaml" || o.Line != 29 {
		t.Errorf("a generated object: %+v", o)
	}
	if got := placeOf(cm, "data.REGION") + ", " + placeOf(cm, "metadata.namespace"); got != "westeurope 30:10, shop-prod 3:12" {
		t.Errorf("values of a generated object: %s", got)
	}
	merged := s.ByID(t, "k8s:-/core/ConfigMap/shop-prod/prod-web-dt9c9k8b6g")
	if got := placeOf(merged, "data.ORDERS_URL") + ", " + placeOf(merged, "data.LOG_LEVEL") + fmt.Sprint(", ", merged.Origin.Input); got != "http://orders:8080 12:5, warn 0:0, base/kustomization.yaml" {
		t.Errorf("what is merged into: %s", got)
	}
	secret := s.ByID(t, "k8s:-/core/Secret/shop-prod/prod-orders-db-c6267cgg89")
	if o := secret.Origin; o.Input != "base/kustomization.yaml" || !slices.Equal(secret.Sensitive, []tree.Path{"data.password"}) || secret.Props.At("data.password").Line != 16 {
		t.Errorf("a generated secret: %+v, sensitive %v", o, secret.Sensitive)
	}
	for i := range s.Drafts {
		if n := s.Drafts[i].Props.Lookup("metadata", "annotations"); n.Get("config.kubernetes.io/origin") != nil {
			t.Errorf("%s says how it was built: %+v", s.Drafts[i].ID, n)
		}
	}
}

func TestOverlayParts(t *testing.T) {
	s := overlay(t, fixtures(), "overlays/prod/kustomization.yaml")
	want := []string{
		"base/kustomization.yaml", "base/orders.yaml", "base/web.yaml", "components/tracing/collector.yaml", "components/tracing/kustomization.yaml",
		"overlays/prod/config/features.json", "overlays/prod/config/prod.env", "overlays/prod/ingress.yaml", "overlays/prod/replicas.yaml",
	}
	slices.Sort(s.Parts)
	slices.Sort(s.Others)
	if !slices.Equal(s.Parts, want) || !slices.Equal(s.Others, want) {
		t.Errorf("parts %v\nused %v\nwant %v", s.Parts, s.Others, want)
	}
}

func TestComponentAlone(t *testing.T) {
	s := overlay(t, fixtures(), "components/tracing/kustomization.yaml")
	if len(s.Drafts) != 0 || len(s.Missing) != 1 || !strings.Contains(s.Missing[0].Reason, "Component") ||
		!slices.Equal(s.Parts, []string{"components/tracing/collector.yaml"}) {
		t.Errorf("%+v", s)
	}
}

func TestOverlaySniff(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		claim bool
	}{
		"a/kustomization.yaml": {"resources: [x.yaml]\n", true},
		"kustomization.yml":    {"kind: Kustomization\n", true},
		"Kustomization":        {"namespace: x\n", true},
		"other.yaml":           {"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", true},
		"b/kustomization.yaml": {"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n", false},
		"values.yaml":          {"resources: {limits: {}}\nnamespace: x\n", false},
		"web.yaml":             {"apiVersion: v1\nkind: Service\n", false},
	} {
		in := sourcetest.Text(name, c.text)
		in.Path = name
		if got := Kustomizations().Sniff(in); got != c.claim {
			t.Errorf("%s: claimed %v", name, got)
		}
	}
	if s := sourcetest.Read(t, Kustomizations(), sourcetest.Text("-", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n")); len(s.Drafts) != 0 ||
		len(s.Missing) != 1 || s.Missing[0].Input != "-" || s.Missing[0].Line != 3 {
		t.Errorf("standard input: %+v", s)
	}
}

// notRead is what was not read, one a line: input:line thing: reason.
func notRead(s *sourcetest.Sink) string {
	var all []string
	for _, n := range s.Missing {
		all = append(all, fmt.Sprintf("%s:%d %s: %s", n.Input, n.Line, n.Thing, n.Reason))
		if n.Help == "" {
			all = append(all, "  without help")
		}
	}
	return strings.Join(all, "\n")
}

const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n"

func TestWhatOverlaysCannotHave(t *testing.T) {
	s := overlay(t, memory(`-- prod/kustomization.yaml --
resources:
- web.yaml
- https://robot:hunter2@git.contoso.example/platform/base//deploy?ref=v1&token=hunter2
- github.com/fabrikam/base/overlays/prod
- git@github.com:fabrikam/base.git?ref=main
- ../../other
- /etc/hosts
- gone.yaml
- ../base
bases: [ssh://git@git.contoso.example/x]
components: [../web.yaml]
helmCharts:
- name: redis
  repo: https://charts.contoso.example
generators: [plugin.yaml]
transformers:
- function.yaml
vars:
- name: GONE
  objref: {kind: Service, name: web-of-fabrikam, apiVersion: v1}
patches:
- path: https://contoso.example/patch.yaml
- {path: broken.yaml, target: {kind: Service}}
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: from-elsewhere}
    spec: {replicas: 2}
secretGenerator:
- name: token
  files: [token=secret/token.txt]
configurations: [missing.yaml]
openapi: {path: schema.json}
crds: [https://contoso.example/crd.json]
replacements: [{path: none.yaml}]
-- prod/web.yaml --
`+service+`---
kind: Service
-- prod/plugin.yaml --
apiVersion: contoso.example/v1
kind: Chart
metadata: {name: x}
-- prod/function.yaml --
apiVersion: builtin
kind: LabelTransformer
metadata:
  name: x
  annotations: {config.kubernetes.io/function: "container: {image: contoso/x}"}
-- prod/broken.yaml --
a: [
-- web.yaml --
x: 1
-- base/kustomization.yaml --
resource: [x]
`), "prod/kustomization.yaml")
	if len(s.Drafts) != 2 {
		t.Errorf("%d objects", len(s.Drafts))
	}
	s.ByID(t, "k8s:-/core/Service/default/web")
	s.ByID(t, "k8s:-/core/Secret/default/token") // without a hash, which would be over what is missing
	want := `prod/web.yaml:6 Service: an object without apiVersion or kind: what it is cannot be told
prod/kustomization.yaml:3 https://git.contoso.example/platform/base//deploy: it lies elsewhere, and nothing is fetched
prod/kustomization.yaml:4 github.com/fabrikam/base/overlays/prod: it lies elsewhere, and nothing is fetched
prod/kustomization.yaml:5 git@github.com:fabrikam/base.git: it lies elsewhere, and nothing is fetched
prod/kustomization.yaml:6 ../../other: it lies outside of what is scanned
prod/kustomization.yaml:7 /etc/hosts: it is not a relative path, which kustomize refuses
prod/kustomization.yaml:8 gone.yaml: there is no such file or directory
prod/kustomization.yaml:9 ../base: kustomize knows no field resource (its line 1)
prod/kustomization.yaml:10 ssh://git@git.contoso.example/x: it lies elsewhere, and nothing is fetched
prod/kustomization.yaml:13 Helm chart redis: a Helm chart is not rendered
prod/kustomization.yaml:31 secret/token.txt: there is no such file or directory
prod/kustomization.yaml:22 https://contoso.example/patch.yaml: it lies elsewhere, and nothing is fetched
prod/kustomization.yaml:23 broken.yaml: not valid YAML: did not find expected node content (its line 1)
prod/kustomization.yaml:11 ../web.yaml: it is a file: components are directories
prod/kustomization.yaml:35 none.yaml: there is no such file or directory
prod/kustomization.yaml:32 missing.yaml: there is no such file or directory
prod/kustomization.yaml:34 https://contoso.example/crd.json: it lies elsewhere, and nothing is fetched
prod/kustomization.yaml:33 schema.json: there is no such file or directory
prod/kustomization.yaml:15 Chart: a plugin or function of kustomize is not run
prod/kustomization.yaml:17 LabelTransformer: a plugin or function of kustomize is not run
prod/kustomization.yaml:24 Deployment.v1.apps/from-elsewhere.[noNs]: a patch is for an object that was not read
prod/kustomization.yaml:19 GONE: the var has no value: its object or field is not among what was read, or is not one alone`
	if got := notRead(s); got != want {
		t.Errorf("not read:\n%s\nwant\n%s", got, want)
	}
	if text := fmt.Sprintf("%+v", s.Missing); strings.Contains(text, "hunter2") {
		t.Errorf("credentials are shown: %s", text)
	}
}

func TestOverlaysThatCannotBeBuilt(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"circle":       {"-- kustomization.yaml --\nresources: [a]\n-- a/kustomization.yaml --\nresources: [../b]\n-- b/kustomization.yaml --\nresources: [../a]\n", "circle"},
		"own parent":   {"-- x/kustomization.yaml --\nresources: [..]\n-- kustomization.yaml --\nnamespace: a\n", "circle"},
		"unknown":      {"-- kustomization.yaml --\nresource: [a]\n", "line 1: kustomize knows no field resource"},
		"wrong type":   {"-- kustomization.yaml --\nnamespace: x\nresources: hunter2\n", "line 2: the field resources has a value of the wrong type"},
		"no mapping":   {"-- kustomization.yaml --\n- hunter2\n", "one YAML mapping"},
		"two":          {"-- kustomization.yaml --\na: 1\n---\nb: 2\n", "one YAML mapping"},
		"empty":        {"-- kustomization.yaml --\n# nothing\n", "one YAML mapping"},
		"yaml":         {"-- kustomization.yaml --\nresources:\n- a\nx: 'hunter2\n", "line 3: not valid YAML"},
		"version":      {"-- kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v9\nkind: Kustomization\n", "apiVersion"},
		"twice":        {"-- kustomization.yaml --\nresources: [a.yaml, a.yaml]\n-- a.yaml --\n" + service, "an object is declared twice: Service.v1.[noGrp]/web.[noNs]"},
		"patch target": {"-- kustomization.yaml --\nresources: [a.yaml]\npatches: [{path: p.yaml}]\n-- a.yaml --\n" + service + "-- p.yaml --\napiVersion: v1\nkind: Service\nmetadata: {name: wed}\n", "does not have: Service.v1.[noGrp]/wed.[noNs]"},
		"literal":      {"-- kustomization.yaml --\nsecretGenerator: [{name: a, literals: [hunter2]}]\n", "key=value"},
		"two literals": {"-- kustomization.yaml --\nsecretGenerator: [{name: a, literals: [hunter2=a, hunter2=b]}]\n", "a key twice"},
		"operation":    {"-- kustomization.yaml --\nresources: [a.yaml]\npatches: [{target: {kind: Service}, patch: '[{op: replace, path: /x/y, value: hunter2}]'}]\n-- a.yaml --\n" + service, "does not fit its object"},
		"no patch":     {"-- kustomization.yaml --\nresources: [a.yaml]\npatches: [{patch: 'hunter2: 1'}]\n-- a.yaml --\n" + service, "neither a strategic merge patch"},
		"no target":    {"-- kustomization.yaml --\nresources: [a.yaml]\npatches: [{patch: '[{op: remove, path: /x}]'}]\n-- a.yaml --\n" + service, "says no target"},
		"replicas":     {"-- kustomization.yaml --\nresources: [a.yaml]\nreplicas: [{name: web, count: 2}]\n-- a.yaml --\n" + service, "does not have: web"},
		"merge":        {"-- kustomization.yaml --\nconfigMapGenerator: [{name: a, behavior: merge, literals: [a=b]}]\n", "merges into an object"},
		"replacement":  {"-- kustomization.yaml --\nresources: [a.yaml]\nreplacements: [{source: {kind: X}, targets: [{select: {kind: Service}, fieldPaths: [metadata.name]}]}]\n-- a.yaml --\n" + service, "replacement"},
		"long prefix":  {"-- kustomization.yaml --\nnamePrefix: " + strings.Repeat("a", 2000) + "\n", "longer than Kubernetes allows"},
	} {
		fsys := memory(c.text)
		file := "kustomization.yaml"
		if fsys[file] == nil || name == "own parent" {
			file = "x/kustomization.yaml"
		}
		var s sourcetest.Sink
		err := Kustomizations().Read(t.Context(), sourcetest.File(t, fsys, file), &s)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hunter2") || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v, which does not say %q", name, err, c.says)
		}
		if len(s.Drafts) != 0 {
			t.Errorf("%s: %d objects", name, len(s.Drafts))
		}
		if name == "patch target" && !slices.Equal(s.Parts, []string{"p.yaml"}) {
			t.Errorf("what means nothing alone: %v", s.Parts)
		}
	}
}

func TestOverlaySinkFails(t *testing.T) {
	stop := errors.New("stop")
	in := sourcetest.File(t, fixtures(), "base/kustomization.yaml")
	if err := Kustomizations().Read(t.Context(), in, &sourcetest.Sink{Fail: stop}); err != stop {
		t.Errorf("the sink's error came back as %v", err)
	}
}

// TestNamesWithHashesAreNoSecrets: the ends of generated names look random, and stay.
func TestNamesWithHashesAreNoSecrets(t *testing.T) {
	sealer, err := evidence.NewSealer([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"overlays/prod/kustomization.yaml", "overlays/both/kustomization.yaml"} {
		for _, d := range overlay(t, fixtures(), name).Drafts {
			r, _, err := sealer.Seal(d)
			if err != nil {
				t.Fatal(err)
			}
			if r.ID != d.ID || r.Name != d.Name {
				t.Errorf("%s became %s, called %s", d.ID, r.ID, r.Name)
			}
			if strings.Contains(fmt.Sprintf("%s %+v", r.Props, r), "correct-horse") {
				t.Errorf("%s shows its password", r.ID)
			}
		}
	}
}
