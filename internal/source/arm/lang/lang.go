// Package lang is the expression language of ARM templates: its values, its syntax and its functions. It knows
// no template: what names mean is told by a [Scope].
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
	// of "group" /subscriptions/S/resourceGroups/G, of "subscription" /subscriptions/S, of "managementGroup", of "tenant" "".
	// Unknown segments are blanks (evidence.Blank).
	ScopeID(level string) string
	// Symbol is the id of the resource that a symbolic name or a plain name means here (languageVersion 2.0,
	// and the short form of reference() and resourceInfo()), and false where none has that name.
	Symbol(name string) (id string, ok bool)
	// Known returns what the template itself says at a path of the resource with that id: reference(id).x may be
	// answered from a nested deployment's outputs. ok is false where only the cloud knows.
	Known(id, path string) (v Value, ok bool)
}
