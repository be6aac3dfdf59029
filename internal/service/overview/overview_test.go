package overview

import (
	"context"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

const (
	shop    = id.Project("pj_01jq8z6y5x4w3v2t1s0r9q8p7n")
	old     = id.Project("pj_01jq8z6y5x4w3v2t1s0r9q8p7m")
	example = id.Project("pj_01jq8z6y5x4w3v2t1s0r9q8p7k")
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// estate has a project, one in the archive and the example, with the same of each.
type estate struct{ asked Query }

func (e *estate) Facts(_ context.Context, _ access.Scope, q Query) (f Facts, err error) {
	e.asked = q
	if !q.Projects {
		return f, nil
	}
	f.Projects = []tenant.Project{{ID: shop, Name: "Shop"}, {ID: old, Name: "Old", Archived: true}, {ID: example, Name: "Example", Example: true}}
	for _, p := range f.Projects {
		f.Findings = append(f.Findings, Count{p.ID, "critical", 2}, Count{p.ID, "low", 1})
		f.Latest, f.Scans = append(f.Latest, Scan{Project: p.ID}), append(f.Scans, Scan{Project: p.ID, State: "done"})
		f.Drift, f.Proposals = append(f.Drift, Finding{Project: p.ID}), append(f.Proposals, Proposal{Project: p.ID})
		for _, day := range []string{"2026-11-25", "2026-11-22", "2027-02-01"} {
			f.Exceptions = append(f.Exceptions, Exception{p.ID, "ex_1", `{"reason":"soon","expires":"` + day + `"}`})
		}
	}
	return f, nil
}

func actor(role access.Role) access.Actor {
	return access.Actor{ID: "person:pn_01jq8z6y5x4w3v2t1s0r9q8p7n", Kind: access.Person, Org: "og_01jq8z6y5x4w3v2t1s0r9q8p7n", Roles: []access.Role{role}, Surface: access.Portal, Purpose: "portal", Session: "ss_1"}
}

// TestExampleAndArchiveCountNowhere: of three projects with the same one alone is told of.
func TestExampleAndArchiveCountNowhere(t *testing.T) {
	s := &Service{Estate: &estate{}, Now: func() time.Time { return noon }}
	st, err := s.Home(t.Context(), actor(access.Owner))
	if err != nil || len(st.Projects) != 1 || len(st.Archived) != 1 || st.Example == nil || st.Example.ID != example {
		t.Fatalf("%+v, %v", st, err)
	}
	if p := st.Projects[0]; p.Findings() != 3 || p.Grave() != 2 || p.Scan == nil || p.Waiting != 1 {
		t.Errorf("%+v", p)
	}
	if len(st.Latest) != 1 || len(st.Drift) != 1 || len(st.Proposals) != 1 || len(st.Ending) != 1 || st.Ending[0].Name != "soon" || st.Ending[0].Project != shop {
		t.Errorf("%+v", st)
	}
}

// TestRoles: who may see no project is told of none, and who may list no tokens is not asked about them.
func TestRoles(t *testing.T) {
	e := &estate{}
	s := &Service{Estate: e, Now: func() time.Time { return noon }}
	st, err := s.Home(t.Context(), actor(access.Billing))
	if err != nil || e.asked.Projects || e.asked.Tokens || e.asked.Jobs || len(st.Projects) != 0 {
		t.Errorf("%+v, %+v, %v", e.asked, st, err)
	}
	if _, err := s.Projects(t.Context(), actor(access.Billing)); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	if _, err := s.Project(t.Context(), actor(access.Billing), shop); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	if _, err := s.Home(t.Context(), actor(access.Viewer)); err != nil || !e.asked.Projects || e.asked.Tokens {
		t.Errorf("%+v, %v", e.asked, err)
	}
}

func TestSummary(t *testing.T) {
	same := evidence.NotRead{Kind: evidence.TypeWithoutRule, Input: "a", Reason: "no rule", Count: 40}
	other := evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: "b", Line: 7, Reason: "broken"}
	sum := Summarise(&evidence.Snapshot{
		Resources: []evidence.Resource{{Provider: "azure", Type: "a"}, {Provider: "azure", Type: "b"}, {Provider: "azure", Type: "b", Erased: "asked for"}},
		NotRead:   []evidence.NotRead{same, other, same},
	})
	if len(sum.Kinds) != 2 || sum.Kinds[0] != (Kind{"azure", "b", 2}) || sum.Kinds[1].N != 1 || sum.Redacted != 1 {
		t.Errorf("%+v", sum)
	}
	if len(sum.NotRead) != 2 || sum.NotRead[0].Places[0] != (Place{"b", "", 7}) || sum.NotRead[1].N != 80 || len(sum.NotRead[1].Places) != 2 {
		t.Errorf("%+v", sum.NotRead)
	}
}
