package evidence

import (
	"bytes"
	"strings"
	"testing"
)

// TestWithhold: what was sealed is left as it is; the same without a seal loses its secrets, wherever they stand.
func TestWithhold(t *testing.T) {
	const hidden = "Xk9#qLw2!vRt8Zp4mN7c"
	s := testSealer(t)
	for _, p := range append(anywhere(), told()...) {
		d := p.put(hidden)
		d.ID, d.Origin, d.Form = "r", Origin{Input: "in.json", Line: 1}, ARM
		r, _, err := s.Seal(d)
		if err != nil {
			t.Fatal(err)
		}
		snap, err := NewSnapshot(Meta{CollectedAt: "2026-01-31T09:30:00Z", KeyID: s.KeyID()}, []Resource{r}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, ids := snap.Withhold(); ids != nil {
			t.Errorf("%s: something is taken out of what was sealed: %s", p.name, r.Props)
		}
	}
	forged := &Snapshot{Resources: []Resource{
		{ID: "a", Form: ARM, Type: "microsoft.sql/servers", Props: []byte(`{"administratorLoginPassword":"hunter2-Secret!","n":1}`)},
		{ID: "b", Form: ARM, Type: "microsoft.sql/servers", Props: []byte(`{"n":1}`), Tags: map[string]string{"db-password": "hunter2-Secret!"}},
		{ID: "c", Form: ARM, Type: "microsoft.sql/servers", Props: []byte(`{"n":1}`)},
	}}
	out, ids := forged.Withhold()
	if strings.Join(ids, " ") != "a b" {
		t.Errorf("found in %v", ids)
	}
	for i := range out.Resources {
		if r := &out.Resources[i]; bytes.Contains(r.Props, []byte("hunter2")) || strings.Contains(r.Tags["db-password"], "hunter2") {
			t.Errorf("%s still shows it: %s %v", r.ID, r.Props, r.Tags)
		}
	}
	if out.Resources[0].Redacted[0] != "administratorLoginPassword" || !bytes.Contains(forged.Resources[0].Props, []byte("hunter2")) {
		t.Errorf("the place is not told, or the snapshot itself was changed: %v %s", out.Resources[0].Redacted, forged.Resources[0].Props)
	}
}
