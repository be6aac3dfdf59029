package c4

import (
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
)

func TestSampleIsSound(t *testing.T) {
	if err := sample().Validate(); err != nil {
		t.Error(err)
	}
	if err := large(500).Validate(); err != nil {
		t.Error(err)
	}
	if err := (&Model{Format: Format, Version: FormatVersion}).Validate(); err != nil {
		t.Errorf("an empty model: %v", err)
	}
}

func TestValidateRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*Model){
		"format is":                  func(m *Model) { m.Format = "other" },
		"version is":                 func(m *Model) { m.Version = "2" },
		"collectedAt":                func(m *Model) { m.CollectedAt = "2026-01-02T03:04:05+02:00" },
		"snapshot is not a digest":   func(m *Model) { m.Snapshot = "sha256:xyz" },
		"rule M1 is there twice":     func(m *Model) { m.Rules = append(m.Rules, m.Rules[0]) },
		"without id or reason":       func(m *Model) { m.Rules[0].Reason = "" },
		"notRead[0]":                 func(m *Model) { m.NotRead[0].Reason = "" },
		"elements[1] has no id":      func(m *Model) { m.Elements[1].ID = "" },
		"element:db is there twice":  func(m *Model) { m.Elements = append(m.Elements, m.Elements[1]) },
		`is of kind "box"`:           func(m *Model) { m.Elements[0].Kind = "box" },
		"has no name":                func(m *Model) { m.Elements[0].Name = "" },
		"hidden by":                  func(m *Model) { m.Elements[0].Layer = "hidden" },
		"has the parent nobody":      func(m *Model) { m.Elements[0].Parent = "nobody" },
		"contains itself":            func(m *Model) { m.Elements[5].Parent = "resource:api" },
		"element:db contains itself": func(m *Model) { m.Elements[1].Parent = "element:db" },
		"names no rule":              func(m *Model) { m.Elements[0].Rule = "" },
		"does not explain":           func(m *Model) { m.Relationships[0].Rule = "R99" },
		"element:api has no evidence": func(m *Model) {
			m.Elements[0].Evidence = nil
		},
		"relationship r1 has no evidence": func(m *Model) { m.Relationships[0].Evidence = nil },
		"evidence without a place":        func(m *Model) { m.Relationships[0].Evidence[0].Input = "" },
		"commitment of":                   func(m *Model) { m.Relationships[0].Evidence[0].Commitment = "x" },
		"relationships[0] has no id":      func(m *Model) { m.Relationships[0].ID = "" },
		"relationship r1 is there twice":  func(m *Model) { m.Relationships[1].ID = "r1" },
		"begins at nobody":                func(m *Model) { m.Relationships[0].Source = "nobody" },
		"ends at nobody":                  func(m *Model) { m.Relationships[0].Target = "nobody" },
		`confidence "sure"`:               func(m *Model) { m.Relationships[0].Confidence = "sure" },
		"the container is not there":      func(m *Model) { m.Instances[0].Container = "nobody" },
		"no deployment node":              func(m *Model) { m.Instances[0].Node = "element:db" },
		"not safe as a file name":         func(m *Model) { m.Views[0].Key = "../landscape" },
		"has a key that is not safe":      func(m *Model) { m.Views[0].Key = "nul.json" },
		"cannot stand for -1":             func(m *Model) { m.Views[0].Nodes[0].Folded = -1 },
		"is there twice, or with other":   func(m *Model) { m.Views[1].Key = "Landscape" },
		"has no title":                    func(m *Model) { m.Views[0].Title = "" },
		"is about nobody":                 func(m *Model) { m.Views[1].Subject = "nobody" },
		"are not sorted":                  func(m *Model) { m.Views[1].Elements = []string{"system:shop", "element:api", "element:db"} },
		"shows element zzz":               func(m *Model) { m.Views[1].Elements = append(m.Views[1].Elements, "zzz") },
		"which it does not show":          func(m *Model) { m.Views[1].Elements = m.Views[1].Elements[1:] },
		"has no node for it":              func(m *Model) { m.Views[0].Nodes = m.Views[0].Nodes[:1]; m.Views[0].Lines = nil },
		"behind its parent":               func(m *Model) { v := m.Views[1].Nodes; v[0], v[1] = v[1], v[0] },
		"ends at no node":                 func(m *Model) { m.Views[0].Lines[0].Target = "x" },
		"stands for nothing":              func(m *Model) { m.Views[0].Lines[0].Relationships = nil },
		"draws no line for it":            func(m *Model) { m.Views[0].Lines = nil },
		"which the view does not list":    func(m *Model) { m.Views[0].Lines[0].Relationships = []string{"r1"} },
		"6 references were found but 5":   func(m *Model) { m.Account.Found++ },
		"is negative":                     func(m *Model) { m.Account.Shown, m.Account.Nested = -1, 3 },
		"references counted":              func(m *Model) { m.Account.Counted = 6 },
		"rules account for 9":             func(m *Model) { m.Account.ByRule[0].Count = 9 },
		"0 of 1 hidden references":        func(m *Model) { m.Account.References[1].Outcome = Shown },
		"with 1 candidates":               func(m *Model) { m.Account.References[0].Targets = []string{"b"} },
		"an outcome that does not exist":  func(m *Model) { m.Account.ByRule[0].Outcome = "lost" },
	} {
		m := sample()
		spoil(m)
		if err := m.Validate(); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestValidateDoesNotDrown(t *testing.T) {
	m := sample()
	for i := range 1000 {
		m.Elements = append(m.Elements, Element{ID: fmt.Sprint("x", i)})
	}
	err := m.Validate()
	if err == nil || !strings.Contains(err.Error(), "more") || len(err.Error()) > 4000 {
		t.Errorf("%v", err)
	}
}

// A long chain of parents is followed once, not once per element.
func TestValidateLongChain(t *testing.T) {
	m := large(50_000)
	for i := 1; i < len(m.Elements); i++ {
		m.Elements[i].Parent = m.Elements[i-1].ID
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
}
