package talk

import (
	"strings"
	"testing"
	"unicode/utf8"

	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
)

var people = []tenant.Member{
	{Person: "pn_ada", Name: "Ada Owner", Email: "ada@contoso.example"},
	{Person: "pn_alex1", Name: "Alex Aa", Email: "alex.a@contoso.example"},
	{Person: "pn_alex2", Name: "Alex Bb", Email: "alex.b@contoso.example"},
	{Person: "pn_ö", Name: "Øyvind Öst", Email: "oyvind@contoso.example"},
}

func TestMentioned(t *testing.T) {
	for text, want := range map[string]string{
		"@ada": "[pn_ada]", "Ask @Ada, please": "Ask [pn_ada], please", "@ADA OWNER's": "[pn_ada]'s", "@ada@contoso.example.": "[pn_ada].", "(@alex.b)": "([pn_alex2])", "@Alex Bb and @alex.a": "[pn_alex2] and [pn_alex1]",
		"mail ada@contoso.example": "mail ada@contoso.example", "@adam": "@adam", "@types/node": "@types/node", "@": "@", "@@ada": "@[pn_ada]", "@ada.": "[pn_ada].", "@ada-lovelace": "@ada-lovelace",
		"@Øyvind Öst!": "[pn_ö]!", "@ ada": "@ ada", "@ada@evil.example": "@ada@evil.example", "tag@ada": "tag@ada",
	} {
		got, _, err := mentioned(text, people)
		if got = strings.NewReplacer("\x01", "[", "\x02", "]").Replace(got); err != nil || got != want {
			t.Errorf("%q is %q and not %q, %v", text, got, want, err)
		}
	}
	_, _, err := mentioned("ask @alex", people)
	if _, help := fault.Public(err); fault.KindOf(err) != fault.Invalid || !strings.Contains(help, "@alex.a@contoso.example, @alex.b@contoso.example") {
		t.Errorf("who is meant is not asked: %v, %s", err, help)
	}
	_, who, err := mentioned("@ada @alex.a @ada", people)
	if err != nil || len(who) != 2 {
		t.Errorf("%v, %v", who, err)
	}
}

func TestClean(t *testing.T) {
	for _, bad := range []string{"", "  \r\n ", "a\x00b", "a\x1b[2J", "\xff", "a\u202eb", "a\u2066b", "\x01pn_ada\x02", "a\u0085b", "a\rb"} {
		if got, err := clean(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
	if _, err := clean(strings.Repeat("ä", MaxText/2+1)); fault.KindOf(err) != fault.Limited {
		t.Error(err)
	}
	if got, err := clean(" a\r\n\tb \n"); err != nil || got != "a\n\tb" {
		t.Errorf("%q, %v", got, err)
	}
}

// FuzzText: whatever is written, nobody is mentioned who was not named by an @, and the pieces are the text.
func FuzzText(f *testing.F) {
	for _, s := range []string{"@ada", "x @Alex Bb.", "@ada@contoso.example @", "ÄÖ @Øyvind Öst", "@\xff", "\x01\x02"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := clean(text)
		if err != nil {
			return
		}
		kept, who, err := mentioned(plain, people)
		if err != nil {
			return
		}
		var b strings.Builder
		n := 0
		for _, p := range Pieces(kept, func(p string) string { return "<" + p + ">" }) {
			if p.Person != "" {
				n++
			}
			b.WriteString(p.Text)
		}
		if strings.ContainsAny(b.String(), "\x01\x02") || !utf8.ValidString(kept) || n < len(who) || n > strings.Count(plain, "@") {
			t.Errorf("%q is %q, with %v", plain, kept, who)
		}
	})
}
