package legaltext

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestAll(t *testing.T) {
	list, err := All()
	if err != nil || len(list) != 11 {
		t.Fatal(len(list), err)
	}
	slugs := map[string]bool{}
	for _, x := range list {
		slugs[x.Slug] = true
	}
	for _, x := range list {
		if !strings.HasPrefix(x.Body, "> **Template.**") || !strings.Contains(x.Body, "counsel") {
			t.Errorf("%s does not say at once that it is a template", x.Slug)
		}
		if len(x.Body) < 1000 || x.Title == "" || x.Summary == "" || x.Public == x.Accept && x.Public {
			t.Errorf("%s has %d bytes, the title %q and the summary %q", x.Slug, len(x.Body), x.Title, x.Summary)
		}
		for _, s := range x.Supports {
			if !slugs[s] {
				t.Errorf("%s is part of %s, which is not there", x.Slug, s)
			}
		}
	}
	files, err := fs.Glob(texts, "text/*.md")
	if err != nil || len(files) != len(list) {
		t.Errorf("%d files are there for %d texts", len(files), len(list))
	}
}

var links = regexp.MustCompile(`\]\((/[^)]*)\)`)

// Links of the texts lead to documents that there are, and to pages that the service has.
func TestLinks(t *testing.T) {
	list, err := All()
	if err != nil {
		t.Fatal(err)
	}
	pages := []string{"/trust", "/trust/subprocessors", "/trust/contact", "/trust/status", "/consent", "/.well-known/security.txt"}
	for _, x := range list {
		pages = append(pages, "/legal/"+x.Slug)
	}
	seen := 0
	for _, x := range list {
		for _, m := range links.FindAllStringSubmatch(x.Body, -1) {
			seen++
			if !slices.Contains(pages, m[1]) {
				t.Errorf("%s leads to %s, which is not there", x.Slug, m[1])
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d links were looked at", seen)
	}
}

// What the addendum promises in numbers is what the clocks and the guard of the service run by.
func TestAddendumSaysWhatIsBuilt(t *testing.T) {
	list, err := All()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(x Text) bool { return x.Slug == "data-processing-addendum" })
	for _, want := range []string{"**48 hours**", "**72 hours**", "**30 days**", "Module Two", "## Annex A", "## Annex B", "Art. 28(3)"} {
		if !strings.Contains(list[i].Body, want) {
			t.Errorf("the addendum does not say %s", want)
		}
	}
}
