package c4

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/document"
	"c4arch/internal/base/fault"
)

// maxFaults is how many faults Validate names.
const maxFaults = 20

// Validate reports what is unsound in m, up to a number of faults: an id that is there
// twice, a parent, end or subject that is not there, a parent that contains itself, a thing without a
// rule or without evidence, books that do not balance. It does not say whether the architecture is a good one.
func (m *Model) Validate() error {
	c := &checker{elements: map[string]*Element{}, relationships: map[string]bool{}, rules: map[string]bool{}}
	c.header(m)
	c.elementsOf(m)
	c.parents(m)
	c.relationshipsOf(m)
	c.instances(m)
	c.views(m)
	c.account(&m.Account)
	if len(c.faults) == 0 {
		return nil
	}
	more := ""
	if c.count > len(c.faults) {
		more = fmt.Sprintf("; and %d more", c.count-len(c.faults))
	}
	return fault.New(fault.Invalid, "unsound model: %s%s", strings.Join(c.faults, "; "), more)
}

type checker struct {
	elements      map[string]*Element
	relationships map[string]bool
	rules         map[string]bool
	faults        []string
	count         int
}

func (c *checker) say(format string, args ...any) {
	if c.count++; len(c.faults) < maxFaults {
		c.faults = append(c.faults, fmt.Sprintf(format, args...))
	}
}

func (c *checker) header(m *Model) {
	if m.Format != Format {
		c.say("format is %q, not %q", m.Format, Format)
	}
	if document.Major(m.Version) != FormatVersion {
		c.say("version is %q, not %q", m.Version, FormatVersion)
	}
	if m.CollectedAt != "" {
		if t, err := time.Parse(time.RFC3339, m.CollectedAt); err != nil || t.Location() != time.UTC {
			c.say("collectedAt is not a time in UTC as in RFC 3339")
		}
	}
	c.digest("snapshot", m.Snapshot)
	for _, r := range m.Rules {
		switch {
		case r.ID == "" || r.Reason == "":
			c.say("a rule without id or reason: %q", r.ID)
		case c.rules[r.ID]:
			c.say("rule %s is there twice", r.ID)
		}
		c.rules[r.ID] = true
	}
	for i, n := range m.NotRead {
		if n.Kind == "" || n.Reason == "" {
			c.say("notRead[%d] has no kind or no reason", i)
		}
	}
}

var digestShape = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func (c *checker) digest(what string, d canon.Digest) {
	if d != "" && !digestShape.MatchString(string(d)) {
		c.say("%s is not a digest", what)
	}
}

func (c *checker) rule(what, rule string) {
	if rule == "" {
		c.say("%s names no rule", what)
	} else if !c.rules[rule] {
		c.say("%s names rule %s, which the model does not explain", what, rule)
	}
}

func (c *checker) evidence(what string, list []Evidence, must bool) {
	if must && len(list) == 0 {
		c.say("%s has no evidence", what)
	}
	for _, e := range list {
		if e.Input == "" || e.Line < 0 {
			c.say("%s has evidence without a place", what)
		}
		c.digest("commitment of "+what, e.Commitment)
	}
}

var kinds = []Kind{Person, SoftwareSystem, Container, Component, DeploymentNode, InfrastructureNode, Resource}

var confidences = []Confidence{Certain, High, May}

func (c *checker) elementsOf(m *Model) {
	for i := range m.Elements {
		e := &m.Elements[i]
		what := "element " + e.ID
		switch {
		case e.ID == "":
			c.say("elements[%d] has no id", i)
			continue
		case c.elements[e.ID] != nil:
			c.say("%s is there twice", what)
		case !slices.Contains(kinds, e.Kind):
			c.say("%s is of kind %q", what, e.Kind)
		case e.Name == "":
			c.say("%s has no name", what)
		case (e.Layer == "") != (e.HiddenBy == ""):
			c.say("%s is in layer %q but hidden by %q", what, e.Layer, e.HiddenBy)
		}
		c.elements[e.ID] = e
		c.rule(what, e.Rule)
		// What people declared, or what is inferred from another's evidence, may stand on none of its own.
		free := e.External || slices.Contains(e.Badges, "declared") || slices.Contains(e.Badges, "inferred")
		c.evidence(what, e.Evidence, !free)
	}
}

// parents follows each chain of parents once.
func (c *checker) parents(m *Model) {
	const onTheWay, sound = 1, 2
	state := make(map[string]int, len(m.Elements))
	for i := range m.Elements {
		var chain []string
		at := m.Elements[i].ID
		for at != "" && state[at] != sound {
			e := c.elements[at]
			if e == nil {
				c.say("element %s has the parent %s, which is not there", chain[len(chain)-1], at)
				break
			}
			if state[at] == onTheWay {
				c.say("element %s contains itself", at)
				break
			}
			state[at] = onTheWay
			chain = append(chain, at)
			at = e.Parent
		}
		for _, id := range chain {
			state[id] = sound
		}
	}
}

func (c *checker) relationshipsOf(m *Model) {
	for i := range m.Relationships {
		r := &m.Relationships[i]
		what := "relationship " + r.ID
		switch {
		case r.ID == "":
			c.say("relationships[%d] has no id", i)
			continue
		case c.relationships[r.ID]:
			c.say("%s is there twice", what)
		case c.elements[r.Source] == nil:
			c.say("%s begins at %s, which is not there", what, r.Source)
		case c.elements[r.Target] == nil:
			c.say("%s ends at %s, which is not there", what, r.Target)
		case !slices.Contains(confidences, r.Confidence):
			c.say("%s has the confidence %q", what, r.Confidence)
		}
		c.relationships[r.ID] = true
		c.rule(what, r.Rule)
		c.evidence(what, r.Evidence, !r.Declared)
	}
}

func (c *checker) instances(m *Model) {
	for i := range m.Instances {
		in := &m.Instances[i]
		what := fmt.Sprintf("instance of %s on %s", in.Container, in.Node)
		if c.elements[in.Container] == nil {
			c.say("%s: the container is not there", what)
		}
		if n := c.elements[in.Node]; n == nil || n.Kind != DeploymentNode && n.Kind != InfrastructureNode {
			c.say("%s: that is no deployment node", what)
		}
		c.rule(what, in.Rule)
		c.evidence(what, in.Evidence, true)
	}
}
