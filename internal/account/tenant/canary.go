package tenant

import "slices"

// canaries are the short names of the two organisations that a service keeps for its own checks. They are nobody's else: whoever counts or lists organisations of customers tells the
// two by them.
var canaries = []string{"canary-a", "canary-b"}

// Canaries are the short names of the organisations that a service keeps for its own checks.
func Canaries() []string { return slices.Clone(canaries) }

// Canary reports whether that is the short name of one of them.
func Canary(slug string) bool { return slices.Contains(canaries, slug) }
