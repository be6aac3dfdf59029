package drift

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

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
