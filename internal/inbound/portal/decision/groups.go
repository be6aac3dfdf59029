package decision

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
	"c4arch/internal/content/say"
	"c4arch/internal/service/detect"
)

// group is a resource that is not as it was approved, with all that differs of it.
type group struct {
	Kind           diff.Kind
	ID, Name, Type string
	Basis          string // why two things are held to be one, of what was moved or replaced
	Rows           []line
	More           int // properties that are not shown
	Noise          int // differences that say nothing
	Findings       []*drift.Finding
}

// line is a property that differs.
type line struct{ Path, Old, New, Unknown string }

// limits of a page
const (
	pageOfGroups = 50
	mostLines    = 60
	mostValue    = 600 // bytes of one value
)

// groups are what differs, by resource: the gravest first, then by name.
func groups(d *detect.Decision) (out []group) {
	if d.Diff == nil {
		return nil
	}
	graded := map[string][]*drift.Finding{}
	for i := range d.Report.Findings {
		f := &d.Report.Findings[i]
		graded[strings.ToLower(f.Resource)] = append(graded[strings.ToLower(f.Resource)], f)
	}
	for i := range d.Diff.Changes {
		ch := &d.Diff.Changes[i]
		r := ch.Resource()
		g := group{Kind: ch.Kind, ID: r.ID, Name: r.Name, Type: r.Type, Basis: ch.Basis, Findings: graded[strings.ToLower(r.ID)]}
		g.lines(ch.Properties)
		delete(graded, strings.ToLower(r.ID))
		if ch.Kind != diff.Changed || len(g.Rows)+g.More > 0 {
			out = append(out, g)
		}
	}
	out = append(out, architecture(graded)...)
	slices.SortStableFunc(out, func(a, b group) int { return cmp.Or(a.rank()-b.rank(), cmp.Compare(a.Name, b.Name)) })
	return out
}

// architecture is what differs in the architecture and is no resource: elements and relationships.
func architecture(graded map[string][]*drift.Finding) (out []group) {
	for _, key := range slices.Sorted(maps.Keys(graded)) {
		f := graded[key][0]
		out = append(out, group{Kind: f.Change, ID: f.Resource, Name: f.Name, Type: f.Type, Findings: graded[key]})
	}
	return out
}

func (g *group) lines(list []diff.Property) {
	for i := range list {
		p := &list[i]
		switch {
		case p.Noise != "":
			g.Noise++
		case len(g.Rows) == mostLines:
			g.More++
		default:
			g.Rows = append(g.Rows, line{Path: string(p.Path), Old: text(p.Old), New: text(p.New), Unknown: p.Unknown})
		}
	}
}

// rank is the gravest finding of a group that makes something more dangerous; a group without one comes last.
func (g *group) rank() int {
	rank := 9
	for _, f := range g.Findings {
		n := slices.Index(gravity, f.Severity)
		if f.Direction == severity.Tightened {
			n = len(gravity)
		}
		rank = min(rank, n)
	}
	return rank
}

var gravity = []severity.Severity{severity.Critical, severity.High, severity.Medium, severity.Low}

// text is a value for a page, "" where there is none.
func text(v *tree.Value) string {
	if v == nil {
		return ""
	}
	raw, _, err := canon.Encode(v)
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	if s := b.String(); len(s) > mostValue {
		return strings.ToValidUTF8(s[:mostValue], "") + " …"
	}
	return b.String()
}

// kindName is what became of a thing, in words.
func kindName(ctx context.Context, k diff.Kind) string {
	switch k {
	case diff.Added:
		return say.T(ctx, "Added")
	case diff.Removed:
		return say.T(ctx, "Removed")
	case diff.Moved:
		return say.T(ctx, "Moved")
	case diff.Replaced:
		return say.T(ctx, "Replaced")
	}
	return say.T(ctx, "Changed")
}

// census counts resources by type, the most first: what a first baseline is made of.
func census(v decided) []count {
	n := map[string]int{}
	for i := range v.Of.Resources {
		n[v.Of.Resources[i].Type]++
	}
	var out []count
	for _, name := range slices.Sorted(maps.Keys(n)) {
		out = append(out, count{name, n[name]})
	}
	slices.SortStableFunc(out, func(a, b count) int { return b.N - a.N })
	return out
}

type count struct {
	Name string
	N    int
}

// gone are the exceptions that a new baseline makes needless: what they accept would be approved.
func gone(v decided) []detect.ExceptionRow {
	used := map[string]bool{}
	for i := range v.Closes {
		if e := v.Closes[i].Exception; e != nil {
			used[e.ID] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(v.Exceptions), func(r detect.ExceptionRow) bool { return !used[r.ID] })
}

// excepted is an exception in words.
func excepted(r detect.ExceptionRow) (e detect.Entry) {
	_ = json.Unmarshal([]byte(r.Entry), &e) // what cannot be read says nothing; comparisons say so
	return e
}

// moment is a time as a snapshot writes it.
func moment(text string) time.Time {
	t, _ := time.Parse(time.RFC3339, text) // none is the zero time
	return t
}

// unknowns is how much could not be read or compared.
func unknowns(v decided) int {
	if v.Report != nil {
		return len(v.Report.Unknown)
	}
	return len(v.Of.NotRead)
}

// worse are the findings that make something more dangerous, or are neutral; better those that make it safer.
func worse(v decided) (n int) {
	for i := range v.Report.Findings {
		if v.Report.Findings[i].Direction != severity.Tightened {
			n++
		}
	}
	return n
}

// from is the address of another part of what differs.
func (v decided) from(n int) string {
	path := v.base() + "/baseline/approve"
	q := url.Values{"from": {strconv.Itoa(n)}}
	if v.Proposal != nil {
		path = v.base() + "/proposals/" + v.Proposal.ID
	} else {
		q.Set("snapshot", v.Snapshot)
	}
	return path + "?" + q.Encode() + "#differs"
}

// compareAt is the address of two snapshots side by side.
func compareAt(base, from, to string) string {
	return base + "/compare?" + url.Values{"from": {from}, "to": {to}}.Encode()
}

// mine reports whether whoever looks made the proposal.
func (v decided) mine() bool { return v.Proposal != nil && v.Proposal.Actor == v.Me }

// stale reports whether another baseline was approved since a proposal was made.
func (v decided) stale() bool { return v.Proposal != nil && v.Proposal.Expect != current(v.Decision) }

// few is as much of a list as a page names.
func few(list []string) []string { return list[:min(len(list), 20)] }
