package app

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/route"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/legal"
	store "c4arch/internal/store/acceptance"
	values "c4arch/internal/trust/acceptance"
)

// acceptanceProbes are the checks of what was accepted and ordered.
func (in *instance) acceptanceProbes() looking {
	l := &store.Looks{Store: store.New(in.homes), Organisations: in.inUse, Documents: in.publishedDocuments, Gated: in.gatedRoutes, Now: in.now}
	return looking{assure.AcceptanceCurrent: l.Current, assure.AcceptanceReceipts: l.Receipts, assure.TermsObeyed: l.Terms}
}

// inUse are all organisations in use.
func (in *instance) inUse(ctx context.Context) (all []id.Org, err error) {
	asks := access.System(id.Platform, "checks of controls", access.Actor{})
	for after := id.Org(""); ; {
		page, err := in.accounts.Organisations(ctx, asks, after, 1000)
		if err != nil || len(page) == 0 {
			return all, err
		}
		for _, o := range page {
			if after = o.ID; o.State == tenant.Active && o.ID != id.Platform {
				all = append(all, o.ID)
			}
		}
	}
}

// publishedDocuments are all versions, each with the digest of its text as it is now.
func (in *instance) publishedDocuments(ctx context.Context) ([]values.Document, error) {
	all, err := in.legal.Published(ctx)
	docs := make([]values.Document, 0, len(all))
	for _, v := range all {
		sum, _ := v.Sum() // a text of which there is none agrees with nothing
		docs = append(docs, values.Document{Slug: v.Slug, Edition: v.Version, Digest: string(sum), Effective: v.Effective, Accept: v.Accept})
	}
	return docs, err
}

// gatedRoutes are those that the pages and the API serve behind the gate.
func (in *instance) gatedRoutes() map[string]bool {
	p, gated := in.doors(), map[string]bool{}
	for _, r := range slices.Concat(p.api.Routes(), p.pages.Routes()) {
		gated[r.String()] = r.Who == route.Inside && !r.Ungated
	}
	return gated
}

// acceptedDocuments are all that any organisation accepted, for the registry to compare.
func (in *instance) acceptedDocuments(ctx context.Context) (all []legal.Accepted, err error) {
	orgs, err := in.inUse(ctx)
	if err != nil {
		return nil, err
	}
	for _, org := range orgs {
		scope, err := access.Decide(access.System(org, "acceptances are compared with the legal registry", access.Actor{}), access.AcceptanceCheck, access.Resource{})
		if err != nil {
			return nil, err
		}
		records, err := in.acceptance.Store.Acceptances(ctx, scope)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			all = append(all, legal.Accepted{Org: org, Slug: r.Slug, Version: r.Edition, Digest: r.Digest})
		}
	}
	return all, nil
}

// acceptedBy is how many organisations accepted each version.
func (in *instance) acceptedBy(ctx context.Context) (map[[2]string]int, error) {
	all, err := in.acceptedDocuments(ctx)
	n := map[[2]string]int{}
	for _, x := range all {
		n[[2]string{x.Slug, x.Version}]++
	}
	return n, err
}
