package trust

import (
	"context"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// Looks are checks of the controls that look into homes. Each is the code of one check of package assure.
type Looks struct {
	Homes  Homes
	Server *sqldb.Server // nil on the embedded engine
	Now    func() time.Time
	People People
}

// atOnce bounds how many organisations one run looks at. Those that were written to lately come first: what nobody opened has not changed.
const atOnce = 64

// Probes are the checks that look into homes and into their ledgers.
func (l *Looks) Probes(audit *auditing.Service) ([]assure.Probe, error) {
	declared, err := DeclaredColumns()
	if err != nil {
		return nil, err
	}
	var probes []assure.Probe
	for _, x := range []struct {
		check string
		run   func(context.Context) ([]control.Observation, error)
	}{
		{assure.RowSecurity, l.RowSecurity},
		{assure.Canary, l.Canary},
		{assure.DataMap, l.DataMap(declared)},
		{assure.CiphertextAtRest, l.Ciphertext},
		{assure.LedgerVerifies, audit.ObserveLogs},
		{assure.EntryFields, audit.ObserveFields},
		{assure.EventCoverage, audit.ObserveCoverage},
		{assure.LedgerAccess, audit.ObserveAccess},
		{assure.TokenTerms, l.Tokens},
		{assure.Realms, l.Realms},
		{assure.Personnel, l.Personnel},
		{assure.StaffAccess, l.StaffAccess},
		{assure.Endings, l.Endings},
		{assure.SignInRules, l.SignInRules},
		{assure.AccessLog, l.AccessLog},
	} {
		p, err := assure.Bind(x.check, x.run)
		if err != nil {
			return nil, err
		}
		probes = append(probes, p)
	}
	return probes, nil
}

func (l *Looks) store() *Store { return New(l.Homes) }

// orgs are the organisations to look at.
func (l *Looks) orgs(ctx context.Context) ([]id.Org, error) {
	platform, err := system(id.Platform, access.PlatformOperate)
	if err != nil {
		return nil, err
	}
	open, err := l.store().Open(ctx, platform, false)
	if err != nil {
		return nil, err
	}
	all, err := l.store().Open(ctx, platform, true)
	if err != nil {
		return nil, err
	}
	seen := map[id.Org]bool{}
	var list []id.Org
	for _, org := range append(open, all...) {
		if !seen[org] && len(list) < atOnce {
			seen[org] = true
			list = append(list, org)
		}
	}
	return list, nil
}

// system is the scope in which a check reads.
func system(org id.Org, act access.Action) (access.Scope, error) {
	return access.Decide(access.System(org, "checks of controls", access.Actor{}), act, access.Resource{})
}

// in opens the home of an organisation for a check. An organisation that is not there any more is left out.
func (l *Looks) in(ctx context.Context, org id.Org, fn func(*home.Home) error) error {
	act := access.LedgerVerify
	scope, err := system(org, act)
	if err != nil {
		return err
	}
	h, err := l.Homes.For(ctx, scope)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound && org != id.Platform {
			return nil
		}
		return err
	}
	defer h.Release()
	return fn(h)
}

// RowSecurity tries what must not be possible: to write a row of another organisation or of none, and on PostgreSQL to see, change or refer to what is another's, as the
// role as which the program runs. Nothing of it stays.
func (l *Looks) RowSecurity(ctx context.Context) ([]control.Observation, error) {
	if l.Server != nil {
		list, err := schema.ProbeServer(ctx, l.Server)
		return tableRows("the server", list), err
	}
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	var seen []control.Observation
	for _, org := range append([]id.Org{id.Platform}, orgs...) {
		err := l.in(ctx, org, func(h *home.Home) error {
			list, err := schema.ProbeFile(ctx, h.DB(), org)
			seen = append(seen, tableRows("the file of "+string(org), list)...)
			return err
		})
		if err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// tableRows sums up what a probe of tables saw: each fault by itself, and how much was right.
func tableRows(where string, list []schema.Observation) (seen []control.Observation) {
	tables := map[string]bool{}
	for _, o := range list {
		tables[o.Table] = true
		if !o.OK {
			seen = append(seen, control.Observation{Subject: where + ", table " + o.Table + ": " + o.What, Outcome: control.Fail, Detail: o.Detail})
		}
	}
	if len(seen) == 0 && len(list) > 0 {
		seen = append(seen, control.Observation{Subject: where, Outcome: control.Pass, Detail: fmt.Sprintf("%d attempts and properties of %d tables", len(list), len(tables))})
	}
	return seen
}

// minted are the tables whose ids are minted, so that no two organisations can have one in common. A person can belong to several.
var minted = []string{
	"project", "token", "secret", "connection", "upload", "scan", "comparison", "exception", "proposal", "service_account", "invitation", "provider", "domain", "scim_group", "stream",
	"support_grant",
}

// canaries is how many of its newest things an organisation is asked for.
const canaries = 3

// Canary asks one organisation for what another one has. Where there are fewer than two there is nothing to ask for, which is unknown and no pass.
func (l *Looks) Canary(ctx context.Context) ([]control.Observation, error) {
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	if len(orgs) < 2 {
		return []control.Observation{{Subject: "organisations", Outcome: control.Unknown, Detail: "there are fewer than two, so that nothing of one can be asked of another"}}, nil
	}
	var seen []control.Observation
	for i, org := range orgs {
		o, err := l.canary(ctx, org, orgs[(i+1)%len(orgs)])
		if err != nil {
			return seen, err
		}
		seen = append(seen, o)
	}
	return seen, nil
}

// Things are ids of the newest things that an organisation has, by table.
func (l *Looks) Things(ctx context.Context, org id.Org) (map[string][]string, error) {
	things := map[string][]string{}
	err := l.in(ctx, org, func(h *home.Home) error {
		return h.Read(ctx, func(tx *sqldb.Tx) error {
			for _, table := range minted {
				err := tx.Each(ctx, `SELECT id FROM `+table+` ORDER BY id DESC LIMIT $1`, func(scan func(...any) error) error {
					var x string
					err := scan(&x)
					things[table] = append(things[table], x)
					return err
				}, canaries)
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	return things, err
}

// Pairs calls fn with each organisation that is looked at and one other; it is not called where there is only one.
func (l *Looks) Pairs(ctx context.Context, fn func(org, other id.Org) error) error {
	orgs, err := l.orgs(ctx)
	if err != nil || len(orgs) < 2 {
		return err
	}
	for i, org := range orgs {
		if err := fn(org, orgs[(i+1)%len(orgs)]); err != nil {
			return err
		}
	}
	return nil
}

// canary asks other for what org has.
func (l *Looks) canary(ctx context.Context, org, other id.Org) (control.Observation, error) {
	o := control.Observation{Subject: "what " + string(org) + " has, asked of " + string(other), Outcome: control.Pass}
	things, err := l.Things(ctx, org)
	if err != nil {
		return o, err
	}
	var leaf []byte
	if err := l.in(ctx, org, func(h *home.Home) error {
		return h.Read(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Row(ctx, []any{&leaf}, `SELECT leaf_hash FROM ledger_entry ORDER BY idx DESC LIMIT 1`)
			return err
		})
	}); err != nil {
		return o, err
	}
	asked := 0
	err = l.in(ctx, other, func(h *home.Home) error {
		return h.Read(ctx, func(tx *sqldb.Tx) error {
			find := func(what, query string, arg any) error {
				var n int
				_, err := tx.Row(ctx, []any{&n}, query, arg)
				if asked++; n > 0 && o.Outcome == control.Pass {
					o.Outcome, o.Detail = control.Fail, what+" was found"
				}
				return err
			}
			for _, table := range minted {
				for _, x := range things[table] {
					if err := find(table+" "+x, `SELECT count(*) FROM `+table+` WHERE id = $1`, x); err != nil {
						return err
					}
				}
			}
			if leaf == nil {
				return nil
			}
			return find("the newest entry of the log", `SELECT count(*) FROM ledger_entry WHERE leaf_hash = $1`, leaf)
		})
	})
	switch {
	case err == nil && asked == 0:
		o.Outcome, o.Detail = control.Unknown, "it has nothing that could be asked for"
	case o.Outcome == control.Pass:
		o.Detail = fmt.Sprintf("%d things were not found", asked)
	}
	return o, err
}
