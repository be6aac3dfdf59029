package derive

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is generated: docs/mapping.md and testdata")

const mappingPage = "../../../docs/mapping.md"

// TestMappingPage holds the tables of docs/mapping.md, which stand between marks, to the rules. With -update it
// writes them; the words around them are people's.
func TestMappingPage(t *testing.T) {
	page, err := os.ReadFile(mappingPage)
	if err != nil {
		t.Fatal(err)
	}
	got := page
	for _, part := range []struct {
		name string
		text func() string
	}{
		{"azure types", func() string { return typeTable("microsoft.") }},
		{"aws types", func() string { return typeTable("aws_") }},
		{"google types", func() string { return typeTable("google_") }},
		{"kubernetes types", func() string { return typeTable("kubernetes:") }},
		{"compose types", func() string { return typeTable("compose:") }},
		{"reference rules", refSections},
		{"other rules", otherRules},
		{"system tags", func() string { return "`" + strings.Join(systemTags, "`, `") + "`\n" }},
	} {
		open, end := "<!-- generated: "+part.name+" -->\n", "<!-- end of "+part.name+" -->"
		i := bytes.Index(got, []byte(open))
		j := bytes.Index(got, []byte(end))
		if i < 0 || j < i {
			t.Fatalf("the page has no place for %q", part.name)
		}
		got = slices.Concat(got[:i], []byte(open), []byte(part.text()), got[j:])
	}
	if *update {
		if err := os.WriteFile(mappingPage, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(page, got) {
		t.Error("docs/mapping.md is not what the rules say: run go test ./internal/arch/derive -run TestMappingPage -update")
	}
}

// Reasons point readers at headings of the page; those must be there.
func TestMappingPageHasWhatReasonsPointAt(t *testing.T) {
	page, err := os.ReadFile(mappingPage)
	if err != nil {
		t.Fatal(err)
	}
	heads := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "#") {
			heads[strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "# ")))] = true
		}
	}
	point := regexp.MustCompile(`docs/mapping\.md(?:: ([^;]+)|)`)
	n := 0
	for id, r := range ruleText {
		for _, m := range point.FindAllStringSubmatch(r[1], -1) {
			if n++; m[1] != "" && !heads[strings.ToLower(m[1])] {
				t.Errorf("%s points at %q, and the page has no such heading", id, m[1])
			}
		}
	}
	if n < 10 {
		t.Fatalf("only %d reasons point at the page", n)
	}
}

func code(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`<br>`") + "`"
}

// typeTable lists the type rules of a vocabulary.
func typeTable(prefix string) string {
	terraform := map[string][]string{}
	for _, tf := range sortedKeys(terraformTypes) {
		terraform[terraformTypes[tf]] = append(terraform[terraformTypes[tf]], tf)
	}
	var out strings.Builder
	azure := prefix == "microsoft."
	if azure {
		out.WriteString("| rule | Azure types | Terraform types | becomes | technology | layer |\n|---|---|---|---|---|---|\n")
	} else {
		out.WriteString("| rule | types | becomes | technology | layer |\n|---|---|---|---|---|\n")
	}
	for i := range typeRules {
		r := &typeRules[i]
		if !strings.HasPrefix(r.types, prefix) {
			continue
		}
		var types, tf []string
		for typ := range strings.FieldsSeq(r.types) {
			for _, name := range terraform[typ] {
				if variantOf(name) == r.variant {
					tf = append(tf, name)
				}
			}
			if strings.HasSuffix(prefix, ":") {
				typ = strings.TrimPrefix(typ, prefix)
			}
			types = append(types, typ)
		}
		cell := code(types)
		if r.variant != "" {
			cell += "<br>of kind `" + r.variant + "`"
		}
		if azure {
			cell += " | " + code(tf)
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", r.id, cell, strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(r.role.name(), "a "), "an "), ", drawn on level 4 only"), r.tech, r.layer)
	}
	return out.String()
}

// variantOf is the kind of site that a Terraform type makes.
func variantOf(tf string) string {
	switch {
	case strings.Contains(tf, "function_app") && !strings.HasSuffix(tf, "_function"):
		return "functionapp"
	case tf == "azurerm_logic_app_standard":
		return "workflowapp"
	}
	return ""
}

// refSections lists the reference rules, a section for each id.
func refSections() string {
	rows := map[string][]*refRule{}
	var ids []string
	for i := range refRules {
		id := refRules[i].id
		if rows[id] == nil {
			ids = append(ids, id)
		}
		rows[id] = append(rows[id], &refRules[i])
	}
	slices.SortFunc(ids, func(a, b string) int {
		return first(len(prefixOf(a))-len(prefixOf(b)), cmp(prefixOf(a), prefixOf(b)), len(a)-len(b), cmp(a, b))
	})
	var out strings.Builder
	for _, id := range ids {
		rule, _ := ruleOf(id)
		fmt.Fprintf(&out, "\n#### %s\n\n%s.\nSource: %s.\n\n| of | property | comes to | confidence | because |\n|---|---|---|---|---|\n", id, capital(rule.Reason), rule.Source)
		for _, r := range rows[id] {
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", fromCell(r.from), code(cells(patternsOf(r))), actCell(r), r.conf, r.why)
		}
	}
	return out.String()
}

func prefixOf(id string) string { return strings.TrimRight(id, "0123456789") }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func cells(words []string) []string {
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "|", `\|`)
	}
	return words
}

func fromCell(from string) string {
	switch from {
	case "*":
		return "any Azure type"
	case "aws_*":
		return "any AWS type"
	case "google_*":
		return "any Google type"
	case "any":
		return "any type"
	}
	return code(strings.Fields(from))
}

// actCell says what a row makes of a reference.
func actCell(r *refRule) string {
	s := ""
	switch r.act {
	case relate:
		s = "line *" + r.label + "* to the target"
	case reverse:
		s = "line *" + r.label + "* from the target"
	case nest:
		s = fmt.Sprintf("stands in the target (rank %d)", r.rank)
	case own:
		s = "the target is a part of it"
	case ownedBy:
		s = "it is a part of the target"
	case ignore:
		s = "hidden"
	}
	if r.setting {
		s += "; an unknown host becomes an external system"
	}
	if r.layer != "" {
		s += "; layer " + r.layer
	}
	if r.names != "" {
		s += "; the plain name of `" + strings.Join(strings.Fields(r.names), "`, `") + "` will do"
	}
	return s
}

// otherRules lists what is not in the two tables.
func otherRules() string {
	ids := sortedKeys(ruleText)
	slices.SortStableFunc(ids, func(a, b string) int {
		return first(cmp(a[:1], b[:1]), cmp(prefixOf(a), prefixOf(b)), len(a)-len(b), cmp(a, b))
	})
	var out strings.Builder
	out.WriteString("| rule | says | source |\n|---|---|---|\n")
	for _, id := range ids {
		fmt.Fprintf(&out, "| %s | %s | %s |\n", id, ruleText[id][0], sourceCell(ruleText[id][1]))
	}
	return out.String()
}

// sourceCell writes a source as people follow it from this page.
func sourceCell(src string) string {
	if head, ok := strings.CutPrefix(src, "docs/mapping.md: "); ok {
		return "[" + head + "](#" + strings.ReplaceAll(strings.ToLower(head), " ", "-") + ")"
	}
	if rest, ok := strings.CutPrefix(src, "docs/mapping.md"); ok {
		return "this page" + rest
	}
	if rest, ok := strings.CutPrefix(src, "docs/"); ok {
		return "[" + rest + "](" + rest + ")"
	}
	return src
}
