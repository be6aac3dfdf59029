package placement

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"c4arch/internal/base/document"
	"c4arch/internal/base/fault"
)

// Limits of a layout file. They are far above what any model that can be drawn needs, and bound what one can cost.
const (
	MaxSize   = 256 << 20 // bytes
	maxViews  = 50_000
	maxNodes  = 500_000 // of all views together
	maxLines  = 500_000 // of all views together
	maxWay    = 400     // numbers of a way: two for each corner
	maxText   = 4_096   // bytes of a key or an id
	maxExtent = 1 << 20 // pixels: a place is between -maxExtent and maxExtent
)

var kind = document.Kind{
	Name: "a layout file", Format: Format, Version: Version, Bytes: MaxSize,
	Smaller: "begin anew with --layout none", Origin: "give the layout.json that c4arch wrote, or begin anew with --layout none",
	Again: "begin anew with --layout none",
}

// Encode writes a layout file: views by key, nodes by id, one a line, so that two can be compared with diff and bytes depend
// on content alone. Nothing of f is changed. It fails on what [Decode] would refuse.
func Encode(to io.Writer, f *File) error {
	views := sorted(f.Views)
	if err := check(views); err != nil {
		return err
	}
	return document.Write(to, func(w *document.Writer) {
		w.Member("format", Format)
		w.Member("version", Version)
		w.Name("views")
		document.Lines(w, views, func(v *View) {
			w.Object(func() {
				w.Member("key", v.Key)
				document.List(w, "nodes", v.Nodes)
				if len(v.Lines) > 0 {
					document.List(w, "lines", v.Lines)
				}
			})
		})
	})
}

// Decode reads a layout file. It refuses another format, a later major version, duplicate names, text that is not UTF-8, a
// view or a node that is there twice, and places that no picture has. Views and nodes may stand in any order.
// Errors say where and what to do.
func Decode(data []byte) (*File, error) {
	f := &File{}
	if err := kind.Read(data, f); err != nil {
		return nil, err
	}
	f.Views = sorted(f.Views)
	if err := check(f.Views); err != nil {
		return nil, err
	}
	return f, nil
}

// sorted returns a copy in the order of the file.
func sorted(views []View) []View {
	views = slices.Clone(views)
	for i := range views {
		views[i].Nodes = slices.Clone(views[i].Nodes)
		slices.SortStableFunc(views[i].Nodes, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
		views[i].Lines = slices.Clone(views[i].Lines)
		slices.SortStableFunc(views[i].Lines, func(a, b Line) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target))
		})
	}
	slices.SortStableFunc(views, func(a, b View) int { return cmp.Compare(a.Key, b.Key) })
	return views
}

func check(views []View) error {
	if len(views) > maxViews {
		return broken(fault.Limited, "a layout file remembers %d views; at most %d can be read", len(views), maxViews)
	}
	total, lines := 0, 0
	for i := range views {
		v := &views[i]
		switch total += len(v.Nodes); {
		case !named(v.Key):
			return broken(fault.Invalid, "a view of the layout file has no key, or one that is too long")
		case i > 0 && views[i-1].Key == v.Key:
			return broken(fault.Invalid, "view %q is twice in the layout file", v.Key)
		case total > maxNodes:
			return broken(fault.Limited, "a layout file remembers more than %d boxes", maxNodes)
		}
		if lines += len(v.Lines); lines > maxLines {
			return broken(fault.Limited, "a layout file remembers more than %d lines", maxLines)
		}
		if err := cmp.Or(checkNodes(v), checkLines(v)); err != nil {
			return err
		}
	}
	return nil
}

func checkNodes(v *View) error {
	for i, n := range v.Nodes {
		switch {
		case !named(n.ID):
			return broken(fault.Invalid, "a box of view %q has no id in the layout file, or one that is too long", v.Key)
		case i > 0 && v.Nodes[i-1].ID == n.ID:
			return broken(fault.Invalid, "box %q is twice in view %q of the layout file", n.ID, v.Key)
		case !n.reached():
			return broken(fault.Invalid, "box %q in view %q of the layout file stands where no picture reaches", n.ID, v.Key)
		}
	}
	return nil
}

func checkLines(v *View) error {
	for _, l := range v.Lines {
		switch {
		case !l.joins():
			return broken(fault.Invalid, "a line of view %q does not say in the layout file what it joins", v.Key)
		case !l.runs():
			return broken(fault.Invalid, "the line from %q to %q in view %q of the layout file has no way that a line can have", l.Source, l.Target, v.Key)
		case !l.labelled():
			return broken(fault.Invalid, "the label of the line from %q to %q in view %q of the layout file has no place", l.Source, l.Target, v.Key)
		}
	}
	return nil
}

func broken(k fault.Kind, format string, args ...any) error {
	return fault.New(k, format, args...).WithHelp("mend it, or begin anew with --layout none")
}

// named reports whether s can be a key or an id: control characters are in none, and would be one in a message.
func named(s string) bool {
	return s != "" && len(s) <= maxText && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' })
}

func near(n int) bool { return -maxExtent <= n && n <= maxExtent }

func far(n int) bool { return !near(n) }

// reached reports whether a picture reaches to where the node stands.
func (n *Node) reached() bool {
	return near(n.X) && near(n.Y) && n.W >= 0 && n.H >= 0 && near(n.W) && near(n.H)
}

// joins, runs and labelled report whether a line can have such ends, such a way and such a place of its label.
func (l *Line) joins() bool { return named(l.Source) && named(l.Target) }

func (l *Line) runs() bool {
	return len(l.Way) >= 4 && len(l.Way)%2 == 0 && len(l.Way) <= maxWay && !slices.ContainsFunc(l.Way, far)
}

func (l *Line) labelled() bool {
	return (len(l.Label) == 0 || len(l.Label) == 4) && !slices.ContainsFunc(l.Label, far)
}
