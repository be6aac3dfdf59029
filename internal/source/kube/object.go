package kube

import (
	"context"
	"fmt"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// walk is one reading of one input.
type walk struct {
	ctx    context.Context
	in     evidence.Input
	out    evidence.Sink
	braces bool // the text holds {{ somewhere
}

// typed is what a list says of its items, which the API server leaves out of them.
type typed struct{ apiVersion, kind string }

// object reads one object, or each item of a list.
func (w *walk) object(v *tree.Value, from typed, at tree.Path) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if v.Kind == tree.Null {
		return nil
	}
	if v.Kind != tree.Object {
		w.notRead(v.Line, "", fmt.Sprintf("not an object but %s %s", article(v.Kind), v.Kind), "")
		return nil
	}
	apiVersion, kind := v.Get("apiVersion").Str(), v.Get("kind").Str()
	if apiVersion == "" {
		apiVersion = from.apiVersion
	}
	if kind == "" {
		kind = from.kind
	}
	if apiVersion == "" || kind == "" {
		w.notRead(v.Line, "", "an object without apiVersion or kind: what it is cannot be told",
			"give it both, or move it out of the manifests")
		return nil
	}
	if items := v.Get("items"); items != nil && strings.HasSuffix(kind, "List") {
		return w.list(items, apiVersion, kind, at)
	}
	group, _, found := strings.Cut(apiVersion, "/")
	if !found {
		group = "" // "v1" is the core group, which has no name
	}
	if kind == "Kustomization" && group == "kustomize.config.k8s.io" {
		w.kustomization(v.Line)
		return nil
	}
	return w.single(v, group, kind, at)
}

func article(k tree.Kind) string {
	if k == tree.Array {
		return "an"
	}
	return "a"
}

func (w *walk) list(items *tree.Value, apiVersion, kind string, at tree.Path) error {
	if items.Kind != tree.Array && items.Kind != tree.Null {
		return fault.New(fault.Invalid, "line %d: the items of a %s are not an array", items.Line, kind).
			WithHelp("collect the list again with kubectl get -o json")
	}
	// The items of a PodList are Pods; those of a plain List say themselves what they are.
	from := typed{apiVersion, strings.TrimSuffix(kind, "List")}
	if from.kind == "" {
		from = typed{}
	}
	at = at.Key("items")
	for i := range items.Items {
		if err := w.object(&items.Items[i], from, at.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// single gives one object to the sink.
func (w *walk) single(v *tree.Value, group, kind string, at tree.Path) error {
	if w.braces {
		if line, ok := templated(v, kind); ok {
			return helmError(line)
		}
	}
	d, reason, help := draft(v, group, kind)
	if reason != "" {
		w.notRead(v.Line, typeOf(group, kind), reason, help)
		return nil
	}
	if d.Side == evidence.Live {
		forgetColumns(&d.Props) // what the API server prints is nobody's code
	}
	d.Origin = evidence.Origin{Input: w.in.Name, Line: int(v.Line), Path: string(at)}
	return w.out.Resource(d)
}

// draft makes a resource of an object, or says why it cannot be one.
func draft(v *tree.Value, group, kind string) (d evidence.Draft, reason, help string) {
	meta := v.Get("metadata")
	name, namespace := meta.Get("name").Str(), meta.Get("namespace").Str()
	switch {
	case name == "" && meta.Get("generateName").Str() != "":
		return d, "it has only a generateName: the cluster chooses its name anew each time, so it has no identity here",
			"scan what the cluster has: kubectl get -o yaml"
	case name == "":
		return d, "it has no metadata.name: it is not an object of a cluster (a tool's own configuration, perhaps)", ""
	case strings.ContainsAny(name+namespace, "/\x00"):
		return d, "its name or namespace holds a slash, which Kubernetes does not allow", ""
	}
	scope, place := namespace, namespace
	switch {
	case clusterScoped(group, kind):
		scope, place = "", "_"
	case namespace == "":
		scope, place = "default", "default"
	}
	return evidence.Draft{
		ID:        "k8s:-/" + orCore(group) + "/" + kind + "/" + place + "/" + name,
		Form:      evidence.Kubernetes,
		Provider:  "kubernetes",
		Type:      typeOf(group, kind),
		Name:      name,
		Scope:     scope,
		Tags:      labels(meta.Get("labels")),
		Side:      side(v),
		Props:     withoutBookkeeping(*v),
		Sensitive: sensitive(v, group, kind),
	}, "", ""
}

// side tells an object that a cluster has answered with from one that somebody wrote: the API server sets these fields, and
// ignores them in what it is sent (github.com/kubernetes/community, API conventions, "Metadata" and "Spec and Status").
func side(v *tree.Value) evidence.Side {
	meta := v.Get("metadata")
	for _, set := range []*tree.Value{
		meta.Get("uid"), meta.Get("resourceVersion"), meta.Get("creationTimestamp"), meta.Get("managedFields"), v.Get("status"),
	} {
		if says(set) {
			return evidence.Live
		}
	}
	return evidence.Declared
}

// says reports whether a value holds anything. Generators write an empty status, with empty lists and texts in it.
func says(v *tree.Value) bool {
	if v == nil {
		return false
	}
	for _, leaf := range v.Leaves() {
		if leaf.Kind == tree.Bool || leaf.Text != "" {
			return true
		}
	}
	return false
}

func forgetColumns(v *tree.Value) {
	v.Column = 0
	for i := range v.Items {
		forgetColumns(&v.Items[i])
	}
	for i := range v.Members {
		forgetColumns(&v.Members[i].Value)
	}
}

func orCore(group string) string {
	if group == "" {
		return "core"
	}
	return group
}

// typeOf drops the version: an object read as apps/v1 and as apps/v1beta2 is one object.
func typeOf(group, kind string) string {
	if group == "" {
		return kind
	}
	return group + "/" + kind
}

func labels(v *tree.Value) map[string]string {
	var tags map[string]string
	for _, m := range v.Fields() {
		switch m.Value.Kind {
		case tree.String, tree.Number, tree.Bool:
			if tags == nil {
				tags = make(map[string]string, len(v.Members))
			}
			tags[m.Name] = m.Value.Text
		}
	}
	return tags
}

// withoutBookkeeping leaves metadata.managedFields out: it is the API server's own record
// of who wrote which field, repeats the whole object in size, and changes with each
// write, so that it would drown every real change. Slices are copied, not shortened in
// place, since YAML merge keys may let two objects share them.
func withoutBookkeeping(v tree.Value) tree.Value {
	if v.Lookup("metadata", "managedFields") == nil {
		return v
	}
	v.Members = append([]tree.Member(nil), v.Members...)
	meta := v.Get("metadata")
	kept := make([]tree.Member, 0, len(meta.Members))
	for _, m := range meta.Members {
		if m.Name != "managedFields" {
			kept = append(kept, m)
		}
	}
	meta.Members = kept
	return v
}

// lastApplied repeats, as text, the object that kubectl apply was given.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// sensitive lists the values of a Secret; the names of its keys stay, since
// workloads refer to them.
func sensitive(v *tree.Value, group, kind string) []tree.Path {
	if kind != "Secret" || group != "" {
		return nil
	}
	var paths []tree.Path
	for _, part := range []string{"data", "stringData"} {
		at := tree.Path("").Key(part)
		m := v.Get(part)
		if m == nil {
			continue
		}
		if m.Kind != tree.Object {
			paths = append(paths, at)
		}
		for _, f := range m.Fields() {
			paths = append(paths, at.Key(f.Name))
		}
	}
	if v.Lookup("metadata", "annotations", lastApplied) != nil {
		paths = append(paths, tree.Path("metadata.annotations").Key(lastApplied))
	}
	return paths
}

// templated finds what only a Helm template says. The texts that a ConfigMap or a Secret
// carries are left alone: they are often templates of another program.
func templated(v *tree.Value, kind string) (int32, bool) {
	for at, leaf := range v.Leaves() {
		if leaf.Kind != tree.String || !strings.Contains(leaf.Text, "{{") {
			continue
		}
		carried := (kind == "ConfigMap" || kind == "Secret") &&
			(strings.HasPrefix(string(at), "data") || strings.HasPrefix(string(at), "stringData"))
		if !carried && (strings.HasPrefix(string(at), "metadata.name") || helmValue.MatchString(leaf.Text)) {
			return leaf.Line, true
		}
	}
	return 0, false
}

func (w *walk) notRead(line int32, thing, reason, help string) {
	w.out.NotRead(evidence.NotRead{
		Kind: evidence.ResourceNotRead, Input: w.in.Name, Line: int(line),
		Thing: thing, Reason: reason, Help: help,
	})
}

func (w *walk) kustomization(line int32) {
	w.notRead(line, "Kustomization", "a kustomization among other objects: kustomize finds one by the name of its file alone",
		"give it a file kustomization.yaml of its own")
}
