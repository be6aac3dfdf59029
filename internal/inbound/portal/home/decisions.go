package home

import (
	"cmp"
	"context"
	"slices"
	"time"

	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
)

// decision is something that waits for somebody: what, where, and the page where it is decided.
type decision struct {
	Grave  int    // the gravest first
	Kind   string // of the mark: "wrong", "warn", ""
	Mark   string
	Text   string
	About  string // the project, or ""
	Reason string // what somebody said
	Path   string
	At     time.Time
}

// decisions are what waits, the gravest first, and then what waits longest.
func (v view) decisions(ctx context.Context) []decision {
	all := slices.Concat(v.ofProposals(ctx), v.ofProjects(ctx), v.ofJobs(ctx), v.ofEndings(ctx))
	slices.SortStableFunc(all, func(x, y decision) int { return cmp.Or(cmp.Compare(x.Grave, y.Grave), x.At.Compare(y.At)) })
	return all
}

func (v view) ofProposals(ctx context.Context) (out []decision) {
	for _, x := range v.Proposals {
		p := v.Find(x.Project)
		if p == nil {
			continue
		}
		d := decision{Grave: 1, Kind: "warn", Mark: say.T(ctx, "Approval"), About: p.Name, Reason: x.Reason, At: x.Created, Path: at(p.ID, "/baseline")}
		d.Text = say.T(ctx, "A baseline waits for a second approval")
		if x.Kind == "exception" {
			d.Text, d.Path = say.T(ctx, "An exception waits for a second approval"), at(p.ID, "/exceptions")
		}
		if x.Actor == v.Me {
			d.Grave, d.Kind, d.Mark = 4, "", say.T(ctx, "With others")
			d.Text = say.T(ctx, "What you proposed waits for somebody else")
		}
		out = append(out, d)
	}
	return out
}

func (v view) ofProjects(ctx context.Context) (out []decision) {
	for i := range v.Projects {
		p := &v.Projects[i]
		if n := p.Grave(); n > 0 {
			out = append(out, decision{
				Kind: "wrong", Mark: say.T(ctx, "Drift"), About: p.Name, Path: at(p.ID, "/drift"),
				Text: say.N(ctx, n, "%d critical or high finding is open, and nobody has decided", "%d critical or high findings are open, and nobody has decided"),
			})
		}
		switch {
		case p.Snapshot == nil:
		case p.Baseline == nil:
			out = append(out, decision{
				Grave: 2, Kind: "warn", Mark: say.T(ctx, "Baseline"), About: p.Name, Path: at(p.ID, "/baseline"), At: p.Snapshot.Recorded,
				Text: say.T(ctx, "Nothing is approved yet, so drift cannot be told"),
			})
		case p.Snapshot.Newer > 0 && p.Waiting == 0:
			out = append(out, decision{
				Grave: 5, Mark: say.T(ctx, "Baseline"), About: p.Name, Path: at(p.ID, "/baseline"), At: p.Snapshot.Recorded,
				Text: say.N(ctx, p.Snapshot.Newer, "%d snapshot is newer than the baseline", "%d snapshots are newer than the baseline"),
			})
		}
		if p.Scan != nil && p.Scan.State == "failed" {
			out = append(out, decision{
				Grave: 1, Kind: "wrong", Mark: say.T(ctx, "Scan"), About: p.Name, Path: at(p.ID, "/scans/"+p.Scan.ID), At: p.Scan.Created,
				Text: say.T(ctx, "The last scan failed"),
			})
		}
	}
	return out
}

func (v view) ofJobs(ctx context.Context) (out []decision) {
	if n := len(v.Jobs); n > 0 {
		out = append(out, decision{
			Grave: 1, Kind: "wrong", Mark: say.T(ctx, "Jobs"), Path: "/organisation/settings#jobs", At: v.Jobs[0].Created,
			Text: say.N(ctx, n, "%d job was given up after its last attempt", "%d jobs were given up after their last attempt"),
		})
	}
	return out
}

func (v view) ofEndings(ctx context.Context) (out []decision) {
	for _, e := range v.Ending {
		d := decision{Grave: 3, Kind: "warn", Mark: say.T(ctx, "Ends soon"), Reason: e.Name, At: e.At}
		if e.Kind == "token" {
			d.Text, d.Path = say.T(ctx, "A token ends on %s", day(e.At)), "/organisation/tokens"
		} else {
			d.Text, d.Path = say.T(ctx, "An exception ends with %s", day(e.At)), at(e.Project, "/exceptions")
			if p := v.Find(e.Project); p != nil {
				d.About = p.Name
			}
		}
		out = append(out, d)
	}
	return out
}

func at(p id.Project, rest string) string { return "/projects/" + string(p) + rest }

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// steps are the way to the first approved diagram; none where a project has one, or where there are several projects: whoever has those knows the way.
func steps(ctx context.Context, v view) []web.Step {
	if len(v.Projects) > 1 || len(v.Projects) == 1 && v.Projects[0].Baseline != nil {
		return nil
	}
	first := web.Step{
		Name: say.T(ctx, "Make a project"), Words: say.T(ctx, "A project is what is scanned, compared and approved together: a product, a platform, an environment."),
		Done: len(v.Projects) == 1,
	}
	if v.Create {
		first.Ways = []web.Crumb{{Path: "/projects/new", Name: say.T(ctx, "Make a project")}}
	}
	if len(v.Projects) == 0 {
		return append([]web.Step{first}, web.FirstSteps(ctx, "", nil, web.Reached{})...)
	}
	p := &v.Projects[0]
	reached := web.Reached{Connected: len(p.Connections) > 0 || p.Scan != nil, Running: p.Scan != nil && (p.Scan.State == "queued" || p.Scan.State == "running"), Scanned: p.Snapshot != nil}
	if p.Scan != nil {
		reached.Scan = p.Scan.ID
	}
	return append([]web.Step{first}, web.FirstSteps(ctx, at(p.ID, ""), v.mayIn, reached)...)
}
