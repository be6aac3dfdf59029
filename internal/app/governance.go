package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/content/programme"
	"c4arch/internal/content/register"
	desk "c4arch/internal/inbound/portal/governance"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/auditing"
	governing "c4arch/internal/service/governance"
	store "c4arch/internal/store/governance"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/governance"
	"c4arch/internal/trust/ledger"
)

// governing builds what is about owners, risks and decisions. The checks are asked when they are needed: they are built behind it.
func (in *instance) governing(reg *register.Register) (*governing.Service, error) {
	items, err := itemsOwned(reg)
	if err != nil {
		return nil, err
	}
	return &governing.Service{
		Store: store.New(in.homes), People: staffPeople{in}, Items: items, Holds: in.holding, Measures: in.programMeasures, Program: version(), Now: in.now, Random: rand.Reader, Screen: in.screen,
	}, nil
}

// itemsOwned is what has an owner: controls of the register, and what the programme lists besides.
func itemsOwned(reg *register.Register) (all []governance.Item, err error) {
	for _, c := range reg.Controls {
		all = append(all, governance.Item{ID: governance.Control + "/" + c.ID, Domain: governance.Control, Part: c.Domain, Title: c.Statement})
	}
	more, err := programme.Items()
	for _, x := range more {
		all = append(all, governance.Item{ID: x.Domain + "/" + x.Name, Domain: x.Domain, Title: x.Title})
	}
	return all, err
}

// staffPeople are the platform's people as the programme sees them: active is who has a role in effect now.
type staffPeople struct{ in *instance }

func (p staffPeople) People(ctx context.Context, cause access.Actor) ([]governance.Person, error) {
	all, err := p.in.staff.Personnel(ctx, access.System(id.Platform, "owners of the programme", cause))
	people := make([]governance.Person, 0, len(all))
	for _, x := range all {
		people = append(people, governance.Person{ID: x.Personnel.Person, Name: x.Personnel.Name, Active: len(x.Roles) > 0, Why: x.Missing})
	}
	return people, err
}

// holding says which controls hold now.
func (in *instance) holding(ctx context.Context) (map[string]bool, error) {
	report, err := in.assure.States(ctx, access.System(id.Platform, "what remains of risks", access.Actor{}))
	if err != nil {
		return nil, err
	}
	holds := make(map[string]bool, len(report.Controls))
	for _, c := range report.Controls {
		holds[c.ID] = c.State == control.Holds
	}
	return holds, nil
}

// programMeasures are the controls and checks of this program.
func (in *instance) programMeasures() []governance.Measure { return measuresOf(in.assure.Catalogue()) }

func measuresOf(c *control.Catalogue) (all []governance.Measure) {
	for _, x := range c.Controls() {
		all = append(all, governance.Measure{ID: "control " + x.ID, Says: x.Statement, Clauses: x.Clauses})
	}
	for _, x := range c.Checks() {
		m := governance.Measure{ID: "check " + x.ID, Says: x.Title, Clauses: x.Clauses, Bound: x.Controls, Fresh: int64(x.Fresh.Seconds())}
		for _, p := range x.Partly {
			m.Partly = append(m.Partly, p.Clause)
		}
		all = append(all, m)
	}
	return all
}

// governanceDesk is the pages of owners, risks and decisions.
func (in *instance) governanceDesk() web.Desk {
	statements := map[string]string{}
	for _, c := range in.assure.Catalogue().Controls() {
		statements[c.ID] = c.Statement
	}
	return desk.Desk(desk.Parts{Programme: in.programme, Entries: in.entriesOf, Controls: statements, Now: in.now})
}

// ofDecisions are the kinds of entries about decisions.
var ofDecisions = []string{"decision.proposed", "decision.approved", "decision.refused"}

// entriesOf are the entries about a decision, for whoever may read the ledger. What they say the reader may read in the decision itself.
func (in *instance) entriesOf(ctx context.Context, a access.Actor, decision string) ([]desk.Entry, error) {
	if _, err := access.Decide(a, access.LedgerRead, access.Resource{}); err != nil {
		return nil, nil // nothing, and no error: the page is shown without
	}
	rows, err := in.decided(ctx)
	if err != nil {
		return nil, err
	}
	var all []desk.Entry
	for _, r := range rows {
		if entryText(r, "decision") == decision {
			all = append(all, desk.Entry{Index: r.Index, Kind: r.Kind, Meaning: ledger.Meaning(r.Kind), At: r.At, Digest: entryText(r, "digest")})
		}
	}
	return all, nil
}

// decided are all entries about decisions, the oldest first.
func (in *instance) decided(ctx context.Context) (all []auditing.Row, err error) {
	scope, err := access.Decide(access.System(id.Platform, "proof of decisions", access.Actor{}), access.LedgerRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	for from := int64(0); ; {
		rows, err := in.trust.Rows(ctx, scope, auditing.Query{From: from, Kinds: ofDecisions})
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, rows)
		if len(rows) < auditing.Page {
			return all, nil
		}
		from = rows[len(rows)-1].Index + 1
	}
}

// entryText is a value of an entry that is text, "" where it is none or was erased.
func entryText(r auditing.Row, field string) (text string) {
	if o, ok := r.Openings[field]; !ok || json.Unmarshal(o.Value, &text) != nil {
		return ""
	}
	return text
}
