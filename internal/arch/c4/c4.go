// Package c4 holds an architecture in the words of the C4 model (c4model.com): elements,
// relationships, views. Each element and each relationship names the rule that made it and the
// evidence that it rests on. The values are plain data: a laptop scan and a hosted scan are
// the same values.
//
// One deviation from C4 is on purpose and documented: level 4 shows the infrastructure
// resource with its properties, not code.
package c4

import (
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
)

// FormatVersion is the version of model.json. It changes when a reader would break.
const FormatVersion = "1"

// Kind is what an element is.
type Kind string

// The kinds of elements.
const (
	Person             Kind = "person"
	SoftwareSystem     Kind = "softwareSystem"
	Container          Kind = "container"
	Component          Kind = "component"
	DeploymentNode     Kind = "deploymentNode"
	InfrastructureNode Kind = "infrastructureNode"
	Resource           Kind = "resource"
)

// Confidence is how sure a relationship is.
type Confidence string

// The confidences, surest first.
const (
	Certain Confidence = "certain" // the source states it
	High    Confidence = "high"    // an address or a name resolves to exactly one thing
	May     Confidence = "may"     // it is permitted or possible; use is not shown
)

// Evidence is one fact that an element or relationship rests on.
type Evidence struct {
	Input    string `json:"input"`
	Line     int    `json:"line"`
	Resource string `json:"resource"`
	Property string `json:"property,omitempty"` // path below the resource's properties; empty: the resource as a whole
	// Column and Expression tell the place in code: the column on the line, and the expression as it is written there.
	Column     int          `json:"column,omitempty"`
	Expression string       `json:"expression,omitempty"`
	Commitment canon.Digest `json:"commitment,omitempty"`
}

// Element is a thing in the architecture.
type Element struct {
	ID          string `json:"id"`
	Kind        Kind   `json:"kind"`
	Name        string `json:"name"`
	Technology  string `json:"technology,omitempty"`
	Description string `json:"description,omitempty"`
	// Parent is the element that this one is part of: a container's system, a component's container,
	// a deployment node's outer node, a resource's element. Empty at the top.
	Parent string   `json:"parent,omitempty"`
	Tags   []string `json:"tags,omitempty"`
	// External: not part of what was scanned.
	External bool       `json:"external,omitempty"`
	Rule     string     `json:"rule"`
	Evidence []Evidence `json:"evidence"`

	// Shape says how to draw it: "", "database", "queue", "browser", "cache", "storage", "function", "gateway", "secret", "network", "internet".
	Shape string `json:"shape,omitempty"`
	// Layer is "" for what is drawn by default; "observability", "governance" or "hidden" for what is not.
	Layer string `json:"layer,omitempty"`
	// HiddenBy is the rule that keeps it out of the pictures, when Layer is not "".
	HiddenBy string `json:"hiddenBy,omitempty"`
	// Owner comes from c4arch.yaml or a tag.
	Owner string `json:"owner,omitempty"`
	// Badges are short facts worth a mark on the box: "internet-facing", "inferred", "unverified", "declared", "content not visible".
	Badges []string `json:"badges,omitempty"`
	// ResourceType is the type of the resource behind it, for kind resource and for elements made from one resource.
	ResourceType string `json:"resourceType,omitempty"`
	// Properties are the canonical properties of a resource, secrets as fingerprints; only for kind resource.
	Properties canon.Raw `json:"properties,omitempty"`
}

// Relationship is a directed line between two elements.
type Relationship struct {
	ID          string     `json:"id"`
	Source      string     `json:"source"`
	Target      string     `json:"target"`
	Description string     `json:"description"`
	Technology  string     `json:"technology,omitempty"`
	Confidence  Confidence `json:"confidence"`
	Rule        string     `json:"rule"`
	Evidence    []Evidence `json:"evidence"`
	// Declared: by a person in c4arch.yaml, not found in evidence.
	Declared bool `json:"declared,omitempty"`
	// Layer is "" for what is drawn by default, as on Element.
	Layer string `json:"layer,omitempty"`
}

// ViewKind is what a view shows.
type ViewKind string

// The kinds of views.
const (
	Landscape  ViewKind = "landscape"  // all systems and people
	Context    ViewKind = "context"    // L1: one system and its neighbours
	Containers ViewKind = "containers" // L2: inside one system
	Components ViewKind = "components" // L3: inside one container
	Resources  ViewKind = "resources"  // L4: the resources behind one element
	Deployment ViewKind = "deployment" // where things run, per environment
)

// View is one picture: which elements, nested how, joined by which lines.
type View struct {
	Key         string   `json:"key"` // unique, stable, safe as a file name
	Kind        ViewKind `json:"kind"`
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Subject     string   `json:"subject,omitempty"` // the element that it is about
	Elements    []string `json:"elements"`          // element ids shown, sorted
	// Relationships are the ids of all relationships that the lines stand for, sorted.
	Relationships []string `json:"relationships"`
	Nodes         []Node   `json:"nodes"`
	Lines         []Line   `json:"lines"`
}

// Node is an element as placed in a view. A node that is another's Parent is drawn as a
// boundary around it. Parents stand before their children.
type Node struct {
	ID      string `json:"id"`               // unique in the view; the element's id, unless it is placed more than once
	Element string `json:"element"`          // element id
	Parent  string `json:"parent,omitempty"` // node id of the boundary around it
	// Folded is how many nodes this box stands for beside itself, when it is a boundary that is shown as one box. A model as
	// it is derived has none: package fold makes them for a picture.
	Folded int `json:"folded,omitempty"`
}

// Line is drawn between two nodes of a view and stands for one or more relationships,
// between these elements or between what they contain (C4's implied relationships).
type Line struct {
	Source        string     `json:"source"` // node id
	Target        string     `json:"target"` // node id
	Description   string     `json:"description"`
	Technology    string     `json:"technology,omitempty"`
	Confidence    Confidence `json:"confidence"` // the surest of those that it stands for
	Relationships []string   `json:"relationships"`
}

// Instance places a container on a deployment node.
type Instance struct {
	Container   string     `json:"container"`
	Node        string     `json:"node"`
	Environment string     `json:"environment,omitempty"`
	Rule        string     `json:"rule"`
	Evidence    []Evidence `json:"evidence"`
}

// Model is a whole architecture.
type Model struct {
	Format string `json:"format"` // "c4arch-model"
	// Version is FormatVersion.
	Version string `json:"version"`
	Name    string `json:"name"`
	// CollectedAt is when the evidence was collected (RFC 3339, UTC). It is data only: in no id and no hash.
	CollectedAt   string             `json:"collectedAt"`
	Snapshot      canon.Digest       `json:"snapshot"` // root of the snapshot that it was derived from
	Scope         []string           `json:"scope"`
	Inputs        []InputSummary     `json:"inputs"`
	Elements      []Element          `json:"elements"`
	Relationships []Relationship     `json:"relationships"`
	Instances     []Instance         `json:"instances"`
	Views         []View             `json:"views"`
	Account       Account            `json:"account"`
	NotRead       []evidence.NotRead `json:"notRead"`
	Rules         []Rule             `json:"rules"` // the rules that the model names
	// Notes say what the model leaves out on purpose, in sentences for people.
	Notes []string `json:"notes,omitempty"`
	// Code says how what code declares and what was seen live meet; nil when no code was scanned.
	Code *Code `json:"code,omitempty"`
}

// Code counts resources by the sides on which they were seen. Data sources of code are not declared and not counted.
type Code struct {
	Both         int `json:"both"`         // declared by code and seen live
	DeclaredOnly int `json:"declaredOnly"` // declared and not seen
	LiveOnly     int `json:"liveOnly"`     // seen, in a resource group, namespace or project where code declares other things that were seen
	// Unmatched are the declared resources for which nobody can say whether they were seen.
	Unmatched []Unmatched `json:"unmatched"`
}

// Unmatched is a declared resource that may or may not be one that was seen.
type Unmatched struct {
	Resource   string   `json:"resource"`
	Reason     string   `json:"reason"`
	Candidates []string `json:"candidates,omitempty"`
}

// InputSummary says what became of one input.
type InputSummary struct {
	Name      string `json:"name"`
	Format    string `json:"format"` // the reader that took it, or "" when none did
	Resources int    `json:"resources"`
	// Expressions counts, of code, the properties that are written as expressions, and Unresolved how many of them
	// could not be told from the code, by reason.
	Expressions int                      `json:"expressions,omitempty"`
	Unresolved  map[evidence.Unknown]int `json:"unresolved,omitempty"`
}

// Rule is a named rule with its reason and its source.
type Rule struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	Source string `json:"source"`
}

// Outcome is what became of one reference.
type Outcome string

// The outcomes. Every reference that was found has exactly one.
const (
	Shown      Outcome = "shown"      // a relationship
	Nested     Outcome = "nested"     // containment: a boundary or a parent
	Hidden     Outcome = "hidden"     // by a named rule
	Unresolved Outcome = "unresolved" // no target, or no rule
	Ambiguous  Outcome = "ambiguous"  // several targets: none drawn, all listed
)

// Account balances the books: what became of every cross-resource reference.
type Account struct {
	Found      int `json:"found"` // Shown + Nested + Hidden + Unresolved + Ambiguous
	Shown      int `json:"shown"`
	Nested     int `json:"nested"`
	Hidden     int `json:"hidden"`
	Unresolved int `json:"unresolved"`
	Ambiguous  int `json:"ambiguous"`
	// Counted is how many of Found a second counter saw, which knows no rules.
	Counted int `json:"counted"`
	// Uncounted are references that a rule resolved to a scanned resource and that the second
	// counter missed: a defect of the counter, listed so that it is seen.
	Uncounted int `json:"uncounted"`
	// ByRule counts outcomes per rule, sorted by rule and outcome.
	ByRule []RuleCount `json:"byRule"`
	// References lists, in full, those that are not shown and not nested: the others stand as the
	// evidence of a relationship or of a place.
	References []Reference `json:"references"`
}

// RuleCount is how often a rule decided an outcome.
type RuleCount struct {
	Rule    string  `json:"rule"`
	Outcome Outcome `json:"outcome"`
	Count   int     `json:"count"`
}

// Reference is one cross-resource reference in the evidence and what became of it.
type Reference struct {
	Evidence Evidence `json:"evidence"`
	Value    string   `json:"value"` // what the property says: an id, host or name; never a secret
	Outcome  Outcome  `json:"outcome"`
	Rule     string   `json:"rule,omitempty"`
	Targets  []string `json:"targets,omitempty"` // resource ids: one, or the candidates of an ambiguous one
	Reason   string   `json:"reason,omitempty"`
}
