package app

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/processing"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// TestImpactPackFails changes a pack for impact assessments, leaves a file out of it and asks it of another organisation, and sees the check fail.
func TestImpactPackFails(t *testing.T) {
	s := newStage(t, "SQLite")
	p, err := s.in.processing.Draft(t.Context(), ownerOf(s.ours))
	s.check(err)
	if o := processing.LookPack(p, s.ours.org); o.Outcome != control.Pass {
		t.Fatalf("as it is: %+v", o)
	}
	without := func(name string) processing.Pack {
		from, err := zip.NewReader(bytes.NewReader(p.Data), int64(len(p.Data)))
		s.check(err)
		var b bytes.Buffer
		to := zip.NewWriter(&b)
		for _, f := range from.File {
			if f.Name != name {
				s.check(to.Copy(f))
			}
		}
		s.check(to.Close())
		return processing.Pack{Data: b.Bytes(), Digest: p.Digest}
	}
	bit := bytes.Clone(p.Data)
	bit[len(bit)/3] ^= 1
	for says, o := range map[string]control.Observation{
		"annex-a.md is not what":  processing.LookPack(without("annex-a.md"), s.ours.org),
		"manifest cannot be read": processing.LookPack(without("manifest.json"), s.ours.org),
		"of another organisation": processing.LookPack(p, s.theirs.org),
		"is written down":         processing.LookPack(processing.Pack{Data: p.Data, Digest: "0"}, s.ours.org),
		"it cannot be read: ":     processing.LookPack(processing.Pack{Data: p.Data[:100]}, s.ours.org),
	} {
		if o.Outcome != control.Fail || !strings.Contains(o.Detail, says) {
			t.Errorf("%s: %+v", says, o)
		}
	}
	if o := processing.LookPack(processing.Pack{Data: bit, Digest: p.Digest}, s.ours.org); o.Outcome != control.Fail {
		t.Errorf("a bit was changed: %+v", o)
	}
}

// TestProcessingProbes runs the checks of processing on a whole service whose worker has done jobs of organisations.
func TestProcessingProbes(t *testing.T) {
	s := newStage(t, "SQLite")
	s.check(s.in.processing.KeepAnnexes(t.Context()))
	for name, want := range map[string]control.Outcome{assure.RecordWhole: control.Pass, assure.TransfersCovered: control.Empty, assure.ActivitiesTold: control.Pass, assure.ImpactPacks: control.Pass} {
		seen, err := s.in.processingProbes()[name](t.Context())
		if err != nil || control.Worst(seen) != want {
			t.Errorf("%s: %v\n%s", name, err, texts(seen))
		}
	}
	for _, p := range []*party{s.ours, s.theirs} {
		_, err := s.in.processing.Annexes(t.Context(), ownerOf(p), processing.AnnexA)
		s.check(err)
		scope, err := access.Decide(access.System(p.org, "test", access.Actor{}), access.InstructionRead, access.Resource{})
		s.check(err)
		h, err := s.in.homes.For(t.Context(), scope)
		s.check(err)
		defer h.Release()
		s.check(h.DB().Transact(t.Context(), func(tx *sqldb.Tx) error { // as if it were there before the jobs were done
			_, err := tx.Exec(t.Context(), `UPDATE record_version SET at = 1`)
			return err
		}))
	}
	seen, err := s.in.processingProbes()[assure.JobsInstructed](t.Context())
	s.check(err)
	if len(seen) == 0 || control.Worst(seen) != control.Pass {
		t.Errorf("jobs rest on no instruction: %s", texts(seen))
	}
}
