package kustomize

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// builtin are the plugins that are a part of kustomize and do nothing but compute
// (kubectl.docs.kubernetes.io/references/kustomize/builtins), each with the fields that name files.
var builtin = map[string][]string{
	"AnnotationsTransformer": nil, "HashTransformer": nil, "IAMPolicyGenerator": nil, "ImageTagTransformer": nil,
	"LabelTransformer": nil, "NamespaceTransformer": nil, "PrefixSuffixTransformer": nil, "PrefixTransformer": nil,
	"ReplicaCountTransformer": nil, "SuffixTransformer": nil,
	"ConfigMapGenerator": {"files", "envs", "env"}, "SecretGenerator": {"files", "envs", "env"},
	"PatchTransformer": {"path", "patch"}, "PatchJson6902Transformer": {"path", "jsonOp"},
	"PatchStrategicMergeTransformer": {"paths", "patches"},
	"ValueAddTransformer":            {"targetFilePath"},
	"ReplacementTransformer":         nil, // becomes a part of the kustomization itself
}

// plugins lays out the configurations of generators and transformers that are built in, and leaves out all others.
func (l *layer) plugins() error {
	for _, list := range []struct {
		field   string
		entries *[]string
	}{{"generators", &l.k.Generators}, {"transformers", &l.k.Transformers}} {
		var kept []string
		for i, entry := range *list.entries {
			made, err := l.plugin(l.dir, entry, l.line(list.field, i), 0)
			if err = l.skip(err, l.line(list.field, i), entry); err != nil {
				return err
			}
			kept = append(kept, made...)
		}
		*list.entries = kept
	}
	return nil
}

// plugin lays out the configurations that an entry of a kustomization in dir names, or is.
func (l *layer) plugin(dir, entry string, line, depth int) ([]string, error) {
	if inline(entry) {
		text, err := documents([]byte(entry))
		if err != nil {
			return nil, &trouble{reason: "it is not valid YAML"}
		}
		return l.configurations(text, l.file, line)
	}
	p, isDir, t := l.s.find(dir, entry)
	switch {
	case t != nil:
		return nil, t
	case isDir:
		return l.collection(p, line, depth)
	}
	text, err := l.s.parse(p)
	if err != nil {
		return nil, err
	}
	l.s.add(p, true)
	return l.configurations(text, p, line)
}

// collection lays out the configurations that a kustomization gathers in its resources.
func (l *layer) collection(dir string, line, depth int) ([]string, error) {
	if depth > maxDepth {
		return nil, limited("its bases have bases more than %d deep", maxDepth)
	}
	file, err := l.s.kustomization(dir)
	if err != nil {
		return nil, err
	}
	text, err := l.s.parse(file)
	if err != nil {
		return nil, err
	}
	var k types.Kustomization
	if len(text.docs) != 1 || k.Unmarshal(appendJSON(nil, &text.docs[0])) != nil {
		return nil, &trouble{reason: "its kustomization cannot be read"}
	}
	entries := append(k.Resources, takeOld(&k).bases...)
	k.Resources = nil
	if !reflect.DeepEqual(k, types.Kustomization{TypeMeta: k.TypeMeta, MetaData: k.MetaData}) {
		return nil, &trouble{reason: "a kustomization that changes configurations is not followed", help: "scan what `" + l.s.command + "` prints"}
	}
	l.s.add(file, true)
	var made []string
	for _, entry := range entries {
		more, err := l.plugin(dir, entry, line, depth+1)
		if err = l.skip(err, line, entry); err != nil {
			return nil, err
		}
		made = append(made, more...)
	}
	return made, nil
}

func (l *layer) configurations(text *parsed, file string, line int) ([]string, error) {
	var made []string
	for i := range text.docs {
		name, err := l.configuration(&text.docs[i], file, line)
		if err != nil {
			return nil, err
		}
		if name != "" {
			made = append(made, name)
		}
	}
	return made, nil
}

// configuration lays out what configures one plugin.
func (l *layer) configuration(doc *tree.Value, file string, line int) (string, error) {
	kind := doc.Get("kind").Str()
	fields, ok := builtin[kind]
	asks := doc.Get("metadata").Get("annotations")
	if !ok || doc.Get("apiVersion").Str() != "builtin" || asks.Get("config.kubernetes.io/function") != nil || asks.Get("config.k8s.io/function") != nil {
		l.leave(evidence.ResourceNotRead, line, word(kind), &trouble{
			reason: "a plugin or function of kustomize is not run",
			help:   "scan what `kustomize build --enable-alpha-plugins --enable-exec DIR` prints where you trust it",
		})
		return "", nil
	}
	if kind == "ReplacementTransformer" {
		var list []types.ReplacementField
		if r := doc.GetFold("replacements"); r != nil && json.Unmarshal(appendJSON(nil, r), &list) != nil {
			return "", &trouble{reason: "it is not written as replacements"}
		}
		return "", l.replace(list, func(int) int { return line })
	}
	v := doc.Clone()
	for i := 0; i < len(v.Members); i++ {
		m := &v.Members[i]
		if !slices.ContainsFunc(fields, func(f string) bool { return strings.EqualFold(f, m.Name) }) {
			continue
		}
		keep, err := l.field(strings.ToLower(m.Name), &m.Value)
		if err != nil {
			return "", err
		}
		if !keep {
			v.Members = slices.Delete(v.Members, i, i+1)
			i--
		}
	}
	text := appendJSON(nil, &v)
	l.pluginBytes += len(text)
	name, err := l.lay("t", text)
	l.s.placed[l.at+"/"+name] = stood{file: file, value: doc, in: l}
	return name, err
}

// field lays out what a field names, and makes it name that.
func (l *layer) field(name string, v *tree.Value) (keep bool, err error) {
	switch name {
	case "files", "envs", "env":
		list := v.Items
		if v.Kind == tree.String {
			list = []tree.Value{*v}
		}
		for i := range list {
			key, file := "", list[i].Str()
			if name == "files" {
				key, file = keyOf(file)
			}
			made, data, err := l.data(file)
			if err != nil {
				return false, err
			}
			l.weight.generated(len(data))
			list[i] = tree.Str(key + made)
		}
		if v.Kind == tree.String {
			*v = list[0]
		}
	case "path", "targetfilepath":
		made, text, err := l.text("p", v.Str())
		if err != nil {
			return false, err
		}
		l.pluginBytes += len(text.restate())
		*v = tree.Str(made)
		l.countCopies(text)
	case "patch", "jsonop", "patches":
		text, err := documents([]byte(v.Str()))
		if err != nil {
			return false, &trouble{reason: "a patch in it is not valid YAML"}
		}
		l.countCopies(text)
		*v = tree.Str(string(text.restate()))
	case "paths":
		for i := range v.Items {
			text := v.Items[i].Str()
			if inline(text) {
				text, err = l.patch("", text)
			} else {
				text, err = l.patch(text, "")
			}
			if err != nil {
				return false, err
			}
			v.Items[i] = tree.Str(text)
		}
	}
	return true, nil
}
