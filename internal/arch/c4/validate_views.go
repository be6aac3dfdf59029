package c4

import (
	"regexp"
	"slices"
	"strings"
)

// keyShape is a name that is safe as a file's on every system and in an URL.
var keyShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)

// deviceShape is a name that Windows keeps for a device, whatever ending it has: a file of that name cannot be written.
var deviceShape = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// maxFolded bounds how many nodes one says that it stands for.
const maxFolded = 1 << 30

func (c *checker) views(m *Model) {
	keys := map[string]bool{}
	for i := range m.Views {
		v := &m.Views[i]
		what := "view " + v.Key
		// Some file systems do not tell case apart.
		folded := strings.ToLower(v.Key)
		switch {
		case !keyShape.MatchString(v.Key) || deviceShape.MatchString(v.Key):
			c.say("views[%d] has a key that is not safe as a file name", i)
		case keys[folded]:
			c.say("%s is there twice, or with other capitals", what)
		case viewRank[v.Kind] == 0:
			c.say("%s is of kind %q", what, v.Kind)
		case v.Title == "":
			c.say("%s has no title", what)
		case v.Subject != "" && c.elements[v.Subject] == nil:
			c.say("%s is about %s, which is not there", what, v.Subject)
		}
		keys[folded] = true
		shown := c.shown(what, v)
		lines := c.sortedIn(what, "relationship", v.Relationships, func(id string) bool { return c.relationships[id] })
		c.lines(what, v, c.nodes(what, v, shown), lines)
	}
}

func (c *checker) shown(what string, v *View) map[string]bool {
	return c.sortedIn(what, "element", v.Elements, func(id string) bool { return c.elements[id] != nil })
}

func (c *checker) sortedIn(what, noun string, ids []string, there func(string) bool) map[string]bool {
	if !slices.IsSorted(ids) {
		c.say("%s: its %ss are not sorted", what, noun)
	}
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		if !there(id) {
			c.say("%s shows %s %s, which is not there", what, noun, id)
		}
		if set[id] {
			c.say("%s shows %s %s twice", what, noun, id)
		}
		set[id] = true
	}
	return set
}

// nodes checks that each node stands for a shown element, and after its parent.
func (c *checker) nodes(what string, v *View, shown map[string]bool) map[string]bool {
	nodes := make(map[string]bool, len(v.Nodes))
	placed := make(map[string]bool, len(v.Nodes))
	for _, n := range v.Nodes {
		switch {
		case n.Folded < 0 || n.Folded > maxFolded:
			c.say("%s: node %s cannot stand for %d others", what, n.ID, n.Folded)
		case n.ID == "" || nodes[n.ID]:
			c.say("%s: node %q is there twice or has no id", what, n.ID)
		case !shown[n.Element]:
			c.say("%s: node %s stands for element %s, which it does not show", what, n.ID, n.Element)
		case n.Parent != "" && !nodes[n.Parent]:
			c.say("%s: node %s does not stand behind its parent %s", what, n.ID, n.Parent)
		}
		nodes[n.ID], placed[n.Element] = true, true
	}
	for _, id := range v.Elements {
		if !placed[id] {
			c.say("%s shows element %s but has no node for it", what, id)
		}
	}
	return nodes
}

func (c *checker) lines(what string, v *View, nodes, relationships map[string]bool) {
	stands := make(map[string]bool, len(relationships))
	for _, l := range v.Lines {
		switch {
		case !nodes[l.Source] || !nodes[l.Target]:
			c.say("%s: a line from %s to %s ends at no node", what, l.Source, l.Target)
		case !slices.Contains(confidences, l.Confidence):
			c.say("%s: the line from %s to %s has the confidence %q", what, l.Source, l.Target, l.Confidence)
		case len(l.Relationships) == 0:
			c.say("%s: the line from %s to %s stands for nothing", what, l.Source, l.Target)
		}
		for _, id := range l.Relationships {
			if !relationships[id] {
				c.say("%s: a line stands for relationship %s, which the view does not list", what, id)
			}
			stands[id] = true
		}
	}
	for _, id := range v.Relationships {
		if !stands[id] {
			c.say("%s lists relationship %s but draws no line for it", what, id)
		}
	}
}

// outcomes are all outcomes; listed are those of which every reference is listed.
var (
	outcomes = []Outcome{Shown, Nested, Hidden, Unresolved, Ambiguous}
	listed   = []Outcome{Hidden, Unresolved, Ambiguous}
)

// Total returns how many references had the outcome.
func (a *Account) Total(o Outcome) int {
	switch o {
	case Shown:
		return a.Shown
	case Nested:
		return a.Nested
	case Hidden:
		return a.Hidden
	case Unresolved:
		return a.Unresolved
	case Ambiguous:
		return a.Ambiguous
	}
	return 0
}

func (c *checker) account(a *Account) {
	sum := 0
	for _, o := range outcomes {
		if a.Total(o) < 0 {
			c.say("account: %s is negative", o)
		}
		sum += a.Total(o)
	}
	if sum != a.Found {
		c.say("account: %d references were found but %d accounted for", a.Found, sum)
	}
	if a.Counted < 0 || a.Uncounted < 0 || a.Counted > a.Found {
		c.say("account: %d of %d references counted", a.Counted, a.Found)
	}
	byRule := map[Outcome]int{}
	for _, r := range a.ByRule {
		c.rule("account", r.Rule)
		byRule[r.Outcome] += r.Count
	}
	inFull := map[Outcome]int{}
	for _, r := range a.References {
		inFull[r.Outcome]++
		if r.Outcome == Ambiguous && len(r.Targets) < 2 {
			c.say("account: an ambiguous reference with %d candidates", len(r.Targets))
		}
		if r.Rule != "" {
			c.rule("a reference", r.Rule)
		}
		c.evidence("a reference", []Evidence{r.Evidence}, true)
	}
	for _, o := range outcomes {
		if byRule[o] > a.Total(o) {
			c.say("account: rules account for %d %s references of %d", byRule[o], o, a.Total(o))
		}
		if n := inFull[o]; n != a.Total(o) && (n != 0 || slices.Contains(listed, o)) {
			c.say("account: %d of %d %s references are listed", n, a.Total(o), o)
		}
		delete(byRule, o)
		delete(inFull, o)
	}
	if len(byRule) > 0 || len(inFull) > 0 {
		c.say("account: an outcome that does not exist")
	}
}
