package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/portal/duties"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/freetext"
	"c4arch/internal/service/staff"
)

// dutiesDesk is the page of an organisation's own duties.
func (in *instance) dutiesDesk() web.Desk { return duties.Desk(dutiesOf{in}) }

// dutiesOf gathers what several services see of the duties.
type dutiesOf struct{ in *instance }

func (d dutiesOf) RemoveMember(ctx context.Context, a access.Actor, person, reason string) error {
	return d.in.accounts.RemoveMember(ctx, a, person, reason)
}

func (d dutiesOf) RevokeToken(ctx context.Context, a access.Actor, token, reason string) error {
	return d.in.accounts.RevokeToken(ctx, a, token, reason)
}

// Report is all duties as of now. Those that one person may not look at are not visible to that person.
func (d dutiesOf) Report(ctx context.Context, a access.Actor) (duties.Report, error) {
	now := d.in.now().UTC().Truncate(time.Second)
	r := duties.Report{Organisation: string(a.Org), AsOf: now}
	judged, err := d.in.staff.Duties(ctx, a)
	if err != nil {
		return r, err
	}
	names, err := d.names(ctx, a)
	if err != nil {
		return r, err
	}
	for _, x := range judged {
		r.Duties = append(r.Duties, names.duty(x))
	}
	for _, look := range []func(context.Context, access.Actor, time.Time) (duties.Duty, error){d.rights, d.approved, d.texts} {
		one, err := look(ctx, a, now)
		if fault.KindOf(err) == fault.Denied {
			one.Outcome, one.Detail, one.Looked, err = duties.NotVisible, "your role does not see what this is looked at in", "", nil
		}
		if err != nil {
			return r, err
		}
		r.Duties = append(r.Duties, one)
	}
	r.Duties = append(r.Duties, phishing())
	r.Duties = append(r.Duties, unseenDuties()...)
	return r, nil
}

// dutyNames are the names of what a duty is open for.
type dutyNames struct {
	members, tokens, secrets map[string]string
	places                   map[string]string // of secrets
}

func (d dutiesOf) names(ctx context.Context, a access.Actor) (n dutyNames, err error) {
	n = dutyNames{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	members, err := d.in.accounts.Members(ctx, a, true)
	if err != nil && fault.KindOf(err) != fault.Denied {
		return n, err
	}
	for _, m := range members {
		n.members[m.Person] = m.Name + ", " + m.Email
	}
	tokens, err := d.in.accounts.Tokens(ctx, a)
	if err != nil && fault.KindOf(err) != fault.Denied {
		return n, err
	}
	for _, t := range tokens {
		n.tokens[t.ID] = t.Name
	}
	err = d.connections(ctx, a, func(p tenant.Project, c tenant.Connection) {
		if c.Secret != "" {
			n.secrets[c.Secret], n.places[c.Secret] = p.Name+": "+c.Name, "/projects/"+string(p.ID)+"/connections"
		}
	})
	if fault.KindOf(err) == fault.Denied {
		err = nil
	}
	return n, err
}

// connections goes through those of all projects.
func (d dutiesOf) connections(ctx context.Context, a access.Actor, fn func(tenant.Project, tenant.Connection)) error {
	projects, err := d.in.accounts.Projects(ctx, a)
	if err != nil {
		return err
	}
	for _, p := range projects {
		if p.Archived || p.Example {
			continue
		}
		all, err := d.in.accounts.Connections(ctx, a, p.ID)
		if err != nil {
			return err
		}
		for _, c := range all {
			fn(p, c)
		}
	}
	return nil
}

// dutyLooks says of each duty that package staff judges what it was looked at in, and where it is done.
var dutyLooks = map[string]struct {
	looked, path string
	kind         duties.Kind
	removable    bool
}{
	"single-sign-on":   {"providers that are in use, and the policy of signing in", "/organisation/sign-in", "", false},
	"addresses":        {"the networks that the policy of signing in names", "/organisation/sign-in", "", false},
	"owners":           {"the members and their roles", "/organisation/members", "", false},
	"least-privilege":  {"the members and their roles", "/organisation/members", duties.Member, false},
	"stale-members":    {"the last session and the last use of a token of each member", "/organisation/members", duties.Member, true},
	"auditors":         {"the last days of auditors", "/organisation/members", duties.Member, true},
	"external-members": {"the addresses of members and the verified domains", "/organisation/members", duties.Member, false},
	"broad-tokens":     {"scopes, projects and addresses of tokens", "/organisation/tokens", duties.Token, true},
	"unused-tokens":    {"the last use of each token", "/organisation/tokens", duties.Token, true},
	"expiring-tokens":  {"the last days of tokens", "/organisation/tokens", duties.Token, false},
	"old-credentials":  {"when each credential of a connection or a provider was last handed over", "", duties.Credential, false},
	"review":           {"when somebody last noted that roles were reviewed", "/organisation/members", "", false},
	"watching":         {"streams that are in use, and whether support access takes an approval", "/organisation/streams", "", false},
}

func (n dutyNames) duty(x staff.Duty) duties.Duty {
	is := dutyLooks[x.ID]
	d := duties.Duty{ID: x.ID, Clauses: strings.Fields(strings.Join(x.Clauses, " ") + " " + dutyClauses[x.ID]), Subject: x.Subject, Outcome: duties.ToDo, Looked: is.looked, Detail: x.Detail, Do: x.Do, Path: is.path, Count: x.Count}
	switch x.State {
	case staff.Kept:
		d.Outcome = duties.Done
	case staff.Open:
	default:
		d.Outcome = duties.NotVisible
	}
	for _, item := range x.Items {
		d.Items = append(d.Items, n.item(item, is.kind, is.removable))
	}
	return d
}

// dutyClauses are clauses of the section about access that a duty is about too.
var dutyClauses = map[string]string{"single-sign-on": "SE-3.11", "stale-members": "SE-3.12", "least-privilege": "SE-3.13", "owners": "SE-3.13"}

func (n dutyNames) item(name string, kind duties.Kind, removable bool) duties.Item {
	x := duties.Item{ID: name, Name: name, Kind: kind, Removable: removable}
	of := map[duties.Kind]map[string]string{duties.Member: n.members, duties.Token: n.tokens, duties.Credential: n.secrets}[kind]
	if known := of[name]; known != "" {
		x.Name = known
	}
	if kind == duties.Credential {
		x.Path = n.places[name]
	}
	return x
}

// oldLook is how old a verification of rights may be.
const oldLook = 90 * 24 * time.Hour

// rights are what connections may beyond what they need, as the last verification of each saw it.
func (d dutiesOf) rights(ctx context.Context, a access.Actor, now time.Time) (duties.Duty, error) {
	x := duties.Duty{ID: "connection-rights", Clauses: []string{"SE-13.2", "SE-13.3", "SE-13.5", "SE-13.6", "DPA-13.5"}, Subject: "connections have the rights that they need and no more", Looked: "the last verification of each connection that has a credential"}
	live, unknown := 0, 0
	err := d.connections(ctx, a, func(p tenant.Project, c tenant.Connection) {
		if c.Secret == "" {
			return
		}
		live++
		item := duties.Item{ID: c.ID, Name: p.Name + ": " + c.Name, Path: "/projects/" + string(p.ID) + "/connections"}
		excess, missing := c.Verified.Counts()
		switch {
		case c.Verified == nil || now.Sub(c.Verified.At) > oldLook:
			unknown++
			x.Items = append(x.Items, item)
		case excess > 0:
			item.Name += fmt.Sprintf(" (%d more than needed)", excess)
			x.Items, x.Count = append(x.Items, item), x.Count+1
		case missing > 0:
			item.Name += fmt.Sprintf(" (%d missing)", missing)
			x.Items, x.Count = append(x.Items, item), x.Count+1
		}
	})
	if err != nil {
		return x, err
	}
	switch {
	case live == 0:
		x.Outcome, x.Detail = duties.NoData, "no connection has a credential"
	case x.Count > 0:
		x.Outcome, x.Detail, x.Do = duties.ToDo, fmt.Sprintf("connections whose rights are not what is needed: %d", x.Count), "take away, in the cloud or the repository, what its page says is more than needed, and verify again"
	case unknown > 0:
		x.Outcome, x.Detail, x.Do = duties.NoData, fmt.Sprintf("connections whose rights were not verified in 90 days: %d", unknown), "verify them on the page of connections"
	default:
		x.Outcome, x.Detail = duties.Done, "every connection has what it needs and no more, as far as each system tells"
	}
	x.Count = max(x.Count, unknown)
	return x, nil
}

// approved are projects whose architecture nobody approved: their output is a draft.
func (d dutiesOf) approved(ctx context.Context, a access.Actor, _ time.Time) (duties.Duty, error) {
	x := duties.Duty{ID: "reviewed-outputs", Clauses: []string{"SE-13.9"}, Subject: "what comes out is reviewed before it is relied on", Looked: "the baselines of the projects that are not archived"}
	projects, err := d.in.accounts.Projects(ctx, a)
	if err != nil {
		return x, err
	}
	n := 0
	for _, p := range projects {
		if p.Archived || p.Example {
			continue
		}
		n++
		all, err := d.in.drift.Baselines(ctx, a, p.ID)
		if err != nil {
			return x, err
		}
		if len(all) == 0 {
			x.Items, x.Count = append(x.Items, duties.Item{ID: string(p.ID), Name: p.Name, Path: "/projects/" + string(p.ID) + "/baseline"}), x.Count+1
		}
	}
	switch {
	case n == 0:
		x.Outcome, x.Detail = duties.NoData, "there is no project yet"
	case x.Count > 0:
		x.Outcome, x.Detail, x.Do = duties.ToDo, fmt.Sprintf("projects without an approved baseline: %d", x.Count), "look at the architecture, and approve it as the baseline or say what is wrong"
	default:
		x.Outcome, x.Detail = duties.Done, "every project has an approved baseline"
	}
	return x, nil
}

// texts are what the look through free text left open.
func (d dutiesOf) texts(ctx context.Context, a access.Actor, _ time.Time) (duties.Duty, error) {
	x := duties.Duty{ID: "free-text", Clauses: []string{"SE-13.11", "DPA-13.9"}, Subject: "free text holds no secrets and no needless personal data", Looked: "the last look through comments, reasons and names", Path: "/organisation/free-text"}
	scans, err := d.in.texts.Scans(ctx, a, 1)
	if err != nil {
		return x, err
	}
	open, err := d.in.texts.Hits(ctx, a, freetext.Open, "", 200)
	if err != nil {
		return x, err
	}
	x.Count = len(open)
	switch {
	case len(open) > 0:
		x.Outcome, x.Detail, x.Do = duties.ToDo, fmt.Sprintf("findings in free text that nobody has judged: %d", len(open)), "remove each, or say that it is right where it is"
	case len(scans) == 0 || !scans[0].Done:
		x.Outcome, x.Detail, x.Do = duties.NoData, "what there is was not looked through yet", "have it looked through"
	default:
		x.Outcome, x.Detail = duties.Done, "the last look found nothing that is still open"
	}
	return x, nil
}

// phishing is kept by what signing in is.
func phishing() duties.Duty {
	return duties.Duty{
		ID: "passkeys", Clauses: []string{"DPA-13.11", "DPA-13.12"}, Subject: "sign-in resists phishing", Outcome: duties.Done, Looked: "the ways of signing in that there are", Path: "/account",
		Detail: "there are no passwords here: members come with a passkey, or by your provider, whose own strength is not visible from here",
	}
}

// unseenDuties happen where this service does not look. They are dutyNames so that nobody takes silence for good.
func unseenDuties() []duties.Duty {
	hidden := func(name, clauses, subject, detail, do string) duties.Duty {
		return duties.Duty{ID: name, Clauses: strings.Fields(clauses), Subject: subject, Outcome: duties.NotVisible, Detail: detail, Do: do}
	}
	return []duties.Duty{
		hidden("identity-provider", "SE-3.11 SE-13.1", "your identity provider is secured", "how your provider is set up is not visible from here", "see to multi-factor sign-in, conditional access and offboarding there"),
		hidden("cloud-accounts", "SE-13.2", "your cloud accounts are secured", "accounts are read with the rights that you give, and who else has access to them is not visible", "see to their administrators and sign-in there"),
		hidden("repositories", "SE-13.3", "your repositories are secured", "who writes to a repository is not visible from here", "see to branch protection and access there"),
		hidden("billing-accounts", "SE-13.4", "your billing accounts are secured", "no billing account is connected", "see to who may see and change what is paid for"),
		hidden("incidents", "SE-13.10", "suspected incidents are reported", "what you suspect is not visible from here", "report it to the operator of this service as soon as you suspect it"),
		hidden("notices", "DPA-13.1 DPA-13.2 DPA-13.10", "notices, lawful content and requests of people whose data it is", "these are decisions of yours as the controller", "see to them with your data protection officer"),
		hidden("retention", "DPA-13.6 DPA-13.8", "retention and deletion are what you want", "how long you want to keep what is here is not visible: nothing but what the rules of the service say is removed by itself", "remove snapshots and projects that you do not need any more"),
		hidden("exports", "DPA-13.7", "exports go where you want", "where an export is kept after it was taken is not visible from here", "keep exports where only those who need them can read them"),
	}
}
