package arm

import (
	"fmt"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// maxTurns is how often a loop runs at most (learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources,
// "Copy limits").
const maxTurns = 800

// valueBytes is about what one value takes in memory.
const valueBytes = 200

// value evaluates what stands at a place: literals, expressions and loops, and all that is inside.
func (s scope) value(v *tree.Value) lang.Value {
	if !s.d.run.room(1) {
		return tooMuch()
	}
	switch v.Kind {
	case tree.String:
		if lang.IsExpression(v.Text) {
			return s.expression(v)
		}
		return lang.Str(lang.Literal(v.Text))
	case tree.Array:
		items := make([]lang.Value, len(v.Items))
		for i := range v.Items {
			items[i] = s.value(&v.Items[i])
		}
		return lang.List(items)
	case tree.Object:
		members := make([]lang.Member, 0, len(v.Members))
		var seen names
		s.parts(v, func(p part) {
			if i, again := seen.place(p.name, p.made(), len(members)); again {
				members[i].Value = p.value()
				return
			}
			members = append(members, lang.Member{Name: p.name, Value: p.value()})
		})
		return lang.Dict(members)
	}
	return lang.FromTree(*v)
}

func tooMuch() lang.Value { return lang.Unknown("a value that is too large", evidence.UnknownLimit) }

// names finds members of one name, of which the last counts. Names that stand in the text differ; those that are made by
// an expression or a loop need not.
type names struct {
	at   map[string]int
	list []string
}

// place takes the name of the next member, which is number n, and tells where the same name was before.
func (s *names) place(name string, made bool, n int) (int, bool) {
	if !made && s.at == nil {
		s.list = append(s.list, name)
		return 0, false
	}
	if s.at == nil {
		s.at = make(map[string]int, len(s.list)+1)
		for i, l := range s.list {
			s.at[l] = i
		}
	}
	if i, ok := s.at[name]; ok {
		return i, true
	}
	s.at[name] = n
	return 0, false
}

// expression evaluates a text in brackets. What is wrong with it is said once, with the line.
func (s scope) expression(v *tree.Value) lang.Value {
	r, f := s.d.run, s.d.tmpl.file
	e, err := r.parse(v.Text)
	if err != nil {
		r.wrong(f, v.Line, err.Error())
		return lang.Unknown(unbraced(v.Text[1:len(v.Text)-1]), evidence.UnknownFault)
	}
	// What was noted so far is of the expression around this one.
	around := r.at
	r.faults()
	r.at = spot{f, v.Line}
	out := e.Eval(s, r.budget)
	r.faults()
	r.at = around
	return out
}

// part is one member of an object, its name evaluated.
type part struct {
	name  string
	key   *keyed // when the name is an expression
	node  *tree.Value
	in    scope
	turns int // of a loop: how often it runs; -1 of what is no loop
	label string
	open  *lang.Value // instead: what is known of a loop that cannot be run
}

// keyed is a name that is an expression.
type keyed struct {
	text string
	why  evidence.Unknown
}

// made: the name is not the text that stands there.
func (p part) made() bool { return p.key != nil || p.turns >= 0 || p.open != nil }

// value is that of the member; a loop makes an array.
func (p part) value() lang.Value {
	switch {
	case p.open != nil:
		return *p.open
	case p.turns < 0:
		return p.in.value(p.node)
	}
	items := make([]lang.Value, p.turns)
	for i := range items {
		items[i] = p.in.turn(p.label, i, false).value(p.node)
	}
	return lang.List(items)
}

// parts evaluates the names and the loops of an object, in their order.
func (s scope) parts(v *tree.Value, each func(part)) {
	for i := range v.Members {
		m := &v.Members[i]
		if loops := loopsIn(m); loops != nil {
			for k := range loops {
				each(s.loopPart(&loops[k]))
			}
			continue
		}
		p := part{name: m.Name, node: &m.Value, in: s, turns: -1}
		if lang.IsExpression(m.Name) {
			key := s.expression(&tree.Value{Kind: tree.String, Text: m.Name, Line: m.Value.Line, Column: m.Value.Column})
			source := m.Name[1 : len(m.Name)-1]
			p.name, p.key = key.Str(), &keyed{source, key.Reason()}
			if key.Secure {
				p.name = evidence.Left(unbraced(source))
			}
			p.name = s.d.run.settle(p.name)
		} else {
			p.name = lang.Literal(m.Name)
		}
		each(p)
	}
}

func (s scope) loopPart(node *tree.Value) part {
	p := part{name: s.text(node.GetFold("name")), node: node.GetFold("input"), in: s}
	p.label = p.name
	var problem string
	if p.turns, p.open, problem = s.turns(node); problem != "" {
		s.d.run.wrong(s.d.tmpl.file, node.Line, problem)
	}
	return p
}

// text evaluates a name that must be a text.
func (s scope) text(v *tree.Value) string {
	if v == nil {
		return ""
	}
	if v.Kind == tree.String && !lang.IsExpression(v.Text) {
		return lang.Literal(v.Text)
	}
	out := s.value(v)
	return out.Str()
}

// repeat evaluates a loop by itself: of a variable or an output.
func (s scope) repeat(node *tree.Value) lang.Value {
	if node.GetFold("input") == nil {
		return lang.Unknown("copy", evidence.UnknownFault)
	}
	return s.loopPart(node).value()
}

// turns evaluates how often a loop runs. Where that is not known, or is wrong, the second result stands for what it
// makes, and of what is wrong the third says what it is.
func (s scope) turns(node *tree.Value) (int, *lang.Value, string) {
	open := func(words string, why evidence.Unknown) *lang.Value {
		v := lang.Unknown(words, why)
		return &v
	}
	count := node.GetFold("count")
	if count == nil {
		return 0, open("copy", evidence.UnknownFault), "its loop has no count"
	}
	n := s.value(count)
	switch {
	case n.Kind == lang.Int && n.Int >= 0 && n.Int <= maxTurns:
		return int(n.Int), nil, ""
	case n.Kind == lang.Int && n.Int > maxTurns:
		return 0, open("copy", evidence.UnknownLimit), fmt.Sprintf("its loop runs more than %d times, the limit of Azure", maxTurns)
	case n.Kind == lang.Open:
		v := open("copy("+n.Text+")", n.Why)
		v.Secure = n.Secure
		return 0, v, ""
	}
	return 0, open("copy", evidence.UnknownFault), "the count of its loop is no number of times"
}
