package severity

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
	"c4arch/internal/content/rules"
)

// Override is a line of a file by which people change a rule that is there.
type Override struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity,omitempty"` // "" leaves it
	Was      Severity `json:"was"`
	Disabled bool     `json:"disabled,omitempty"`
	Reason   string   `json:"reason"`
	Pack     string   `json:"pack"`
	Line     int      `json:"line,omitempty"`
}

// Table is a set of rules, checked and ready to be asked. It does not change and may be used by several goroutines.
type Table struct {
	rules     []*compiled
	byID      map[string]*compiled
	overrides []Override
	index     index
	language  *language
}

// compiled is a rule with its conditions ready to run.
type compiled struct {
	Rule
	order int // in the table
	ons   []target
	// The conditions by what they are about; nil where the rule has none.
	weak, strength               *condition
	loosened, tightened, neutral [subjects]*condition
}

// target is an [On] taken apart.
type target struct {
	On
	subject subject
	steps   []step
	each    bool // Path is "*"
}

// Builtin returns the table that comes with the program.
func Builtin() (*Table, error) { return builtin(true) }

// builtin reads the packs; only tests do not trust them.
func builtin(trusted bool) (*Table, error) {
	names, err := fs.Glob(rules.Files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("severity: %w", err)
	}
	slices.Sort(names)
	t, err := newTable()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := rules.Files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("severity: %w", err)
		}
		p, err := t.parse(name, data, trusted)
		if err != nil {
			return nil, err
		}
		for _, r := range p.rules {
			if t.byID[r.ID] != nil {
				return nil, fmt.Errorf("severity: rule %s of %s is in another pack too", r.ID, name)
			}
			t.byID[r.ID] = r
		}
		t.rules = append(t.rules, p.rules...)
	}
	t.reindex()
	return t, nil
}

// Load returns base with the rules and the overrides of a user's file, named name in errors. A rule with the id of one that is there takes
// its place; the others come before those of base, so that of equal grades people's own rule is the one that speaks. base is left as it is.
// The examples of the file are checked.
func Load(base *Table, name string, data []byte) (*Table, error) {
	t := &Table{rules: slices.Clone(base.rules), overrides: slices.Clone(base.overrides), language: base.language}
	t.reindex()
	p, err := t.parse(name, data, false)
	if err != nil {
		return nil, err
	}
	var first []*compiled
	for _, r := range p.rules {
		if old := t.byID[r.ID]; old != nil {
			t.rules[old.order] = r
			continue
		}
		first = append(first, r)
	}
	t.rules = slices.Concat(first, t.rules)
	t.apply(p.overrides)
	t.reindex()
	return t, p.examples(t)
}

// apply changes the rules that overrides name. Each changed rule is a copy, since base keeps its own.
func (t *Table) apply(overrides []Override) {
	for _, o := range overrides {
		at := slices.IndexFunc(t.rules, func(r *compiled) bool { return r.ID == o.ID })
		o.Was = t.rules[at].Severity
		t.overrides = append(t.overrides, o)
		if o.Disabled {
			t.rules = slices.Delete(t.rules, at, at+1)
			continue
		}
		changed := *t.rules[at]
		changed.Severity = o.Severity
		t.rules[at] = &changed
	}
}

func newTable() (*Table, error) {
	l, err := newLanguage()
	if err != nil {
		return nil, err
	}
	t := &Table{language: l}
	t.reindex()
	return t, nil
}

// Rules returns the rules in the order of the table.
func (t *Table) Rules() []Rule {
	out := make([]Rule, len(t.rules))
	for i, r := range t.rules {
		out[i] = r.Rule
	}
	return out
}

// Rule returns the rule with that id, in whatever case it is written.
func (t *Table) Rule(id string) (*Rule, bool) {
	r := t.byID[strings.ToUpper(id)]
	if r == nil {
		return nil, false
	}
	copied := r.Rule
	return &copied, true
}

// Overrides returns what people changed of the rules, those that are disabled among them.
func (t *Table) Overrides() []Override { return slices.Clone(t.overrides) }

// Digest is the digest of what the table says: two tables with equal digests judge alike, and say the same. Where a rule stands in its file and its examples are left out.
func (t *Table) Digest() canon.Digest {
	all := tree.Value{Kind: tree.Array}
	for _, r := range t.rules {
		all.Items = append(all.Items, ruleValue(&r.Rule))
	}
	raw, _, err := canon.Encode(&all)
	if err != nil {
		panic("severity: a rule that was read cannot be written: " + err.Error()) // texts are valid UTF-8, and nothing nests deep
	}
	return canon.Sum(raw)
}

func ruleValue(r *Rule) tree.Value {
	v := tree.Value{Kind: tree.Object}
	for _, f := range []struct{ name, text string }{
		{"id", r.ID},
		{"title", r.Title},
		{"severity", string(r.Severity)},
		{"weak", r.Weak},
		{"strength", r.Strength},
		{"loosened", r.Loosened},
		{"tightened", r.Tightened},
		{"neutral", r.Neutral},
		{"reason", r.Reason},
		{"better", r.Better},
		{"remediation", r.Remediation},
		{"source", r.Source},
		{"controls", strings.Join(r.Controls, "\n")},
	} {
		v.Set(f.name, tree.Str(f.text))
	}
	ons := tree.Value{Kind: tree.Array}
	for _, on := range r.On {
		o := tree.Value{Kind: tree.Object}
		for _, f := range []struct{ name, text string }{
			{"type", on.Type}, {"path", on.Path}, {"element", on.Element}, {"relationship", on.Relationship}, {"exposure", on.Exposure},
		} {
			o.Set(f.name, tree.Str(f.text))
		}
		changes := tree.Value{Kind: tree.Array}
		for _, c := range on.Change {
			changes.Items = append(changes.Items, tree.Str(string(c)))
		}
		o.Set("change", changes)
		ons.Items = append(ons.Items, o)
	}
	v.Set("on", ons)
	return v
}

// index finds the rules that may speak of a case without asking all of them.
type index struct {
	byType map[string][]*compiled // of types without a pattern, in lower case
	globs  []*compiled            // with a pattern for a type
	others [subjects][]*compiled  // of the other subjects
	hits   *memo
}

// hit is a rule with those of its targets that fit a type.
type hit struct {
	rule *compiled
	ons  []*target
}

// memo remembers the hits of types: a snapshot has many resources of few types.
type memo struct {
	mu   sync.RWMutex
	hits map[string][]hit
}

// maxMemo bounds how many types are remembered.
const maxMemo = 10_000

// reindex numbers the rules and makes the indexes anew.
func (t *Table) reindex() {
	t.byID = make(map[string]*compiled, len(t.rules))
	t.index = newIndex()
	for i, r := range t.rules {
		if r.order != i {
			moved := *r
			moved.order = i
			r, t.rules[i] = &moved, &moved
		}
		t.byID[strings.ToUpper(r.ID)] = r
		t.index.add(r)
	}
}

func (x *index) add(r *compiled) {
	var types []string
	seen := [subjects]bool{}
	globbed := false
	for _, on := range r.ons {
		switch key := strings.ToLower(on.Type); {
		case on.subject != ofPlace:
			if !seen[on.subject] {
				seen[on.subject] = true
				x.others[on.subject] = append(x.others[on.subject], r)
			}
		case strings.ContainsAny(key, "*?"):
			globbed = true
		case !slices.Contains(types, key):
			types = append(types, key)
			x.byType[key] = append(x.byType[key], r)
		}
	}
	if globbed {
		x.globs = append(x.globs, r)
	}
}

func newIndex() index {
	return index{byType: map[string][]*compiled{}, hits: &memo{hits: map[string][]hit{}}}
}

// ofType returns the rules that have a target of the type, in the order of the table.
func (x *index) ofType(name string) []hit {
	x.hits.mu.RLock()
	found, ok := x.hits.hits[name]
	x.hits.mu.RUnlock()
	if ok {
		return found
	}
	all := slices.Concat(x.byType[strings.ToLower(name)], x.globs)
	slices.SortFunc(all, func(a, b *compiled) int { return a.order - b.order })
	for _, r := range slices.Compact(all) {
		h := hit{rule: r}
		for i := range r.ons {
			if on := &r.ons[i]; on.subject == ofPlace && matchName(on.Type, name) {
				h.ons = append(h.ons, on)
			}
		}
		if len(h.ons) > 0 {
			found = append(found, h)
		}
	}
	x.hits.mu.Lock()
	defer x.hits.mu.Unlock()
	if len(x.hits.hits) < maxMemo {
		x.hits.hits[name] = found
	}
	return found
}
