package app

import (
	"context"

	store "c4arch/internal/store/governance"
)

// governanceLooks are the checks of the programme over what runs.
func (in *instance) governanceLooks() *store.Looks {
	looks := &store.Looks{Homes: in.homes, Roles: in.staff.RolesOf, Holds: in.holding, Measures: in.programMeasures, Written: in.decisionDigests, Now: in.now}
	for _, x := range in.programme.Items {
		looks.Items = append(looks.Items, x.ID)
	}
	return looks
}

// governanceProbes are the checks of owners, risks, decisions and measures.
func (in *instance) governanceProbes() looking {
	l := in.governanceLooks()
	return looking{"owners-active": l.Owners, "risks-linked": l.Risks, "decision-journal": l.Decisions, "catalogue-unchanged": l.Catalogue}
}

// decisionDigests are the digests that the ledger has of each decision, by kind of entry.
func (in *instance) decisionDigests(ctx context.Context) (map[string]map[string]string, error) {
	rows, err := in.decided(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]map[string]string{}
	for _, r := range rows {
		name := entryText(r, "decision")
		if all[name] == nil {
			all[name] = map[string]string{}
		}
		all[name][r.Kind] = entryText(r, "digest")
	}
	return all, nil
}
