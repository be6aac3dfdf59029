package tenant

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/base/fault"
)

func check(t *testing.T, what string, valid bool, err error) {
	t.Helper()
	switch {
	case valid && err != nil:
		t.Errorf("%q: %v", what, err)
	case !valid && fault.KindOf(err) != fault.Invalid:
		t.Errorf("%.80q passes: %v", what, err)
	case !valid && len(what) > 20 && strings.Contains(err.Error(), what):
		t.Errorf("the error quotes %.80q", what)
	}
}

func TestCheckSlug(t *testing.T) {
	for slug, valid := range map[string]bool{
		"ab": true, "a1": true, "contoso-shop": true, "a-b-c": true, "0a": true, strings.Repeat("a", 40): true, strings.Repeat("a-", 19) + "bc": true,
		"": false, "a": false, "-ab": false, "ab-": false, "a--b": false, "Ab": false, "a_b": false, "a b": false, "a.b": false, "é2": false, "ab\n": false, "xn--ab": false,
		strings.Repeat("a", 41): false, "local": false, "platform": false, "a/b": false, "a'b": false, strings.Repeat("a", 1<<20): false,
	} {
		check(t, slug, valid, CheckSlug(slug))
	}
}

func TestCheckName(t *testing.T) {
	for name, valid := range map[string]bool{
		"Contoso": true, "Société Générale (BE)": true, "日本語": true, "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645": true, "O'Brien & Söhne <x>": true, strings.Repeat("é", MaxName): true,
		"": false, " a": false, "a ": false, "a\tb": false, "a\nb": false, "a\x00b": false, "a\x1b[31m": false, "a\u202eb": false, "a\u2028b": false, "\ufeffa": false, "a\u0085b": false,
		"a\xffb": false, "a\ufffdb": false, "a\u00adb": false, strings.Repeat("é", MaxName+1): false, strings.Repeat("a", 1<<20): false, "\u2066a": false, "a\U000e0041": false,
	} {
		check(t, name, valid, CheckName("the name", name))
	}
	check(t, "long", true, CheckReason(strings.Repeat("a", MaxReason)))
	check(t, "longer", false, CheckReason(strings.Repeat("a", MaxReason+1)))
	for n, valid := range map[int]bool{1: true, 2: true, 0: false, 3: false, -1: false} {
		check(t, "approvals", valid, CheckApprovals(n))
	}
}

func TestEmail(t *testing.T) {
	for text, want := range map[string]string{
		"a@b.example": "a@b.example", "First.Last+tag@Contoso.EXAMPLE": "first.last+tag@contoso.example", "o'brien@x-y.example": "o'brien@x-y.example",
		"a@xn--bcher-kva.example": "a@xn--bcher-kva.example", strings.Repeat("a", 64) + "@b.example": strings.Repeat("a", 64) + "@b.example",
		"": "", "a": "", "@b.example": "", "a@": "", "a@b": "", "a@@b.example": "", "a@b@c.example": "", "a b@c.example": "", "a@b .example": "", `"a b"@c.example`: "",
		".a@b.example": "", "a.@b.example": "", "a..b@c.example": "", "a@-b.example": "", "a@b-.example": "", "a@.example": "", "a@b..example": "", "a@[127.0.0.1]": "",
		"a\n@b.example": "", "a@b.example\n": "", "a@b.example\x00": "", "a@bücher.example": "", "\u212aelvin@b.example": "", "a@b.example,c@d.example": "", "<a@b.example>": "",
		strings.Repeat("a", 65) + "@b.example": "", "a@" + strings.Repeat("b", 64) + ".example": "", "a@" + strings.Repeat("bcdefgh.", 40) + "example": "",
	} {
		got, err := Email(text)
		check(t, text, want != "", err)
		if got != want {
			t.Errorf("%q is %q, not %q", text, got, want)
		}
	}
}

func TestConnections(t *testing.T) {
	for path, valid := range map[string]bool{
		".": true, "shop": true, "shop/infra": true, "a b/c.d": true, "...": true,
		"": false, "..": false, "../a": false, "a/..": false, "a/../b": false, "./a": false, "a/.": false, "/a": false, "a/": false, "a//b": false, `a\b`: false, "c:a": false,
		"a\x00b": false, "a\nb": false, strings.Repeat("a/", 256) + "a": false, " a": false,
	} {
		check(t, path, valid, Connection{Kind: Directory, Name: "x", Path: path}.Check())
	}
	check(t, "upload", true, Connection{Kind: Upload, Name: "x"}.Check())
	check(t, "upload with a path", false, Connection{Kind: Upload, Name: "x", Path: "y"}.Check())
	check(t, "no kind", false, Connection{Name: "x"}.Check())
	check(t, "no name", false, Connection{Kind: Upload}.Check())
	if !Upload.Known() || !Directory.Known() || ConnectionKind("ftp").Known() {
		t.Error("kinds are mixed up")
	}
}

// FuzzValidate: no panic; what passes has the form that everything else relies on, and an address is its own canonical form.
func FuzzValidate(f *testing.F) {
	for _, s := range []string{"contoso-shop", "a@b.example", "Société", "a\u202eb", "shop/infra", "../x", "\xff", "K@b.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if CheckSlug(s) == nil && (len(s) < 2 || len(s) > 40 || strings.ContainsFunc(s, func(r rune) bool { return r != '-' && (r < '0' || r > 'z') })) {
			t.Errorf("%q is a short name", s)
		}
		if CheckName("the name", s) == nil && (!utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || len(s) > 4*MaxName) {
			t.Errorf("%q is a name", s)
		}
		if email, err := Email(s); err == nil {
			if again, err := Email(email); err != nil || again != email || strings.Count(email, "@") != 1 || strings.ContainsAny(email, " \r\n<>,\"\\") {
				t.Errorf("%q is the address %q, and that is %q, %v", s, email, again, err)
			}
		}
		if (Connection{Kind: Directory, Name: "x", Path: s}).Check() == nil && s != "." {
			for part := range strings.SplitSeq(s, "/") {
				if part == "" || part == "." || part == ".." {
					t.Errorf("%q is a path", s)
				}
			}
		}
	})
}
