package overview

import (
	"encoding/json"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

var errNoProject = fault.New(fault.NotFound, "there is no such project")

// Project is a project with where it stands. What the actor may not see is nil or zero.
type Project struct {
	tenant.Project
	Open        map[string]int // findings by severity
	Scan        *Scan
	Snapshot    *Snapshot
	Baseline    *Baseline
	Connections []Connection
	Waiting     int // proposals

	// Of one project that is asked for alone.
	Latest    []Scan
	Drift     []Finding
	Proposals []Proposal
	Ending    []Ending
}

// Findings is how many are open.
func (p *Project) Findings() (n int) {
	for _, k := range p.Open {
		n += k
	}
	return n
}

// Grave is how many of them are critical or high.
func (p *Project) Grave() int { return p.Open["critical"] + p.Open["high"] }

// Standing is where an organisation stands. Projects, in the order of their names, leave out the archive and the example; nothing else is about those.
type Standing struct {
	Projects  []Project
	Archived  []Project
	Example   *Project // unless it is in the archive
	Latest    []Scan
	Drift     []Finding
	Proposals []Proposal
	Ending    []Ending // the first that ends first
	Jobs      []Job
}

// Find is a project by its id, nil where there is none.
func (s *Standing) Find(p id.Project) *Project {
	for _, list := range [][]Project{s.Projects, s.Archived} {
		if i := slices.IndexFunc(list, func(x Project) bool { return x.ID == p }); i >= 0 {
			return &list[i]
		}
	}
	return nil
}

// standing puts facts together, without those that may refuses.
func standing(q Query, f Facts, may func(access.Action, id.Project) bool) Standing {
	b := builder{q: q, f: f, may: may, at: map[id.Project]int{}}
	for _, p := range f.Projects {
		if may(access.ProjectRead, p.ID) {
			b.at[p.ID] = len(b.all)
			b.all = append(b.all, Project{Project: p, Open: map[string]int{}})
		}
	}
	b.fill()
	return b.sorted()
}

type builder struct {
	q   Query
	f   Facts
	may func(access.Action, id.Project) bool
	all []Project
	at  map[id.Project]int
}

// of is the project that a fact is about, nil where the actor may not see facts of that sort.
func (b *builder) of(p id.Project, act access.Action) *Project {
	i, ok := b.at[p]
	if !ok || !b.may(act, p) {
		return nil
	}
	return &b.all[i]
}

func (b *builder) fill() {
	for _, c := range b.f.Findings {
		if p := b.of(c.Project, access.FindingRead); p != nil {
			p.Open[c.Severity] += c.N
		}
	}
	for i := range b.f.Scans {
		if p := b.of(b.f.Scans[i].Project, access.ScanRead); p != nil {
			p.Scan = &b.f.Scans[i]
		}
	}
	for i := range b.f.Snapshots {
		if p := b.of(b.f.Snapshots[i].Project, access.SnapshotRead); p != nil {
			p.Snapshot = &b.f.Snapshots[i]
		}
	}
	for i := range b.f.Baselines {
		if p := b.of(b.f.Baselines[i].Project, access.BaselineRead); p != nil {
			p.Baseline = &b.f.Baselines[i]
		}
	}
	for _, c := range b.f.Connections {
		if p := b.of(c.Project, access.ConnectionList); p != nil {
			p.Connections = append(p.Connections, c)
		}
	}
	for _, x := range b.f.Proposals {
		if p := b.of(x.Project, access.BaselineRead); p != nil {
			p.Waiting++
		}
	}
}

// sorted tells projects, the archive and the example apart. Of a project that was asked for alone everything is kept, whichever it is.
func (b *builder) sorted() Standing {
	s := Standing{Jobs: b.f.Jobs}
	counts := func(p id.Project, act access.Action) bool {
		x := b.of(p, act)
		return x != nil && (len(b.all) == 1 || !x.Example && !x.Archived)
	}
	for _, p := range b.all {
		switch {
		case p.Archived:
			s.Archived = append(s.Archived, p)
		case p.Example:
			s.Example = &p
		default:
			s.Projects = append(s.Projects, p)
		}
	}
	s.Latest = keep(b.f.Latest, func(x Scan) bool { return counts(x.Project, access.ScanRead) })
	s.Drift = keep(b.f.Drift, func(x Finding) bool { return counts(x.Project, access.FindingRead) })
	s.Proposals = keep(b.f.Proposals, func(x Proposal) bool { return counts(x.Project, access.BaselineRead) })
	s.Ending = keep(append(slices.Clone(b.f.Tokens), ends(b.f.Exceptions, b.q.Now, b.q.Until)...), func(x Ending) bool {
		return x.Project == "" || counts(x.Project, access.ExceptionRead)
	})
	slices.SortStableFunc(s.Ending, func(x, y Ending) int { return x.At.Compare(y.At) })
	return s
}

func keep[T any](list []T, wanted func(T) bool) []T {
	return slices.DeleteFunc(list, func(x T) bool { return !wanted(x) })
}

// ends are the ends of exceptions that come soon. One that cannot be read any more is left to its own page.
func ends(all []Exception, now, until time.Time) (out []Ending) {
	for _, x := range all {
		var e struct{ Reason, Expires string }
		if json.Unmarshal([]byte(x.Entry), &e) != nil {
			continue
		}
		last, err := time.Parse(time.DateOnly, e.Expires)
		if end := last.AddDate(0, 0, 1); err == nil && end.After(now) && end.Before(until) {
			out = append(out, Ending{Project: x.Project, Kind: "exception", ID: x.ID, Name: e.Reason, At: last})
		}
	}
	return out
}
