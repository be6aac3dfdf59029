package sqldb

import "testing"

// Only dollars before a digit become question marks, and none inside quotes.
func FuzzNumbered(f *testing.F) {
	for _, s := range []string{"", "$1", "$", "'$1' $2", `"$1"`, "'it''s $1' $22", "$x$1", "'$1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := numbered(query)
		if len(got) != len(query) {
			t.Fatalf("%q became %q", query, got)
		}
		var quote byte
		for i := range len(query) {
			c, parameter := query[i], query[i] == '$' && i+1 < len(query) && query[i+1] >= '0' && query[i+1] <= '9'
			if want := map[bool]byte{true: '?', false: c}[parameter && quote == 0]; got[i] != want {
				t.Fatalf("%q became %q", query, got)
			}
			switch {
			case quote == c:
				quote = 0
			case quote == 0 && (c == '\'' || c == '"'):
				quote = c
			}
		}
	})
}
