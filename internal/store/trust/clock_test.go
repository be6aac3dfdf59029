package trust

import (
	"bytes"
	"testing"
	"time"

	"c4arch/internal/service/auditing"
	"c4arch/internal/trust/ledger"
)

// A clock that jumps, ahead and back, leaves a log in which no time goes back: it is signed, verified and proven as any other.
func TestClockJumps(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.auditing(copies(t))
		for _, d := range []time.Duration{0, 400 * 24 * time.Hour, -900 * 24 * time.Hour, time.Hour, -time.Hour, 600 * 24 * time.Hour} {
			w.clock.add(d)
			w.write(contoso, 40)
			if _, err := svc.Checkpoint(t.Context(), actor(contoso)); err != nil {
				t.Fatalf("%s: %v", d, err)
			}
			w.check(svc.Opened(t.Context(), contoso))
			for _, depth := range []auditing.Depth{auditing.Tail, auditing.Full} {
				if v, err := svc.Verify(t.Context(), actor(contoso), depth); err != nil || len(v.Faults) > 0 {
					t.Fatalf("%s, %s: %v %+v", d, depth, err, v)
				}
			}
		}
		var bundle bytes.Buffer
		if _, err := svc.Export(t.Context(), actor(contoso), &bundle, auditing.Export{Values: true}); err != nil {
			t.Fatal(err)
		}
		s, err := signers{}.Signer(t.Context(), contoso)
		w.check(err)
		var trust ledger.Trust
		trust.Add(s.Key())
		report, err := ledger.Verify(bytes.NewReader(bundle.Bytes()), int64(bundle.Len()), trust)
		if err != nil || report.Verdict.ExitCode() != 0 {
			t.Errorf("%v\n%s", err, report.Text())
		}
	})
}
