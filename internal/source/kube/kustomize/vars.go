package kustomize

import (
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Vars are filled in here and not by the library, which warns of each on standard error. A var takes the value of a
// field of one object, when all names are final, to where other objects write $(NAME)
// (kubectl.docs.kubernetes.io/references/kustomize/kustomization/vars).

// variable is a var of one layer.
type variable struct {
	name, apiVersion, kind, object, namespace, field string
}

// made is an object of the result, and where it comes from.
type made struct {
	Object
	in *layer // whose file or generator it is; nil where that is not known
	// name and namespace before anything changed them.
	name, namespace string
}

// place is where $(NAME) is looked for: a path through members, lists on the way taken item by item, in objects of a kind.
type place struct{ group, version, kind, path string }

// placesOfVars are those that kustomize knows without a configuration.
var placesOfVars = func() []place {
	all := []place{
		{path: "metadata/labels"},
		{path: "metadata/annotations"},
		{kind: "Deployment", path: "spec/template/metadata/annotations"},
		{kind: "Ingress", path: "spec/rules/host"},
		{kind: "Ingress", path: "spec/tls/hosts"},
		{kind: "Ingress", path: "spec/tls/secretName"},
		{kind: "Service", path: "spec/ports/port"},
		{kind: "Service", path: "spec/ports/targetPort"},
		{kind: "PersistentVolume", path: "spec/nfs/server"},
		{kind: "StatefulSet", path: "spec/volumeClaimTemplates/spec/nfs/server"},
		{kind: "CronJob", path: "spec/jobTemplate/spec/template/volumes/nfs/server"},
	}
	for _, pod := range [][2]string{
		{"Pod", "spec"},
		{"CronJob", "spec/jobTemplate/spec/template/spec"},
		{"DaemonSet", "spec/template/spec"},
		{"Deployment", "spec/template/spec"},
		{"Job", "spec/template/spec"},
		{"ReplicaSet", "spec/template/spec"},
		{"StatefulSet", "spec/template/spec"},
	} {
		for _, list := range []string{"containers", "initContainers"} {
			for _, field := range []string{"args", "command", "env/value", "volumeMounts/mountPath"} {
				all = append(all, place{kind: pod[0], path: pod[1] + "/" + list + "/" + field})
			}
		}
		if pod[0] != "StatefulSet" && pod[0] != "CronJob" {
			all = append(all, place{kind: pod[0], path: pod[1] + "/volumes/nfs/server"})
		}
	}
	return all
}()

// placesIn reads the varReference of a configuration.
func placesIn(doc *tree.Value) []place {
	var all []place
	for _, v := range doc.GetFold("varReference").List() {
		all = append(all, place{v.GetFold("group").Str(), v.GetFold("version").Str(), v.GetFold("kind").Str(), v.GetFold("path").Str()})
	}
	return all
}

// fillVars fills the vars of all layers in.
func (s *stage) fillVars(all []made) error {
	values := map[string]*tree.Value{}
	for _, at := range sorted(s.layers) {
		l := s.layers[at]
		for i, v := range l.old.vars {
			value := l.valueOf(v, all)
			if value == nil {
				l.leave(evidence.ReferenceUnknown, l.line("vars", i), word(v.name), &trouble{
					reason: "the var has no value: its object or field is not among what was read, or is not one alone",
				})
				continue
			}
			copied := *value
			values[v.name] = &copied
		}
	}
	if len(values) == 0 {
		return nil
	}
	f := filler{values: values, left: maxBytes}
	for i := range all {
		v := &all[i].Value
		group, version := "", v.Get("apiVersion").Str()
		if g, rest, ok := strings.Cut(version, "/"); ok {
			group, version = g, rest
		}
		for _, p := range slices.Concat(placesOfVars, s.places) {
			if (p.kind == "" || p.kind == v.Get("kind").Str()) && (p.group == "" || p.group == group) && (p.version == "" || p.version == version) {
				f.at(v, strings.Split(p.path, "/"))
			}
		}
	}
	if f.left < 0 {
		return limited("its vars would make more than %d MiB of it", maxBytes>>20)
	}
	return nil
}

// valueOf finds the field that a var of the layer refers to, in the layer and below it.
func (l *layer) valueOf(v variable, all []made) *tree.Value {
	var found *tree.Value
	for i := range all {
		m := &all[i]
		meta := m.Value.Get("metadata")
		if m.Value.Get("kind").Str() != v.kind || v.apiVersion != "" && m.Value.Get("apiVersion").Str() != v.apiVersion ||
			m.name != v.object && meta.Get("name").Str() != v.object ||
			v.namespace != "" && m.namespace != v.namespace && meta.Get("namespace").Str() != v.namespace || !m.in.within(l) {
			continue
		}
		if found != nil {
			return nil
		}
		if found = fieldOf(&m.Value, v.field); found == nil {
			return nil
		}
	}
	return found
}

// within reports whether a layer is o or a part of it; a component works on what uses it.
func (l *layer) within(o *layer) bool {
	for o.component && o.above != nil {
		o = o.above
	}
	for ; l != nil; l = l.above {
		if l == o {
			return true
		}
	}
	return false
}

// fieldOf follows a path such as spec.ports[0].port to a scalar.
func fieldOf(v *tree.Value, path string) *tree.Value {
	path = strings.NewReplacer(`\.`, "\x00", "[", ".", "]", "").Replace(path)
	for step := range strings.SplitSeq(path, ".") {
		step = strings.ReplaceAll(step, "\x00", ".")
		if i, err := strconv.Atoi(step); err == nil && v != nil && v.Kind == tree.Array {
			if i < 0 || i >= len(v.Items) {
				return nil
			}
			v = &v.Items[i]
			continue
		}
		if v = v.Get(step); v == nil {
			return nil
		}
	}
	if v.Kind == tree.Object || v.Kind == tree.Array || v.Kind == tree.Null {
		return nil
	}
	return v
}

// filler writes the values of vars into texts.
type filler struct {
	values map[string]*tree.Value
	left   int // bytes that may still be written
}

func (f *filler) at(v *tree.Value, path []string) {
	switch {
	case v == nil:
	case v.Kind == tree.Array:
		for i := range v.Items {
			f.at(&v.Items[i], path)
		}
	case len(path) > 0:
		f.at(v.Get(path[0]), path[1:])
	case v.Kind == tree.Object:
		for i := range v.Members {
			f.text(&v.Members[i].Value)
		}
	default:
		f.text(v)
	}
}

// text fills one text in. A text that is nothing but one var takes the kind of its value; $$ is a plain dollar sign.
func (f *filler) text(v *tree.Value) {
	if v.Kind != tree.String || !strings.Contains(v.Text, "$") || f.left < 0 {
		return
	}
	was := v.Text
	if name, ok := strings.CutPrefix(was, "$("); ok && strings.IndexByte(name, ')') == len(name)-1 {
		if to := f.values[strings.TrimSuffix(name, ")")]; to != nil {
			*v = tree.Value{Kind: to.Kind, Text: to.Text}
			f.left -= len(to.Text)
		}
		return
	}
	var b strings.Builder
	for rest := was; rest != ""; {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		if !found {
			break
		}
		name, behind, closed := strings.Cut(strings.TrimPrefix(after, "("), ")")
		switch {
		case strings.HasPrefix(after, "$"):
			b.WriteByte('$')
			rest = after[1:]
			continue
		case strings.HasPrefix(after, "(") && closed && f.values[name] != nil:
			b.WriteString(f.values[name].Text)
			rest = behind
		default:
			b.WriteByte('$')
			rest = after
		}
		if f.left -= b.Len(); f.left < 0 {
			return
		}
	}
	if v.Text = b.String(); v.Text != was {
		v.Line, v.Column = 0, 0
	}
}
