package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/test/bench/change"
	"c4arch/test/bench/plain"
)

// said is what one tool says of the changes.
type said struct {
	tool   string
	told   []bool // by label: it says that something differs
	right  []bool // by label: it says what the change is worth; nil where it grades nothing
	lines  int    // how many differences it reports in all
	others int    // of these, how many are about something that was not changed
	wrong  []string
}

func count(w io.Writer, dir string) error {
	var labels []change.Label
	if err := load(&labels, dir, "labels.json"); err != nil {
		return err
	}
	ours, err := graded(dir, labels)
	if err != nil {
		return err
	}
	rows, err := structural(dir, labels)
	if err != nil {
		return err
	}
	all := append([]*said{ours}, rows...)
	for _, root := range []string{"applied", "refreshed"} {
		s, err := planned(dir, root, labels)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		all = append(all, s)
	}
	return table(w, labels, all)
}

func load(v any, name ...string) error {
	data, err := os.ReadFile(filepath.Join(name...))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", name[len(name)-1], err)
	}
	return nil
}

// graded reads the report of c4arch.
func graded(dir string, labels []change.Label) (*said, error) {
	data, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		return nil, err
	}
	r, err := drift.Decode(data)
	if err != nil {
		return nil, err
	}
	s := &said{tool: "c4arch diff", lines: len(r.Findings)}
	by := make([][]*drift.Finding, len(labels))
	at := newPlaces(labels)
	for i := range r.Findings {
		if of := at.label(&r.Findings[i]); of >= 0 {
			by[of] = append(by[of], &r.Findings[i])
		} else {
			s.others++
		}
	}
	for i, l := range labels {
		ok := right(l, by[i])
		s.told, s.right = append(s.told, len(by[i]) > 0), append(s.right, ok)
		if !ok {
			s.wrong = append(s.wrong, fmt.Sprintf("%s: %s (%s): %s", l.Class, l.Kind, l.Severity, list(by[i])))
		}
	}
	return s, nil
}

func list(found []*drift.Finding) string {
	if len(found) == 0 {
		return "nothing"
	}
	var out []string
	for _, f := range found {
		out = append(out, fmt.Sprintf("%s %s %s %s", f.Severity, f.Direction, f.Rule, f.Path))
	}
	return strings.Join(out, ", ")
}

// places finds the change that a finding is about: that of its resource, of a line where it stands, or of an element that it names.
type places struct {
	ids      map[string]int
	old, new map[int]int
}

func newPlaces(labels []change.Label) places {
	p := places{map[string]int{}, map[int]int{}, map[int]int{}}
	for i, l := range labels {
		p.ids[l.ID] = i
		p.old[l.OldLine], p.new[l.NewLine] = i, i
	}
	return p
}

func (p places) label(f *drift.Finding) int {
	if i, ok := p.ids[strings.ToLower(f.Resource)]; ok {
		return i
	}
	for _, at := range f.Places {
		if i, ok := p.old[at.Line]; ok && at.Side == "old" {
			return i
		}
		if i, ok := p.new[at.Line]; ok && at.Side == "new" {
			return i
		}
	}
	for _, e := range append([]string{f.Resource}, f.Elements...) {
		_, id, _ := strings.Cut(e, ":")
		if i, ok := p.ids[strings.ToLower(id)]; ok {
			return i
		}
	}
	return -1
}

var grave = []severity.Severity{severity.Low, severity.Medium, severity.High, severity.Critical}

func level(s severity.Severity) int { return slices.Index(grave, s) }

// right reports whether findings say what the change is: a dangerous one at least as grave as it should be and not as an improvement, a harmless one
// at most low, an improvement as one, and nothing of what is none.
func right(l change.Label, found []*drift.Finding) bool {
	worst, better := -1, false
	for _, f := range found {
		if f.Direction == severity.Tightened {
			better = true
		} else {
			worst = max(worst, level(f.Severity))
		}
	}
	switch l.Class {
	case change.Dangerous:
		return worst >= level(severity.Severity(l.Severity))
	case change.Improvement:
		return better && worst < level(severity.Medium)
	case change.Harmless:
		return len(found) > 0 && worst < level(severity.Medium)
	}
	return len(found) == 0
}

// structural compares without knowledge, twice: the documents as they are, and row by row of the same id, which is kinder than a tool that knows no ids.
func structural(dir string, labels []change.Label) ([]*said, error) {
	var sides [2]struct {
		Data []map[string]any `json:"data"`
	}
	for i, name := range []string{"old.json", "new.json"} {
		if err := load(&sides[i], dir, name); err != nil {
			return nil, err
		}
	}
	whole := &said{tool: "JSON by position", lines: len(plain.Diff(items(sides[0].Data), items(sides[1].Data)))}
	paired := &said{tool: "JSON by position, rows paired by id"}
	old := map[string]map[string]any{}
	for _, r := range sides[0].Data {
		old[r["id"].(string)] = r
	}
	differs := map[string]bool{}
	note := func(id any, n int) {
		if n > 0 {
			differs[strings.ToLower(id.(string))] = true
			paired.lines += n
		}
	}
	for _, r := range sides[1].Data {
		was, ok := old[r["id"].(string)]
		if delete(old, r["id"].(string)); ok {
			note(r["id"], len(plain.Diff(was, r)))
		} else {
			note(r["id"], 1)
		}
	}
	for id := range old {
		note(id, 1)
	}
	for _, l := range labels {
		paired.told = append(paired.told, differs[l.ID])
		delete(differs, l.ID)
	}
	paired.others = len(differs)
	return []*said{whole, paired}, nil
}

func items[T any](list []T) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}

// planned reads the output of terraform show -json of a plan.
func planned(dir, root string, labels []change.Label) (*said, error) {
	var p struct {
		Changes []struct {
			Address string `json:"address"`
			Change  struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := load(&p, dir, root+".plan.json"); err != nil {
		return nil, err
	}
	s := &said{tool: "terraform plan -refresh=false, state as " + root}
	differs := map[string]bool{}
	for _, c := range p.Changes {
		if !slices.Equal(c.Change.Actions, []string{"no-op"}) {
			differs[c.Address] = true
			s.lines++
		}
	}
	for _, l := range labels {
		s.told = append(s.told, differs[l.Address])
		delete(differs, l.Address)
	}
	s.others = len(differs)
	return s, nil
}
