package truth

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// resource is a resource that code declares, as a label has it. The first of address, id and at that is there tells
// which one is meant; the others are compared.
type resource struct {
	Address    string
	ID         string
	At         string // file:line of its block
	Type       string
	Name       string
	Data       bool
	Properties map[string]value
}

// value is what a property must be: a scalar, a list, or what the fields say.
type value struct {
	Is         *string
	List       []string
	Has        string
	Unresolved string
	At         string
	Absent     bool
	Secret     bool
}

func (v *value) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		v.Is = &n.Value
		return nil
	case yaml.SequenceNode:
		return n.Decode(&v.List)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i].Value; !strings.Contains(" is list has unresolved at absent secret ", " "+k+" ") {
			return fmt.Errorf("line %d: a property has no %s", n.Content[i].Line, k)
		}
	}
	type fields value
	return n.Decode((*fields)(v))
}

// expressions counts the leaves of what is declared whose value could not be told.
type expressions struct {
	Unresolved int
	Apart      []string // names of properties that are not counted
}

// sides says what is known of both sides, and what of one.
type sides struct {
	Both, Declared, Live []string
}

var root = regexp.MustCompile(`tf:[^"#${}]*//`)

// plainText makes texts comparable that hold ids: an open segment loses its words, a Terraform address its root.
func plainText(text string) string {
	text = root.ReplaceAllString(text, "tf:*//")
	var b strings.Builder
	for {
		i := strings.Index(text, "@(")
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		end, open := i+2, 1
		for ; end < len(text) && open > 0 && text[end] != '/'; end++ {
			switch text[end] {
			case '(':
				open++
			case ')':
				open--
			}
		}
		b.WriteString(text[:i] + "@")
		text = text[end:]
	}
}

// sameText compares what a property holds with what a label says; ids are equal without regard to case.
func (l *label) sameText(got, want string) bool {
	got, want = l.plainWithin(got), l.plainWithin(l.long(want))
	if strings.Contains(want, "/subscriptions/") || strings.HasPrefix(want, "/providers/") {
		return strings.EqualFold(got, want)
	}
	return got == want
}

// hasText reports whether a property holds a text, which is a part of it.
func (l *label) hasText(got, want string) bool {
	return strings.Contains(strings.ToLower(l.plainWithin(got)), strings.ToLower(l.plainWithin(l.long(want))))
}

// plainWithin is plain for a text that holds ids.
func (l *label) plainWithin(text string) string {
	text = plainText(text)
	if l.Subscription != "" {
		text = strings.ReplaceAll(text, "/subscriptions/"+l.Subscription, "/subscriptions/@")
	}
	return text
}

// standsAt compares a place with file:line; a label knows files by the end of their path, published ones by that of their name.
func standsAt(file string, line int, want string) bool {
	i := strings.LastIndexByte(want, ':')
	return i > 0 && fmt.Sprint(line) == want[i+1:] && (file == want[:i] || strings.HasSuffix(file, "/"+want[:i]) || strings.HasSuffix(file, "__"+want[:i]))
}

// oneOf: the label lists alternatives with |.
func oneOf(alternatives, got string) bool {
	for a := range strings.SplitSeq(alternatives, "|") {
		if strings.EqualFold(a, got) {
			return true
		}
	}
	return false
}
