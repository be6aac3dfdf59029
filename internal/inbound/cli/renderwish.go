package cli

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/plantuml"
	"c4arch/internal/render/png"
)

// The words that flags of render take.
var (
	themes   = words(figure.Themes)
	papers   = []string{"fit", "A4", "A3"}
	dialects = words(plantuml.Dialects)
)

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, w := range all {
		out[i] = string(w)
	}
	return out
}

// rendering is what the flags ask for of a model.
func (r *run) rendering(f *renderFlags, m *c4.Model, path string, to outputKind) (Drawing, error) {
	o := *f.outputFlags
	if to != directory {
		o.dir = "" // a file has no layout beside it
	}
	d, err := r.drawing(&o, filepath.Dir(path))
	if err != nil {
		return d, err
	}
	for _, step := range []func(*renderFlags, *c4.Model, *Drawing) error{wantViews, wantWords, wantDepth, wantFolds} {
		if err := step(f, m, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

func wantViews(f *renderFlags, m *c4.Model, d *Drawing) error {
	if f.views == nil {
		return nil
	}
	known := keysOf(m)
	d.Views = map[string]bool{}
	for _, key := range f.views {
		if key = strings.TrimSpace(key); !slices.Contains(known, key) {
			help := meant(key, known)
			if help == "" {
				help = "views are: " + strings.Join(known[:min(len(known), 2*mostMeant)], ", ")
				if len(known) > 2*mostMeant {
					help += " and " + count(len(known)-2*mostMeant, "other")
				}
			}
			return fault.New(fault.NotFound, "the model has no view %q", key).WithHelp("%s", strings.TrimSpace(help))
		}
		d.Views[key] = true
	}
	return nil
}

// wantWords reads the flags that take one of a few words.
func wantWords(f *renderFlags, _ *c4.Model, d *Drawing) error {
	word := func(flag, text string, known []string, to *string) error {
		for _, k := range known {
			if text == "" || strings.EqualFold(strings.TrimSpace(text), k) {
				if text != "" {
					*to = k
				}
				return nil
			}
		}
		return fault.New(fault.Invalid, "--%s %q is not known", flag, text).WithHelp("it is one of %s", strings.Join(known, ", "))
	}
	var theme string
	if err := word("theme", f.theme, themes, &theme); err != nil {
		return err
	}
	d.Theme = figure.Theme(theme)
	if err := word("paper", f.paper, papers, &d.Paper); err != nil {
		return err
	}
	if err := word("dialect", f.dialect, dialects, &d.Dialect); err != nil {
		return err
	}
	if d.Scale = f.scale; d.Scale != 0 && !(d.Scale >= 1 && d.Scale <= png.MaxScale) {
		return fault.New(fault.Invalid, "--scale is not between 1 and %d", png.MaxScale).WithHelp("2 is sharp on most screens and on paper")
	}
	return nil
}

func wantDepth(f *renderFlags, _ *c4.Model, d *Drawing) error {
	switch text := strings.ToLower(strings.TrimSpace(f.depth)); text {
	case "auto":
	case "all":
		d.Whole = true
	default:
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1000 {
			return fault.New(fault.Invalid, "--depth %q is no number of levels", f.depth).WithHelp("give 1 or more, all or auto")
		}
		d.Depth = n
	}
	return nil
}

// wantFolds finds the boundaries that are to be opened and closed, by id or by name.
func wantFolds(f *renderFlags, m *c4.Model, d *Drawing) (err error) {
	if f.expand == nil && f.collapse == nil {
		return nil
	}
	b := boundariesOf(d.Model(m))
	if d.Open, err = b.find("--expand", f.expand); err == nil {
		d.Closed, err = b.find("--collapse", f.collapse)
	}
	return err
}

// boundaries are the nodes of boundaries, by their names and ids in small letters.
type boundaries struct {
	nodes map[string][]string
	names []string // as people read them, in the order of the views, each once
}

func boundariesOf(m *c4.Model) boundaries {
	elements := make(map[string]string, len(m.Elements))
	for i := range m.Elements {
		elements[m.Elements[i].ID] = m.Elements[i].Name
	}
	b := boundaries{nodes: map[string][]string{}}
	for i := range m.Views {
		parents := map[string]bool{}
		for _, n := range m.Views[i].Nodes {
			parents[n.Parent] = true
		}
		for _, n := range m.Views[i].Nodes {
			if parents[n.ID] {
				b.add(n, elements[n.Element])
			}
		}
	}
	return b
}

func (b *boundaries) add(n c4.Node, name string) {
	if _, known := b.nodes[strings.ToLower(name)]; !known {
		b.names = append(b.names, name)
	}
	for _, word := range slices.Compact([]string{strings.ToLower(n.ID), strings.ToLower(name)}) {
		if !slices.Contains(b.nodes[word], n.ID) {
			b.nodes[word] = append(b.nodes[word], n.ID)
		}
	}
}

func (b *boundaries) find(flag string, names []string) (map[string]bool, error) {
	found := map[string]bool{}
	for _, name := range names {
		nodes := b.nodes[strings.ToLower(strings.TrimSpace(name))]
		if len(nodes) == 0 {
			help := meant(name, b.names)
			if help == "" {
				help = "give the name or the id of a boundary in one of the views"
			}
			return nil, fault.New(fault.NotFound, "%s: no view has a boundary %q", flag, name).WithHelp("%s", strings.TrimSpace(help))
		}
		for _, n := range nodes {
			found[n] = true
		}
	}
	return found, nil
}

func keysOf(m *c4.Model) []string {
	keys := make([]string, len(m.Views))
	for i := range m.Views {
		keys[i] = m.Views[i].Key
	}
	return keys
}

// completeView completes the key of a view of the model that was named.
func completeView(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	m := modelToComplete(args)
	var keys, titles []string
	for i := range m.Views {
		keys, titles = append(keys, m.Views[i].Key), append(titles, visible(m.Views[i].Title))
	}
	about := func(key string) string { return titles[slices.Index(keys, key)] }
	return completeList(keys, about)(nil, nil, typed)
}

// completeBoundary completes the name of a boundary in a view of the model that was named.
func completeBoundary(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	b := boundariesOf(modelToComplete(args))
	var all []cobra.Completion
	for _, name := range b.names {
		if !strings.ContainsRune(name, ',') { // a comma would part it
			all = append(all, visible(name))
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// modelToComplete reads the model for a shell, which is no place for errors.
func modelToComplete(args []string) *c4.Model {
	if len(args) > 0 {
		if m, err := readModel(args[0]); err == nil {
			return m
		}
	}
	return &c4.Model{}
}
