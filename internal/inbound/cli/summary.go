package cli

import (
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/service/discover"
)

// SummaryFormat is what the summary's "format" says, so that a saved one is known for what it is.
const SummaryFormat = "c4arch-summary"

// summary is what a scan ends with: printed for people, or with --json as one object. The
// fields are a published format; they are added to, never changed.
type summary struct {
	Format                    string                `json:"format"`
	Version                   string                `json:"version"`
	Name                      string                `json:"name"`
	CollectedAt               string                `json:"collectedAt"`
	Snapshot                  canon.Digest          `json:"snapshot"`
	Inputs                    []c4.InputSummary     `json:"inputs"`
	Resources                 int                   `json:"resources"` // one seen in several inputs counts once
	Classified                int                   `json:"classified"`
	Unclassified              int                   `json:"unclassified"` // of a type that no rule maps
	Elements                  int                   `json:"elements"`
	ElementsByKind            map[c4.Kind]int       `json:"elementsByKind"` // encoding/json sorts the names
	Relationships             int                   `json:"relationships"`
	RelationshipsByConfidence map[c4.Confidence]int `json:"relationshipsByConfidence"`
	References                references            `json:"references"`
	Code                      *c4.Code              `json:"code,omitempty"` // how code and what was seen live meet
	NotRead                   []evidence.NotRead    `json:"notRead"`
	Notes                     []string              `json:"notes,omitempty"`    // what is left out on purpose
	Recorded                  string                `json:"recorded,omitempty"` // the id in the local history, where there is one
	Output                    string                `json:"output"`
	Files                     []string              `json:"files"`
	DurationMs                int64                 `json:"durationMs"`
	// Account is there with --explain.
	Account *c4.Account `json:"account,omitempty"`

	account  *c4.Account
	rules    []c4.Rule
	snapshot *evidence.Snapshot
}

// references are the account's totals.
type references struct {
	Found      int `json:"found"`
	Shown      int `json:"shown"`
	Nested     int `json:"nested"`
	Hidden     int `json:"hidden"`
	Unresolved int `json:"unresolved"`
	Ambiguous  int `json:"ambiguous"`
}

// kinds are the kinds of elements from the outermost level inwards.
var kinds = [...]c4.Kind{c4.Person, c4.SoftwareSystem, c4.Container, c4.Component, c4.DeploymentNode, c4.InfrastructureNode, c4.Resource}

// confidences are those of relationships, surest first.
var confidences = [...]c4.Confidence{c4.Certain, c4.High, c4.May}

func summarise(res *discover.Result, output string, files []string) *summary {
	m := res.Model
	s := &summary{
		Format: SummaryFormat, Version: "1",
		Name: m.Name, CollectedAt: m.CollectedAt, Snapshot: m.Snapshot,
		Inputs: slices.Clone(m.Inputs), Resources: identities(res.Snapshot), Code: m.Code,
		Elements: len(m.Elements), ElementsByKind: map[c4.Kind]int{},
		Relationships: len(m.Relationships), RelationshipsByConfidence: map[c4.Confidence]int{},
		References: references{m.Account.Found, m.Account.Shown, m.Account.Nested, m.Account.Hidden, m.Account.Unresolved, m.Account.Ambiguous},
		NotRead:    slices.Clone(m.NotRead),
		Notes:      m.Notes,
		Output:     output, Files: files,
		account: &m.Account, rules: m.Rules, snapshot: res.Snapshot,
	}
	// Every field is there in every answer: an empty list is [], a count of nothing 0.
	if s.Inputs == nil {
		s.Inputs = []c4.InputSummary{}
	}
	if s.NotRead == nil {
		s.NotRead = []evidence.NotRead{}
	}
	for _, k := range kinds {
		s.ElementsByKind[k] = 0
	}
	for _, c := range confidences {
		s.RelationshipsByConfidence[c] = 0
	}
	for i := range m.Elements {
		s.ElementsByKind[m.Elements[i].Kind]++
	}
	for i := range m.Relationships {
		s.RelationshipsByConfidence[m.Relationships[i].Confidence]++
	}
	for _, n := range m.NotRead {
		if n.Kind == evidence.TypeWithoutRule {
			s.Unclassified += max(1, n.Count)
		}
	}
	if m.Code != nil { // what code declares and a cloud has is one thing with two identities
		s.Resources = s.ElementsByKind[c4.Resource]
	}
	s.Classified = s.Resources - s.Unclassified
	return s
}

// identities counts the things of a snapshot, in which each stands together.
func identities(s *evidence.Snapshot) (n int) {
	for i := range s.Resources {
		if i == 0 || s.Resources[i].ID != s.Resources[i-1].ID {
			n++
		}
	}
	return n
}
