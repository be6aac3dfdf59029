package app

import (
	"context"
	"crypto/rand"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/processing"
	"c4arch/internal/service/task"
	"c4arch/internal/store/account"
	store "c4arch/internal/store/processing"
	"c4arch/internal/store/schema"
	values "c4arch/internal/trust/processing"
)

// How often the record of a home is looked at anew by itself. Instructions are besides whenever work asks for one.
const (
	keepRecords   = 24 * time.Hour // of an organisation
	keepOfAnnexes = time.Hour      // of the platform
)

// processes builds instructions, records of processing and transfers.
func (in *instance) processes() (*processing.Service, error) {
	columns, err := schema.DataMap()
	if err != nil {
		return nil, err
	}
	data := make([]values.Datum, len(columns))
	for i, d := range columns {
		data[i] = values.Datum{Table: d.Table, Column: d.Column, Class: string(d.Class), Personal: d.Personal, Role: string(d.Role)}
	}
	return &processing.Service{
		Store: store.New(in.homes), DataMap: data, Measures: in.standings, Recipients: in.recipients, Ordered: in.orderedOf, Accepted: in.acceptedOf, Name: in.calledOrg, Screen: in.screen,
		Now: in.now, Random: rand.Reader,
	}, nil
}

// calledOrg is what an organisation is called.
func (in *instance) calledOrg(ctx context.Context, org id.Org) (string, error) {
	scope, err := access.Decide(access.System(org, "processing", access.Actor{}), access.OrganisationRead, access.Resource{})
	if err != nil {
		return "", err
	}
	o, err := account.New(in.homes).Organisation(ctx, scope)
	return o.Name, err
}

// standings are the controls, and the measures of annex B with the controls that make each true, as they stand now.
func (in *instance) standings(ctx context.Context) (all []values.Measure, baseline []values.Baseline, err error) {
	r, err := in.assure.States(ctx, access.System(id.Platform, "processing", access.Actor{}))
	if err != nil {
		return nil, nil, err
	}
	for _, c := range r.Controls {
		all = append(all, values.Measure{Control: c.ID, Family: c.Domain, Words: c.Statement, State: string(c.State), Reason: c.Reason})
	}
	for _, c := range r.Clauses {
		if c.Section == annexB {
			baseline = append(baseline, values.Baseline{Clause: c.ID, Words: c.Paraphrase, Controls: c.Controls, Checked: len(c.Checks) > 0, State: string(c.State)})
		}
	}
	return all, baseline, nil
}

// annexB is the section of the register whose clauses are the baseline measures.
const annexB = "Annex B"

// instructed has a job done only where an instruction in force covers it. What is not covered is held: it costs no attempt, and is asked about again. A job that is done carries the
// instruction, which stands in every entry that it makes.
func (in *instance) instructed(fn task.Handler) task.Handler {
	return func(ctx context.Context, c *task.Claimed) error {
		v, err := in.processing.Ask(ctx, c)
		if err != nil {
			return err
		}
		if v.Hold == "" {
			c.Actor.Under = v.Instruction
			return fn(ctx, c)
		}
		in.log.WarnContext(ctx, "a job is held", "request", c.Lease.ID, "org", string(c.Lease.Org), "job", c.Lease.Kind, "why", v.Hold)
		err = in.homes.Queue().Hold(ctx, c.Lease, v.Hold, processing.HoldFor)
		if k := fault.KindOf(err); k == fault.Conflict || k == fault.NotFound { // somebody else has it by now
			return nil
		}
		return err
	}
}
