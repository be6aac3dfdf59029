package legal

import (
	"cmp"
	"slices"
	"time"
)

// newer orders versions of a document: what is in force later, and of those what was published later, comes later.
func newer(a, b Version) int {
	return cmp.Or(a.Effective.Compare(b.Effective), a.Published.Compare(b.Published), cmp.Compare(a.Version, b.Version))
}

// InForce are the versions that are in force at an instant, one of each document, in the order of [Sort].
func InForce(all []Version, at time.Time) []Version {
	best := map[string]Version{}
	for _, v := range all {
		if v.Effective.After(at) {
			continue
		}
		if was, ok := best[v.Slug]; !ok || newer(was, v) < 0 {
			best[v.Slug] = v
		}
	}
	var list []Version
	for _, v := range best {
		list = append(list, v)
	}
	Sort(list)
	return list
}

// Sort puts what is for everybody first, then what wins over others, then the rest by title.
func Sort(list []Version) {
	rank := func(v Version) int {
		if v.Rank == 0 {
			return MaxRank + 1
		}
		return v.Rank
	}
	slices.SortFunc(list, func(a, b Version) int {
		return cmp.Or(cmp.Compare(b.Audience, a.Audience), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Slug, b.Slug), newer(b, a))
	})
}

// Of are the versions of one document, the newest first.
func Of(all []Version, slug string) []Version {
	var list []Version
	for _, v := range all {
		if v.Slug == slug {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b Version) int { return newer(b, a) })
	return list
}

// Coming are versions that were published and are not in force yet, the next one first.
func Coming(all []Version, at time.Time) []Version {
	var list []Version
	for _, v := range all {
		if v.Effective.After(at) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, newer)
	return list
}

// The ranks of the order of precedence. 0 stands outside of it: a document that informs and binds nobody.
const (
	RankOrder     = 1
	RankExhibit   = 2
	RankAgreement = 3
	RankPolicy    = 4
)

// Level is a step of the order of precedence, the strongest first.
type Level struct {
	Rank int
	Name string // in English; a page says it in the reader's language
}

// Precedence is which document wins where two of them differ.
func Precedence() []Level {
	return []Level{
		{RankOrder, "The signed order form"}, {RankExhibit, "Signed exhibits and addenda"}, {RankAgreement, "The master services agreement"}, {RankPolicy, "Policies of the product"},
	}
}

// Prevails is the document that wins over all others in what it is about, whatever its rank: the duties of a processor (GDPR Art. 28(3) wants them in a contract of their own).
const Prevails = Addendum
