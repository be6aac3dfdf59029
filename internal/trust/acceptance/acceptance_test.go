package acceptance

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

func doc(slug string, n int, accept bool) Document {
	e := day(n).Format(time.DateOnly)
	return Document{Slug: slug, Edition: e, Digest: "sha256:" + slug + e, Effective: day(n), Accept: accept}
}

func taken(d Document) Record {
	return Record{ID: "ac_" + d.Digest, Slug: d.Slug, Edition: d.Edition, Digest: d.Digest, At: d.Effective}
}

func slugs(all []Document) string {
	var names []string
	for _, d := range all {
		names = append(names, d.Slug+"@"+d.Edition[8:])
	}
	return strings.Join(names, " ")
}

func TestOpen(t *testing.T) {
	first, second, erratum, later := doc("dpa", 1, true), doc("dpa", 5, true), doc("dpa", 7, false), doc("dpa", 20, true)
	all := []Document{first, second, erratum, later, doc("privacy", 1, false), doc("msa", 2, true)}
	msa := taken(doc("msa", 2, true))
	for name, x := range map[string]struct {
		accepted []Record
		at       int
		want     string
	}{
		"nothing in force":  {nil, 0, ""},
		"the first version": {nil, 1, "dpa@01"},
		"both":              {nil, 3, "dpa@01 msa@02"},
		"one is accepted":   {[]Record{msa}, 3, "dpa@01"},
		"the old one was":   {[]Record{msa, taken(first)}, 6, "dpa@05"},
		"the new one was":   {[]Record{msa, taken(second)}, 6, ""},
		"an erratum asks nothing of who accepted":    {[]Record{msa, taken(second)}, 8, ""},
		"an erratum lets nobody in who never did":    {[]Record{msa}, 8, "dpa@07"},
		"what was accepted is the erratum":           {[]Record{msa, taken(erratum)}, 8, ""},
		"the next material version asks again":       {[]Record{msa, taken(second), taken(erratum)}, 20, "dpa@20"},
		"a version that is not in force yet":         {[]Record{msa, taken(second)}, 19, ""},
		"the digest is another: it was not accepted": {[]Record{msa, {ID: "x", Slug: "dpa", Edition: second.Edition, Digest: "sha256:other"}}, 6, "dpa@05"},
	} {
		if got := slugs(Open(all, x.accepted, day(x.at))); got != x.want {
			t.Errorf("%s: %q, not %q", name, got, x.want)
		}
	}
	if got := Open(nil, nil, day(1)); len(got) != 0 {
		t.Error("nothing is published, and something is open")
	}
}

// Whoever accepts what is open has nothing open until something else comes into force.
func TestAcceptingCloses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Document
		for _, slug := range []string{"a", "b"} {
			for n := range 10 {
				if rapid.Bool().Draw(t, "there") {
					all = append(all, doc(slug, n+1, rapid.Bool().Draw(t, "accept")))
				}
			}
		}
		at := day(rapid.IntRange(0, 12).Draw(t, "at"))
		var accepted []Record
		for _, d := range Open(all, nil, at) {
			accepted = append(accepted, taken(d))
		}
		if left := Open(all, accepted, at); len(left) > 0 {
			t.Fatalf("%s is open after it was accepted, of %s", slugs(left), slugs(all))
		}
	})
}

func TestAuthorityAndClass(t *testing.T) {
	for text, want := range map[string]string{" director ": "director", "authorised\n representative": "authorised representative", "x": "", "": "", strings.Repeat("x", 101): "", "a\x00b": ""} {
		got, err := Authority(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q, %v", text, got, err)
		}
	}
	for addr, want := range map[string]string{
		"127.0.0.1": "this machine", "::1": "this machine", "10.1.2.3": "private network", "fe80::1": "private network", "fd00::1": "private network",
		"203.0.113.7": "public, IPv4", "::ffff:203.0.113.7": "public, IPv4", "2001:db8::1": "public, IPv6",
	} {
		if got := Class(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s is %s, not %s", addr, got, want)
		}
	}
	if got := Class(netip.Addr{}); got != "unknown" {
		t.Error(got)
	}
}
