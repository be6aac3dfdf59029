package kustomize

import (
	"bytes"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

// generators lays out the files that ConfigMaps and Secrets are made of.
func (l *layer) generators() error {
	for i := range l.k.ConfigMapGenerator {
		if err := l.generator(&l.k.ConfigMapGenerator[i].GeneratorArgs, "configMapGenerator", i); err != nil {
			return err
		}
	}
	for i := range l.k.SecretGenerator {
		if err := l.generator(&l.k.SecretGenerator[i].GeneratorArgs, "secretGenerator", i); err != nil {
			return err
		}
	}
	return nil
}

func (l *layer) generator(g *types.GeneratorArgs, field string, i int) error {
	size := 0
	for _, text := range g.LiteralSources {
		size += len(text)
	}
	missing := false
	kept := func(list string, entries []string, named bool) ([]string, error) {
		var out []string
		for j, entry := range entries {
			key, file := "", entry
			if named {
				key, file = keyOf(entry)
			}
			name, data, err := l.data(file)
			size += len(data)
			if err == nil {
				out = append(out, key+name)
				if !named {
					l.variables(entry, data)
				}
				continue
			}
			missing = true
			if err := l.skip(err, l.line(field, i, list, j), file); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	var err error
	if g.FileSources, err = kept("files", g.FileSources, true); err != nil {
		return err
	}
	if g.EnvSources, err = kept("envs", g.EnvSources, false); err != nil {
		return err
	}
	if missing {
		// The hash in the name is over what is missing too.
		options := types.GeneratorOptions{}
		if g.Options != nil {
			options = *g.Options
		}
		options.DisableNameSuffixHash = true
		g.Options = &options
	}
	l.weight.generated(size)
	return l.s.count(size)
}

// keyOf splits an entry of files, [key=]path, into "key=" and the path.
func keyOf(entry string) (key, file string) {
	if k, p, ok := strings.Cut(entry, "="); ok {
		return k + "=", p
	}
	return path.Base(entry) + "=", entry
}

// data lays out a file as it is.
func (l *layer) data(entry string) (name string, data []byte, err error) {
	p, err := l.s.plain(l.dir, entry)
	if err != nil {
		return "", nil, err
	}
	if data, err = l.s.read(p); err != nil {
		return "", nil, err
	}
	l.s.add(p, true)
	name, err = l.lay("f", data)
	return name, data, err
}

// variables remembers which names a file of variables sets.
func (l *layer) variables(entry string, data []byte) {
	if l.sets[entry] != nil {
		return
	}
	l.sets[entry] = map[string]bool{}
	for line := range bytes.Lines(data) {
		name, _, _ := strings.Cut(strings.TrimSpace(string(line)), "=")
		l.sets[entry][name] = true
	}
}
