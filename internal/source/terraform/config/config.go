// Package config evaluates the configuration of a Terraform or OpenTofu root module, with the local modules that it
// calls, as far as the code alone tells it: what resources and data sources it declares, with which addresses
// and which arguments. The references are developer.hashicorp.com/terraform/language and opentofu.org/docs/language.
//
// It promises to read files of [Options.FS] only, to run nothing and to load no providers; to end in bounded time and memory
// whatever it is given; and to give the same results for the same files. HCL evaluates the expressions. What they
// leave unknown keeps its origin: the text that is left and the reason why (see [open]). A file or an expression that is
// wrong costs no more than itself; it is reported.
//
// Without the schemas of providers it does not know which attributes there are, what types they have and what their
// defaults are. Values are as the code states them, and an attribute that a block does not set is taken to be known at
// run time. Left out: modules that are not local, the values of outputs of the root, checks and validations.
package config

import (
	"context"
	"io/fs"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Options are what to read and what the caller knows.
type Options struct {
	// FS holds the configuration; Dir is the path of the root module in it.
	FS  fs.FS
	Dir string
	// Values are the files with values for variables that the user named, in their order.
	Values []Values
	// ID returns the id of what a block declares. It may be asked for before the resource is handed on.
	ID func(*Subject) string
	// Known returns what an attribute that the block does not set will be, where that is known, such as an id.
	Known func(s *Subject, id, attribute string) (text string, ok bool)
	// NotRead takes what could not be read, once all is done; Used takes the path of each file that was read, Part
	// that of each directory that a module call led to.
	NotRead func(Note)
	Used    func(file string)
	Part    func(dir string)

	work int // what may be spent, in tests
}

// Values is a file of variable values.
type Values struct {
	Name string // for notes; JSON when it ends in .json
	Path string // in FS, where it is of it; ""
	Data []byte
}

// Note is what could not be read. File is a path in FS.
type Note struct {
	Kind                      evidence.NotReadKind
	File, Thing, Reason, Help string
	Line, Count               int
}

// Mode tells what Terraform does with what a block declares.
type Mode string

// The modes.
const (
	Managed Mode = "managed"
	Data    Mode = "data"
)

// Subject is a resource or data source about whose identity something is asked.
type Subject struct {
	Mode          Mode
	Type, Address string
	// Import is the id under which an import block takes it over, or "".
	Import   string
	Provider Provider
	// Attr returns an attribute that the block sets, as text; open parts stand as ${…}. Secrets are not told.
	Attr func(name string) (text string, ok bool)
}

// Provider is the provider configuration that a resource belongs to.
type Provider struct {
	// Source is the provider's address as the module requires it, or its local name.
	Source, Alias string
	// Setting returns a setting of the configuration as text, open parts as ${…}; false where it is not set.
	Setting func(name string) (text string, ok bool)
}

// Resource is one instance of a resource or data source.
type Resource struct {
	Subject
	ID string
	// Module is the address of its module, "" for the root; Name is the local name with the instance's key.
	Module, Name string
	// Former are addresses that it had before, by moved blocks.
	Former []string
	// File is a path in FS; Line is that of the block.
	File string
	Line int
	// Props are the arguments, nested blocks as arrays of objects, each leaf with its place in File.
	Props       tree.Value
	Expressions []evidence.Expression
	Sensitive   []tree.Path
	// DependsOn are the addresses that depends_on lists.
	DependsOn []string
}

// Read reads a configuration and hands on what it declares, in the order of the files, a module before those that it calls. It
// returns the context's error, or that of emit.
func Read(ctx context.Context, o Options, emit func(*Resource) error) error {
	if o.work == 0 {
		o.work = maxWork
	}
	r := &reader{
		budget: budget{ctx: ctx, left: o.work, own: o.work}, Options: o, emit: emit, modules: map[string]*module{}, notes: map[noteKey]*Note{}, used: map[string]bool{},
		importIDs: map[string]*importing{},
	}
	err := r.readRoot()
	if r.err != nil {
		err = r.err
	}
	if err == nil {
		r.report()
	}
	return err
}
