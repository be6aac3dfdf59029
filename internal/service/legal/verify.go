package legal

import (
	"context"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
)

// Mismatch is something of the registry that is not as it was published.
type Mismatch struct {
	Slug    string `json:"slug"`
	Version string `json:"version"`
	What    string `json:"what"` // for a person
}

// Verdict is what a verification found.
type Verdict struct {
	At          time.Time  `json:"at"`
	Documents   int        `json:"documents"`
	Versions    int        `json:"versions"`
	Entries     int        `json:"ledgerEntries"`
	Acceptances int        `json:"acceptances"`
	Accepted    bool       `json:"acceptancesCompared"` // acceptance records were there to be compared
	Checked     []Checked  `json:"checked"`
	Mismatches  []Mismatch `json:"mismatches"`
}

// Checked is a version that was looked at.
type Checked struct {
	Slug      string    `json:"slug"`
	Version   string    `json:"version"`
	Digest    string    `json:"digest"` // computed now
	Effective time.Time `json:"effective"`
	Entry     int64     `json:"ledgerEntry"` // -1: there is none
}

// Err is what is wrong, of the kind drift, or nil.
func (v *Verdict) Err() error {
	if len(v.Mismatches) == 0 {
		return nil
	}
	m := v.Mismatches[0]
	return fault.New(fault.Drift, "the legal registry is not as it was published: %s of %s: %s", m.Slug, m.Version, m.What).
		WithHelp("%d in all; compare with a backup, and treat it as an incident", len(v.Mismatches))
}

// Verify recomputes the digest of every version that was published, and holds it against the registry, the ledger and what was accepted.
func (s *Service) Verify(ctx context.Context, a access.Actor) (*Verdict, error) {
	scope, err := access.Decide(a, access.LegalRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.verify(ctx, scope)
}

func (s *Service) verify(ctx context.Context, scope access.Scope) (*Verdict, error) {
	all, err := s.Store.Published(ctx, scope)
	if err != nil {
		return nil, err
	}
	entries, err := s.Store.Entries(ctx, scope)
	if err != nil {
		return nil, err
	}
	v := &Verdict{At: s.now(), Versions: len(all), Entries: len(entries), Checked: []Checked{}, Mismatches: []Mismatch{}}
	now := v.registry(all)
	v.ledger(all, entries, now)
	if s.Acceptances != nil {
		given, err := s.Acceptances(ctx)
		if err != nil {
			return nil, err
		}
		v.acceptances(given, now)
	}
	return v, nil
}

func (v *Verdict) wrong(slug, version, format string, args ...any) {
	v.Mismatches = append(v.Mismatches, Mismatch{slug, version, fmt.Sprintf(format, args...)})
}

// registry computes each digest anew, and gives them by document and version.
func (v *Verdict) registry(all []legal.Version) map[[2]string]string {
	now, slugs := map[[2]string]string{}, map[string]bool{}
	for _, x := range all {
		slugs[x.Slug] = true
		sum, err := x.Sum()
		switch {
		case err != nil:
			v.wrong(x.Slug, x.Version, "its canonical bytes cannot be made")
		case string(sum) != x.Digest:
			v.wrong(x.Slug, x.Version, "its text has the digest %s, and the registry says %s", sum, x.Digest)
		}
		now[[2]string{x.Slug, x.Version}] = string(sum)
		v.Checked = append(v.Checked, Checked{x.Slug, x.Version, string(sum), x.Effective, -1})
	}
	v.Documents = len(slugs)
	return now
}

// ledger holds the registry against what the ledger says of each publication, both ways: a version that was added behind its back has no entry, and one that was removed has one.
func (v *Verdict) ledger(all []legal.Version, entries []Entry, now map[[2]string]string) {
	told := map[string]Entry{}
	for _, e := range entries {
		if was, twice := told[e.Document]; twice {
			v.wrong(e.Slug, e.Version, "the ledger says twice that it was published, in %d and %d", was.Index, e.Index)
		}
		told[e.Document] = e
	}
	for i, x := range all {
		e, ok := told[x.ID]
		delete(told, x.ID)
		switch sum := now[[2]string{x.Slug, x.Version}]; {
		case !ok:
			v.wrong(x.Slug, x.Version, "the ledger does not say that it was published")
			continue
		case e.Slug != x.Slug || e.Version != x.Version:
			v.wrong(x.Slug, x.Version, "entry %d of the ledger says that it is %s of %s", e.Index, e.Slug, e.Version)
		case e.Digest != sum:
			v.wrong(x.Slug, x.Version, "its text has the digest %s, and entry %d of the ledger says %s", sum, e.Index, e.Digest)
		}
		v.Checked[i].Entry = e.Index
	}
	for _, e := range entries {
		if _, left := told[e.Document]; left {
			v.wrong(e.Slug, e.Version, "entry %d of the ledger says that it was published, and the registry does not have it", e.Index)
		}
	}
}

// acceptances holds what was accepted against what is there.
func (v *Verdict) acceptances(given []Accepted, now map[[2]string]string) {
	v.Accepted, v.Acceptances = true, len(given)
	for _, g := range given {
		switch sum, ok := now[[2]string{g.Slug, g.Version}]; {
		case !ok:
			v.wrong(g.Slug, g.Version, "%s accepted it, and the registry does not have it", g.Org)
		case sum != g.Digest:
			v.wrong(g.Slug, g.Version, "%s accepted the digest %s, and its text has %s", g.Org, g.Digest, sum)
		}
	}
}

// Daily is how often everything is verified by itself.
const Daily = 24 * time.Hour

// Schedule is when that is.
func Schedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.VerifyLegal, Key: "all", Args: []byte("{}"), Every: Daily, Next: from}
}

// HandleVerify is the handler of the job [task.VerifyLegal]. What it finds is an entry of the ledger; a mismatch is logged besides, and the job is done.
func (s *Service) HandleVerify(ctx context.Context, c *task.Claimed) error {
	scope, err := access.Decide(c.Actor, access.LegalRead, access.Resource{})
	if err != nil {
		return err
	}
	v, err := s.verify(ctx, scope)
	if err != nil {
		return err
	}
	s.tell(ctx, v)
	outcome, detail := "intact", ""
	if err := v.Err(); err != nil {
		outcome, detail = "mismatch", err.Error()
	}
	env := change.New(scope, s.now(), entry("legal.verified", ledger.Int("versions", int64(v.Versions)), ledger.Int("acceptances", int64(v.Acceptances)),
		ledger.Int("mismatches", int64(len(v.Mismatches))), ledger.Text("outcome", outcome), ledger.Text("detail", detail)))
	env.Done = c.Lease
	return s.commit(ctx, &Change{Envelope: env})
}

// AtBoot verifies everything when the service begins. A mismatch is logged, loudly, and stops nothing: that nobody can look any more would help nobody.
func (s *Service) AtBoot(ctx context.Context) (*Verdict, error) {
	scope, err := access.Decide(access.System(id.Platform, "verification of the legal registry at the start", access.Actor{}), access.LegalRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	v, err := s.verify(ctx, scope)
	if err != nil {
		return nil, err
	}
	s.tell(ctx, v)
	return v, nil
}

func (s *Service) tell(ctx context.Context, v *Verdict) {
	for _, m := range v.Mismatches {
		s.Log.ErrorContext(ctx, "the legal registry is not as it was published", "document", m.Slug, "version", m.Version, "what", m.What)
	}
}
