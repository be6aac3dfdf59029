// Package exposure tells what the Internet can reach: it reads the network rules of a
// snapshot (security groups, firewalls, address lists of data stores and API servers) by their effect and not by their text.
// A rule that a Deny of higher priority covers opens nothing; prefixes that together cover
// the Internet are the Internet; a range contains its ports; a rule kept as a resource of
// its own counts for the group that it belongs to.
//
// It promises: the order of rules and where they are kept make no difference; the mirror of a comparison swaps what is opened with what
// is closed; what code leaves open, or nobody here can understand, is unknown and never taken for shut; rules that overlap too much to be told in
// bounded work are unknown too.
//
// It leaves out: what goes out; routes, and whether what stands behind a gate has a public address; what two gates in a row let through;
// and web application firewalls. Networks are taken to use private addresses.
package exposure

import (
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
)

// Kind is what sort of gate it is.
type Kind string

// The kinds of gates.
const (
	Network Kind = "network" // packets by port: network security groups, security groups, firewall rules of a network
	Store   Kind = "store"   // the address list and default action of a data store, a vault or a registry
	API     Kind = "api"     // the API server of a cluster
)

// Span is what is open: ports of a protocol, to a share of all addresses.
type Span struct {
	Protocol string `json:"protocol"` // "tcp", "udp", "icmp", "other"; "*" is any that has these ports
	From     int    `json:"from"`
	To       int    `json:"to"`
	// Share is the part of all addresses of the Internet, of the family, that may come in, 0 to 1. It is 0 where none of them may: only
	// private addresses, members of a group, or a service of the platform whose addresses are not known here.
	Share float64 `json:"share"`
	// Family is 4 or 6.
	Family int `json:"family"`
	// Azure: not the Internet at large, but every tenant of the cloud (0.0.0.0 of a SQL firewall, the tag AzureCloud).
	Cloud bool `json:"cloud,omitempty"`
	// By names the rule that opens it, and Path is its place below the properties of Resource.
	By       string    `json:"by,omitempty"`
	Resource string    `json:"resource"`
	Path     diff.Path `json:"path,omitempty"`
}

// Gate is what stands before something.
type Gate struct {
	Resource string // id of the group, the server or the account
	Kind     Kind
	Open     []Span // sorted; disjoint in ports for one protocol and family
	// Unknown says what could not be told: an address group or a service tag whose addresses nobody here knows.
	Unknown []string
}

// Change is a gate that lets other things through than before. Both lists may have entries.
type Change struct {
	Resource string
	Kind     Kind
	Opened   []Span // what is open now and was not, or to more
	Closed   []Span // what was open and is not, or to fewer
	// Unknown says what could not be told of the change, sorted: who may come in now, or a part that one side could not read.
	// It may be all that there is.
	Unknown  []string
	Old, New *evidence.Resource // of the gate, or of one of its rules where it is not there itself; nil where neither is
}
