package app

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	packs "c4arch/internal/service/processing"
	"c4arch/internal/store/processing"
	"c4arch/internal/trust/control"
	values "c4arch/internal/trust/processing"
)

// processingProbes are the checks of instructions, records of processing and transfers.
func (in *instance) processingProbes() looking {
	l := processing.Looks{
		Store: processing.New(in.homes), DataMap: in.processing.DataMap, Worked: in.workedOn, Recipients: in.recipients, Now: in.now,
		Record: func(ctx context.Context, a access.Actor) (values.Record, error) { return in.processing.Record(ctx, a) },
	}
	return looking{assure.JobsInstructed: l.Instructed, assure.RecordWhole: l.Whole, assure.TransfersCovered: l.Transfers, assure.ActivitiesTold: l.Told, assure.ImpactPacks: in.lookImpact}
}

// endings are the entries with which jobs on data of an organisation end.
var endings = []string{"scan.finished", "scan.failed", "evidence.made", "job.finished"}

// mostEndings bounds what one organisation is asked about: the newest.
const mostEndings = 10 * auditing.Page

// workedOn is what the ledger of an organisation says of jobs that ended since then, without those that the platform owes by itself.
func (in *instance) workedOn(ctx context.Context, org id.Org, since time.Time) (all []processing.Worked, err error) {
	scope, err := access.Decide(access.System(org, "checks of controls", access.Actor{}), access.LedgerRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	for before, n := int64(0), 0; n < mostEndings; {
		rows, err := in.trust.Rows(ctx, scope, auditing.Query{Before: before, Kinds: endings, Newest: true})
		if err != nil {
			return nil, err
		}
		for i := range rows {
			r := rows[i]
			if r.At.Before(since) {
				return all, nil
			}
			act, _ := values.OfJob(entryText(r, "kind"))
			if r.Kind == "job.finished" && act.Duty {
				continue
			}
			all = append(all, processing.Worked{Kind: r.Kind, Job: entryText(r, "job"), Under: entryText(r, "under"), At: r.At})
		}
		if n += len(rows); len(rows) < auditing.Page {
			return all, nil
		}
		before = rows[len(rows)-1].Index
	}
	return all, nil
}

// lookImpact has the pack for impact assessments made for each organisation, and opens it. Nobody takes it.
func (in *instance) lookImpact(ctx context.Context) (seen []control.Observation, err error) {
	all, err := in.accounts.Organisations(ctx, access.System(id.Platform, "checks of controls", access.Actor{}), "", mostPacked)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		if x.State != tenant.Active {
			continue
		}
		p, err := in.processing.Draft(ctx, access.System(x.ID, "checks of controls", access.Actor{}))
		if err != nil {
			return seen, err
		}
		seen = append(seen, packs.LookPack(p, x.ID))
	}
	return seen, nil
}
