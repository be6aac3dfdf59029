package ring

import "context"

// Protection is where a root key is, as its service says.
type Protection string

// The protections.
const (
	Unknown  Protection = ""         // nobody said: it is not taken for anything
	Folder   Protection = "folder"   // in a file of this machine
	Service  Protection = "service"  // in a service, in software
	Hardware Protection = "hardware" // in a hardware security module
)

// State is what a service of root keys says about one of them.
type State struct {
	Scheme     string
	Name       string
	Newest     bool // it wraps
	Protection Protection
	Detail     []string // for a person: recovery, rotation, size
	Why        string   // why it is unknown
}

// Stater is a service that can say how its keys are protected.
type Stater interface {
	State(ctx context.Context) State
}

// States asks every service of the ring, in the order of the schemes. What cannot be asked, or does not answer, is unknown.
func (r *Ring) States(ctx context.Context) []State {
	var all []State
	for _, scheme := range r.schemes() {
		s := State{Scheme: scheme, Why: "this service says nothing about its keys"}
		if asked, ok := r.roots[scheme].(Stater); ok {
			s = asked.State(ctx)
		}
		s.Newest = scheme == r.newest
		all = append(all, s)
	}
	return all
}
