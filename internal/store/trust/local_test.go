package trust

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/trust/ledger"
)

// A laptop's own history has the same ledger: it is read, signed, exported and verified with the key of its machine.
func TestLocalHistory(t *testing.T) {
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := keys{}.Open(t.Context(), id.Local, nil, "")
	check(err)
	var lines [][]byte
	for i := range 2 {
		h, err := home.Local(t.Context(), filepath.Join(t.TempDir(), "store"), true, key, time.Unix(1_790_000_000+int64(i), 0))
		check(err)
		st := Of(h)
		svc := auditing.New(auditing.Config{Log: st, Checkpoints: st, Signers: LocalSigner(st), Now: time.Now})
		x := svc.As(access.LocalActor(), h.Close)
		scope, err := access.Decide(access.LocalActor(), access.LedgerSign, access.Resource{})
		check(err)
		env := change.New(scope, time.Now(), ledger.Draft{Kind: "snapshot.kept", Fields: []ledger.Field{ledger.Text("snapshot", "a")}})
		_, err = st.Append(t.Context(), &env)
		check(err)
		page, err := x.List(t.Context(), auditing.Query{})
		check(err)
		if len(page.Entries) != 1 || page.Entries[0].Kind != "snapshot.kept" {
			t.Errorf("%+v", page)
		}
		line, err := x.Key(t.Context())
		check(err)
		keys, err := ledger.ParseKeys(line)
		check(err)
		var b bytes.Buffer
		check(x.Export(t.Context(), &b, auditing.Export{Values: true}))
		r, err := ledger.Verify(bytes.NewReader(b.Bytes()), int64(b.Len()), ledger.Trust{LogKeys: keys})
		check(err)
		if r.Verdict != ledger.Proven || r.Entries != 2 {
			t.Errorf("%s", r.Text())
		}
		lines = append(lines, line)
		// Another organisation's log is not there.
		if _, err := st.Head(t.Context(), access.Scope{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("got %v", err)
		}
		if _, err := LocalSigner(st).Signer(t.Context(), contoso); fault.KindOf(err) != fault.NotFound {
			t.Errorf("got %v", err)
		}
		check(x.Close())
	}
	if bytes.Equal(lines[0], lines[1]) {
		t.Error("two histories of a machine sign as one log")
	}
}
