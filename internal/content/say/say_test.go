package say

import (
	"context"
	"testing"
)

func TestSaying(t *testing.T) {
	plain := context.Background()
	english, pseudo := In(plain, "en-GB,en;q=0.8"), In(plain, "en-XA")
	for _, x := range []struct{ name, got, want string }{
		{"a text", T(plain, "Members"), "Members"},
		{"a text with a percentage", T(plain, "100 %%"), "100 %"},
		{"an argument", T(english, "Members of %s", "Contoso"), "Members of Contoso"},
		{"a number", T(english, "%d resources", 12345), "12,345 resources"},
		{"one", N(english, 1, "%d finding", "%d findings"), "1 finding"},
		{"none", N(english, 0, "%d finding", "%d findings"), "0 findings"},
		{"one without its number", N(english, 1, "a finding", "%d findings"), "a finding"},
		{"more arguments", N(english, 2, "%d finding of %s", "%d findings of %s", "Contoso"), "2 findings of Contoso"},
		{"marked", T(pseudo, "Members of %s", "Contoso"), "⟦Members of Contoso⟧"},
		{"marked, one", N(pseudo, 1, "%d finding", "%d findings"), "⟦1 finding⟧"},
		{"what nobody speaks", T(In(plain, "tlh"), "Members"), "Members"},
		{"no list", Language(In(plain, ";;;")), "en"},
		{"too long a list", Language(In(plain, "en-XA,"+string(make([]byte, 500)))), "en"},
		{"its tag", Language(pseudo), "en-XA"},
		{"the tag of nothing", Language(plain), "en"},
	} {
		if x.got != x.want {
			t.Errorf("%s: %q, not %q", x.name, x.got, x.want)
		}
	}
	if !Marked(T(pseudo, "Members")) || Marked(T(english, "Members")) {
		t.Error("the marks are not told from what has none")
	}
}

func FuzzIn(f *testing.F) {
	for _, s := range []string{"", "en", "en-XA", "de;q=0.5,en", "*", "x-1;q=9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, accepted string) {
		if T(In(context.Background(), accepted), "Members of %s", "Contoso") == "" {
			t.Error("nothing is said")
		}
	})
}
