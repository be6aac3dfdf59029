package drift

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// Rules of the table that are asked for by name, since what they speak of is no change of a resource.
const (
	ruleSecret     = "SECRET-IN-CODE"
	ruleUndeclared = "CODE-NOT-DECLARED"
	ruleNotLive    = "CODE-NOT-LIVE"
	genericPrefix  = "RESOURCE-"
)

// judge asks the table about everything that changed.
func (w *work) judge(gates []exposure.Change) error {
	covered := w.judgeGates(gates)
	architecture := w.judgeArchitecture()
	for i := range w.diff.Changes {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if i%512 == 0 {
			w.tell("grading", i, len(w.diff.Changes))
		}
		w.judgeChange(&w.diff.Changes[i], covered, architecture)
	}
	w.consequences()
	w.secrets()
	for _, u := range w.diff.Unknown {
		w.report.Unknown = append(w.report.Unknown, Unknown{
			Resource: u.Resource, Type: u.Type, Path: u.Path, Input: u.Input, Line: u.Line,
			Reason: u.Reason, Help: u.Help, WasKnown: u.WasKnown && (u.Path == "" || w.req.Mode != ModePlan), Count: max(u.Count, 1),
		})
	}
	return nil
}

func (w *work) ask(c severity.Case) []severity.Verdict {
	vs, err := w.req.Table.Judge(w.ctx, c)
	if err != nil {
		w.faults = append(w.faults, err)
	}
	return vs
}

// judgeGates grades what the Internet can reach that it could not before. It returns the resources whose network rules it spoke of.
func (w *work) judgeGates(gates []exposure.Change) map[string]bool {
	covered := map[string]bool{}
	for i := range gates {
		g := &gates[i]
		r := cmp.Or(g.New, g.Old)
		c := severity.Case{Exposure: g, Production: w.production(r), Internet: w.new.reached(g.Resource)}
		vs := w.ask(c)
		w.untold(g, r)
		if len(vs) == 0 && len(g.Unknown) == 0 {
			continue
		}
		covered[g.Resource] = true
		for _, s := range slices.Concat(g.Opened, g.Closed) {
			covered[s.Resource] = true
		}
		for _, v := range vs {
			w.add(w.gateFinding(g, r, v))
		}
	}
	return covered
}

// untold reports what nobody here can tell about a gate: an address group, a tag whose addresses are not known.
func (w *work) untold(g *exposure.Change, r *evidence.Resource) {
	for _, why := range g.Unknown {
		u := Unknown{Resource: g.Resource, Reason: why, Count: 1, Help: "look at its rules: they differ, and what they let in cannot be told from what was read"}
		if r != nil {
			at := w.new.place(r, "")
			u.Type, u.Input, u.Line = r.Type, at.Input, at.Line
		}
		w.report.Unknown = append(w.report.Unknown, u)
	}
}

func (w *work) gateFinding(g *exposure.Change, r *evidence.Resource, v severity.Verdict) Finding {
	f := w.finding(v)
	f.Change, f.Resource, f.Path = diff.Changed, g.Resource, v.Path
	side := w.new
	if g.New == nil {
		f.Change, side = diff.Removed, w.old
	} else if g.Old == nil {
		f.Change = diff.Added
	}
	f.Old, f.New = cmpRaw(spansJSON(g.Closed), shut), cmpRaw(spansJSON(g.Opened), shut)
	if r != nil {
		f.Type, f.Name = r.Type, r.Name
	}
	f.Elements = slices.Concat(side.elements[g.Resource], side.behind(g.Resource))
	for _, s := range slices.Concat(g.Opened, g.Closed) {
		for _, at := range [...]*where{w.new, w.old} {
			for _, x := range at.byID[s.Resource] {
				p := at.place(x, positional(x, s.Path))
				if p.Input != "" && !slices.Contains(f.Places, p) {
					f.Places = append(f.Places, p)
				}
				f.Places = appendPlaces(f.Places, at.declared(s.Resource, positional(x, s.Path)))
			}
		}
		if f.Path == "" {
			f.Path = s.Path
		}
	}
	slices.SortStableFunc(f.Places, func(a, b Place) int { return placeRank(a) - placeRank(b) })
	return f
}

// shut is what a side is on which nothing more is open than on the other.
var shut = quoted("closed")

func cmpRaw(a, b canon.Raw) canon.Raw {
	if a == nil {
		return b
	}
	return a
}

func appendPlaces(list, more []Place) []Place {
	for _, p := range more {
		if p.Input != "" && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// positional finds the place that an identity path names, as far as it can be followed.
func positional(r *evidence.Resource, p diff.Path) tree.Path {
	v, err := r.Tree()
	if err != nil || p == "" {
		return ""
	}
	var at tree.Path
	here := &v
	for _, step := range p.Steps() {
		next := diff.At(here, diff.Path(step))
		if next == nil {
			break
		}
		at, here = below(at, here, next), next
	}
	return at
}

// below is the path of a value that stands directly below another.
func below(at tree.Path, parent, child *tree.Value) tree.Path {
	for i := range parent.Items {
		if &parent.Items[i] == child {
			return at.Index(i)
		}
	}
	for i := range parent.Members {
		if &parent.Members[i].Value == child {
			return at.Key(parent.Members[i].Name)
		}
	}
	return at
}

// spansJSON writes what is open as a person would: tcp/22 from the Internet.
func spansJSON(spans []exposure.Span) canon.Raw {
	if len(spans) == 0 {
		return nil
	}
	four := map[string]bool{} // by text: whether it is open to IPv4 too
	for _, s := range spans {
		four[spanText(s)] = four[spanText(s)] || s.Family != 6
	}
	var texts []string
	for _, t := range slices.Sorted(maps.Keys(four)) {
		if !four[t] {
			t += " (IPv6)"
		}
		texts = append(texts, t)
	}
	b, _ := jsontext.AppendQuote(nil, strings.Join(texts, "; "))
	return canon.Raw(b)
}

// spanText says what a span lets in, such as "tcp 1433 from the whole Internet".
func spanText(s exposure.Span) string {
	ports := fmt.Sprintf("%d-%d", s.From, s.To)
	switch {
	case s.From == 0 && s.To >= 65535:
		ports = "all ports"
	case s.From == s.To:
		ports = fmt.Sprint(s.From)
	}
	proto := s.Protocol
	if proto == "*" || proto == "" {
		proto = "every protocol,"
	}
	from := "the whole Internet"
	switch {
	case s.Cloud:
		from = "every tenant of the cloud"
	case s.Share == 0:
		from = "addresses that are not the Internet's"
	case s.Share < 0.0001:
		from = "a few Internet addresses"
	case s.Share < 0.999:
		from = fmt.Sprintf("%.2f %% of the Internet", 100*s.Share)
	}
	return proto + " " + ports + " from " + from
}

// judgeArchitecture grades what became of elements and relationships. It returns, by resource and kind of change, how grave it said that is.
func (w *work) judgeArchitecture() map[string]severity.Severity {
	said := map[string]severity.Severity{}
	if w.delta == nil {
		return said
	}
	w.report.Delta = w.delta
	w.doubt()
	ends := map[string]delta.Status{}
	for i := range w.delta.Elements {
		e := &w.delta.Elements[i]
		ends[e.ID] = e.Status
		el := cmp.Or(e.New, e.Old)
		if e.Status == delta.Unknown || w.saidByTag(e) || w.unreadPlace(e) {
			continue
		}
		vs := w.ask(severity.Case{Element: e, Internet: w.new.internet[e.ID], Production: w.productionElement(el)})
		for _, v := range vs {
			f := w.finding(w.meant(e.Status, v))
			f.Change, f.Resource, f.Type, f.Name = kindOf(e.Status), e.ID, string(el.Kind), el.Name
			f.Old, f.New = fieldsJSON(e.Fields)
			f.Elements, f.Places = []string{e.ID}, w.elementPlaces(e)
			if id := resourceOf(e.ID); w.new.byID[id] != nil || w.old.byID[id] != nil {
				key := id + "\x00" + string(f.Change)
				known, listed := w.existence(id, f.Change)
				if known != "" && grade(known) >= grade(v.Severity) || listed && v.Rule.ID == ruleElement {
					continue // a rule on the resource itself says it, and more
				}
				said[key] = worst(said[key], v.Severity)
				f.Labels = append(f.Labels, "resource "+id)
			}
			w.add(f)
		}
	}
	for i := range w.delta.Relationships {
		w.judgeRelationship(&w.delta.Relationships[i], ends)
	}
	return said
}

// saidByTag reports whether nothing but the owner of an element differs and a tag of its resource, which is graded as such, says so.
func (w *work) saidByTag(e *delta.Element) bool {
	if len(e.Fields) != 1 || e.Fields[0].Name != "owner" {
		return false
	}
	_, id, _ := strings.Cut(e.ID, ":")
	return slices.ContainsFunc(w.diff.Changes, func(c diff.Change) bool {
		return c.New != nil && c.New.ID == id && slices.ContainsFunc(c.Properties, func(p diff.Property) bool {
			return strings.HasPrefix(p.Pattern, "@tags.") && p.Noise == "" && p.Unknown == ""
		})
	})
}

// existence is the severity that a rule of its own type gives to the coming or going of a resource; "" when only the rules of last resort speak.
// It reports too whether the resource came or went at all.
func (w *work) existence(id string, k diff.Kind) (out severity.Severity, listed bool) {
	for i := range w.diff.Changes {
		c := &w.diff.Changes[i]
		if c.Kind != k || c.Resource().ID != id {
			continue
		}
		listed = true
		for _, v := range w.ask(severity.Case{Change: c}) {
			if v.Path == "" && !strings.HasPrefix(v.Rule.ID, genericPrefix) {
				out = worst(out, v.Severity)
			}
		}
	}
	return out, listed
}

func (w *work) judgeRelationship(r *delta.Relationship, ends map[string]delta.Status) {
	rel := cmp.Or(r.New, r.Old)
	if r.Status == delta.Unknown || w.dangles(r) {
		return
	}
	// With an element go its relationships, and inside a system they come with it: that is one change, not many.
	a, b := ends[rel.Source], ends[rel.Target]
	if r.Status == delta.Removed && (a == delta.Removed || b == delta.Removed) || r.Status == delta.Added && !r.CrossSystem && (a == delta.Added || b == delta.Added) {
		return
	}
	for _, v := range w.ask(severity.Case{Relationship: r, Internet: w.new.internet[rel.Source] || w.new.internet[rel.Target]}) {
		f := w.finding(w.meant(r.Status, v))
		f.Change, f.Resource, f.Type = kindOf(r.Status), r.ID, "relationship"
		f.Name = nameOf(r.Source, rel.Source) + " → " + nameOf(r.Target, rel.Target)
		f.Old, f.New = fieldsJSON(r.Fields)
		if len(r.Fields) == 0 {
			f.Old, f.New = relationshipJSON(r.Old), relationshipJSON(r.New)
		}
		f.Elements = []string{r.ID, rel.Source, rel.Target}
		f.Places = evidencePlaces(rel.Evidence, sideOf(r.New != nil), w)
		w.add(f)
	}
}

func sideOf(isNew bool) string {
	if isNew {
		return "new"
	}
	return "old"
}

func nameOf(e *c4.Element, id string) string {
	if e == nil {
		return id
	}
	return e.Name
}

func relationshipJSON(r *c4.Relationship) canon.Raw {
	if r == nil {
		return nil
	}
	text := r.Description
	if r.Technology != "" {
		text += " [" + r.Technology + "]"
	}
	b, _ := jsontext.AppendQuote(nil, text)
	return canon.Raw(b)
}

// fieldsJSON writes the fields that differ as one value for each side.
func fieldsJSON(fields []delta.Field) (old, new canon.Raw) {
	if len(fields) == 0 {
		return nil, nil
	}
	a, b := tree.Value{Kind: tree.Object}, tree.Value{Kind: tree.Object}
	for _, f := range fields {
		a.Set(f.Name, tree.Str(f.Old))
		b.Set(f.Name, tree.Str(f.New))
	}
	return encode(&a), encode(&b)
}

func encode(v *tree.Value) canon.Raw {
	if v == nil {
		return nil
	}
	c := v.Clone() // encoding sorts in place
	raw, _, err := canon.Encode(&c)
	if err != nil {
		return nil
	}
	return raw
}

func (w *work) elementPlaces(e *delta.Element) []Place {
	el := cmp.Or(e.New, e.Old)
	return evidencePlaces(el.Evidence, sideOf(e.New != nil), w)
}

// maxPlaces is how many places a finding names: the rest is in the model.
const maxPlaces = 8

func evidencePlaces(list []c4.Evidence, side string, w *work) []Place {
	at := w.new
	if side == "old" {
		at = w.old
	}
	var out []Place
	for _, v := range list {
		p := Place{Input: v.Input, Line: v.Line, Column: v.Column, Side: side}
		for _, r := range at.byID[v.Resource] {
			p.Declared = p.Declared || r.Side == evidence.Declared && len(r.Origins) > 0 && r.Origins[0].Input == v.Input
		}
		if p.Input != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Place) int { return placeRank(a) - placeRank(b) })
	return out[:min(len(out), maxPlaces)]
}

func kindOf(s delta.Status) diff.Kind {
	switch s {
	case delta.Added:
		return diff.Added
	case delta.Removed:
		return diff.Removed
	case delta.Moved:
		return diff.Moved
	}
	return diff.Changed
}

func (w *work) productionElement(e *c4.Element) bool {
	_, id, _ := strings.Cut(e.ID, ":")
	for _, at := range [...]*where{w.new, w.old} {
		for _, r := range at.byID[id] {
			if w.production(r) {
				return true
			}
		}
	}
	return false
}

// judgeChange grades one resource.
func (w *work) judgeChange(c *diff.Change, gates map[string]bool, architecture map[string]severity.Severity) {
	r := c.Resource()
	var unknown []Unknown
	for i := range c.Properties {
		unknown = append(unknown, w.unknownProperty(c, &c.Properties[i])...)
	}
	w.report.Unknown = append(w.report.Unknown, outermost(unknown)...)
	gate := gates[r.ID] || c.Old != nil && gates[c.Old.ID]
	vs := w.ask(severity.Case{Change: c, Production: w.production(r), Internet: w.new.reached(r.ID)})
	lost := w.destroyed(c)
	if len(lost) > 0 { // that the old one is lost says more than that there is a new one
		vs = slices.DeleteFunc(vs, func(v severity.Verdict) bool { return v.Path == "" && strings.HasPrefix(v.Rule.ID, genericPrefix) })
	}
	for _, v := range append(withoutLesser(c, vs), lost...) {
		switch {
		case v.Path == "" && len(v.Covers) == 0: // the resource as a whole
			if gate && exposure.Governs(r.Type, "") {
				continue // it is a network rule, and its effect has been graded
			}
			if s := architecture[r.ID+"\x00"+string(c.Kind)]; s != "" && strings.HasPrefix(v.Rule.ID, genericPrefix) {
				continue // the architecture's finding says it
			}
		case gate && w.governed(c, v):
			continue
		}
		w.add(w.changeFinding(c, w.planned(v)))
	}
}

// governed reports whether all that a verdict speaks of is judged by its effect.
func (w *work) governed(c *diff.Change, v severity.Verdict) bool {
	for _, i := range v.Covers {
		if !exposure.Governs(c.Resource().Type, c.Properties[i].Pattern) {
			return false
		}
	}
	return len(v.Covers) > 0
}

func (w *work) changeFinding(c *diff.Change, v severity.Verdict) Finding {
	r := c.Resource()
	f := w.finding(v)
	f.Change, f.Resource, f.Type, f.Name, f.Path = c.Kind, r.ID, r.Type, r.Name, v.Path
	var p *diff.Property
	if len(v.Covers) > 0 {
		p = &c.Properties[v.Covers[0]]
		f.Old, f.New = w.values(c, v)
	} else if v.Path != "" && c.New != nil {
		f.New = w.new.valueAt(c.New, v.Path)
	}
	if c.Kind == diff.Moved || c.Kind == diff.Replaced {
		if v.Path == "" && c.Old.ID != c.New.ID {
			f.Old, f.New = quoted(c.Old.ID), quoted(c.New.ID)
		}
		f.Labels = append(f.Labels, c.Basis)
	}
	at := w.new
	if c.New == nil {
		at = w.old
	}
	f.Elements = at.elements[r.ID]
	f.Places = w.placesOf(c, p)
	if r.Side == evidence.Declared && w.req.Mode != ModeCode {
		f.Labels = append(f.Labels, "in code")
	}
	return f
}

// values are the values of a verdict's place on both sides: of the one property that it speaks for, or of the place as a whole.
func (w *work) values(c *diff.Change, v severity.Verdict) (old, new canon.Raw) {
	if len(v.Covers) == 1 && c.Properties[v.Covers[0]].Path == v.Path {
		p := &c.Properties[v.Covers[0]]
		return encode(p.Old), encode(p.New)
	}
	if len(v.Covers) > 0 {
		p := &c.Properties[v.Covers[0]]
		n := diff.CountSteps(string(v.Path))
		return w.old.above(c.Old, p.OldPath, n), w.new.above(c.New, p.NewPath, n)
	}
	return old, new
}

// above is the value n steps down the way to a place, nil where the side does not have it. An item that nothing identifies stands elsewhere on the
// two sides, so that the path which the report shows does not lead to it on both.
func (w *where) above(r *evidence.Resource, place tree.Path, n int) canon.Raw {
	if r == nil || n > 0 && diff.CountSteps(string(place)) < n {
		return nil
	}
	return encode(w.reading(r).At(diff.CutPlace(place, n)))
}

func (w *where) valueAt(r *evidence.Resource, p diff.Path) canon.Raw {
	return encode(diff.At(w.reading(r).Tree(), p))
}

func quoted(s string) canon.Raw {
	b, _ := jsontext.AppendQuote(nil, s)
	return canon.Raw(b)
}

// unknownProperty says what could not be told about a property. What a plan does not know yet was never to be known.
func (w *work) unknownProperty(c *diff.Change, p *diff.Property) []Unknown {
	if p.Unknown == "" {
		return nil
	}
	r := c.Resource()
	at := w.new.place(r, p.NewPath)
	u := Unknown{Resource: r.ID, Type: r.Type, Path: p.Path, Input: at.Input, Line: at.Line, Reason: p.Unknown, Count: 1}
	u.WasKnown = p.Old != nil && p.New == nil && w.req.Mode != ModePlan && w.req.Mode != ModeCode
	return []Unknown{u}
}

// finding begins a finding from a verdict.
func (w *work) finding(v severity.Verdict) Finding {
	f := Finding{
		Severity: v.Severity, Direction: v.Direction, Rule: v.Rule.ID, Title: v.Rule.Title,
		Reason: v.Reason, Remediation: v.Rule.Remediation, Controls: v.Rule.Controls,
	}
	if v.Direction == severity.Tightened {
		f.Remediation = "Nothing is wrong. Approve a new baseline, so that it says what is live."
	}
	if v.Raised != "" {
		f.Labels = append(f.Labels, "raised: "+v.Raised)
	}
	return f
}

// FindingID is the id of a finding. It depends on what drifted, by which rule and where, and not on the values, so that it
// stays the same while the drift lasts.
func FindingID(resource, rule string, path diff.Path) string {
	sum := sha256.Sum256([]byte(resource + "\x00" + rule + "\x00" + string(path)))
	return "d" + hex.EncodeToString(sum[:8])
}

// add takes a finding. The same one, seen in two vocabularies (an export and a state), is one with the places of both.
func (w *work) add(f Finding) {
	f.ID, f.Controls = FindingID(f.Resource, f.Rule, f.Path), controlsOf(f.Controls, f.Type)
	if i, there := w.byID[f.ID]; there {
		w.join(&w.report.Findings[i], f)
		return
	}
	w.byID[f.ID] = len(w.report.Findings)
	w.report.Findings = append(w.report.Findings, f)
}

func (w *work) join(to *Finding, f Finding) {
	if grade(f.Severity) > grade(to.Severity) {
		f.Places, f.Elements = appendPlaces(f.Places, to.Places), to.Elements
		*to = f
		return
	}
	to.Places = appendPlaces(to.Places, f.Places)
}

func grade(s severity.Severity) int {
	switch s {
	case severity.Critical:
		return 4
	case severity.High:
		return 3
	case severity.Medium:
		return 2
	case severity.Low:
		return 1
	}
	return 0
}

func worst(a, b severity.Severity) severity.Severity {
	if grade(b) > grade(a) {
		return b
	}
	return a
}

// secrets reports the secrets that stand in code and did not stand there on the old side.
func (w *work) secrets() {
	rule, ok := w.req.Table.Rule(ruleSecret)
	if !ok || w.req.Mode == ModePlan || w.req.Mode == ModeEnvironments {
		return
	}
	known := map[string]bool{}
	now := moved(w.diff)
	for i := range w.req.Old.Snapshot.Resources {
		r := &w.req.Old.Snapshot.Resources[i]
		for _, p := range r.Redacted {
			known[cmp.Or(now[r.ID], r.ID)+"\x00"+p.Pattern()] = true
		}
	}
	before := 0
	for i := range w.req.New.Snapshot.Resources {
		r := &w.req.New.Snapshot.Resources[i]
		if r.Side != evidence.Declared || r.Data {
			continue
		}
		for _, p := range r.Redacted {
			if known[r.ID+"\x00"+p.Pattern()] {
				before++
				continue
			}
			f := w.finding(severity.Verdict{Rule: rule, Severity: rule.Severity, Direction: severity.Loosened, Reason: rule.Reason})
			f.Change, f.Resource, f.Type, f.Name, f.Path = diff.Added, r.ID, r.Type, r.Name, diff.Path(p)
			f.New = w.new.valueAtPosition(r, p)
			f.Elements, f.Places = w.new.elements[r.ID], []Place{w.new.place(r, p)}
			w.add(f)
		}
	}
	if before > 0 {
		w.report.Notes = append(w.report.Notes, fmt.Sprintf("%d values in code are, or hold, secrets that were there on the old side already; they are no drift", before))
	}
}

func (w *where) valueAtPosition(r *evidence.Resource, p tree.Path) canon.Raw {
	if strings.HasPrefix(string(p), "@") {
		return nil
	}
	return encode(w.reading(r).At(p))
}
