package exception

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

// Version is what the file says of itself.
const Version = 1

// Limits of what Parse accepts: far above what people write by hand, low enough that a hostile file costs nothing.
const (
	maxBytes     = 1 << 20
	maxEntries   = 10_000 // in each list
	maxText      = 2_000  // characters in a text
	maxPattern   = 1_000  // characters in a scope, a path or a rule
	maxName      = 200    // characters in the name of a person or a team
	maxApprovers = 20
	maxAllow     = 10_000 // bytes of a value that is allowed
)

var format = form.Format{Name: FileName, Bytes: maxBytes, Limits: tree.Limits{Depth: 20, Nodes: 500_000}}

type parser struct {
	*form.File
	ids map[string]int // the line of each exception
}

// Parse reads c4arch.exceptions.yaml, which name names in errors. The error lists every problem with its line, up to a limit,
// and never comes with a set. A file that says nothing is an empty set.
func Parse(name string, data []byte) (*Set, error) {
	file, err := form.Open(name, data, format)
	if err != nil {
		return nil, err
	}
	if file.Top == nil {
		return &Set{}, nil
	}
	p := parser{File: file, ids: map[string]int{}}
	s := p.set(file.Top)
	if err := p.Err(); err != nil {
		return nil, err
	}
	s.compile()
	return s, nil
}

func (p *parser) set(v *tree.Value) *Set {
	f := p.Fields(v, "the file", "version", "exceptions", "windows")
	switch n := f.Get("version"); {
	case n == nil && f.OK:
		p.Say(v, "the file needs version: %d", Version)
	case n != nil && (n.Kind != tree.Number || n.Text != fmt.Sprint(Version)):
		p.Say(n, "version must be %d: this program reads no other", Version)
	}
	return &Set{Exceptions: form.Entries(f, "exceptions", maxEntries, p.exception), Windows: form.Entries(f, "windows", maxEntries, p.window)}
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func (p *parser) exception(v *tree.Value, place string) Exception {
	f := p.Fields(v, place, "id", "scope", "path", "rule", "allow", "owner", "reason", "createdBy", "approvedBy", "created", "expires")
	e := Exception{ID: f.Required("id", maxText), Line: f.Line()}
	if idForm.MatchString(e.ID) {
		f.Place = fmt.Sprintf("exceptions[%s]", e.ID)
		if first, taken := p.ids[e.ID]; taken {
			p.Say(f.Value, "the id %s is already that of the exception in line %d", e.ID, first)
		}
		p.ids[e.ID] = f.Line()
	} else if e.ID != "" {
		p.Say(f.Get("id"), "id of %s must be 1 to 100 letters, digits, dots, hyphens and underscores", f.Place)
	}
	e.Scope, e.Rule, e.Path = f.Required("scope", maxPattern), f.Required("rule", maxPattern), f.Text("path", maxPattern)
	e.Owner, e.Reason, e.CreatedBy = f.Required("owner", maxName), f.Required("reason", maxText), f.Required("createdBy", maxName)
	e.Allow = p.value(f, "allow")
	e.ApprovedBy = p.approvers(f, e.CreatedBy)
	e.Created, e.Expires = f.Required("created", maxText), f.Required("expires", maxText)
	p.scope(f, e.Scope)
	p.dates(f, &e)
	return e
}

func (p *parser) scope(f form.Fields, scope string) {
	tag, isTag := strings.CutPrefix(scope, tagPrefix)
	if name, value, ok := strings.Cut(tag, "="); isTag && (!ok || name == "" || value == "") {
		p.Say(f.Get("scope"), "scope of %s must have a name and a value, as in tag:environment=test", f.Place)
	}
}

// dates checks the first and the last day.
func (p *parser) dates(f form.Fields, e *Exception) {
	created, expires := p.date(f, "created", e.Created), p.date(f, "expires", e.Expires)
	if created.IsZero() || expires.IsZero() {
		return
	}
	switch days := int(expires.Sub(created).Hours() / 24); {
	case days < 0:
		p.Say(f.Get("expires"), "%s expires before it is created", f.Place)
	case days > MaxDays:
		p.Say(f.Get("expires"), "%s lasts %d days: %d are the most; let it expire and decide anew then", f.Place, days, MaxDays)
	}
}

func (p *parser) date(f form.Fields, name, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		p.Say(f.Get(name), "%s of %s must be a date, as in 2026-01-31", name, f.Place)
	}
	return at
}

func (p *parser) window(v *tree.Value, place string) Window {
	f := p.Fields(v, place, "from", "to", "reason", "approvedBy")
	w := Window{Reason: f.Required("reason", maxText), ApprovedBy: f.Required("approvedBy", maxName), Line: f.Line()}
	from, to := p.moment(f, "from"), p.moment(f, "to")
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		p.Say(f.Get("to"), "%s ends before it begins", f.Place)
	}
	w.From, w.To = from.Format(time.RFC3339), to.Format(time.RFC3339)
	return w
}

func (p *parser) moment(f form.Fields, name string) time.Time {
	text := f.Required(name, maxText)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		p.Say(f.Get(name), "%s of %s must be a time with its zone, as in 2026-01-31T20:00:00Z", name, f.Place)
	}
	return at.UTC()
}

// value reads the value that is allowed, as canonical JSON.
func (p *parser) value(f form.Fields, name string) string {
	v := f.Get(name)
	if v == nil {
		return ""
	}
	c := v.Clone()
	raw, _, err := canon.Encode(&c)
	switch {
	case err != nil:
		p.Say(v, "%s of %s cannot be written as JSON", name, f.Place)
	case len(raw) > maxAllow:
		p.Say(v, "%s of %s is longer than %d bytes", name, f.Place, maxAllow)
	}
	return string(raw)
}

// approvers reads who approved: at least one, none twice, and nobody their own exception.
func (p *parser) approvers(f form.Fields, author string) []string {
	v := f.Get("approvedBy")
	switch {
	case !f.OK:
		return nil
	case v == nil || v.Kind == tree.Null || v.Kind == tree.Array && len(v.Items) == 0:
		p.Say(f.Value, "%s needs approvedBy: somebody other than its author", f.Place)
		return nil
	case v.Kind != tree.Array:
		p.Say(v, "approvedBy of %s must be a list, as in [security-team]", f.Place)
		return nil
	case len(v.Items) > maxApprovers:
		p.Say(v, "%s has more than %d approvers", f.Place, maxApprovers)
		return nil
	}
	var all []string
	seen := map[string]bool{}
	for i := range v.Items {
		it := &v.Items[i]
		name := p.Words(it, "approvedBy of "+f.Place, maxName)
		switch {
		case it.Kind != tree.String:
		case name == "":
			p.Say(it, "approvedBy of %s names nobody", f.Place)
		case same(name, author):
			p.Say(it, "%s is approved by its author: it must be somebody else", f.Place)
		case seen[fold(name)]:
			p.Say(it, "approvedBy of %s names somebody twice", f.Place)
		}
		seen[fold(name)] = true
		all = append(all, name)
	}
	return all
}

// fold is how names of people are compared: by their letters, not by how they are typed.
func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func same(a, b string) bool { return fold(a) == fold(b) }
