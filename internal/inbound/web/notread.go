package web

import (
	"context"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/content/say"
)

// Unread is what could not be read for one reason.
type Unread struct {
	Kind, Reason, Help string
	N                  int
	Places             []Place // some of them
}

// Place is where something stands: an input, a thing in it, and a line, where there are such.
type Place struct {
	Input, Thing string
	Line         int
}

// name is what it hides, in a word.
func (u Unread) name(ctx context.Context) string {
	switch evidence.NotReadKind(u.Kind) {
	case evidence.InputNotUnderstood:
		return say.T(ctx, "whole input")
	case evidence.ResourceNotRead:
		return say.T(ctx, "resource")
	case evidence.TypeWithoutRule:
		return say.T(ctx, "kind without a rule")
	case evidence.ReferenceUnknown:
		return say.T(ctx, "value not there")
	}
	return say.T(ctx, "withheld value")
}

func (u Unread) mark() string {
	switch evidence.NotReadKind(u.Kind) {
	case evidence.InputNotUnderstood, evidence.ResourceNotRead:
		return "warn"
	}
	return ""
}
