package c4

import (
	"cmp"
	"slices"

	"c4arch/internal/arch/evidence"
)

// Sort puts m in the one order that depends on its content alone. The order of a view's nodes
// stays, since a parent must stand before its children, and so does that of Scope, which is
// a path.
func (m *Model) Sort() {
	for i := range m.Elements {
		e := &m.Elements[i]
		slices.Sort(e.Tags)
		slices.Sort(e.Badges)
		SortEvidence(e.Evidence)
	}
	slices.SortStableFunc(m.Elements, func(a, b Element) int { return cmp.Compare(a.ID, b.ID) })
	for i := range m.Relationships {
		SortEvidence(m.Relationships[i].Evidence)
	}
	slices.SortStableFunc(m.Relationships, func(a, b Relationship) int { return cmp.Compare(a.ID, b.ID) })
	for i := range m.Instances {
		SortEvidence(m.Instances[i].Evidence)
	}
	slices.SortStableFunc(m.Instances, func(a, b Instance) int {
		return cmp.Or(cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Node, b.Node), cmp.Compare(a.Container, b.Container))
	})
	m.sortViews()
	m.Account.sort()
	slices.SortStableFunc(m.Inputs, func(a, b InputSummary) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(m.Rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(m.NotRead, compareNotRead)
}

// SortEvidence sorts evidence by where it stands.
func SortEvidence(list []Evidence) { slices.SortStableFunc(list, compareEvidence) }

func compareEvidence(a, b Evidence) int {
	return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Property, b.Property), cmp.Compare(a.Commitment, b.Commitment))
}

// viewRank is the order in which views are shown: from far to near, then where things run.
var viewRank = map[ViewKind]int{Landscape: 1, Context: 2, Containers: 3, Components: 4, Resources: 5, Deployment: 6}

func (m *Model) sortViews() {
	for i := range m.Views {
		v := &m.Views[i]
		slices.Sort(v.Elements)
		slices.Sort(v.Relationships)
		for j := range v.Lines {
			slices.Sort(v.Lines[j].Relationships)
		}
		slices.SortStableFunc(v.Lines, func(a, b Line) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Description, b.Description))
		})
	}
	slices.SortStableFunc(m.Views, func(a, b View) int {
		return cmp.Or(cmp.Compare(viewRank[a.Kind], viewRank[b.Kind]), cmp.Compare(a.Key, b.Key))
	})
}

func (a *Account) sort() {
	slices.SortStableFunc(a.ByRule, func(x, y RuleCount) int {
		return cmp.Or(cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Outcome, y.Outcome))
	})
	for i := range a.References {
		slices.Sort(a.References[i].Targets)
	}
	slices.SortStableFunc(a.References, func(x, y Reference) int {
		return cmp.Or(compareEvidence(x.Evidence, y.Evidence), cmp.Compare(x.Value, y.Value), cmp.Compare(x.Outcome, y.Outcome), cmp.Compare(x.Rule, y.Rule))
	})
}

func compareNotRead(a, b evidence.NotRead) int {
	return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Thing, b.Thing), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Count, b.Count))
}
