// Package docs holds the pages on security to what they name: docs/threats.md and docs/asvs.md say of each threat and of each requirement what shows that it is met, and a name
// of a test or a file that is not there fails.
//
// It promises: a name in backquotes that begins with a folder of this repository is a file, a folder, or a test function of a package, and is there; a requirement of levels 1
// and 2 of OWASP ASVS 5.0.0 is in the checklist once, with a state, and with what the state asks for; a threat names a test, or says that nothing holds it. It leaves out
// whether a test shows what is said of it: people read that.
package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	quoted  = regexp.MustCompile("`([^`\n]+)`")
	linked  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	tested  = regexp.MustCompile(`^([a-z0-9_/.]+)\.((?:Test|Fuzz|Benchmark)[A-Za-z0-9_]+)$`)
	rowID   = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	threat  = regexp.MustCompile(`^[STRIDE][0-9]+$`)
	folders = []string{"internal/", "cmd/", "test/", "docs/", "tools/", "examples/"}
)

// Tree is a repository on a disk.
type Tree struct {
	Root  string
	tests map[string][]string // functions of the tests of a folder
}

// Named are the mistakes in what a page names. at is where the page is in the repository.
func (t *Tree) Named(at, text string) (faults []string) {
	for _, name := range references(text) {
		if why := t.missing(name); why != "" {
			faults = append(faults, fmt.Sprintf("%s names %s: %s", at, name, why))
		}
	}
	for _, m := range linked.FindAllStringSubmatch(text, -1) {
		to, _, _ := strings.Cut(m[1], "#")
		if to == "" || strings.Contains(to, "://") {
			continue
		}
		if _, err := os.Stat(filepath.Join(t.Root, filepath.Dir(at), to)); err != nil {
			faults = append(faults, fmt.Sprintf("%s links to %s, which is not there", at, m[1]))
		}
	}
	return faults
}

// references are the files and tests that a text names.
func references(text string) (all []string) {
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		if slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(m[1], f) }) {
			all = append(all, m[1])
		}
	}
	return all
}

// missing says why a file or a test is not there, "" where it is.
func (t *Tree) missing(name string) string {
	m := tested.FindStringSubmatch(name)
	if m == nil {
		if _, err := os.Stat(filepath.Join(t.Root, name)); err != nil {
			return "there is no such file"
		}
		return ""
	}
	found, err := t.of(m[1])
	switch {
	case err != nil:
		return err.Error()
	case !slices.Contains(found, m[2]):
		return "the package has no such test"
	}
	return ""
}

// of are the test functions of a folder, whatever the build constraints of their files.
func (t *Tree) of(dir string) ([]string, error) {
	if found, ok := t.tests[dir]; ok {
		return found, nil
	}
	files, err := filepath.Glob(filepath.Join(t.Root, dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				all = append(all, fn.Name.Name)
			}
		}
	}
	if t.tests == nil {
		t.tests = map[string][]string{}
	}
	t.tests[dir] = all
	return all, nil
}

// cells are those of each line of a table whose first one fits.
func cells(text string, first *regexp.Regexp) (rows [][]string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") {
			continue
		}
		row := strings.Split(strings.Trim(line, "|"), "|")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		if first.MatchString(row[0]) {
			rows = append(rows, row)
		}
	}
	return rows
}

// Required are the requirements of levels 1 and 2, from the list of levels.
func Required(list string) (ids []string, err error) {
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		section, levels, ok := strings.Cut(line, ": ")
		if !ok {
			return nil, fmt.Errorf("%q is no section", line)
		}
		for i, level := range strings.Fields(levels) {
			if level != "1" && level != "2" && level != "3" {
				return nil, fmt.Errorf("%s has a requirement of level %s", section, level)
			}
			if level < "3" {
				ids = append(ids, section+"."+strconv.Itoa(i+1))
			}
		}
	}
	return ids, nil
}

// The states of a requirement.
var states = []string{"holds", "in part", "not held", "not applicable"}

// Checklist are the mistakes in a table of requirements: id, caption, state, and what shows it.
func Checklist(text string, required []string) (faults []string) {
	count := map[string]int{}
	for _, row := range cells(text, rowID) {
		id := row[0]
		count[id]++
		if len(row) != 4 {
			faults = append(faults, fmt.Sprintf("%s has %d cells", id, len(row)))
			continue
		}
		faults = append(faults, entry(id, row[1], row[2], row[3])...)
		if !slices.Contains(required, id) {
			faults = append(faults, id+" is no requirement of level 1 or 2")
		}
	}
	for _, id := range required {
		if n := count[id]; n != 1 {
			faults = append(faults, fmt.Sprintf("%s is there %d times", id, n))
		}
	}
	return faults
}

func entry(id, caption, state, shown string) (faults []string) {
	if caption == "" || shown == "" {
		faults = append(faults, id+" has an empty cell")
	}
	switch {
	case !slices.Contains(states, state):
		faults = append(faults, fmt.Sprintf("%s has the state %q", id, state))
	case state == "holds" && len(references(shown)) == 0:
		faults = append(faults, id+" holds, and nothing shows it")
	case (state == "in part" || state == "not held") && !strings.Contains(shown, "missing: "):
		faults = append(faults, id+" does not hold, and what is missing is not said")
	}
	return faults
}

// Threats are the mistakes in the tables of threats: id, threat, what stands in the way, and the tests that hold it.
func Threats(text string) (faults []string) {
	seen := map[string]bool{}
	kinds := map[byte]bool{}
	for _, row := range cells(text, threat) {
		id := row[0]
		if seen[id] {
			faults = append(faults, id+" is there twice")
		}
		seen[id], kinds[id[0]] = true, true
		if len(row) != 4 {
			faults = append(faults, fmt.Sprintf("%s has %d cells", id, len(row)))
			continue
		}
		held := row[3]
		named := slices.ContainsFunc(references(held), func(r string) bool { return tested.MatchString(r) })
		if !named && !strings.HasPrefix(held, "nothing: ") {
			faults = append(faults, id+" names no test, and does not say that nothing holds it")
		}
	}
	for _, k := range []byte("STRIDE") {
		if !kinds[k] {
			faults = append(faults, "there is no threat of "+string(k))
		}
	}
	return faults
}
