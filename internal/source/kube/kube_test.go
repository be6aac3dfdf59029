package kube

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

func input(name, text string) evidence.Input { return sourcetest.Text(name, text) }

func read(t *testing.T, text string) *sourcetest.Sink {
	t.Helper()
	return sourcetest.Read(t, Manifests(), input("m.yaml", text))
}

func ids(s *sourcetest.Sink) string { return strings.Join(s.IDs(), "\n") }

func fixture(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestShopStream(t *testing.T) {
	c := read(t, fixture(t, "shop.yaml"))
	want := `k8s:-/core/Namespace/_/contoso-shop
k8s:-/apps/Deployment/contoso-shop/web
k8s:-/core/Service/contoso-shop/web
k8s:-/core/Secret/contoso-shop/orders-db
k8s:-/networking.k8s.io/Ingress/default/front`
	if got := ids(c); got != want {
		t.Errorf("identities:\n%s\nwant\n%s", got, want)
	}
	web := c.Drafts[1]
	if web.Type != "apps/Deployment" || web.Scope != "contoso-shop" || web.Tags["app"] != "web" || web.Origin.Line != 8 {
		t.Errorf("deployment: type %q scope %q tags %v line %d", web.Type, web.Scope, web.Tags, web.Origin.Line)
	}
	if web.Props.Lookup("metadata", "managedFields") != nil {
		t.Error("managedFields are kept")
	}
	if got := web.Props.At("spec.template.spec.containers[0].env[0].value"); got.Str() != "postgres://orders-db:5432/orders" || got.Line != 28 {
		t.Errorf("env value %q on line %d", got.Str(), got.Line)
	}
	if ns := c.Drafts[0]; ns.Scope != "" || ns.Type != "Namespace" {
		t.Errorf("namespace: scope %q type %q", ns.Scope, ns.Type)
	}
}

func TestSecretPaths(t *testing.T) {
	c := read(t, fixture(t, "shop.yaml"))
	secret := c.Drafts[3]
	want := []tree.Path{
		`data["tls.key"]`, "data.password", "stringData.user",
		`metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]`,
	}
	if len(secret.Sensitive) != len(want) {
		t.Fatalf("sensitive %v", secret.Sensitive)
	}
	for i, p := range want {
		if secret.Sensitive[i] != p || secret.Props.At(p) == nil {
			t.Errorf("sensitive path %d is %q (found %v), want %q", i, secret.Sensitive[i], secret.Props.At(p) != nil, p)
		}
	}
}

func TestLists(t *testing.T) {
	c := read(t, `{"apiVersion":"v1","items":[
 {"apiVersion":"v1","kind":"Service","metadata":{"name":"a"}},
 {"apiVersion":"v1","kind":"List","items":[{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"b","namespace":"n"}}]}
],"kind":"List"}
{"apiVersion":"apps/v1","kind":"DeploymentList","items":[
 {"metadata":{"name":"c","namespace":"n"}}]}`)
	want := "k8s:-/core/Service/default/a\nk8s:-/batch/CronJob/n/b\nk8s:-/apps/Deployment/n/c"
	if got := ids(c); got != want {
		t.Errorf("identities:\n%s", got)
	}
	if o := c.Drafts[1].Origin; o.Path != "items[1].items[0]" || o.Line != 3 {
		t.Errorf("origin %+v", o)
	}
	if o := c.Drafts[2].Origin; o.Line != 6 {
		t.Errorf("origin %+v", o)
	}
}

func TestNotRead(t *testing.T) {
	c := read(t, `apiVersion: v1
kind: Service
metadata: {name: a}
---
just: a mapping
---
apiVersion: batch/v1
kind: Job
metadata: {generateName: migrate-}
---
apiVersion: skaffold/v4beta6
kind: Config
---
- 1
---
apiVersion: v1
kind: Service
metadata: [wrong]
---
apiVersion: v1
kind: Service
metadata: {name: b}
`)
	if got := ids(c); got != "k8s:-/core/Service/default/a\nk8s:-/core/Service/default/b" {
		t.Errorf("identities:\n%s", got)
	}
	wantLines := []int{5, 7, 11, 14, 16}
	if len(c.Missing) != len(wantLines) {
		t.Fatalf("not read: %+v", c.Missing)
	}
	for i, n := range c.Missing {
		if n.Line != wantLines[i] || n.Kind != evidence.ResourceNotRead || n.Reason == "" || n.Input != "m.yaml" {
			t.Errorf("%d: %+v", i, n)
		}
	}
}

func TestKustomizationAmongObjects(t *testing.T) {
	c := read(t, "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n")
	if len(c.Drafts) != 1 || len(c.Missing) != 1 || c.Missing[0].Line != 5 || !strings.Contains(c.Missing[0].Help, "kustomization.yaml") {
		t.Errorf("%+v", c.Missing)
	}
	flux := read(t, "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\n")
	if got := ids(flux); got != "k8s:-/kustomize.toolkit.fluxcd.io/Kustomization/flux-system/apps" {
		t.Errorf("flux: %s", got)
	}
}

func TestTemplatesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"control flow": "{{- if .Values.on }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n{{- end }}\n",
		"bare value":   "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n",
		"quoted":       "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  type: \"{{ .Values.type }}\"\n",
		"quoted name":  "apiVersion: v1\nkind: Service\nmetadata:\n  name: '{{ x }}'\n",
	} {
		in := input("t.yaml", text)
		if !Manifests().Sniff(in) {
			t.Errorf("%s: not claimed", name)
			continue
		}
		err := Manifests().Read(context.Background(), in, &sourcetest.Sink{})
		if err == nil || !strings.Contains(err.Error(), "helm template") || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Braces of another program are no Helm template.
	c := read(t, "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec: {text: 'on {{ $labels.pod }}'}\n---\n"+
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {t: '{{ .Values.x }}'}\n")
	if len(c.Drafts) != 2 {
		t.Errorf("read %d objects", len(c.Drafts))
	}
	c = read(t, `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"w"},"spec":{"a":"{{inputs.x}}"}}]}
{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"}}`)
	if len(c.Drafts) != 2 {
		t.Errorf("read %d objects of JSON with braces in it", len(c.Drafts))
	}
}

func TestSniffLeavesOthersAlone(t *testing.T) {
	for _, text := range []string{
		"services:\n  web: {image: nginx}\n", `{"version":4,"terraform_version":"1.9.0"}`, `[{"id":"/subscriptions/x"}]`, "",
		"# Readme\n\nUse {{ x }}:\n```yaml\napiVersion: v1\nkind: Service\n```\n", "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
		`{"$schema":"https://schema.management.azure.com/x","resources":[]}`,
	} {
		if Manifests().Sniff(input("x", text)) {
			t.Errorf("claimed %q", text)
		}
	}
}

func TestHostile(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'k'; i++ {
		prev := string(i - 1)
		bomb += string(i) + ": &" + string(i) + " [" + strings.Repeat("*"+prev+",", 9) + "*" + prev + "]\n"
	}
	object := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	for name, c := range map[string]struct {
		text string
		kind fault.Kind
		says string
	}{
		"alias bomb":        {object + bomb, fault.Limited, "aliases expand"},
		"alias of itself":   {object + "data: &d {x: *d}\n", fault.Limited, "line 4"},
		"deep yaml":         {object + "data: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "", "line"},
		"deep json":         {`{"apiVersion":"v1","kind":"A","metadata":{"name":"a"},"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}", fault.Limited, "nested"},
		"duplicate key":     {object + "data: {a: 1, a: 2}\n", fault.Invalid, "line 4"},
		"duplicate in json": {`{"apiVersion":"v1","kind":"A","kind":"B"}`, fault.Invalid, "twice"},
		"tab":               {object + "data:\n\tx: 1\n", fault.Invalid, "line"},
		"cut off":           {`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1"`, fault.Invalid, "cut off"},
		"broken second":     {object + "---\napiVersion: v1\nkind: X\nmetadata: {name: [}\n", fault.Invalid, "line"},
		"more text":         {`{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}} ]`, fault.Invalid, "line 1"},
		"items an object":   {`{"apiVersion":"v1","kind":"List","items":{}}`, fault.Invalid, "line 1"},
	} {
		var out sourcetest.Sink
		err := Manifests().Read(context.Background(), input("x", c.text), &out)
		if err == nil {
			t.Errorf("%s: read", name)
			continue
		}
		if c.kind != "" && fault.KindOf(err) != c.kind {
			t.Errorf("%s: kind %s of %v", name, fault.KindOf(err), err)
		}
		if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
}

func TestErrorsQuoteNothing(t *testing.T) {
	err := Manifests().Read(context.Background(), input("x", "apiVersion: v1\nkind: Secret\nstringData:\n  a: `hunter2secret\n"), &sourcetest.Sink{})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}

func TestSinkAndContext(t *testing.T) {
	stop := errors.New("stop")
	in := input("x", "apiVersion: v1\nkind: A\nmetadata: {name: a}\n")
	if err := Manifests().Read(context.Background(), in, &sourcetest.Sink{Fail: stop}); err != stop {
		t.Errorf("sink's error came back as %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Manifests().Read(ctx, in, &sourcetest.Sink{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestSharedMetadataIsNotDamaged(t *testing.T) {
	c := read(t, `apiVersion: v1
kind: List
items:
- &a
  apiVersion: v1
  kind: Service
  metadata: {managedFields: [{x: 1}], name: a, labels: {k: v}}
- <<: *a
  kind: Endpoints
`)
	for _, d := range c.Drafts {
		m := d.Props.Get("metadata")
		if len(m.Members) != 2 || m.Get("name").Str() != "a" || m.Lookup("labels", "k").Str() != "v" {
			t.Errorf("%s: metadata %+v", d.ID, m.Members)
		}
	}
}

func TestSides(t *testing.T) {
	for text, want := range map[string]evidence.Side{
		"{name: a}":                          evidence.Declared,
		"{name: a, creationTimestamp: null}": evidence.Declared,
		"{name: a, uid: ''}":                 evidence.Declared,
		"{name: a, managedFields: []}":       evidence.Declared,
		"{name: a}\nstatus: {}":              evidence.Declared,
		"{name: a}\nstatus: {loadBalancer: {}, conditions: [], kind: ''}": evidence.Declared,
		"{name: a, uid: 6b0d1f4e-0000-4000-8000-000000000000}":            evidence.Live,
		"{name: a, resourceVersion: '17'}":                                evidence.Live,
		"{name: a, creationTimestamp: 2025-01-02T03:04:05Z}":              evidence.Live,
		"{name: a, managedFields: [{manager: kubectl}]}":                  evidence.Live,
		"{name: a}\nstatus: {replicas: 0}":                                evidence.Live,
		"{name: a}\nstatus: {ready: false}":                               evidence.Live,
	} {
		c := read(t, "apiVersion: v1\nkind: Service\nmetadata: "+text+"\n")
		d := c.Drafts[0]
		if d.Side != want {
			t.Errorf("%q is %s, want %s", text, d.Side, want)
		}
		if name := d.Props.At("metadata.name"); (name.Column > 0) != (want == evidence.Declared) || name.Line != 3 {
			t.Errorf("%q: the name stands at %d:%d", text, name.Line, name.Column)
		}
	}
}

// TestRepositoryAndCluster: an object of a repository and what kubectl get says of it are one identity, and no contradiction.
func TestRepositoryAndCluster(t *testing.T) {
	sealer, err := evidence.NewSealer([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	var all []evidence.Resource
	for _, text := range []string{
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {replicas: 1}\n",
		`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","uid":"6b0d1f4e-0000-4000-8000-000000000000"},"spec":{"replicas":3}}`,
	} {
		for _, d := range read(t, text).Drafts {
			r, _, err := sealer.Seal(d)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
	}
	snap, err := evidence.NewSnapshot(evidence.Meta{Name: "x", CollectedAt: "2026-01-02T03:04:05Z", KeyID: sealer.KeyID(), Method: "test"}, all, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(snap.Resources) != 2 || snap.Resources[0].ID != snap.Resources[1].ID || len(snap.NotRead) != 0 ||
		snap.Resources[0].Side != evidence.Declared || snap.Resources[1].Side != evidence.Live {
		t.Errorf("%+v", snap)
	}
}
