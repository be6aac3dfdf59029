package arm

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// values is a parameter file (learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files).
type values struct {
	name   string // as people know it
	params []tree.Member
}

// parameterFiles finds the values of the template's parameters: in the files that the user named and that are for this
// template, else in the one parameter file beside it. Of several beside it none is taken, since they are for
// different deployments.
func (r *run) parameterFiles(t *template) map[string]argument {
	if named := r.namedValues(t); len(named) > 0 {
		return r.merge(named)
	}
	if len(t.params) == 0 || r.in.FS == nil || r.in.Path == "" {
		return nil
	}
	near := r.neighbours()
	switch {
	case len(near) == 0:
		return nil
	case len(near) > 1:
		r.note(evidence.NotRead{
			Kind: evidence.ReferenceUnknown, Input: r.in.Name, Line: 1, Thing: "parameters",
			Reason: "there are several parameter files beside the template, and it is not known which one is meant: " + strings.Join(near, ", "),
			Help:   "name one of them on the command line beside the template",
		})
		return nil
	}
	p := path.Join(path.Dir(r.in.Path), near[0])
	data, err := readFile(r.in.FS, p, r.bytes)
	if err == nil {
		data, err = tree.Decode(data)
	}
	if err != nil {
		r.badValues(r.nameOf(p), err)
		return nil
	}
	v := r.parseValues(r.nameOf(p), data)
	if v == nil {
		return nil
	}
	r.out.Used(p)
	r.foreign(t, v)
	return r.merge([]*values{v})
}

// namedValues are the files that the user named, as far as they are for this template: they give values to
// its parameters and to no others, or their name says whose they are.
func (r *run) namedValues(t *template) []*values {
	var all []*values
	for _, in := range r.in.Values {
		if !strings.Contains(strings.ToLower(in.Outline.Keys["$schema"]), "deploymentparameters") {
			continue
		}
		ours := parametersOf(path.Base(in.Name), stem(path.Base(r.in.Name))) && path.Dir(in.Name) == path.Dir(r.in.Name)
		root, err := parseJSON(in.Data)
		if err != nil {
			if ours {
				r.badValues(in.Name, err)
			}
			continue
		}
		v := &values{in.Name, root.GetFold("parameters").Fields()}
		own := 0
		for i := range v.params {
			if t.params[foldName(v.params[i].Name)] != nil {
				own++
			}
		}
		if own == 0 || own < len(v.params) && !ours {
			continue
		}
		r.foreign(t, v)
		if p, ok := strings.CutPrefix(in.Name, strings.TrimSuffix(r.in.Name, r.in.Path)); ok && r.in.FS != nil && fs.ValidPath(p) {
			r.out.Used(p)
		}
		all = append(all, v)
	}
	return all
}

// merge takes the values of all files. A parameter to which they give different ones has none.
func (r *run) merge(files []*values) map[string]argument {
	given := map[string]argument{}
	from := map[string]*tree.Value{}
	for _, f := range files {
		for i := range f.params {
			m := &f.params[i]
			key := foldName(m.Name)
			if before := from[key]; before != nil && !same(before, &m.Value) {
				r.note(evidence.NotRead{
					Kind: evidence.ReferenceUnknown, Input: f.name, Line: int(m.Value.Line), Thing: m.Name,
					Reason: "two parameter files that were named give the parameter different values, so none is taken",
					Help:   "name the parameter file of one deployment only",
				})
				given[key] = argument{value: lang.Unknown(parameterWords(m.Name), evidence.UnknownParameter)}
				continue
			}
			from[key] = &m.Value
			given[key] = literal(m)
		}
	}
	return given
}

// literal is a value of a parameter file, in which nothing is an expression.
func literal(m *tree.Member) argument {
	value := m.Value.GetFold("value")
	if m.Value.GetFold("reference") != nil || value == nil {
		return argument{node: &m.Value}
	}
	return argument{value: lang.FromTree(*value)}
}

func same(a, b *tree.Value) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Items) != len(b.Items) || len(a.Members) != len(b.Members) {
		return false
	}
	for i := range a.Items {
		if !same(&a.Items[i], &b.Items[i]) {
			return false
		}
	}
	for i := range a.Members {
		other := b.GetFold(a.Members[i].Name)
		if other == nil || !same(&a.Members[i].Value, other) {
			return false
		}
	}
	return true
}

// neighbours are the parameter files that lie beside the template and are its own by their names.
func (r *run) neighbours() []string {
	entries, err := fs.ReadDir(r.in.FS, path.Dir(r.in.Path))
	if err != nil {
		return nil
	}
	own := stem(path.Base(r.in.Path))
	var near, general []string
	taken := false
	for _, e := range entries {
		switch n := e.Name(); {
		case !e.Type().IsRegular():
		case parametersOf(n, own):
			near = append(near, n)
		case parametersOf(n, "azuredeploy"):
			general = append(general, n)
		case strings.EqualFold(stem(n), "azuredeploy"):
			taken = true // they are those of that template
		}
	}
	if len(near) == 0 && !taken {
		near = general
	}
	slices.Sort(near)
	return near
}

// stem is a file's name without its ending.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// parametersOf reports whether a file is called X.parameters.json or X.something.parameters.json.
func parametersOf(name, of string) bool {
	low, of := strings.ToLower(name), strings.ToLower(of)
	for _, end := range []string{".parameters.json", ".parameters.jsonc"} {
		if rest, ok := strings.CutSuffix(low, end); ok && (rest == of || strings.HasPrefix(rest, of+".")) {
			return true
		}
	}
	return false
}

func (r *run) parseValues(name string, data []byte) *values {
	root, err := parseJSON(data)
	if err != nil {
		r.badValues(name, err)
		return nil
	}
	params := root.GetFold("parameters")
	if params == nil || params.Kind != tree.Object {
		return nil
	}
	return &values{name, params.Members}
}

func (r *run) badValues(name string, err error) {
	n := evidence.NotRead{
		Kind: evidence.InputNotUnderstood, Input: name, Reason: "the parameter file cannot be read", Help: "mend it; no value in it was used",
	}
	if bad, ok := err.(*tree.Error); ok {
		n.Line, n.Reason = bad.Line, bad.Msg
	}
	r.note(n)
}

// foreign notes what a parameter file gives a value to that the template does not have. Azure refuses such a file.
func (r *run) foreign(t *template, v *values) {
	for i := range v.params {
		if m := &v.params[i]; t.params[foldName(m.Name)] == nil {
			r.note(evidence.NotRead{
				Kind: evidence.ReferenceUnknown, Input: v.name, Line: int(m.Value.Line), Thing: m.Name,
				Reason: "the parameter file gives a value to a parameter that the template does not have",
				Help:   "correct its name or remove it; Azure refuses the file as it is",
			})
		}
	}
}
