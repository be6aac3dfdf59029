package home

import (
	"encoding/json"
	"testing"

	"c4arch/internal/trust/ledger"
)

// What is sealed of an entry is the same bytes that encoding/json writes.
func FuzzEncodeOpenings(f *testing.F) {
	f.Add("actor", []byte(`"person:pn_1"`), []byte("salt"), "pn_1", "surface", "")
	f.Add("a", []byte{}, []byte{}, "", "b", "<&>")
	f.Add("\"", []byte(nil), []byte("x"), "é\u2028", "\xff", "\\")
	f.Fuzz(func(t *testing.T, name string, value, salt []byte, subject, name2, subject2 string) {
		for _, openings := range []map[string]ledger.Opening{
			nil,
			{},
			{name: {Value: value, Salt: salt, Subject: subject}},
			{name: {Value: value, Salt: salt, Subject: subject}, name2: {Value: salt, Salt: value, Subject: subject2}, "zz": {}},
		} {
			got, err := encodeOpenings(openings)
			must(t, err)
			want, err := json.Marshal(openings)
			must(t, err)
			if openings != nil && string(got) != string(want) {
				t.Errorf("%s, not %s", got, want)
			}
		}
	})
}
