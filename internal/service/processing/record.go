package processing

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/processing"
)

// Record is the record of processing of the actor's organisation, as of now.
func (s *Service) Record(ctx context.Context, a access.Actor) (processing.Record, error) {
	scope, err := access.Decide(a, access.RecordRead, access.Resource{})
	if err != nil {
		return processing.Record{}, err
	}
	if a.Org == id.Platform {
		return s.common(ctx)
	}
	return s.record(ctx, scope)
}

// common is what the record of every organisation says.
func (s *Service) common(ctx context.Context) (r processing.Record, err error) {
	scope, err := inside(id.Platform, access.RecordRead, access.Actor{})
	if err != nil {
		return r, err
	}
	r.AsOf, r.Models = s.now(), processing.NoModels
	r.Lines, r.Places = processing.Lines(s.DataMap), processing.Places()
	if r.Processor, err = s.processor(ctx, scope); err != nil {
		return r, err
	}
	all, err := s.Store.Transfers(ctx, scope)
	if err != nil {
		return r, err
	}
	for _, t := range all {
		if t.Valid(r.AsOf) == "" {
			r.Transfers = append(r.Transfers, t)
		}
	}
	if s.Recipients != nil {
		if r.Recipients, err = s.Recipients(ctx); err != nil {
			return r, err
		}
	}
	if s.Measures != nil {
		r.Measures, _, err = s.Measures(ctx)
	}
	return r, err
}

func (s *Service) record(ctx context.Context, scope access.Scope) (processing.Record, error) {
	r, err := s.common(ctx)
	if err != nil {
		return r, err
	}
	r.Organisation = string(scope.Org())
	if r.Own, err = s.own(ctx, scope); err != nil {
		return r, err
	}
	if s.Name != nil {
		if r.Name, err = s.Name(ctx, scope.Org()); err != nil {
			return r, err
		}
	}
	if s.Ordered != nil {
		o, err := s.Ordered(ctx, scope.Org())
		if err != nil {
			return r, err
		}
		r.Residency = o.Residency
		if o.Models != "" {
			r.Models = o.Models
		}
		if r.Own.Role == "" {
			r.Own.Role = o.Role
		}
	}
	r.Instructions, err = s.Store.Instructions(ctx, scope)
	return r, err
}

// maxField bounds what is written into a field of a record.
const maxField = 500

func checkFields(all ...*string) error {
	for _, f := range all {
		if *f = strings.TrimSpace(*f); len(*f) > maxField {
			return fault.New(fault.Limited, "a field of the record has at most %d bytes", maxField)
		}
		if strings.ContainsFunc(*f, func(r rune) bool { return r < ' ' }) || strings.ToValidUTF8(*f, "") != *f {
			return fault.New(fault.Invalid, "a field of the record is one line of text")
		}
	}
	return nil
}

// Complete writes the organisation's part of its record. version is the one that was read.
func (s *Service) Complete(ctx context.Context, a access.Actor, o processing.Own) error {
	scope, err := access.Decide(a, access.RecordChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := checkFields(&o.Name, &o.Contact, &o.Representative, &o.Officer, &o.OnBehalf, &o.Contract, &o.Sensitive); err != nil {
		return err
	}
	switch {
	case o.Role != "controller" && o.Role != "processor":
		return fault.New(fault.Invalid, "the organisation is a controller, or a processor on behalf of others")
	case o.Role == "processor" && o.OnBehalf == "":
		return fault.New(fault.Invalid, "a processor says on whose behalf it acts")
	case o.Role == "controller":
		o.OnBehalf = ""
	}
	if o.Sensitive, err = s.screened(ctx, a, "record", o.Sensitive); err != nil {
		return err
	}
	return s.keepOwn(ctx, scope, o.Version, o)
}

// CompletePlatform writes the platform's part of every record: who the processor is, and where data are kept. A place outside of the European Economic Area needs a mechanism.
func (s *Service) CompletePlatform(ctx context.Context, a access.Actor, p processing.Processor) error {
	scope, err := access.Decide(a, access.TransferChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := checkFields(&p.Name, &p.Contact, &p.Representative, &p.Officer); err != nil {
		return err
	}
	if len(p.Sites) > 50 {
		return fault.New(fault.Limited, "there are at most 50 places")
	}
	for n := range p.Sites {
		x := &p.Sites[n]
		if err := checkFields(&x.Name, &x.Region, &x.Decision); err != nil {
			return err
		}
		if x.Name == "" || x.Decision == "" {
			return fault.New(fault.Invalid, "a place has a name, and the decision of the architecture that chose its region")
		}
		if err := s.Allowed(ctx, x.Region, x.Name); err != nil {
			return err
		}
	}
	return s.keepOwn(ctx, scope, int(p.Version), p)
}

func (s *Service) keepOwn(ctx context.Context, scope access.Scope, version int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the record cannot be written")
	}
	now := s.now()
	text := &Version{Kind: Own, N: version + 1, Digest: digest(string(body)), Body: string(body), Actor: string(scope.Actor().ID), At: now}
	ch := &Change{Text: text, Envelope: change.New(scope, now, entry("processing.completed", ledger.Int("version", int64(text.N)), ledger.Text("digest", text.Digest)))}
	wake(ch)
	_, err = s.Store.Commit(ctx, ch)
	return err
}

// Data is the data map: every column with what it holds.
func (s *Service) Data(_ context.Context, a access.Actor) ([]processing.Datum, error) {
	_, err := access.Decide(a, access.RecordRead, access.Resource{})
	return s.DataMap, err
}

// Annexes are the versions of an annex that are in the actor's home, the newest first: annex A of an organisation is its own, and everything else is the platform's.
func (s *Service) Annexes(ctx context.Context, a access.Actor, kind string) ([]Version, error) {
	scope, err := access.Decide(a, access.RecordRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	switch {
	case kind != AnnexA && kind != AnnexB:
		return nil, fault.New(fault.NotFound, "there is no such annex")
	case kind == AnnexB && a.Org != id.Platform:
		if scope, err = inside(id.Platform, access.RecordRead, access.Actor{}); err != nil {
			return nil, err
		}
	case a.Org != id.Platform:
		if err := s.keepAnnexOf(ctx, a.Org); err != nil {
			return nil, err
		}
	}
	return s.Store.Versions(ctx, scope, kind, maxVersions)
}

const maxVersions = 200

// Annex is one version of an annex, and the one before it, which is version 0 where there was none.
func (s *Service) Annex(ctx context.Context, a access.Actor, kind string, n int) (v, before Version, err error) {
	all, err := s.Annexes(ctx, a, kind)
	if err != nil {
		return v, before, err
	}
	i := slices.IndexFunc(all, func(v Version) bool { return v.N == n })
	if i < 0 {
		return v, before, fault.New(fault.NotFound, "there is no such version of the annex")
	}
	if i+1 < len(all) {
		before = all[i+1]
	}
	return all[i], before, nil
}

// keepAnnexOf makes a new version of the organisation's annex A where it says something else than the newest.
func (s *Service) keepAnnexOf(ctx context.Context, org id.Org) error {
	scope, err := inside(org, access.InstructionKeep, access.Actor{})
	if err != nil {
		return err
	}
	r, err := s.record(ctx, scope)
	if err != nil {
		return err
	}
	return s.keepText(ctx, scope, AnnexA, processing.AnnexA(r))
}

func (s *Service) keepText(ctx context.Context, scope access.Scope, kind, body string) error {
	last, err := s.newest(ctx, scope, kind)
	if err != nil {
		return err
	}
	sum := digest(body)
	if last.N > 0 && last.Digest == sum {
		return nil
	}
	now := s.now()
	v := &Version{Kind: kind, N: last.N + 1, Digest: sum, Body: body, At: now}
	_, err = s.Store.Commit(ctx, &Change{Text: v, Envelope: change.New(scope, now, entry("annex.made", ledger.Text("annex", kind), ledger.Int("version", int64(v.N)), ledger.Text("digest", sum)))})
	if fault.KindOf(err) == fault.Conflict { // another process made the same
		return nil
	}
	return err
}

func (s *Service) keepOrganisation(ctx context.Context, a access.Actor) error {
	if err := s.Settle(ctx, a.Org, a); err != nil {
		return err
	}
	return s.keepAnnexOf(ctx, a.Org)
}

// KeepAnnexes makes new versions of the platform's annexes where they say something else than the newest.
func (s *Service) KeepAnnexes(ctx context.Context) error { return s.keepPlatform(ctx, access.Actor{}) }

// keepPlatform makes the annexes that everybody's addendum has, and carries flags that were left half.
func (s *Service) keepPlatform(ctx context.Context, _ access.Actor) error {
	scope, err := inside(id.Platform, access.JobRun, access.Actor{})
	if err != nil {
		return err
	}
	r, err := s.common(ctx)
	if err != nil {
		return err
	}
	if err := s.keepText(ctx, scope, AnnexA, processing.AnnexA(r)); err != nil {
		return err
	}
	if s.Measures != nil {
		measures, baseline, err := s.Measures(ctx)
		if err != nil {
			return err
		}
		if err := s.keepText(ctx, scope, AnnexB, processing.AnnexB(baseline, measures)); err != nil {
			return err
		}
	}
	flags, err := s.Store.Flags(ctx, scope)
	if err != nil {
		return err
	}
	for _, f := range flags {
		if err := s.mark(ctx, f, access.Actor{}); err != nil && fault.KindOf(err) != fault.NotFound { // an organisation can be gone
			return err
		}
	}
	return nil
}

// Taken writes down that a record or a pack was downloaded, with its digest: so that what somebody holds can be told from what was made up.
func (s *Service) Taken(ctx context.Context, a access.Actor, what, sum string) error {
	if _, err := access.Decide(a, access.RecordRead, access.Resource{}); err != nil {
		return err
	}
	act := access.InstructionKeep
	if a.Org == id.Platform {
		act = access.JobRun
	}
	scope, err := inside(a.Org, act, a)
	if err != nil {
		return err
	}
	_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), entry("processing.taken", ledger.Text("what", what), ledger.Text("digest", sum)))})
	return err
}
