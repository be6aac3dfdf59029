package exposure

import (
	"context"
	"maps"
	"slices"

	"c4arch/internal/arch/evidence"
)

// For tests that need packages which import this one.

// Thing is a resource for tests.
type Thing struct{ ID, Type, Props string }

// CompareThings compares two lists of resources.
func CompareThings(tb failer, old, new []Thing) []Change {
	return compare(tb, thingsOf(old), thingsOf(new))
}

func thingsOf(all []Thing) []thing {
	var out []thing
	for _, x := range all {
		out = append(out, thing{id: x.ID, typ: x.Type, props: x.Props})
	}
	return out
}

// Governed returns the types of resources that have a role, and the beginnings of the patterns that are judged by their effect.
func Governed() map[string][]string {
	out := map[string][]string{}
	for t, r := range roles {
		out[t] = r.governs
	}
	return out
}

// Snapshot makes a snapshot of things.
func Snapshot(tb failer, all []Thing) *evidence.Snapshot { return snapshot(tb, thingsOf(all)...) }

// SpansOf are the spans of all gates of a snapshot.
func SpansOf(tb failer, s *evidence.Snapshot) map[string]string {
	gates, err := Gates(context.Background(), s)
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]string{}
	for _, g := range gates {
		out[g.Resource] = short(g.Open)
	}
	return out
}

// Types are the types with a role, sorted.
func Types() []string { return slices.Sorted(maps.Keys(roles)) }
