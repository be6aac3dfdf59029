package config

import (
	"io/fs"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"

	"github.com/zclconf/go-cty/cty"
)

// takeValues finds the values of the root's variables. Later files win
// (developer.hashicorp.com/terraform/language/values/variables, "Variable Definition Precedence"): terraform.tfvars,
// terraform.tfvars.json, *.auto.tfvars and *.auto.tfvars.json in lexical order, and those that the user named.
func (r *reader) takeValues() {
	r.root.given = map[string]cty.Value{}
	var auto, others []string
	entries, err := fs.ReadDir(r.FS, r.Dir)
	if err != nil {
		return // said when the code was listed
	}
	names := map[string]bool{}
	for _, e := range entries {
		name := e.Name()
		names[name] = !e.IsDir()
		switch {
		case e.IsDir() || !isValues(name) || name == "terraform.tfvars" || name == "terraform.tfvars.json":
		case strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json"):
			auto = append(auto, name)
		default:
			others = append(others, name)
		}
	}
	slices.Sort(auto)
	for _, name := range append([]string{"terraform.tfvars", "terraform.tfvars.json"}, auto...) {
		if !names[name] {
			continue
		}
		if in, ok := r.readFile(inDir(r.Dir, name)); ok {
			r.valuesFrom(in)
		}
	}
	for _, v := range r.Values {
		if in, ok := r.decoded(v.Name, v.Data); ok {
			r.valuesFrom(in)
		}
	}
	r.unused(others)
}

func isValues(name string) bool {
	return strings.HasSuffix(name, ".tfvars") || strings.HasSuffix(name, ".tfvars.json")
}

// unused names the files with values that stand beside the root and that nobody named.
func (r *reader) unused(others []string) {
	others = slices.DeleteFunc(others, func(name string) bool {
		return slices.ContainsFunc(r.Values, func(v Values) bool { return v.Path == inDir(r.Dir, name) })
	})
	if len(others) == 0 || len(r.root.module.order) == 0 {
		return
	}
	slices.Sort(others)
	list := strings.Join(others[:min(len(others), 10)], ", ")
	if len(others) > 10 {
		list += " and others"
	}
	r.note(Note{
		Kind: evidence.ReferenceUnknown, File: r.Dir, Thing: list, Reason: "files with values of variables that are not used by themselves",
		Help: "name one on the command line to have it used", Count: len(others),
	})
}

// valuesFrom takes the values of a file for variables that the root declares. They are literals: nothing can be referred to.
func (r *reader) valuesFrom(in *text) {
	var attrs []*attribute
	if strings.HasSuffix(in.name, ".json") {
		if line := deepJSON(in.bytes); line > 0 {
			r.deep(in, line)
			return
		}
		attrs = r.valuesFromJSON(in)
	} else {
		attrs, _ = r.body(in)
	}
	for _, a := range attrs {
		v := r.root.module.variables[a.name]
		if v == nil {
			continue
		}
		what := about{a.in, a.at.line, "var." + a.name}
		r.root.given[a.name] = r.evaluate(r.root, nil, r.traced(a), what)
	}
}
