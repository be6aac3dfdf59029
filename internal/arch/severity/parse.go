package severity

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/arch/diff"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
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
	maxReport   = 20    // problems in one error
	maxPathStep = 30
)

// parsed is what a file says.
type parsed struct {
	name      string
	rules     []*compiled
	overrides []Override
	p         *parser
}

// parse reads a rule file. Its error names every problem with line and column, up to a number.
func (t *Table) parse(name string, data []byte, trusted bool) (*parsed, error) {
	if len(data) > maxBytes {
		return nil, fault.New(fault.Limited, "the rule file %s is larger than %d bytes", name, maxBytes)
	}
	text, err := tree.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the rule file %s cannot be read", name)
	}
	docs, err := tree.ParseYAML(text, tree.Limits{Depth: 40, Nodes: 200_000})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the rule file %s cannot be read", name)
	}
	p := &parser{name: name, lines: strings.Split(string(text), "\n"), table: t, seen: map[string]int32{}, trusted: trusted}
	out := &parsed{name: name, p: p}
	switch {
	case len(docs) == 0:
		p.say(1, 0, "the file is empty: it needs version: %d", Version)
	case len(docs) > 1:
		p.say(docs[1].Line, 0, "a second document begins here: put everything under one set of keys, without ---")
	default:
		p.file(&docs[0], out)
	}
	return out, p.err()
}

func (p *parser) file(v *tree.Value, out *parsed) {
	f := p.fields(v, "the file", "version", "rules", "overrides")
	if n := f.v.Get("version"); n == nil || n.Text != fmt.Sprint(Version) {
		p.say(v.Line, 0, "version must be %d: this program reads no other", Version)
	}
	for _, r := range p.list(f, "rules", maxRules) {
		if c := p.rule(r); c != nil {
			out.rules = append(out.rules, c)
		}
	}
	for _, o := range p.list(f, "overrides", maxRules) {
		out.overrides = append(out.overrides, p.override(o))
	}
}

var idForm = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$`)

// rule reads a rule; nil where it has no usable id.
func (p *parser) rule(v *tree.Value) *compiled {
	f := p.fields(v, "a rule", "id", "title", "severity", "on", "weak", "strength", "loosened", "tightened", "neutral",
		"reason", "better", "remediation", "source", "controls", "examples")
	id := f.required("id")
	if id != "" {
		f.place = "rule " + quote(id)
		p.id(f.v.Get("id"), id)
	}
	c := &compiled{Rule: Rule{
		ID: id, Title: f.required("title"), Severity: f.severity("severity"),
		Weak: f.expression("weak"), Strength: f.expression("strength"), Loosened: f.expression("loosened"),
		Tightened: f.expression("tightened"), Neutral: f.expression("neutral"),
		Reason: f.required("reason"), Better: f.text("better"), Remediation: f.required("remediation"), Source: f.required("source"),
		Pack: p.name, Line: int(v.Line),
	}}
	if f.ok && c.Severity == "" && f.v.Get("severity") == nil {
		p.say(v.Line, v.Column, "%s needs a severity: critical, high, medium or low", f.place)
	}
	for _, it := range p.list(f, "controls", maxList) {
		c.Controls = append(c.Controls, p.word(it, "a control of "+f.place))
	}
	for _, it := range p.list(f, "on", maxList) {
		c.On = append(c.On, p.on(it, f.place))
	}
	for _, it := range p.list(f, "examples", maxList) {
		c.Examples = append(c.Examples, p.example(it, f.place))
	}
	if f.ok {
		p.compile(f, c)
	}
	return c
}

func (p *parser) id(v *tree.Value, id string) {
	if !idForm.MatchString(id) || len(id) > 80 {
		p.say(v.Line, v.Column, "id %s must be words of capital letters and digits joined by hyphens, as in AZ-STORAGE-PUBLIC-BLOB", quote(id))
		return
	}
	if line, twice := p.seen[id]; twice {
		p.say(v.Line, v.Column, "id %s is that of the rule at line %d too", id, line)
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
	f := p.fields(v, "on of "+place, "type", "path", "change", "element", "relationship", "exposure")
	on := On{
		Type: f.text("type"), Path: f.text("path"), Element: f.text("element"), Relationship: f.text("relationship"), Exposure: f.text("exposure"),
	}
	n := 0
	for _, s := range []string{on.Type, on.Element, on.Relationship, on.Exposure} {
		if s != "" {
			n++
		}
	}
	if n != 1 && f.ok {
		p.say(v.Line, v.Column, "%s needs exactly one of type, element, relationship and exposure", f.place)
	}
	if at := f.v.Get("path"); on.Path != "" && (on.Type == "" || len(stepsOf(on.Path)) > maxPathStep) {
		p.say(at.Line, at.Column, "path in %s goes with a type, and has at most %d steps", f.place, maxPathStep)
	}
	may := resourceChanges
	if on.Type == "" {
		may = modelChanges
	}
	for _, it := range p.list(f, "change", len(resourceChanges)) {
		kind := diff.Kind(it.Str())
		if !slices.Contains(may, kind) || on.Exposure != "" {
			p.say(it.Line, it.Column, "change in %s must be of %s (an exposure has none)", f.place, joined(may))
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
	f := p.fields(v, "an example of "+place, "on", "old", "new", "want")
	e := Example{Want: f.required("want"), Old: p.json(f, "old"), New: p.json(f, "new")}
	if on := f.v.Get("on"); on != nil {
		e.On = p.on(on, f.place)
	} else if f.ok {
		p.say(v.Line, v.Column, "%s needs an on", f.place)
	}
	if e.Want != "" && !slices.Contains([]string{string(Loosened), string(Tightened), string(Neutral), "none"}, e.Want) {
		p.say(v.Line, v.Column, "want of %s must be loosened, tightened, neutral or none", f.place)
	}
	if f.ok && e.Old == "" && e.New == "" {
		p.say(v.Line, v.Column, "%s needs an old or a new value", f.place)
	}
	return e
}

// json is a value of the YAML as canonical JSON; "" where there is none.
func (p *parser) json(f fields, name string) string {
	v := f.v.Get(name)
	if v == nil {
		return ""
	}
	raw, _, err := canon.Encode(v)
	if err != nil {
		p.say(v.Line, v.Column, "%s of %s cannot be written as JSON", name, f.place)
	}
	return string(raw)
}

func (p *parser) override(v *tree.Value) Override {
	f := p.fields(v, "an override", "id", "severity", "disabled", "reason")
	id := f.required("id")
	if id != "" {
		f.place = "override of " + quote(id)
	}
	o := Override{ID: id, Severity: f.severity("severity"), Reason: f.required("reason"), Pack: p.name, Line: int(v.Line)}
	if d := f.v.Get("disabled"); d != nil {
		if d.Kind != tree.Bool {
			p.say(d.Line, d.Column, "disabled of %s must be true or false", f.place)
		}
		o.Disabled = d.True()
	}
	at := f.v.Get("id")
	switch {
	case id == "":
		return o
	case p.table.byID[id] == nil:
		p.say(at.Line, at.Column, "there is no rule %s to override: c4arch rules lists them", quote(id))
	case p.seen[id] != 0:
		p.say(at.Line, at.Column, "%s is in this file already, at line %d: change it there", quote(id), p.seen[id])
	case (o.Severity == "") == !o.Disabled && f.v.Get("severity") == nil:
		p.say(v.Line, v.Column, "%s changes nothing: give it a severity, or disabled: true", f.place)
	case o.Severity != "" && o.Disabled:
		p.say(v.Line, v.Column, "%s gives a severity to a rule that it disables", f.place)
	}
	p.seen[id] = v.Line
	return o
}
