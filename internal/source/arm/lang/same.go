package lang

import (
	"strings"

	"c4arch/internal/arch/evidence"
)

// verdict is an answer that may not be known yet.
type verdict int8

const (
	no verdict = iota
	yes
	maybe
)

func sureIf(is bool) verdict {
	if is {
		return yes
	}
	return no
}

// value is the verdict as a value, or errOpen.
func (v verdict) value() (Value, error) {
	if v == maybe {
		return Value{}, errOpen
	}
	return Truth(v == yes), nil
}

// same compares two values, texts with regard to case.
func (e *eval) same(a, b *Value) verdict {
	switch {
	case !e.b.Step(1):
		return maybe
	case a.Kind == Open || b.Kind == Open:
		if a.Kind == b.Kind && a.Text == b.Text && steady(a) {
			return yes
		}
		return maybe
	case a.Kind == Float || b.Kind == Float:
		x, ok := number(a)
		y, both := number(b)
		return sureIf(ok && both && x == y)
	case a.Kind != b.Kind:
		return no
	}
	switch a.Kind {
	case Bool:
		return sureIf(a.Bool == b.Bool)
	case Int:
		return sureIf(a.Int == b.Int)
	case String:
		if !e.b.Step((len(a.Text) + len(b.Text)) / textStep) {
			return maybe
		}
		return sameText(a, b)
	case Array:
		return e.sameItems(a.Items, b.Items)
	case Object:
		return e.sameMembers(a.Members, b.Members)
	}
	return yes
}

// steady reports whether what is left of an expression has the same value wherever it stands.
func steady(v *Value) bool {
	switch v.Why {
	case evidence.UnknownChance, evidence.UnknownFault, evidence.UnknownLimit:
		return false
	}
	return !strings.Contains(v.Text, "newGuid()")
}

func sameText(a, b *Value) verdict {
	if a.Why == "" && b.Why == "" || a.Text == b.Text && steady(a) && steady(b) {
		return sureIf(a.Text == b.Text)
	}
	x, y := head(a), head(b)
	if n := min(len(x), len(y)); x[:n] != y[:n] {
		return no
	}
	x, y = tail(a), tail(b)
	if n := min(len(x), len(y)); x[len(x)-n:] != y[len(y)-n:] {
		return no
	}
	if a.Why == "" && short(b) > len(a.Text) || b.Why == "" && short(a) > len(b.Text) {
		return no
	}
	return maybe
}

// short is how many bytes a text has at least.
func short(v *Value) int {
	if v.Why == "" {
		return len(v.Text)
	}
	_, n := sure(v)
	return n
}

func (e *eval) sameItems(a, b []Value) verdict {
	if len(a) != len(b) {
		return no
	}
	all := yes
	for i := range a {
		switch e.same(&a[i], &b[i]) {
		case no:
			return no
		case maybe:
			all = maybe
		}
	}
	return all
}

func (e *eval) sameMembers(a, b []Member) verdict {
	if len(a) != len(b) {
		return no
	}
	find := index(b)
	all := yes
	for i := range a {
		k, ok := find[strings.ToLower(a[i].Name)]
		if !ok {
			return no
		}
		switch e.same(&a[i].Value, &b[k].Value) {
		case no:
			return no
		case maybe:
			all = maybe
		}
	}
	return all
}

// index is where the members are, by their name in lower case.
func index(members []Member) map[string]int {
	at := make(map[string]int, len(members))
	for i := range members {
		at[strings.ToLower(members[i].Name)] = i
	}
	return at
}
