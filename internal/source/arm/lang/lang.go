// Package lang is the expression language of ARM templates: its values, its syntax and its functions. It knows
// no template: what names mean is told by a [Scope].
//
// It promises to tell all that an expression tells, and nothing that it does not. What only a parameter, the scope of the
// deployment or the cloud knows stays in the value as text, with the known parts put in (see evidence.Left), and is
// an answer only where every value in its place would give the same; union() alone keeps items that might turn out equal.
// An expression that is wrong is such text too, and a [Fault]. Work and memory are bounded by a [Budget]. Left out are the
// formats of numbers that templates hardly use, those of numbers with decimals, and the addresses of ranges too small to
// have a network address and a broadcast address.
//
// The reference is learn.microsoft.com/azure/azure-resource-manager/templates, "Template expressions" and
// "Template functions".
package lang

import (
	"c4arch/internal/arch/evidence"
)

// Kind is what a [Value] is.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Int
	Float // a JSON number that is no integer: templates may hold it, functions do not take it
	String
	Array
	Object
	// Open is a value that the template alone cannot tell: Text is what is left of its expression.
	Open
)

// Value is a value of a template, known or not.
type Value struct {
	Kind    Kind
	Bool    bool
	Int     int64
	Text    string // of a String, the literal of a Float, what is left of an Open without "${" and "}"
	Items   []Value
	Members []Member // of an Object, in order; names are compared without regard to case
	// Why is not "" of an Open, and of a String that holds open parts (see evidence.Left).
	Why evidence.Unknown
	// Secure: it was made from a secure parameter or from a list* function.
	Secure bool
	// Line and Column are where it stands in the template; 0 of a value that was computed.
	Line   int32
	Column uint16

	made made // what is known of an Array or Object that was made here
	ref  *ref // of an Open that is a resource's attribute
}

// Member is a name and a value of an object.
type Member struct {
	Name  string
	Value Value
}

// Scope is what names mean at the place where an expression stands. Each method returns an Open
// value for what is not known, and an error (a message for people) for what is wrong.
type Scope interface {
	Parameter(name string) (Value, error)
	Variable(name string) (Value, error)
	// CopyIndex is the current index of the named loop, or of the innermost one for "".
	CopyIndex(loop string) (int64, error)
	// UserFunction calls namespace.name.
	UserFunction(namespace, name string, args []Value) (Value, error)
	// Deployment, ResourceGroup, Subscription, ManagementGroup, Tenant and Environment are the objects that the functions
	// of the same names return.
	Deployment() Value
	ResourceGroup() Value
	Subscription() Value
	ManagementGroup() Value
	Tenant() Value
	Environment() Value
	// ScopeID is the id that resourceId, subscriptionResourceId, ... begin with where they are given no other:
	// of "group" /subscriptions/S/resourceGroups/G, or the scope of the deployment where that is no group, of "subscription" /subscriptions/S, of "managementGroup", of "tenant" "".
	// Unknown segments are blanks (evidence.Blank).
	ScopeID(level string) string
	// Symbol is the id of the resource that a symbolic name or a plain name means here (languageVersion 2.0,
	// and the short form of reference() and resourceInfo()), and false where none has that name.
	Symbol(name string) (id string, ok bool)
	// Known returns what the template itself says at a path of the resource with that id: reference(id).x may be
	// answered from a nested deployment's outputs. ok is false where only the cloud knows.
	Known(id, path string) (v Value, ok bool)
}
