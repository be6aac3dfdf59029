package app

import (
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/processing"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// TestProcessingProbes runs the checks of processing on a whole service whose worker has done jobs of organisations.
func TestProcessingProbes(t *testing.T) {
	s := newStage(t, "SQLite")
	s.check(s.in.processing.KeepAnnexes(t.Context()))
	for name, want := range map[string]control.Outcome{assure.RecordWhole: control.Pass, assure.TransfersCovered: control.Empty} {
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
