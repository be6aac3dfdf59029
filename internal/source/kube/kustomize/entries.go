package kustomize

import (
	"fmt"
	"path"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// resources lays out what resources and the older bases name.
func (l *layer) resources() error {
	var kept []string
	for _, list := range []struct {
		field   string
		entries []string
	}{{"resources", l.k.Resources}, {"bases", l.old.bases}} {
		for i, entry := range list.entries {
			made, err := l.resource(entry, l.line(list.field, i))
			if err = l.skip(err, l.line(list.field, i), entry); err != nil {
				return err
			}
			kept = append(kept, made...)
		}
	}
	l.k.Resources = kept
	return nil
}

// components lays out what components names.
func (l *layer) components() error {
	var kept []string
	for i, entry := range l.k.Components {
		p, isDir, t := l.s.find(l.dir, entry)
		if t == nil && !isDir {
			t = &trouble{reason: "it is a file: components are directories"}
		}
		var made []string
		err := error(t)
		if t == nil {
			made, err = l.below(p, true)
		}
		if err = l.skip(err, l.line("components", i), entry); err != nil {
			return err
		}
		kept = append(kept, made...)
	}
	l.k.Components = kept
	return nil
}

// resource lays out one entry: a file of objects, or a base. It returns the entries that stand for it.
func (l *layer) resource(entry string, line int) ([]string, error) {
	p, isDir, t := l.s.find(l.dir, entry)
	if t != nil {
		return nil, t
	}
	if isDir {
		return l.below(p, false)
	}
	text, err := l.s.parse(p)
	if err != nil {
		return nil, err
	}
	l.s.add(p, false)
	var made []string
	for i := range text.docs {
		if err := l.object(p, text, &text.docs[i], "", &made); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// below lays out the kustomization of a directory.
func (l *layer) below(dir string, component bool) ([]string, error) {
	s := l.s
	file, err := s.kustomization(dir)
	if err != nil {
		return nil, err
	}
	parts, pieces, notRead := len(s.parts), len(s.pieces), len(s.notRead)
	sub, err := s.layer(use{above: l, dir: dir, file: file, component: component, depth: len(s.using)})
	if _, ok := err.(*trouble); ok {
		s.parts, s.pieces, s.notRead = s.parts[:parts], s.pieces[:pieces], s.notRead[:notRead] // it stands for itself
	}
	if err != nil {
		return nil, err
	}
	s.add(file, component)
	l.weight.add(sub.weight)
	return []string{"../" + sub.entry}, nil
}

// kustomization finds the kustomization file of a directory.
func (s *stage) kustomization(dir string) (file string, err error) {
	var files []string
	for _, name := range names {
		if _, err := s.plain(dir, name); err == nil {
			files = append(files, path.Join(dir, name))
		}
	}
	switch {
	case len(files) == 0:
		return "", &trouble{reason: "the directory holds no kustomization file"}
	case len(files) > 1:
		return "", &trouble{reason: "the directory holds more than one kustomization file, which kustomize refuses"}
	}
	return files[0], nil
}

// object lays out one object, or each item of a list.
func (l *layer) object(file string, from *parsed, v *tree.Value, at tree.Path, made *[]string) error {
	kind := v.Get("kind").Str()
	items := v.Get("items")
	if strings.HasSuffix(kind, "List") && items != nil && (items.Kind == tree.Array || items.Kind == tree.Null) {
		for i := range items.Items {
			if err := l.object(file, from, &items.Items[i], at.Key("items").Index(i), made); err != nil {
				return err
			}
		}
		return nil
	}
	if t := unfit(v); t != nil {
		l.s.left = true
		l.s.notRead = append(l.s.notRead, evidence.NotRead{
			Kind: evidence.ResourceNotRead, Input: l.s.name(file), Line: int(v.Line), Thing: word(kind), Reason: t.reason,
			Help: t.helpOr("mend it; `" + l.s.command + "` refuses it too"),
		})
		return nil
	}
	text := from.json(v)
	if err := l.s.count(len(text)); err != nil {
		return err
	}
	name, err := l.lay("o", text)
	if err != nil {
		return err
	}
	l.s.placed[path.Join(l.at, name)] = stood{file, v, at, l}
	l.weight.object(v, len(text))
	*made = append(*made, name)
	return nil
}

// unfit says why kustomize would refuse an object, and with it the whole kustomization.
func unfit(v *tree.Value) *trouble {
	name := v.Get("metadata").Get("name").Str()
	switch {
	case v.Kind != tree.Object:
		return &trouble{reason: fmt.Sprintf("not an object but %s", v.Kind)}
	case v.Get("apiVersion").Str() == "" || v.Get("kind").Str() == "":
		return &trouble{reason: "an object without apiVersion or kind: what it is cannot be told"}
	case strings.HasPrefix(v.Get("apiVersion").Str(), "kustomize.config.k8s.io/"):
		return &trouble{reason: "a kustomization named as a file, which kustomize refuses", help: "name its directory"}
	case name == "":
		return &trouble{reason: "it has no metadata.name: kustomize refuses an object without one", help: "give it a name"}
	case len(name) > maxName || len(v.Get("metadata").Get("namespace").Str()) > maxName:
		return &trouble{reason: "its name or namespace is longer than Kubernetes allows"}
	case hole(v):
		return &trouble{reason: "a list in it has an empty item, which kustomize refuses"}
	}
	return nil
}

// hole reports whether a list below v has an empty item.
func hole(v *tree.Value) bool {
	for i := range v.Items {
		if v.Items[i].Kind == tree.Null || hole(&v.Items[i]) {
			return true
		}
	}
	for i := range v.Members {
		if hole(&v.Members[i].Value) {
			return true
		}
	}
	return false
}

// charts leaves out what only Helm makes.
func (l *layer) charts() error {
	for i, c := range l.k.HelmCharts {
		name, field := c.Name, "helmCharts"
		if l.root.GetFold(field) == nil {
			field = "helmChartInflationGenerator"
		}
		l.leave(evidence.ResourceNotRead, l.line(field, i), "Helm chart "+word(name), &trouble{
			reason: "a Helm chart is not rendered", help: "scan what `" + l.s.command + " --enable-helm` prints",
		})
	}
	l.k.HelmCharts, l.k.HelmGlobals = nil, nil
	return nil
}

// settings lays out the files that change how kustomize works, and leaves out what does not change an object.
func (l *layer) settings() error {
	for _, list := range []struct {
		field   string
		entries *[]string
	}{{"configurations", &l.k.Configurations}, {"crds", &l.k.Crds}} {
		var kept []string
		for i, entry := range *list.entries {
			name, text, err := l.text("c", entry)
			if err == nil {
				kept = append(kept, name)
				for k := range text.docs {
					l.s.places = append(l.s.places, placesIn(&text.docs[k])...)
				}
			} else if err = l.skip(err, l.line(list.field, i), entry); err != nil {
				return err
			}
		}
		*list.entries = kept
	}
	if entry := l.k.OpenAPI["path"]; entry != "" {
		name, _, err := l.text("s", entry)
		if err == nil {
			l.k.OpenAPI["path"] = name
			l.s.schema = true
		} else if err = l.skip(err, l.line("openapi", "path"), entry); err != nil {
			return err
		} else {
			delete(l.k.OpenAPI, "path")
		}
	}
	for _, entry := range l.k.Validators { // they change nothing
		if p, err := l.s.plain(l.dir, entry); err == nil {
			l.s.add(p, true)
		}
	}
	l.k.Validators = nil
	return nil
}
