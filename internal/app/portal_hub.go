package app

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/portal/hub"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/staff"
	"c4arch/internal/trust/ledger"
)

// hubDesk is the Admin Hub.
func (in *instance) hubDesk() web.Desk {
	d := hub.Parts{
		Upkeep: in.upkeep, Register: in.assure, Ledger: in.audit, Waits: in.waits, Names: in.slugs, Find: in.findOrg, Checkpoint: in.lastCheckpoint, Version: version(), Now: in.now,
	}
	for _, k := range in.witnessKeys() {
		d.Witnesses = append(d.Witnesses, k.Name())
	}
	return hub.Desk(d)
}

// waits is what of the platform's people needs somebody, as far as the actor may know it.
func (in *instance) waits(ctx context.Context, a access.Actor) (w hub.Waits, err error) {
	w.Fresh = in.fresh.Load()
	if _, err := access.Decide(a, access.PlatformRead, access.Resource{}); err != nil {
		return w, err
	}
	if _, err := access.Decide(a, access.GrantRead, access.Resource{}); err == nil && a.ID.Person() != "" {
		all, err := in.staff.Grants(ctx, a)
		if err != nil {
			return w, err
		}
		for _, g := range all {
			switch {
			case g.Open:
				w.Open++
			case g.State == staff.Asked:
				w.Grants++
			}
		}
	}
	if _, err := access.Decide(a, access.StaffList, access.Resource{}); err != nil {
		return w, nil // who may not list them is told nothing of them
	}
	w.Known = true
	err = in.waitsOfStaff(ctx, a, &w)
	return w, err
}

func (in *instance) waitsOfStaff(ctx context.Context, a access.Actor, w *hub.Waits) error {
	state, err := in.staff.ShowState(ctx, a)
	if err != nil {
		return err
	}
	w.Provider, w.Hardware, w.Seal = state.Provider, state.Hardware, state.BreakGlass
	people, err := in.staff.Personnel(ctx, a)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Missing != "" && !p.Personnel.Left {
			w.Without = append(w.Without, hub.Lacking{Name: p.Personnel.Name, Why: p.Missing})
		}
	}
	motions, err := in.staff.Proposals(ctx, a)
	if err != nil {
		return err
	}
	for _, m := range motions {
		if m.State == "asked" && in.now().Before(m.Expires) {
			w.Proposals++
		}
	}
	return nil
}

// slugs are the short names of organisations.
func (in *instance) slugs(ctx context.Context, a access.Actor, orgs []id.Org) (map[id.Org]string, error) {
	scope, err := access.Decide(a, access.OrganisationList, access.Resource{})
	if err != nil {
		return nil, err
	}
	out := map[id.Org]string{}
	for _, org := range orgs {
		if org == id.Platform {
			continue
		}
		e, err := in.accounts.Directory.Entry(ctx, scope, org)
		switch {
		case err == nil:
			out[org] = e.Slug
		case fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	return out, nil
}

// findOrg is the organisation of a short name or an id.
func (in *instance) findOrg(ctx context.Context, a access.Actor, text string) (id.Org, error) {
	scope, err := access.Decide(a, access.OrganisationList, access.Resource{})
	if err != nil {
		return "", err
	}
	if text == string(id.Platform) {
		return id.Platform, nil
	}
	return in.staff.Store.Organisation(ctx, scope, text)
}

// lastCheckpoint is the newest of the instance's ledger. Who has cosigned it is verified with the keys of the witnesses.
func (in *instance) lastCheckpoint(ctx context.Context, a access.Actor) (*hub.Checkpoint, error) {
	scope, err := access.Decide(a, access.LedgerRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	k, err := in.trust.Newest(ctx, scope)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &hub.Checkpoint{Size: k.Size, At: k.At, Note: string(k.Note)}
	c, err := ledger.ParseCheckpoint(k.Note)
	if err != nil {
		return nil, err
	}
	for _, k := range in.witnessKeys() {
		if by, err := c.SignedBy([]ledger.Key{k}); err == nil && len(by) == 1 {
			out.Cosigners = append(out.Cosigners, k.Name())
		}
	}
	return out, nil
}

// witnessKeys are the keys of the witnesses that are configured. That each is one was seen when the service began.
func (in *instance) witnessKeys() (keys []ledger.Key) {
	for _, w := range in.cfg.Ledger.Witnesses {
		if k, err := ledger.ParseKey(w.Key); err == nil {
			keys = append(keys, k)
		}
	}
	return keys
}
