package trust

import (
	"path/filepath"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/trust/ledger"
)

// benchLog is the log of a laptop's own history with n entries.
func benchLog(b *testing.B, n int) *auditing.Service {
	b.Helper()
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	key, err := keys{}.Open(b.Context(), id.Local, nil, "")
	check(err)
	h, err := home.Local(b.Context(), filepath.Join(b.TempDir(), "store"), true, key, time.Now())
	check(err)
	b.Cleanup(func() { _ = h.Close() })
	st := Of(h)
	scope, err := access.Decide(access.LocalActor(), access.LedgerSign, access.Resource{})
	check(err)
	for n > 0 {
		env := change.New(scope, time.Now())
		for range min(n, 500) {
			env.Drafts = append(env.Drafts, ledger.Draft{Kind: "snapshot.kept", Fields: []ledger.Field{ledger.Text("snapshot", "abc"), ledger.Int("resources", 10_000), ledger.Text("name", "shop")}})
		}
		_, err := st.Append(b.Context(), &env)
		check(err)
		n -= len(env.Drafts)
	}
	return auditing.New(auditing.Config{Log: st, Checkpoints: st, Signers: LocalSigner(st), Now: time.Now})
}

// BenchmarkVerify reads a log of 10,000 entries on the embedded engine: its end, and all of it with every value opened.
func BenchmarkVerify(b *testing.B) {
	svc := benchLog(b, 10_000)
	for _, depth := range []auditing.Depth{auditing.Tail, auditing.Full} {
		b.Run(string(depth), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v, err := svc.Look(b.Context(), access.LocalActor(), depth)
				if err != nil || len(v.Faults) > 0 {
					b.Fatalf("%v %+v", err, v)
				}
				b.ReportMetric(float64(v.Read), "entries/op")
			}
		})
	}
}
