package staff

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// What makes something stale or old.
const (
	staleAfter      = 90 * 24 * time.Hour
	oldCredential   = 365 * 24 * time.Hour
	soon            = 14 * 24 * time.Hour
	mostNamed       = 50 // of one duty
	ownersAtLeast   = 2
	ownersAtMost    = 5
	reviewedWithin  = 180 * 24 * time.Hour
	unusedTokenTime = 30 * 24 * time.Hour
)

// Duty is one of the customer's own duties, looked at in what is there now.
type Duty struct {
	ID      string   `json:"id"`
	Clauses []string `json:"clauses"` // of the agreements
	Subject string   `json:"subject"`
	State   string   `json:"state"` // kept, open, unknown
	Detail  string   `json:"detail"`
	Do      string   `json:"do,omitempty"`    // what to do where it is open
	Items   []string `json:"items,omitempty"` // ids of what it is open for, at most 50
	Count   int      `json:"count"`           // of all of them
}

// The states of a duty.
const (
	Kept = "kept"
	Open = "open"
)

// Posture is what an organisation has that its duties are about.
type Posture struct {
	Members   []PostureMember
	Tokens    []PostureToken
	Secrets   []PostureSecret
	Providers int      // that are in use
	Domains   []string // that are verified
	Streams   int      // that are in use
}

// PostureMember is a member who was not removed.
type PostureMember struct {
	Person, Email string
	Role          access.Role
	Created       time.Time
	Until         time.Time // zero: without an end
	Seen          time.Time // when last, in this organisation; zero: never
}

// PostureToken is a token that is good.
type PostureToken struct {
	ID, Purpose            string
	Person                 string
	Role                   access.Role
	Narrow, Bound          bool // it has scopes or a project; it has addresses
	Created, Used, Expires time.Time
}

// PostureSecret is a credential of a connection or a provider.
type PostureSecret struct {
	ID      string
	Changed time.Time
}

// Postures is the port to what is there. Both are read-only.
type Postures interface {
	Posture(ctx context.Context, s access.Scope, now time.Time) (Posture, error)
	// LastSeen is when each of the persons last used a session in that organisation, which the platform's home knows.
	LastSeen(ctx context.Context, s access.Scope, org id.Org, persons []string) (map[string]time.Time, error)
}

// Duties looks at what the customer is to see to, in what there is now: roles, sign-in, stale access, credentials. Each is said with what to do.
func (s *Service) Duties(ctx context.Context, a access.Actor) ([]Duty, error) {
	scope, err := access.Decide(a, access.GrantRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	if scope.Org() == id.Platform {
		return nil, fault.New(fault.NotFound, "there is no such organisation")
	}
	now := s.now()
	x, err := s.Postures.Posture(ctx, scope, now)
	if err != nil {
		return nil, err
	}
	policy, err := s.Policies.PolicyOf(ctx, scope.Org())
	if err != nil {
		return nil, err
	}
	if err := s.seen(ctx, a, &x); err != nil {
		return nil, err
	}
	return judge(x, policy, now), nil
}

// seen fills in when each member was last seen: in a session, or by a token of the command line.
func (s *Service) seen(ctx context.Context, a access.Actor, x *Posture) error {
	beside, err := system(id.Platform, access.SessionBegin, "duties of an organisation", a)
	if err != nil {
		return err
	}
	persons := make([]string, len(x.Members))
	for i, m := range x.Members {
		persons[i] = m.Person
	}
	last, err := s.Postures.LastSeen(ctx, beside, a.Org, persons)
	if err != nil {
		return err
	}
	for _, t := range x.Tokens {
		if t.Person != "" && t.Used.After(last[t.Person]) {
			last[t.Person] = t.Used
		}
	}
	for i := range x.Members {
		x.Members[i].Seen = last[x.Members[i].Person]
	}
	return nil
}

// judge is the report.
func judge(x Posture, p identity.Policy, now time.Time) []Duty {
	return []Duty{
		singleSignOn(x, p), addresses(p), owners(x), leastPrivilege(x), stale(x, now), auditors(x, now), external(x),
		broad(x), unused(x, now), expiring(x, now), old(x, now), reviewed(p, now), watched(x, p),
	}
}

// duty makes one that is kept where there are no items.
func duty(name, clauses, subject, kept, open, do string, items []string) Duty {
	d := Duty{ID: name, Clauses: strings.Fields(clauses), Subject: subject, State: Kept, Detail: kept, Count: len(items)}
	if len(items) > 0 {
		d.State, d.Detail, d.Do = Open, fmt.Sprintf("%s: %d", open, len(items)), do
		slices.Sort(items)
		d.Items = items[:min(len(items), mostNamed)]
	}
	return d
}

// fact makes one that is a question of yes or no.
func fact(name, clauses, subject string, ok bool, kept, open, do string) Duty {
	d := Duty{ID: name, Clauses: strings.Fields(clauses), Subject: subject, State: Kept, Detail: kept}
	if !ok {
		d.State, d.Detail, d.Do, d.Count = Open, open, do, 1
	}
	return d
}

func singleSignOn(x Posture, p identity.Policy) Duty {
	switch {
	case x.Providers == 0:
		return fact("single-sign-on", "SE-13.1 DPA-13.4 DPA-13.11 DPA-13.12", "members sign in by your identity provider", false, "", "no provider is connected: members sign in with passkeys", "connect your provider, verify your domain, then require it")
	default:
		return fact("single-sign-on", "SE-13.1 DPA-13.4 DPA-13.11 DPA-13.12", "members sign in by your identity provider", p.SSO, "your provider is required", "a provider is connected and not required: a passkey goes past it", "require single sign-on in the settings of signing in")
	}
}

func addresses(p identity.Policy) Duty {
	return fact("addresses", "DPA-13.4", "access is bound to your networks", len(p.Addresses) > 0, "access is bound to networks that you name", "members may come from any address", "name your networks, where your people come from fixed ones")
}

func owners(x Posture) Duty {
	n := 0
	for _, m := range x.Members {
		if m.Role == access.Owner {
			n++
		}
	}
	return fact("owners", "SE-13.6 DPA-13.3", "there are two owners and not many", n >= ownersAtLeast && n <= ownersAtMost, fmt.Sprintf("there are %d owners", n), fmt.Sprintf("the number of owners is %d", n),
		fmt.Sprintf("have from %d to %d: one alone can be lost, and each can destroy the organisation", ownersAtLeast, ownersAtMost))
}

// leastPrivilege names admins who are more than a third of the members, beyond the smallest organisations.
func leastPrivilege(x Posture) Duty {
	var high []string
	for _, m := range x.Members {
		if m.Role == access.Owner || m.Role == access.Admin {
			high = append(high, m.Person)
		}
	}
	if len(high) <= 3 || len(high)*3 <= len(x.Members) {
		high = nil
	}
	return duty("least-privilege", "SE-13.6 DPA-13.3", "roles are the least that people need", "at most a third of the members run the organisation", "owners and admins are more than a third of the members", "give viewers, architects and approvers what they need, and no more", high)
}

func stale(x Posture, now time.Time) Duty {
	var all []string
	for _, m := range x.Members {
		since := m.Created
		if m.Seen.After(since) {
			since = m.Seen
		}
		if now.Sub(since) >= staleAfter {
			all = append(all, m.Person)
		}
	}
	return duty("stale-members", "SE-13.8", "members who no longer come are removed", "every member was signed in within 90 days", "members without a sign-in for 90 days", "remove those who no longer need access", all)
}

func auditors(x Posture, now time.Time) Duty {
	var all []string
	for _, m := range x.Members {
		if m.Role == access.Auditor && (m.Until.IsZero() || !now.Before(m.Until)) {
			all = append(all, m.Person)
		}
	}
	return duty("auditors", "SE-13.8 DPA-13.3", "auditors have a last day", "no auditor is past the last day, or without one", "auditors past their last day, or without one", "remove them, or set another day", all)
}

func external(x Posture) Duty {
	if len(x.Domains) == 0 {
		return fact("external-members", "SE-13.6 SE-13.8", "members from outside are known", false, "", "no domain of yours is verified: who is from outside cannot be told", "verify your domain of e-mail addresses")
	}
	var all []string
	for _, m := range x.Members {
		_, domain, _ := strings.Cut(m.Email, "@")
		if !slices.Contains(x.Domains, domain) {
			all = append(all, m.Person)
		}
	}
	return duty("external-members", "SE-13.6 SE-13.8", "members from outside are known", "every member has an address of your domains", "members with an address of another domain", "see whether each still needs access", all)
}

func broad(x Posture) Duty {
	var all []string
	for _, t := range x.Tokens {
		if t.Purpose != string(access.Interactive) && !t.Narrow && !t.Bound {
			all = append(all, t.ID)
		}
	}
	return duty("broad-tokens", "SE-13.6 SE-13.7", "tokens of programs are narrow", "every token of a program has scopes, a project or addresses", "tokens of programs without scopes, project and addresses", "make narrower ones, and revoke these", all)
}

func unused(x Posture, now time.Time) Duty {
	var all []string
	for _, t := range x.Tokens {
		since := t.Created
		if t.Used.After(since) {
			since = t.Used
		}
		if now.Sub(since) >= unusedTokenTime {
			all = append(all, t.ID)
		}
	}
	return duty("unused-tokens", "SE-13.8", "tokens that nothing uses are revoked", "every token was used within 30 days", "tokens that nothing has used for 30 days", "revoke them", all)
}

func expiring(x Posture, now time.Time) Duty {
	var all []string
	for _, t := range x.Tokens {
		if t.Purpose != string(access.Interactive) && t.Expires.Sub(now) < soon {
			all = append(all, t.ID)
		}
	}
	return duty("expiring-tokens", "SE-13.7", "tokens of programs are replaced in time", "no token of a program ends within 14 days", "tokens of programs that end within 14 days", "make others, and change over", all)
}

func old(x Posture, now time.Time) Duty {
	var all []string
	for _, c := range x.Secrets {
		if now.Sub(c.Changed) >= oldCredential {
			all = append(all, c.ID)
		}
	}
	return duty("old-credentials", "SE-13.2 SE-13.3 SE-13.7", "credentials of connections and providers are rotated", "no credential is older than a year", "credentials older than a year", "rotate them where they come from, and hand the new ones over", all)
}

func reviewed(p identity.Policy, now time.Time) Duty {
	return fact("review", "SE-13.6 DPA-13.3", "roles are reviewed twice a year", !p.Reviewed.IsZero() && now.Sub(p.Reviewed) < reviewedWithin, "roles were reviewed within the last 180 days", "roles were not reviewed within the last 180 days",
		"look through the members and their roles, and note that you did")
}

func watched(x Posture, p identity.Policy) Duty {
	return fact("watching", "SE-13.5 DPA-13.5", "you hear of what happens here", x.Streams > 0 || p.Grants, "a stream to your systems is in use, or access of the platform's staff takes your approval", "no stream goes to your systems, and staff of the platform needs no approval of yours",
		"send the ledger to your SIEM, or demand to be asked")
}
