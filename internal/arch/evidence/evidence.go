// Package evidence holds what was read from live infrastructure or its exports: the
// input, the resource, the place where it stood, what could not be read and why, and the
// snapshot that commits to all of it.
//
// A reader (internal/source/...) turns an [Input] into [Draft] values. A [Sealer] takes
// secrets out of a draft, makes its properties canonical and commits to them; what
// comes out is a [Resource], immutable from then on. Nothing unsealed is ever kept.
//
// The package knows no tenants, does no IO and has no clock.
package evidence

import (
	"io/fs"
	"strings"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// Form is the vocabulary in which a resource's type and properties are written. One
// thing seen in two forms (a Terraform state and an Azure export) is one identity with two
// resources.
type Form string

// The forms.
const (
	ARM        Form = "arm"        // Azure Resource Manager: types lower-case, properties as the API answers
	Terraform  Form = "terraform"  // provider types and attribute names
	Kubernetes Form = "kubernetes" // objects as the API server has them
	Compose    Form = "compose"    // the Compose Specification, interpolated
)

// Things counts what could not be read as people do: an entry may stand for several.
func Things(list []NotRead) (n int) {
	for i := range list {
		n += max(1, list[i].Count)
	}
	return n
}

// Side tells on which side of a change a resource was seen.
type Side string

// The sides.
const (
	Live     Side = "live"     // it is, or its source claims that it is
	Declared Side = "declared" // code says that it should be
	Planned  Side = "planned"  // a plan would make it so
)

// Input is one document to read: a file, or standard input.
type Input struct {
	// Name is how people know it: the path as given, or a path below it; "-" is standard input.
	Name string
	// FS and Path reach the file's neighbours (env_file, overrides). FS is nil for standard input. It
	// cannot leave the scanned root.
	FS   fs.FS
	Path string
	// Data is the text, decoded to UTF-8; a reader must not keep it.
	Data []byte
	// Outline is what Data looks like from outside.
	Outline tree.Outline
	// Explicit: named by the user rather than found in a directory.
	Explicit bool
	// Dir: the input is a directory that holds code read as a whole, such as a Terraform module. Path is its path
	// in FS and Data is nil; Files are the names of the files in it that make it one, sorted.
	Dir   bool
	Files []string
	// Values are files that the user named beside the inputs to fill in their parameters: *.tfvars and ARM
	// parameter files. Each input gets all of them and takes those that are meant for it. Their Path is in their own FS.
	Values []Input
	// Target is where people say that the code is deployed to; what is empty is not known.
	Target Target
}

// Target is a place in Azure that code is deployed to.
type Target struct{ Subscription, ResourceGroup, Location string }

// Sink takes what a reader finds, in the order of the input.
type Sink interface {
	// Resource takes one resource. An error ends the reading and is returned as it is.
	Resource(Draft) error
	// NotRead takes what could not be read. It never fails: what is said here must be kept.
	NotRead(NotRead)
	// Used says that another file of the input's FS was read too (an env_file, an override).
	Used(name string)
	// Part says that another input of the FS, a file or a directory by its path there, is a part of this one: a
	// module that it calls, a linked template, a base. What is a part does not stand for itself: unless the
	// user named it, what it gives when it is read alone is dropped.
	Part(name string)
}

// Draft is a resource as a reader found it, before secrets are taken out.
type Draft struct {
	// ID is the stable identity across scans: a normalised ARM id (see NormalizeARM), a cloud id,
	// k8s:<cluster or "-">/<group>/<kind>/<namespace>/<name>, compose:<project>/<service>, tf:<address>.
	ID string
	// Aliases are other texts by which the same thing is known: its Terraform address, an ARN, a self link.
	Aliases []string
	Form    Form
	// Provider is azure, aws, google, kubernetes, compose, or the Terraform provider's type name.
	Provider string
	// Type in the words of the form: microsoft.web/sites, azurerm_linux_web_app, apps/Deployment, compose/service.
	Type string
	Name string
	// Scope is the path of what it belongs to, outermost first, joined by "/":
	// subscription id and resource group, cluster and namespace, compose project.
	Scope    string
	Location string
	Tags     map[string]string
	// Data marks a Terraform data source: read by the code, not managed by it.
	Data bool
	Side Side
	// Props is the whole resource as the source has it. Paths below are relative to it.
	Props tree.Value
	// Sensitive are the paths that the source itself marks sensitive; everything below each is secret.
	Sensitive []tree.Path
	// Expressions are the places of Props that the code writes as an expression, each with its text. A literal has none.
	Expressions []Expression
	// Origin is where it stood.
	Origin Origin
}

// Expression is what the code says at a place of Props where it does not state the value itself. Where
// the value could not be told, or only a part of it, Unresolved says why, and Props holds as text what is left of the
// expression (see [Left] and [Symbol]).
type Expression struct {
	Path tree.Path `json:"path"`
	// Text is the expression as the code has it, without what marks it as one: var.name, not "${var.name}"; of a
	// text with expressions inside, the whole text. It is "" where it may hold a secret.
	Text       string  `json:"text,omitempty"`
	Unresolved Unknown `json:"unresolved,omitempty"`
}

// Unknown is why the value of an expression cannot be told from the code.
type Unknown string

// The reasons.
const (
	UnknownRuntime   Unknown = "runtime"   // only the cloud knows it: an attribute that it computes, reference(), listKeys()
	UnknownParameter Unknown = "parameter" // a parameter or variable without a default, to which no value was given
	UnknownScope     Unknown = "scope"     // the subscription, resource group or tenant that it is deployed to
	UnknownChance    Unknown = "chance"    // differs with each evaluation: newGuid(), utcNow(), timestamp(), uuid()
	UnknownData      Unknown = "data"      // a data source, which is read when the code is applied
	UnknownModule    Unknown = "module"    // an output of a module or template that was not read
	UnknownSecret    Unknown = "secret"    // kept in a vault, or not to be shown
	UnknownFile      Unknown = "file"      // the content of a file that is not there or lies outside of what is scanned
	UnknownLimit     Unknown = "limit"     // too large, too deep or too many to evaluate
	UnknownFault     Unknown = "fault"     // the expression is wrong, or uses what is not known here
)

// Origin is a place in an input.
type Origin struct {
	Input string `json:"input"`
	Line  int    `json:"line"`
	// Path is the place of the resource in its document, such as data[3] or resources[0].instances[1].
	Path string `json:"path,omitempty"`
	// Address is the Terraform address, where there is one.
	Address string `json:"address,omitempty"`
	// Root is the input as a whole, such as the root module, where Input is one of several files that it is made of.
	Root string `json:"root,omitempty"`
}

// NotRead is a thing that could not be read, and why. Unknown is never taken for absent.
type NotRead struct {
	Kind   NotReadKind `json:"kind"`
	Input  string      `json:"input"`
	Line   int         `json:"line,omitempty"`
	Thing  string      `json:"thing,omitempty"` // the resource, type or property, where one is concerned
	Reason string      `json:"reason"`          // what is the matter
	Help   string      `json:"help,omitempty"`  // what to do
	Count  int         `json:"count,omitempty"` // how many things this stands for, when more than one
}

// NotReadKind says what sort of thing could not be read.
type NotReadKind string

// The kinds of what could not be read.
const (
	InputNotUnderstood NotReadKind = "input"    // a whole file
	TypeWithoutRule    NotReadKind = "type"     // a resource type that no rule maps
	PropertyWithheld   NotReadKind = "property" // hidden by the source or known to be withheld
	ReferenceUnknown   NotReadKind = "variable" // a variable or file that the document names and that is not there
	ResourceNotRead    NotReadKind = "resource" // one resource in an otherwise good input
)

// Resource is one thing as one input showed it: sealed, immutable.
type Resource struct {
	ID         string            `json:"id"`
	Aliases    []string          `json:"aliases,omitempty"`
	Form       Form              `json:"form"`
	Provider   string            `json:"provider"`
	Type       string            `json:"type"`
	Name       string            `json:"name"`
	Scope      string            `json:"scope,omitempty"`
	Location   string            `json:"location,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Data       bool              `json:"data,omitempty"`
	Side       Side              `json:"side,omitempty"`
	Props      canon.Raw         `json:"properties"`
	Salt       string            `json:"salt"`
	Commitment canon.Digest      `json:"commitment"`
	// Erased is the reason why content and salt are gone; the commitment stays. See [Resource.Redact].
	Erased string `json:"erased,omitempty"`
	// Redacted are the places whose value was, or held, a secret and now has a fingerprint in its
	// stead: paths below Props, or @id, @name, @scope, @aliases, @tags.x for the other fields.
	Redacted []tree.Path `json:"redacted,omitempty"`
	// Origins are the places where exactly this content stood, sorted.
	Origins []Origin `json:"origins"`
	// Lines are the lines in Origins[0].Input of the leaves of Props, in canonical order.
	Lines []int32 `json:"lines,omitempty"`
	// Columns are the columns of the same leaves, where the reader tells them: of declared resources.
	Columns []int32 `json:"columns,omitempty"`
	// Expressions are as in [Draft], sorted by path.
	Expressions []Expression `json:"expressions,omitempty"`
}

// NormalizeARM returns the form of an Azure Resource Manager id by which equal things
// compare equal: lower-case, without a trailing slash, without doubled slashes. Azure
// treats ids without regard to case (Azure Resource Manager, "Resource IDs are case-insensitive").
func NormalizeARM(id string) string {
	id = strings.ToLower(strings.TrimSpace(id))
	for strings.Contains(id, "//") {
		id = strings.ReplaceAll(id, "//", "/")
	}
	return strings.TrimRight(id, "/")
}

// IsARM reports whether s has the shape of an Azure Resource Manager id.
func IsARM(s string) bool {
	return len(s) > 15 && strings.EqualFold(s[:15], "/subscriptions/") ||
		len(s) > 11 && strings.EqualFold(s[:11], "/providers/")
}
