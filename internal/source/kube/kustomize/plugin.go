package kustomize

import (
	"encoding/json"
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
			made, err := l.plugin(entry, l.line(list.field, i))
			if err = l.skip(err, l.line(list.field, i), entry); err != nil {
				return err
			}
			kept = append(kept, made...)
		}
		*list.entries = kept
	}
	return nil
}

func (l *layer) plugin(entry string, line int) ([]string, error) {
	var docs []tree.Value
	file := l.file
	if inline(entry) {
		var err error
		if docs, err = documents([]byte(entry)); err != nil {
			return nil, &trouble{reason: "it is not valid YAML"}
		}
	} else {
		p, isDir, t := l.s.find(l.dir, entry)
		if t != nil {
			return nil, t
		}
		if isDir {
			return nil, &trouble{reason: "a directory of configurations is not followed", help: "scan what `" + l.s.command + "` prints"}
		}
		var err error
		if docs, err = l.s.parse(p); err != nil {
			return nil, err
		}
		l.s.add(p, true)
		file = p
	}
	var made []string
	for i := range docs {
		name, err := l.configuration(&docs[i], file, line)
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
	l.s.placed[l.at+"/"+name] = stood{file: file, value: doc}
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
		made, docs, err := l.text("p", v.Str())
		if err != nil {
			return false, err
		}
		l.pluginBytes += len(restate(docs))
		*v = tree.Str(made)
		l.countCopies(docs)
	case "patch", "jsonop", "patches":
		docs, err := documents([]byte(v.Str()))
		if err != nil {
			return false, &trouble{reason: "a patch in it is not valid YAML"}
		}
		l.countCopies(docs)
		*v = tree.Str(string(restate(docs)))
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
