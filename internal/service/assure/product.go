package assure

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
)

// What the product says of itself is known to its parts. They say what there is, as values; here is what is right.

// Program is what a build says of itself.
type Program struct {
	Revision string // the commit, or ""
	Modified bool   // files were changed that were not committed
}

var commit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// Traced says whether what runs was built from a commit and from nothing besides: the linker stamps the commit of a tree under version control, and whether it was changed since.
func Traced(p Program) []control.Observation {
	o := control.Observation{Subject: "the program that runs", Outcome: control.Pass, Detail: "it was built from commit " + p.Revision}
	switch {
	case p.Revision == "":
		o.Outcome, o.Detail = control.Unknown, "the build does not say from which commit it was made"
	case !commit.MatchString(p.Revision):
		o.Outcome, o.Detail = control.Fail, fmt.Sprintf("%.80q is no commit", p.Revision)
	case p.Modified:
		o.Outcome, o.Detail = control.Fail, "it was built from commit "+p.Revision+" and from changes that were not committed"
	}
	return []control.Observation{o}
}

// Setting is one setting in force, and the layer that it comes from.
type Setting struct {
	Key, Value, Default, Source string
	Secret                      bool
}

// The layers: what the product is built with, the file that deployments can have in common, and what one deployment says.
var layers = []struct {
	name   string
	source *regexp.Regexp
}{
	{"product", regexp.MustCompile(`^default$`)},
	{"file", regexp.MustCompile(`^.+ line [1-9][0-9]*$`)},
	{"deployment", regexp.MustCompile(`^(flag --[a-z][a-z0-9-]*|environment C4ARCH_[A-Z0-9_]+)$`)},
}

// Layered says whether each setting in force comes from exactly one of the layers, and no secret from the product itself.
func Layered(all []Setting) []control.Observation {
	if len(all) == 0 {
		return nil
	}
	count, seen := map[string]int{}, map[string]bool{}
	var bad []control.Observation
	for _, s := range all {
		i := slices.IndexFunc(layers, func(l struct {
			name   string
			source *regexp.Regexp
		},
		) bool {
			return l.source.MatchString(s.Source)
		})
		why := ""
		switch {
		case i < 0:
			why = fmt.Sprintf("it comes from %.80q, which is no layer", s.Source)
		case seen[s.Key]:
			why = "it is there twice"
		case i == 0 && s.Secret && s.Value != "":
			why = "the product is built with a secret"
		case i == 0 && !strings.Contains(s.Default, "DATA/") && s.Default != "" && s.Value != s.Default: // DATA/ is the directory that another setting names
			why = "it is said to be the default, and is not"
		}
		if seen[s.Key] = true; why != "" {
			bad = append(bad, control.Observation{Subject: "setting " + s.Key, Outcome: control.Fail, Detail: why})
			continue
		}
		count[layers[i].name]++
	}
	if len(bad) > 0 {
		return bad
	}
	return []control.Observation{{Subject: "settings in force", Outcome: control.Pass, Detail: fmt.Sprintf("%d as the product has them, %d from the file, %d from the deployment", count["product"], count["file"], count["deployment"])}}
}

// Granted is what a live connection may where it reads, as its home has it.
type Granted struct {
	Org        id.Org
	Connection string
	Shown      bool // its duty is shown: it has a credential, and its project is neither put away nor the example
	Looked     bool // somebody verified it
	Old        bool // so long ago that the organisation is told to do it again
	Excess     int  // rights beyond what is needed
	Missing    int
	Entered    bool   // the look stands in the ledger
	Broken     string // why what was kept cannot be read
}

// PageDuty is a duty as the page of an organisation shows it.
type PageDuty struct {
	ID        string
	Clauses   []string
	Open      bool // to do
	Said      bool // with words
	Items     []string
	Removable bool // each thing that it is open for can be removed from the page
}

// Rights says whether what each live connection may is kept, stands in the ledger, and is told to its organisation where it is more than needed.
func Rights(list func(context.Context) ([]Granted, error), told func(context.Context, id.Org) ([]PageDuty, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) (seen []control.Observation, err error) {
		all, err := list(ctx)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		pages := map[id.Org][]PageDuty{}
		for _, g := range all {
			if pages[g.Org] == nil {
				if pages[g.Org], err = told(ctx, g.Org); err != nil {
					return seen, err
				}
			}
			o := control.Observation{Subject: "connection " + g.Connection, Outcome: control.Pass, Detail: "nobody has verified it yet, and its organisation is told"}
			if g.Looked {
				o.Detail = fmt.Sprintf("%d rights are more than needed, %d are missing, as its ledger has it", g.Excess, g.Missing)
			}
			if why := g.lacks(pages[g.Org]); why != "" {
				o.Outcome, o.Detail = control.Fail, why
			}
			seen = append(seen, o)
		}
		return seen, nil
	}
}

const rightsDuty = "connection-rights"

func (g Granted) lacks(page []PageDuty) string {
	due := g.Shown && (!g.Looked || g.Old || g.Excess > 0 || g.Missing > 0)
	i := slices.IndexFunc(page, func(d PageDuty) bool { return d.ID == rightsDuty })
	switch {
	case g.Broken != "":
		return "what was seen of its rights cannot be read: " + g.Broken
	case g.Looked && !g.Entered:
		return "what was seen of its rights is kept, and stands in no ledger"
	case i < 0:
		return "its organisation is told nothing of the rights of connections"
	case due != slices.Contains(page[i].Items, g.Connection):
		return map[bool]string{true: "its organisation is not told of it", false: "its organisation is told of it, and there is nothing to tell"}[due]
	case g.Shown && g.Excess > 0 && !page[i].Open:
		return "it may more than it needs, and nothing is said to be done"
	}
	return ""
}

// shownDuties are clauses of which the page of each organisation must tell.
var shownDuties = []string{"SE-3.11", "SE-3.12", "SE-3.13", "SE-13.1", "SE-13.2", "SE-13.3", "SE-13.4", "SE-13.5", "SE-13.6", "SE-13.7", "SE-13.8", "SE-13.9", "SE-13.10", "SE-13.11", "DPA-13.3", "DPA-13.4", "DPA-13.5", "DPA-13.9", "DPA-13.11", "DPA-13.12"}

// removable are duties of which each thing can be removed from the page.
var removable = []string{"stale-members", "unused-tokens"}

// Paged says whether the page of each organisation shows all duties, as what judges them has it, with the means to remove what is stale, and the rights of connections as they are.
func Paged(orgs func(context.Context) ([]Truth, error), page func(context.Context, id.Org) ([]PageDuty, error), judged func(context.Context, id.Org) ([]Duty, error), granted func(context.Context) ([]Granted, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) (seen []control.Observation, err error) {
		all, err := orgs(ctx)
		if err != nil {
			return nil, err
		}
		rights, err := granted(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			shown, err := page(ctx, t.Org)
			if err != nil {
				return seen, err
			}
			due, err := judged(ctx, t.Org)
			if err != nil {
				return seen, err
			}
			lacks := pageLacks(shown, due)
			for _, g := range rights {
				if g.Org == t.Org && lacks == "" {
					lacks = g.lacks(shown)
				}
			}
			seen = append(seen, observed("page of the duties of "+string(t.Org), lacks == "", fmt.Sprintf("%d duties are shown", len(shown)), lacks))
		}
		return seen, nil
	}
}

func pageLacks(shown []PageDuty, due []Duty) string {
	heard, by := map[string]bool{}, map[string]PageDuty{}
	for _, d := range shown {
		if !d.Said {
			return d.ID + " is shown without words"
		}
		if d.Open && slices.Contains(removable, d.ID) && !d.Removable {
			return "what is stale of " + d.ID + " cannot be removed from the page"
		}
		for _, c := range d.Clauses {
			heard[c] = true
		}
		by[d.ID] = d
	}
	if i := slices.IndexFunc(shownDuties, func(c string) bool { return !heard[c] }); i >= 0 {
		return "nothing is shown of " + shownDuties[i]
	}
	for _, d := range due {
		if x, ok := by[d.ID]; !ok || x.Open != d.Open {
			return d.ID + " is not shown as it was judged"
		}
	}
	return ""
}

// Tried is a request that a client which reads was tried with, and whether it would have left the program.
type Tried struct {
	Client, Request string
	Reads           bool // it only reads, and is one that the client is for
	Left            bool
}

// Reading says whether clients that read let out what reads, and nothing else.
func Reading(all []Tried) (seen []control.Observation) {
	let, held := map[string]int{}, map[string]int{}
	var clients []string
	for _, t := range all {
		if !slices.Contains(clients, t.Client) {
			clients = append(clients, t.Client)
		}
		switch {
		case t.Left != t.Reads:
			detail := "it is not sent, and only reads"
			if t.Left {
				detail = "it leaves the program, and does more than read"
			}
			seen = append(seen, control.Observation{Subject: t.Client + ": " + t.Request, Outcome: control.Fail, Detail: detail})
		case t.Reads:
			let[t.Client]++
		default:
			held[t.Client]++
		}
	}
	if len(seen) > 0 {
		return seen
	}
	for _, c := range clients {
		o := control.Observation{Subject: c, Outcome: control.Pass, Detail: fmt.Sprintf("%d requests that read may leave, %d others are refused", let[c], held[c])}
		if let[c] == 0 || held[c] == 0 {
			o.Outcome, o.Detail = control.Unknown, "it was not tried with both sorts of requests"
		}
		seen = append(seen, o)
	}
	return seen
}
