package engagement

import (
	"context"
	"fmt"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	pure "c4arch/internal/trust/engagement"
)

// Looks is the check of audit engagements. It reads the rows itself, and nothing that the service says of them.
type Looks struct {
	Homes Homes
	// Organisations are those that there are.
	Organisations func(ctx context.Context) ([]id.Org, error)
	// Written are the digests that an organisation's ledger has of each engagement, by kind of entry: the last of each.
	Written func(ctx context.Context, org id.Org) (map[string]map[string]string, error)
	Now     func() time.Time
}

// member is what the home has of a member.
type member struct {
	role          string
	removed, gone int
	until         int64
}

// Agreed looks at everybody who was given the role of an auditor under an engagement. Where nobody was, nothing was exercised.
func (l Looks) Agreed(ctx context.Context) (all []control.Observation, err error) {
	orgs, err := l.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	for _, org := range orgs {
		engaged, members, err := l.rows(ctx, org)
		if err != nil {
			return nil, err
		}
		if len(engaged) == 0 {
			continue
		}
		written, err := l.Written(ctx, org)
		if err != nil {
			return nil, err
		}
		last := lastOf(engaged)
		for _, e := range engaged {
			all = append(all, l.told(org, e, append(agreed(e, written[e.ID]), l.stay(e, members, last)...)))
		}
	}
	return all, nil
}

func (l Looks) told(org id.Org, e pure.Engagement, wrong []string) control.Observation {
	o := control.Observation{Subject: string(org) + " " + e.ID, Outcome: control.Pass, Detail: fmt.Sprintf("%d auditors", len(e.Auditors))}
	if len(wrong) > 0 {
		o.Outcome, o.Detail = control.Fail, strings.Join(wrong, "; ")
	}
	return o
}

// rows are the engagements of an organisation under which somebody was let in, and its members.
func (l Looks) rows(ctx context.Context, org id.Org) (engaged []pure.Engagement, members map[string]member, err error) {
	s, err := access.Decide(access.System(org, "checks of controls", access.Actor{}), access.EngagementRead, access.Resource{})
	if err != nil {
		return nil, nil, err
	}
	h, err := l.Homes.For(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	defer h.Release()
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		engaged, members = nil, map[string]member{}
		err := tx.Each(ctx, columns+` WHERE auditors <> '[]' ORDER BY id`, func(scan func(...any) error) error {
			e, err := scanned(scan)
			engaged = append(engaged, e)
			return err
		})
		if err != nil || len(engaged) == 0 {
			return err
		}
		return tx.Each(ctx, `SELECT id, role, removed, erased, until FROM member`, func(scan func(...any) error) error {
			var person string
			var m member
			err := scan(&person, &m.role, &m.removed, &m.gone, &m.until)
			members[person] = m
			return err
		})
	})
	return engaged, members, err
}

// agreed says what was missing when somebody was let in under an engagement.
func agreed(e pure.Engagement, written map[string]string) (wrong []string) {
	for name, text := range map[string]string{
		"scope": e.Scope, "first day": e.First, "last day": e.Last, "confidentiality terms": e.Confidentiality, "security conditions": e.Security, "cost allocation": e.Cost,
	} {
		if strings.TrimSpace(text) == "" {
			wrong = append(wrong, "it lacks "+name)
		}
	}
	if e.State != pure.Agreed && e.State != pure.Ended {
		wrong = append(wrong, "it is "+string(e.State))
	}
	sum, err := e.Sum()
	if err != nil || sum != e.Digest {
		wrong = append(wrong, "its terms are not those that were agreed to")
	}
	for kind, c := range map[string]pure.Consent{"engagement.offered": e.Platform, "engagement.agreed": e.Customer} {
		switch {
		case c.Person == "" || c.At.IsZero():
			wrong = append(wrong, "nobody is named who agreed: "+kind)
		case written[kind] != e.Digest:
			wrong = append(wrong, "the ledger has another digest, or none: "+kind)
		}
	}
	return wrong
}

// lastOf says under which engagement each auditor was let in last: that one bounds the membership.
func lastOf(engaged []pure.Engagement) map[string]string {
	last, at := map[string]string{}, map[string]time.Time{}
	for _, e := range engaged {
		for _, a := range e.Auditors {
			if !a.At.Before(at[a.Person]) {
				last[a.Person], at[a.Person] = e.ID, a.At
			}
		}
	}
	return last
}

// stay says who was let in too early, or stays too long, or is more than an auditor.
func (l Looks) stay(e pure.Engagement, members map[string]member, last map[string]string) (wrong []string) {
	for _, a := range e.Auditors {
		m, there := members[a.Person]
		live := there && m.removed == 0 && m.gone == 0 && (m.until == 0 || l.Now().UnixMicro() < m.until)
		switch {
		case e.Platform.At.IsZero() || e.Customer.At.IsZero() || a.At.Before(e.Platform.At) || a.At.Before(e.Customer.At) || a.At.Before(e.Begins()):
			wrong = append(wrong, a.Person+" was let in before both had agreed, or before the first day")
		case !live || last[a.Person] != e.ID:
		case m.role != string(access.Auditor):
			wrong = append(wrong, a.Person+" has the role "+m.role)
		case m.until == 0 || m.until > e.Ends().UnixMicro():
			wrong = append(wrong, a.Person+" stays after the last day")
		case e.State != pure.Agreed:
			wrong = append(wrong, a.Person+" stays, and the engagement is "+string(e.State))
		}
	}
	return wrong
}
