package exception

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
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
	maxReport    = 20     // problems in one error
)

// Parse reads c4arch.exceptions.yaml, which name names in errors. The error lists every problem with its line, up to a limit,
// and never comes with a set. A file that says nothing is an empty set.
func Parse(name string, data []byte) (*Set, error) {
	if len(data) > maxBytes {
		return nil, fault.New(fault.Limited, "%s is larger than %d bytes", name, maxBytes)
	}
	text, err := tree.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "%s cannot be read", name)
	}
	docs, err := tree.ParseYAML(text, tree.Limits{Depth: 20, Nodes: 500_000})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "%s cannot be read", name)
	}
	switch {
	case len(docs) == 0:
		return &Set{}, nil
	case len(docs) > 1:
		return nil, fault.Wrap(fault.Invalid, &tree.Error{Line: int(docs[1].Line), Msg: "a second document begins here"},
			"%s must hold one document", name).WithHelp("put everything under one set of keys, without ---")
	}
	p := parser{name: name, ids: map[string]int{}}
	s := p.set(&docs[0])
	if err := p.err(); err != nil {
		return nil, err
	}
	s.compile()
	return s, nil
}

func (p *parser) set(v *tree.Value) *Set {
	f := p.fields(v, "the file", "version", "exceptions", "windows")
	switch n := f.get("version"); {
	case n == nil && f.ok:
		p.say(v.Line, "the file needs version: %d", Version)
	case n != nil && (n.Kind != tree.Number || n.Text != fmt.Sprint(Version)):
		p.say(n.Line, "version must be %d: this program reads no other", Version)
	}
	return &Set{Exceptions: entries(p, f, "exceptions", p.exception), Windows: entries(p, f, "windows", p.window)}
}

// entries reads a list of mappings.
func entries[T any](p *parser, f fields, name string, each func(v *tree.Value, place string) T) []T {
	v := f.get(name)
	switch {
	case v == nil || v.Kind == tree.Null:
		return nil
	case v.Kind != tree.Array:
		p.say(v.Line, "%s must be a list: begin each entry with a dash", name)
		return nil
	case len(v.Items) > maxEntries:
		p.say(v.Line, "%s has more than %d entries", name, maxEntries)
		return nil
	}
	var out []T
	for i := range v.Items {
		out = append(out, each(&v.Items[i], fmt.Sprintf("%s[%d]", name, i)))
	}
	return out
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func (p *parser) exception(v *tree.Value, place string) Exception {
	f := p.fields(v, place, "id", "scope", "path", "rule", "allow", "owner", "reason", "createdBy", "approvedBy", "created", "expires")
	e := Exception{ID: f.required("id", maxText), Line: f.line}
	if idForm.MatchString(e.ID) {
		f.place = fmt.Sprintf("exceptions[%s]", e.ID)
		if first, taken := p.ids[e.ID]; taken {
			p.say(int32(f.line), "the id %s is already that of the exception in line %d", e.ID, first)
		}
		p.ids[e.ID] = f.line
	} else if e.ID != "" {
		p.say(f.get("id").Line, "id of %s must be 1 to 100 letters, digits, dots, hyphens and underscores", f.place)
	}
	e.Scope, e.Rule, e.Path = f.required("scope", maxPattern), f.required("rule", maxPattern), f.text("path", maxPattern)
	e.Owner, e.Reason, e.CreatedBy = f.required("owner", maxName), f.required("reason", maxText), f.required("createdBy", maxName)
	e.Allow = f.value("allow")
	e.ApprovedBy = f.approvers(e.CreatedBy)
	e.Created, e.Expires = f.required("created", maxText), f.required("expires", maxText)
	p.scope(f, e.Scope)
	p.dates(f, &e)
	return e
}

func (p *parser) scope(f fields, scope string) {
	tag, isTag := strings.CutPrefix(scope, tagPrefix)
	if name, value, ok := strings.Cut(tag, "="); isTag && (!ok || name == "" || value == "") {
		p.say(f.get("scope").Line, "scope of %s must have a name and a value, as in tag:environment=test", f.place)
	}
}

// dates checks the first and the last day.
func (p *parser) dates(f fields, e *Exception) {
	created, expires := p.date(f, "created", e.Created), p.date(f, "expires", e.Expires)
	if created.IsZero() || expires.IsZero() {
		return
	}
	switch days := int(expires.Sub(created).Hours() / 24); {
	case days < 0:
		p.say(f.get("expires").Line, "%s expires before it is created", f.place)
	case days > MaxDays:
		p.say(f.get("expires").Line, "%s lasts %d days: %d are the most; let it expire and decide anew then", f.place, days, MaxDays)
	}
}

func (p *parser) date(f fields, name, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		p.say(f.get(name).Line, "%s of %s must be a date, as in 2026-01-31", name, f.place)
	}
	return at
}

func (p *parser) window(v *tree.Value, place string) Window {
	f := p.fields(v, place, "from", "to", "reason", "approvedBy")
	w := Window{Reason: f.required("reason", maxText), ApprovedBy: f.required("approvedBy", maxName), Line: f.line}
	from, to := p.moment(f, "from"), p.moment(f, "to")
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		p.say(f.get("to").Line, "%s ends before it begins", f.place)
	}
	w.From, w.To = from.Format(time.RFC3339), to.Format(time.RFC3339)
	return w
}

func (p *parser) moment(f fields, name string) time.Time {
	text := f.required(name, maxText)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		p.say(f.get(name).Line, "%s of %s must be a time with its zone, as in 2026-01-31T20:00:00Z", name, f.place)
	}
	return at.UTC()
}

// value reads the value that is allowed, as canonical JSON.
func (f fields) value(name string) string {
	v := f.get(name)
	if v == nil {
		return ""
	}
	c := v.Clone()
	raw, _, err := canon.Encode(&c)
	switch {
	case err != nil:
		f.p.say(v.Line, "%s of %s cannot be written as JSON", name, f.place)
	case len(raw) > maxAllow:
		f.p.say(v.Line, "%s of %s is longer than %d bytes", name, f.place, maxAllow)
	}
	return string(raw)
}

// approvers reads who approved: at least one, none twice, and nobody their own exception.
func (f fields) approvers(author string) []string {
	v := f.get("approvedBy")
	switch {
	case !f.ok:
		return nil
	case v == nil || v.Kind == tree.Null || v.Kind == tree.Array && len(v.Items) == 0:
		f.p.say(int32(f.line), "%s needs approvedBy: somebody other than its author", f.place)
		return nil
	case v.Kind != tree.Array:
		f.p.say(v.Line, "approvedBy of %s must be a list, as in [security-team]", f.place)
		return nil
	case len(v.Items) > maxApprovers:
		f.p.say(v.Line, "%s has more than %d approvers", f.place, maxApprovers)
		return nil
	}
	var all []string
	seen := map[string]bool{}
	for i := range v.Items {
		it := &v.Items[i]
		name := f.p.words(it, "approvedBy of "+f.place, maxName)
		switch {
		case it.Kind != tree.String:
		case name == "":
			f.p.say(it.Line, "approvedBy of %s names nobody", f.place)
		case same(name, author):
			f.p.say(it.Line, "%s is approved by its author: it must be somebody else", f.place)
		case seen[fold(name)]:
			f.p.say(it.Line, "approvedBy of %s names somebody twice", f.place)
		}
		seen[fold(name)] = true
		all = append(all, name)
	}
	return all
}

// fold is how names of people are compared: by their letters, not by how they are typed.
func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func same(a, b string) bool { return fold(a) == fold(b) }
