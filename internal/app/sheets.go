package app

import (
	"io"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/fold"
	"c4arch/internal/arch/placement"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/page"
	"c4arch/internal/render/svg"
)

// Limits of the pictures that a page has beside the first one of a view. Where it has none, the viewer shows the whole
// picture, and where it has not that either, the folded one with the list of what is in a box.
const (
	mostWhole   = 400 // boxes of a view that a page shows with everything open
	mostFurther = 300 // pictures of a page that show one boundary open
	roomInside  = fold.Threshold
)

// sheet is what is drawn of a view.
type sheet struct {
	view    *c4.View
	shown   *c4.View  // the view as it is drawn: boundaries of it may be folded
	further []further // other drawings of it, for the page
}

// further is a drawing of a view with other boundaries open.
type further struct {
	key  string
	view *c4.View
}

// plan decides what is drawn, and in which order: those first that take longest, so that the last to end is a short one,
// unless there is a file whose pages follow the views.
func (w *writer) plan() {
	if !w.draws() && !slices.ContainsFunc(w.formats, func(f format) bool { return f.text != nil }) {
		return
	}
	views := w.some.Views
	w.sheets = make([]sheet, len(views))
	left := mostFurther
	if !slices.ContainsFunc(w.formats, func(f format) bool { return f.page }) {
		left = -1
	}
	for i := range views {
		w.sheets[i] = w.sheet(&views[i], left)
		left -= len(w.sheets[i].further)
		w.order = append(w.order, i)
	}
	if !slices.ContainsFunc(w.formats, func(f format) bool { return f.bind != nil }) {
		size := func(i int) int {
			v := w.sheets[i].shown
			return len(v.Nodes) + len(v.Lines)
		}
		slices.SortStableFunc(w.order, func(a, b int) int { return size(b) - size(a) })
	}
}

// sheet folds a view. There is room for so many further drawings; less than none: nobody looks at them.
func (w *writer) sheet(v *c4.View, left int) sheet {
	o := fold.Options{Depth: w.d.Depth, Open: w.d.Open, Closed: w.d.Closed}
	if w.d.Whole {
		o.Most = -1
	}
	s := sheet{view: v, shown: fold.View(w.parts.model, v, o)}
	if s.shown == v || left < 0 {
		return s
	}
	if whole := fold.View(w.parts.model, v, fold.Options{Most: -1}); fold.Boxes(v) <= mostWhole && len(whole.Nodes) > len(s.shown.Nodes) {
		s.further = append(s.further, further{v.Key + page.Whole, whole})
	}
	closed, open := map[string]bool{}, map[string]bool{}
	parents := map[string]bool{}
	for _, n := range s.shown.Nodes {
		closed[n.ID] = n.Folded > 0
		parents[n.Parent] = true
	}
	for _, n := range s.shown.Nodes {
		open[n.ID] = parents[n.ID]
	}
	boxes := fold.Boxes(s.shown)
	for _, n := range s.shown.Nodes {
		if n.Folded == 0 || len(s.further) >= left {
			continue
		}
		closed[n.ID], open[n.ID] = false, true
		one := fold.View(w.parts.model, v, fold.Options{Most: boxes + roomInside, Open: open, Closed: closed})
		s.further = append(s.further, further{v.Key + "~" + n.ID, one})
		closed[n.ID], open[n.ID] = true, false
	}
	return s
}

// one writes the files of one view and hands its pictures on.
func (w *writer) one(n, i int) (err error) {
	s := &w.sheets[i]
	var pictures *[]page.Picture
	var drawing *figure.Figure
	defer func() {
		w.page.put(n, pictures)
		for _, b := range w.books {
			b.put(n, drawing)
		}
	}()
	m := w.parts.of(s.shown)
	if err := w.texts(m, s); err != nil || !w.draws() {
		return err
	}
	last := w.d.Layout.View(s.view.Key)
	f, err := w.draw(m, s.shown, last)
	if err != nil {
		return err
	}
	w.remember(f.Placement())
	if err := w.pictures(f, s); err != nil {
		return err
	}
	if w.page != nil {
		all, err := w.forPage(f, s)
		if err != nil {
			return err
		}
		pictures = &all
	}
	drawing = f
	return nil
}

// draws reports whether anything needs places.
func (w *writer) draws() bool {
	return slices.ContainsFunc(w.formats, func(f format) bool { return f.page || f.picture != nil || f.bind != nil || f.place != nil })
}

func (w *writer) draw(m *c4.Model, v *c4.View, last *placement.View) (*figure.Figure, error) {
	return figure.Draw(m, v, figure.Options{Previous: last, Link: w.links.from(v)})
}

// texts writes what shows a view in words.
func (w *writer) texts(m *c4.Model, s *sheet) error {
	for _, f := range w.formats {
		if f.text == nil {
			continue
		}
		data, err := f.text(m, s.shown, w.d)
		if err == nil {
			err = w.to.Write(viewName(s.view.Key, f.ending), data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pictures writes the picture files of a view.
func (w *writer) pictures(fig *figure.Figure, s *sheet) error {
	for _, f := range w.formats {
		if f.picture == nil {
			continue
		}
		linked := func(key string) string {
			if key == "" || !w.links.drawn[key] {
				return ""
			}
			return key + f.ending
		}
		err := stream(w.to, viewName(s.view.Key, f.ending), func(to io.Writer) error { return f.picture(to, fig, w.d, linked) })()
		if err != nil {
			return err
		}
	}
	return nil
}

// forPage are the drawings of a view that the page holds. The further ones stand where the first one does, so that nothing
// jumps when a boundary is opened.
func (w *writer) forPage(f *figure.Figure, s *sheet) ([]page.Picture, error) {
	first := page.Picture{Key: s.view.Key, SVG: svg.Render(f, svg.Options{Embedded: true})}
	if s.shown != s.view {
		first.View = s.shown
	}
	all := []page.Picture{first}
	for _, o := range s.further {
		last := f.Placement()
		last.Nodes = withPlaced(last.Nodes, w.d.Layout.View(o.key))
		g, err := w.draw(w.parts.of(o.view), o.view, &last)
		if err != nil {
			return nil, err
		}
		p := page.Picture{Key: o.key, SVG: svg.Render(g, svg.Options{Embedded: true})}
		if o.view != s.view {
			p.View = o.view
		}
		all = append(all, p)
	}
	return all, nil
}

// withPlaced lets what people placed in a further drawing stand where they did.
func withPlaced(nodes []placement.Node, last *placement.View) []placement.Node {
	if last == nil {
		return nodes
	}
	at := map[string]int{}
	for i := range nodes {
		at[nodes[i].ID] = i
	}
	for _, n := range last.Nodes {
		switch i, there := at[n.ID]; {
		case !n.Placed:
		case there:
			nodes[i] = n
		default:
			nodes = append(nodes, n)
		}
	}
	return nodes
}

func (w *writer) remember(v placement.View) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.places = append(w.places, v)
}

// remembered is where everything stands now. What was folded by hand is another picture than the usual one and changes
// nothing of what is remembered. Nil: there is nothing to remember.
func (w *writer) remembered() *placement.File {
	if w.d.Whole || w.d.Depth > 0 || w.d.Open != nil || w.d.Closed != nil {
		w.places = nil
	}
	if len(w.places) == 0 && !w.d.Keep {
		return nil
	}
	keys := map[string]bool{}
	for i := range w.a.Model.Views {
		keys[w.a.Model.Views[i].Key] = true
	}
	f := placement.Merge(w.d.Layout, w.places, func(key string) bool { return keys[key] && !strings.Contains(key, "~") })
	if len(f.Views) == 0 {
		return nil
	}
	return f
}
