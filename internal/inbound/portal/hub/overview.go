package hub

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/trust/control"
)

// deadShown is how many organisations with dead jobs the first page names.
const deadShown = 20

// overviewView is what the first page shows.
type overviewView struct {
	Waits
	Dead     []upkeep.Standing
	MoreDead bool
	Names    map[id.Org]string
	Failing  []control.ControlState
	States   map[control.State]int // of clauses
	Clauses  int
	Replicas []replica
	Versions []string
	Version  string
	Operates bool // may run the platform
}

// replica is one with how it stands.
type replica struct {
	upkeep.Replica
	Quiet bool
}

func (d desk) overview(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	v := overviewView{Version: d.Version, Operates: c.May(access.JobRetry, "")}
	var err error
	if v.Waits, err = d.Waits(ctx, a); err != nil {
		return err
	}
	if v.Dead, err = d.Upkeep.Standings(ctx, a, upkeep.Wanted{Dead: true, Limit: deadShown + 1}); err != nil {
		return err
	}
	if len(v.Dead) > deadShown {
		v.Dead, v.MoreDead = v.Dead[:deadShown], true
	}
	if v.Names, err = d.Names(ctx, a, orgsOf(v.Dead)); err != nil {
		return err
	}
	report, err := d.Register.States(ctx, a)
	if err != nil {
		return err
	}
	v.States, v.Clauses = report.Count(), len(report.Clauses)
	for _, x := range report.Controls {
		if x.State == control.Failing || x.State == control.Unsure {
			v.Failing = append(v.Failing, x)
		}
	}
	if v.Replicas, err = d.serving(ctx, a); err != nil {
		return err
	}
	v.Versions = versions(v.Replicas)
	return c.Show(web.View{Title: say.T(ctx, "Overview"), Lead: say.T(ctx, "What needs somebody, and how the service does. Nothing here is what an organisation has."), Section: overviewPath}, overviewPage(v))
}

func orgsOf(all []upkeep.Standing) (orgs []id.Org) {
	for _, x := range all {
		orgs = append(orgs, x.Org)
	}
	return orgs
}

func (d desk) serving(ctx context.Context, a access.Actor) ([]replica, error) {
	all, err := d.Upkeep.Replicas(ctx, a)
	out := make([]replica, len(all))
	for i, r := range all {
		out[i] = replica{r, r.Silent(d.Now())}
	}
	return out, err
}

// versions are those of the replicas that are there, each once.
func versions(all []replica) (list []string) {
	seen := map[string]bool{}
	for _, r := range all {
		if !r.Quiet && !seen[r.Version] {
			seen[r.Version] = true
			list = append(list, r.Version)
		}
	}
	return list
}

// need is a line of what needs somebody.
type need struct {
	Mark, Text, Sub, Path, Go string
	Data                      bool // Sub is no text of the page
}

// needs are what needs somebody, the gravest first.
func (v overviewView) needs(ctx context.Context) (list []need) {
	add := func(n need) { list = append(list, n) }
	switch v.Seal {
	case "opened":
		add(need{"wrong", say.T(ctx, "The sealed account was opened, and nobody has said why"), say.T(ctx, "An administrator acknowledges it, and seals a new code."), "/staff/recovery", say.T(ctx, "Recovery"), false})
	case "acknowledged":
		add(need{"warn", say.T(ctx, "The sealed account was opened, and no new code is sealed"), "c4arch breakglass seal", "/staff/recovery", say.T(ctx, "Recovery"), true})
	}
	list = append(list, v.ofReplicas(ctx)...)
	if n := len(v.Failing); n > 0 {
		add(need{"wrong", say.N(ctx, n, "A control does not hold", "%d controls do not hold"), v.Failing[0].ID, registerPath + "?what=controls&state=failing", say.T(ctx, "Register"), true})
	}
	if jobs := v.dead(); jobs > 0 {
		add(need{"wrong", say.N(ctx, jobs, "A job has died", "%d jobs have died"), say.N(ctx, len(v.Dead), "In one home.", "In %d homes."), jobsPath, say.T(ctx, "Jobs"), false})
	}
	return append(list, v.ofPeople(ctx)...)
}

func (v overviewView) dead() (n int) {
	for _, x := range v.Dead {
		n += x.Dead
	}
	return n
}

func (v overviewView) ofReplicas(ctx context.Context) (list []need) {
	quiet, seen := 0, map[string]bool{}
	for _, r := range v.Replicas {
		if r.Quiet {
			quiet++
			continue
		}
		for _, f := range r.Wrong() {
			if f.Name == "sealed account" || f.Name == "controls" || seen[f.Name+f.Says] { // told by themselves
				continue
			}
			seen[f.Name+f.Says] = true
			list = append(list, need{"wrong", checkName(ctx, f.Name), f.Says, replicasPath, say.T(ctx, "Replicas"), true})
		}
		if r.Skewed() {
			list = append(list, need{"warn", say.T(ctx, "A clock is wrong: it differs from the database's by %s", off(r.Ahead)), r.ID, replicasPath, say.T(ctx, "Replicas"), true})
		}
	}
	if quiet > 0 {
		list = append(list, need{"warn", say.N(ctx, quiet, "A replica is silent", "%d replicas are silent"), say.T(ctx, "It has not said anything for two minutes, and has not ended in order."), replicasPath, say.T(ctx, "Replicas"), false})
	}
	if len(v.Versions) > 1 {
		list = append(list, need{"warn", say.T(ctx, "Replicas of different versions serve"), say.T(ctx, "That is so while a new version is taken in, and not for long."), replicasPath, say.T(ctx, "Replicas"), false})
	}
	return list
}

func (v overviewView) ofPeople(ctx context.Context) (list []need) {
	add := func(n need) { list = append(list, n) }
	if v.Fresh {
		add(need{"warn", say.T(ctx, "The service waits to be set up"), say.T(ctx, "The link stands in its log."), "/setup", say.T(ctx, "Set up"), false})
	}
	if v.Known && !v.Provider {
		add(need{"warn", say.T(ctx, "Staff come in without a provider"), "MSP-ACC-1, MSP-ACC-2", registerPath + "/clauses/MSP-ACC-1", say.T(ctx, "Clause"), true})
	}
	if v.Known && v.Seal == "none" {
		add(need{"warn", say.T(ctx, "No code is sealed for the day when the provider is away"), "c4arch breakglass seal", "/staff/recovery", say.T(ctx, "Recovery"), true})
	}
	if n := len(v.Without); n > 0 {
		add(need{"warn", say.N(ctx, n, "A record gives no role", "%d records give no role"), v.Without[0].Name + ": " + v.Without[0].Why, "/staff/personnel", say.T(ctx, "Personnel"), true})
	}
	if v.Proposals > 0 {
		add(need{"", say.N(ctx, v.Proposals, "A proposal waits for a second person", "%d proposals wait for a second person"), "", "/staff/personnel", say.T(ctx, "Personnel"), false})
	}
	if v.Grants > 0 {
		add(need{"", say.N(ctx, v.Grants, "An access that you asked for waits for the organisation", "%d accesses that you asked for wait for the organisations"), "", "/staff", say.T(ctx, "Support access"), false})
	}
	return list
}

// serving is how many replicas are there.
func (v overviewView) serving() (n int) {
	for _, r := range v.Replicas {
		if !r.Quiet {
			n++
		}
	}
	return n
}

func sealName(ctx context.Context, seal string) string {
	switch seal {
	case "sealed":
		return say.T(ctx, "sealed")
	case "opened":
		return say.T(ctx, "opened, and nobody has said why")
	case "acknowledged":
		return say.T(ctx, "opened, and no new code is sealed")
	}
	return say.T(ctx, "no code is sealed")
}
