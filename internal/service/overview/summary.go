package overview

import (
	"cmp"
	"maps"
	"slices"

	"c4arch/internal/arch/evidence"
)

// Summary is what a snapshot holds, counted.
type Summary struct {
	Snapshot string
	Kinds    []Kind   // resources by type, the most first
	Scope    []string // what they belong to
	Inputs   []Input
	NotRead  []Group
	Method   string
	Name     string
	Root     string
	From, To string // times at which what the evidence says was observed, where the evidence says; "" is no data
	Redacted int    // resources that were withdrawn
}

// Kind is a type of resources and how many there are.
type Kind struct {
	Provider, Type string
	N              int
}

// Input is one that was read.
type Input struct {
	Name, Format string
	Resources    int
}

// Group is what could not be read for the same reason.
type Group struct {
	Kind         evidence.NotReadKind
	Reason, Help string
	N            int
	Places       []Place // at most [shownPlaces]
}

// Place is where it stands.
type Place struct {
	Input, Thing string
	Line         int
}

// shownPlaces is how many places of a group are shown: the snapshot has them all.
const shownPlaces = 25

// Summarise counts what a snapshot holds.
func Summarise(s *evidence.Snapshot) Summary {
	out := Summary{Scope: s.Scope, Method: s.Method, Name: s.Name, Root: string(s.Root)}
	kinds := map[Kind]int{}
	for i := range s.Resources {
		r := &s.Resources[i]
		kinds[Kind{Provider: r.Provider, Type: r.Type}]++
		if r.Erased != "" {
			out.Redacted++
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(kinds), func(a, b Kind) int {
		return cmp.Or(cmp.Compare(kinds[b], kinds[a]), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Type, b.Type))
	}) {
		k.N = kinds[Kind{Provider: k.Provider, Type: k.Type}]
		out.Kinds = append(out.Kinds, k)
	}
	for _, in := range s.Inputs {
		out.Inputs = append(out.Inputs, Input{Name: in.Name, Format: in.Format, Resources: in.Resources})
	}
	out.NotRead = grouped(s.NotRead)
	return out
}

// grouped puts together what has the same reason, the whole inputs first and then the most.
func grouped(all []evidence.NotRead) []Group {
	type key struct {
		kind         evidence.NotReadKind
		reason, help string
	}
	at := map[key]int{}
	var out []Group
	for _, n := range all {
		k := key{n.Kind, n.Reason, n.Help}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Group{Kind: n.Kind, Reason: n.Reason, Help: n.Help})
		}
		out[i].N += max(1, n.Count)
		if len(out[i].Places) < shownPlaces {
			out[i].Places = append(out[i].Places, Place{Input: n.Input, Thing: n.Thing, Line: n.Line})
		}
	}
	slices.SortStableFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(gravity(a.Kind), gravity(b.Kind)), cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// gravity orders what could not be read: what hides the most first.
func gravity(k evidence.NotReadKind) int {
	return slices.Index([]evidence.NotReadKind{evidence.InputNotUnderstood, evidence.ResourceNotRead, evidence.TypeWithoutRule, evidence.ReferenceUnknown, evidence.PropertyWithheld}, k)
}
