package severity

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/arch/diff"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

// Version is the version of the format of a rule file.
const Version = 1

// Limits of a rule file: far above what people write by hand, low enough that a hostile file costs little.
const (
	maxBytes    = 1 << 20 // of the file
	maxRules    = 1_000
	maxList     = 100   // targets, controls or examples of a rule
	maxText     = 2_000 // characters in a text
	maxReport   = 20    // failed examples in one error
	maxPathStep = 30
)

var format = form.Format{Name: "rule file", Bytes: maxBytes, Limits: tree.Limits{Depth: 40, Nodes: 200_000}, Columns: true}

// parsed is what a file says.
type parsed struct {
	name      string
	rules     []*compiled
	overrides []Override
}

// parse reads a rule file. Its error names every problem with line and column, up to a number.
func (t *Table) parse(name string, data []byte, trusted bool) (*parsed, error) {
	file, err := form.Open(name, data, format)
	if err != nil {
		return nil, err
	}
	p := &parser{File: file, name: name, table: t, seen: map[string]int32{}, trusted: trusted}
	out := &parsed{name: name}
	if file.Top == nil {
		p.SayAt(1, 0, "the file is empty: it needs version: %d", Version)
	} else {
		p.file(file.Top, out)
	}
	return out, p.Err()
}

func (p *parser) file(v *tree.Value, out *parsed) {
	f := p.Fields(v, "the file", "version", "rules", "overrides")
	if n := f.Get("version"); n == nil || n.Text != fmt.Sprint(Version) {
		p.Say(v, "version must be %d: this program reads no other", Version)
	}
	for _, r := range f.List("rules", maxRules) {
		if c := p.rule(r); c != nil {
			out.rules = append(out.rules, c)
		}
	}
	for _, o := range f.List("overrides", maxRules) {
		out.overrides = append(out.overrides, p.override(o))
	}
}

var idForm = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$`)

// rule reads a rule; nil where it has no usable id.
func (p *parser) rule(v *tree.Value) *compiled {
	f := p.Fields(v, "a rule", "id", "title", "severity", "on", "weak", "strength", "loosened", "tightened", "neutral",
		"reason", "better", "remediation", "source", "controls", "examples")
	id := f.Required("id", maxText)
	if id != "" {
		f.Place = "rule " + form.Quote(id)
		p.id(f.Get("id"), id)
	}
	c := &compiled{Rule: Rule{
		ID: id, Title: f.Required("title", maxText), Severity: gradeOf(f, "severity"),
		Weak: expressionOf(f, "weak"), Strength: expressionOf(f, "strength"), Loosened: expressionOf(f, "loosened"),
		Tightened: expressionOf(f, "tightened"), Neutral: expressionOf(f, "neutral"),
		Reason: f.Required("reason", maxText), Better: f.Text("better", maxText), Remediation: f.Required("remediation", maxText), Source: f.Required("source", maxText),
		Pack: p.name, Line: int(v.Line),
	}}
	if f.OK && c.Severity == "" && f.Get("severity") == nil {
		p.Say(v, "%s needs a severity: critical, high, medium or low", f.Place)
	}
	for _, it := range f.List("controls", maxList) {
		c.Controls = append(c.Controls, p.Words(it, "a control of "+f.Place, maxText))
	}
	for _, it := range f.List("on", maxList) {
		c.On = append(c.On, p.on(it, f.Place))
	}
	for _, it := range f.List("examples", maxList) {
		c.Examples = append(c.Examples, p.example(it, f.Place))
	}
	if f.OK {
		p.compile(f, c)
	}
	return c
}

func (p *parser) id(v *tree.Value, id string) {
	if !idForm.MatchString(id) || len(id) > 80 {
		p.Say(v, "id %s must be words of capital letters and digits joined by hyphens, as in AZ-STORAGE-PUBLIC-BLOB", form.Quote(id))
		return
	}
	if line, twice := p.seen[id]; twice {
		p.Say(v, "id %s is that of the rule at line %d too", id, line)
		return
	}
	p.seen[id] = v.Line
}

// changes that an "on" of each sort may name.
var (
	resourceChanges = []diff.Kind{diff.Added, diff.Removed, diff.Changed, diff.Moved, diff.Replaced}
	modelChanges    = []diff.Kind{diff.Added, diff.Removed, diff.Changed, diff.Moved}
)

func (p *parser) on(v *tree.Value, place string) On {
	f := p.Fields(v, "on of "+place, "type", "path", "change", "element", "relationship", "exposure")
	on := On{
		Type: f.Text("type", maxText), Path: f.Text("path", maxText), Element: f.Text("element", maxText), Relationship: f.Text("relationship", maxText), Exposure: f.Text("exposure", maxText),
	}
	n := 0
	for _, s := range []string{on.Type, on.Element, on.Relationship, on.Exposure} {
		if s != "" {
			n++
		}
	}
	if n != 1 && f.OK {
		p.Say(v, "%s needs exactly one of type, element, relationship and exposure", f.Place)
	}
	if at := f.Get("path"); on.Path != "" && (on.Type == "" || len(stepsOf(on.Path)) > maxPathStep) {
		p.Say(at, "path in %s goes with a type, and has at most %d steps", f.Place, maxPathStep)
	}
	may := resourceChanges
	if on.Type == "" {
		may = modelChanges
	}
	for _, it := range f.List("change", len(resourceChanges)) {
		kind := diff.Kind(it.Str())
		if !slices.Contains(may, kind) || on.Exposure != "" {
			p.Say(it, "change in %s must be of %s (an exposure has none)", f.Place, joined(may))
			continue
		}
		on.Change = append(on.Change, kind)
	}
	return on
}

func joined[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}

func (p *parser) example(v *tree.Value, place string) Example {
	f := p.Fields(v, "an example of "+place, "on", "old", "new", "want")
	e := Example{Want: f.Required("want", maxText), Old: p.json(f, "old"), New: p.json(f, "new")}
	if on := f.Get("on"); on != nil {
		e.On = p.on(on, f.Place)
	} else if f.OK {
		p.Say(v, "%s needs an on", f.Place)
	}
	if e.Want != "" && !slices.Contains([]string{string(Loosened), string(Tightened), string(Neutral), "none"}, e.Want) {
		p.Say(v, "want of %s must be loosened, tightened, neutral or none", f.Place)
	}
	if f.OK && e.Old == "" && e.New == "" {
		p.Say(v, "%s needs an old or a new value", f.Place)
	}
	return e
}

// json is a value of the YAML as canonical JSON; "" where there is none.
func (p *parser) json(f form.Fields, name string) string {
	v := f.Get(name)
	if v == nil {
		return ""
	}
	raw, _, err := canon.Encode(v)
	if err != nil {
		p.Say(v, "%s of %s cannot be written as JSON", name, f.Place)
	}
	return string(raw)
}

func (p *parser) override(v *tree.Value) Override {
	f := p.Fields(v, "an override", "id", "severity", "disabled", "reason")
	id := f.Required("id", maxText)
	if id != "" {
		f.Place = "override of " + form.Quote(id)
	}
	o := Override{ID: id, Severity: gradeOf(f, "severity"), Reason: f.Required("reason", maxText), Pack: p.name, Line: int(v.Line)}
	if d := f.Get("disabled"); d != nil {
		if d.Kind != tree.Bool {
			p.Say(d, "disabled of %s must be true or false", f.Place)
		}
		o.Disabled = d.True()
	}
	at := f.Get("id")
	switch {
	case id == "":
		return o
	case p.table.byID[id] == nil:
		p.Say(at, "there is no rule %s to override: c4arch rules lists them", form.Quote(id))
	case p.seen[id] != 0:
		p.Say(at, "%s is in this file already, at line %d: change it there", form.Quote(id), p.seen[id])
	case (o.Severity == "") == !o.Disabled && f.Get("severity") == nil:
		p.Say(v, "%s changes nothing: give it a severity, or disabled: true", f.Place)
	case o.Severity != "" && o.Disabled:
		p.Say(v, "%s gives a severity to a rule that it disables", f.Place)
	}
	p.seen[id] = v.Line
	return o
}
