package driftpage

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/render/scene"
)

// Bounds of a page: what is above them is said, and stands in the lists all the same.
const (
	mostViews   = 40 // each is drawn up to three times
	quietViews  = 12 // where nothing is marked
	mostMoments = 60
	momentViews = 8
)

// data is what the page knows beside the report.
type data struct {
	Elements      []element             `json:"elements"`
	Relationships []relationship        `json:"relationships"`
	Views         []view                `json:"views"`
	Start         int                   `json:"start"`   // the view to open: the farthest in which the gravest is marked
	LeftOut       int                   `json:"leftOut"` // views with marks that are not drawn
	Marks         map[string]scene.Mark `json:"marks"`
	Fields        map[string][]field    `json:"fields"`  // what differs, by id
	Renamed       map[string]string     `json:"renamed"` // ids of the old side that are others on the new one
	Moments       []moment              `json:"moments"`
	MomentsLeft   int                   `json:"momentsLeft"`
}

type element struct {
	ID          string `json:"id"`
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	Technology  string `json:"technology,omitempty"`
	Description string `json:"description,omitempty"`
	Parent      string `json:"parent,omitempty"`
	Owner       string `json:"owner,omitempty"`
	External    bool   `json:"external,omitempty"`
}

type relationship struct {
	ID          string `json:"id"`
	Source      string `json:"source"`
	Target      string `json:"target"`
	Description string `json:"description"`
	Technology  string `json:"technology,omitempty"`
}

type field struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// view is a view of the merged model. Lines are those of the merged picture, before and after have their own.
type view struct {
	Key      string `json:"key"`
	Kind     string `json:"kind"`
	Title    string `json:"title"`
	Subject  string `json:"subject,omitempty"`
	Elements int    `json:"elements"`
	Marked   int    `json:"marked"`
	Drift    string `json:"drift"` // keys of pictures
	Before   string `json:"before,omitempty"`
	After    string `json:"after,omitempty"`
	// Shows are the ids of the elements and relationships in the merged picture.
	Shows []string `json:"shows"`
}

type moment struct {
	At      string       `json:"at"`
	Label   string       `json:"label"`
	Root    string       `json:"root,omitempty"`
	Changes []string     `json:"changes"` // against the moment before, in words
	Views   []momentView `json:"views"`
}

type momentView struct {
	Key     string `json:"key"`
	Title   string `json:"title"`
	Kind    string `json:"kind"`
	Picture string `json:"picture"`
}

// planner is a page in the making.
type planner struct {
	c        Comparison
	merged   *c4.Model
	marks    map[string]scene.Mark
	drawings []Drawing
	data     data
	wanted   map[string]bool // ids that the page speaks of
}

func (p *planner) want(ids ...string) {
	if p.wanted == nil {
		p.wanted = map[string]bool{}
	}
	for _, id := range ids {
		p.wanted[id] = true
	}
}

// own counts what is marked itself in a view, and its gravest grade.
func (p *planner) own(v *c4.View) (count, gravest int) {
	gravest = scene.Rank("")
	for _, list := range [][]string{v.Elements, v.Relationships} {
		for _, id := range list {
			if m, ok := p.marks[id]; ok && m.Kind != scene.Inside && id != v.Subject {
				count++
				gravest = min(gravest, scene.Rank(m.Grade))
			}
		}
	}
	return count, gravest
}

var levels = []c4.ViewKind{c4.Landscape, c4.Containers, c4.Components, c4.Deployment, c4.Resources, c4.Context}

// views chooses the views that show what drifted: the landscape, then from far to near those with marks.
func (p *planner) views() {
	type choice struct {
		v              *c4.View
		count, gravest int
	}
	var all []choice
	any := false
	for i := range p.merged.Views {
		v := &p.merged.Views[i]
		count, gravest := p.own(v)
		if v.Kind == c4.Context {
			continue // the landscape and the containers show the same
		}
		any = any || count > 0
		all = append(all, choice{v, count, gravest})
	}
	all = slices.DeleteFunc(all, func(c choice) bool {
		if !any {
			return c.v.Kind != c4.Landscape && c.v.Kind != c4.Containers
		}
		return c.count == 0 && c.v.Kind != c4.Landscape
	})
	most := mostViews
	if !any {
		most = quietViews
	}
	if len(all) > most { // the gravest are kept
		slices.SortStableFunc(all, func(a, b choice) int {
			land := func(c choice) int { return boolInt(c.v.Kind != c4.Landscape) }
			return cmp.Or(cmp.Compare(land(a), land(b)), cmp.Compare(a.gravest, b.gravest), cmp.Compare(b.count, a.count), cmp.Compare(a.v.Key, b.v.Key))
		})
		if any {
			p.data.LeftOut = len(all) - most
		}
		all = all[:most]
	}
	slices.SortStableFunc(all, func(a, b choice) int {
		return cmp.Or(cmp.Compare(slices.Index(levels, a.v.Kind), slices.Index(levels, b.v.Kind)), cmp.Compare(a.gravest, b.gravest), cmp.Compare(a.v.Title, b.v.Title), cmp.Compare(a.v.Key, b.v.Key))
	})
	best := 0
	for i, c := range all {
		p.view(c.v, c.count)
		if c.count > 0 && (all[best].count == 0 || c.gravest < all[best].gravest) {
			best = i
		}
	}
	p.data.Start = best
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p *planner) view(v *c4.View, marked int) {
	out := view{Key: v.Key, Kind: string(v.Kind), Title: v.Title, Subject: v.Subject, Elements: len(v.Elements), Marked: marked, Drift: "drift/" + v.Key}
	out.Shows = append(append([]string{}, v.Elements...), v.Relationships...)
	p.want(out.Shows...)
	p.want(v.Subject)
	p.drawings = append(p.drawings, Drawing{Key: out.Drift, Model: p.merged, View: v, Marks: p.marks})
	if before := p.side(p.c.Old, v, p.newID); before != nil {
		out.Before = "before/" + v.Key
		p.drawings = append(p.drawings, Drawing{Key: out.Before, Model: p.c.Old, View: before, Marks: p.before(before)})
	}
	if after := p.side(p.c.New, v, func(id string) string { return id }); after != nil {
		out.After = "after/" + v.Key
		p.drawings = append(p.drawings, Drawing{Key: out.After, Model: p.c.New, View: after, Marks: p.marks})
	}
	p.data.Views = append(p.data.Views, out)
}

// newID is the id in the merged model of what has the id on the old side.
func (p *planner) newID(old string) string {
	if id, ok := p.c.Delta.NewID(old); ok {
		return id
	}
	return old
}

// side finds a view of one side again: by its key, or by what it is about where that is one view.
func (p *planner) side(m *c4.Model, v *c4.View, id func(string) string) *c4.View {
	var about *c4.View
	count := 0
	for i := range m.Views {
		o := &m.Views[i]
		if strings.EqualFold(o.Key, v.Key) {
			return o
		}
		if v.Subject != "" && o.Kind == v.Kind && id(o.Subject) == v.Subject {
			about = o
			count++
		}
	}
	if count == 1 {
		return about
	}
	return nil
}

// before are the marks of a view of the old side, by the ids that things had there.
func (p *planner) before(v *c4.View) map[string]scene.Mark {
	out := map[string]scene.Mark{}
	for _, list := range [][]string{v.Elements, v.Relationships} {
		for _, id := range list {
			if m, ok := p.marks[p.newID(id)]; ok {
				out[id] = m
			}
		}
	}
	return out
}

// moments plans the slider.
func (p *planner) moments() {
	history := p.c.History
	if len(history) < 2 {
		history = []Moment{{Label: "before", Model: p.c.Old}, {Label: "after", Model: p.c.New}}
		if r := p.c.Report; r != nil {
			history[0].Label, history[0].At, history[0].Root = r.Old.Label, r.Old.CollectedAt, string(r.Old.Root)
			history[1].Label, history[1].At, history[1].Root = r.New.Label, r.New.CollectedAt, string(r.New.Root)
		}
	}
	history, p.data.MomentsLeft = thinned(history)
	done := map[string]bool{}
	for i, h := range history {
		m := moment{At: h.At, Label: h.Label, Root: h.Root, Changes: []string{}}
		var marks map[string]scene.Mark
		if i > 0 {
			d := delta.Compare(history[i-1].Model, h.Model)
			marks = Marks(h.Model, d, nil)
			m.Changes = words(d)
		}
		m.Views = p.momentViews(h.Model, marks, done)
		p.data.Moments = append(p.data.Moments, m)
	}
}

// thinned leaves out moments evenly where there are too many; the first and the last stay.
func thinned(h []Moment) ([]Moment, int) {
	if len(h) <= mostMoments {
		return h, 0
	}
	out := make([]Moment, mostMoments)
	for i := range out {
		out[i] = h[i*(len(h)-1)/(mostMoments-1)]
	}
	return out, len(h) - mostMoments
}

// momentViews are the landscape and the containers of a moment. What looks as it did at another moment is drawn once.
func (p *planner) momentViews(m *c4.Model, marks map[string]scene.Mark, done map[string]bool) []momentView {
	shown := map[string]bool{}
	for _, v := range p.data.Views {
		shown[v.Key] = true
	}
	var list []*c4.View
	for i := range m.Views {
		if v := &m.Views[i]; v.Kind == c4.Landscape || v.Kind == c4.Containers {
			list = append(list, v)
		}
	}
	slices.SortStableFunc(list, func(a, b *c4.View) int {
		return cmp.Or(cmp.Compare(boolInt(a.Kind != c4.Landscape), boolInt(b.Kind != c4.Landscape)), cmp.Compare(boolInt(!shown[a.Key]), boolInt(!shown[b.Key])), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Key, b.Key))
	})
	timeless := *m
	timeless.CollectedAt = "" // the slider says when; the picture is the same on every day on which nothing changed
	elements := make(map[string]*c4.Element, len(m.Elements))
	for i := range m.Elements {
		elements[m.Elements[i].ID] = &m.Elements[i]
	}
	out := []momentView{}
	for _, v := range list[:min(len(list), momentViews)] {
		look := looks(v, elements, marks)
		if !done[look] {
			done[look] = true
			p.drawings = append(p.drawings, Drawing{Key: look, Model: &timeless, View: v, Marks: marks})
		}
		out = append(out, momentView{Key: v.Key, Title: v.Title, Kind: string(v.Kind), Picture: look})
		p.want(v.Elements...)
	}
	return out
}

// looks is a name for what a picture will look like.
func looks(v *c4.View, elements map[string]*c4.Element, marks map[string]scene.Mark) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	_ = enc.Encode(v) // a hash takes everything, and plain values can be encoded
	for _, id := range append(slices.Clone(v.Elements), v.Relationships...) {
		if e := elements[id]; e != nil {
			_ = enc.Encode([]any{e.Name, e.Kind, e.Technology, e.Description, e.External, e.Shape, e.Badges})
		}
		if m, ok := marks[id]; ok {
			_ = enc.Encode([]any{id, m})
		}
	}
	return "moment/" + hex.EncodeToString(h.Sum(nil)[:8])
}

// mostWords is how many changes a moment names; the rest it counts.
const mostWords = 12

func words(d *delta.Delta) []string {
	out := []string{}
	for _, e := range d.Elements {
		name := ""
		if e.Old != nil {
			name = e.Old.Name
		}
		if e.New != nil {
			name = e.New.Name
		}
		out = append(out, string(e.Status)+": "+name)
	}
	for _, r := range d.Relationships {
		if r.Source != nil && r.Target != nil {
			says := ""
			if r.Old != nil {
				says = r.Old.Description
			}
			if r.New != nil {
				says = r.New.Description
			}
			out = append(out, string(r.Status)+": "+r.Source.Name+" "+says+" "+r.Target.Name)
		}
	}
	if more := len(out) - mostWords; more > 0 {
		out = append(out[:mostWords], "and "+itoa(more)+" more")
	}
	return out
}

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

// describe gathers what the page says of the elements and relationships that it speaks of.
func (p *planner) describe() {
	p.data.Fields, p.data.Renamed, p.data.Marks = map[string][]field{}, map[string]string{}, map[string]scene.Mark{}
	if r := p.c.Report; r != nil {
		for i := range r.Findings {
			p.want(r.Findings[i].Resource)
			p.want(r.Findings[i].Elements...)
		}
	}
	for id := range p.marks {
		p.want(id)
	}
	for _, e := range p.c.Delta.Elements {
		p.fields(e.ID, e.Fields)
	}
	for _, r := range p.c.Delta.Relationships {
		p.fields(r.ID, r.Fields)
	}
	for i := range p.c.Old.Elements {
		p.renamed(p.c.Old.Elements[i].ID)
	}
	for i := range p.c.Old.Relationships {
		p.renamed(p.c.Old.Relationships[i].ID)
	}
	parent := make(map[string]string, len(p.merged.Elements))
	for i := range p.merged.Elements {
		parent[p.merged.Elements[i].ID] = p.merged.Elements[i].Parent
	}
	for _, r := range p.merged.Relationships {
		if p.wanted[r.ID] {
			p.want(r.Source, r.Target)
			p.data.Relationships = append(p.data.Relationships, relationship{r.ID, r.Source, r.Target, r.Description, r.Technology})
		}
	}
	ids := make([]string, 0, len(p.wanted))
	for id := range p.wanted {
		ids = append(ids, id)
	}
	for _, id := range ids {
		for n := 0; parent[id] != "" && n < 64; n++ {
			id = parent[id]
			p.want(id)
		}
	}
	known := map[string]bool{}
	put := func(e *c4.Element) {
		if p.wanted[e.ID] && !known[e.ID] {
			known[e.ID] = true
			p.data.Elements = append(p.data.Elements, element{e.ID, string(e.Kind), e.Name, e.Technology, e.Description, e.Parent, e.Owner, e.External})
		}
	}
	for i := range p.merged.Elements {
		put(&p.merged.Elements[i])
	}
	for _, h := range p.c.History { // what came and went between the two sides
		for i := range h.Model.Elements {
			put(&h.Model.Elements[i])
		}
	}
	for id, m := range p.marks {
		p.data.Marks[id] = m
	}
}

func (p *planner) fields(id string, list []delta.Field) {
	for _, f := range list {
		p.data.Fields[id] = append(p.data.Fields[id], field{f.Name, f.Old, f.New})
	}
}

func (p *planner) renamed(id string) {
	if now, ok := p.c.Delta.NewID(id); ok && now != id {
		p.data.Renamed[id] = now
	}
}
