package lang

// Fault is something wrong in an expression, in words for people. It names functions, parameters and properties,
// never values.
type Fault struct{ Message string }

// Budget bounds the work of one template: the steps that are taken, and the bytes of text and values that are made. What
// goes over it is unknown (evidence.UnknownLimit). It collects the faults as well. It is not safe for
// concurrent use.
type Budget struct {
	steps, bytes int64
	depth        int // expressions that are being evaluated inside one another
	quiet        int // faults are not noted: a branch is evaluated that may never be taken
	faults       []Fault
	seen         map[string]bool
}

// maxFaults bounds what is collected; a template with more of them is not repaired by a longer list.
const maxFaults = 1000

// maxExpressions bounds expressions inside one another: variables in variables, functions that call functions.
const maxExpressions = 100

// NewBudget returns a budget of that many steps and bytes.
func NewBudget(steps, bytes int64) *Budget {
	return &Budget{steps: steps, bytes: bytes, seen: map[string]bool{}}
}

// Fault notes what is wrong, each message once.
func (b *Budget) Fault(message string) {
	if b.quiet > 0 || b.seen[message] || len(b.faults) >= maxFaults {
		return
	}
	b.seen[message] = true
	b.faults = append(b.faults, Fault{message})
}

// Faults returns what was noted, in the order in which it was found.
func (b *Budget) Faults() []Fault { return b.faults }

// Spent reports whether nothing is left.
func (b *Budget) Spent() bool { return b.steps <= 0 || b.bytes <= 0 }

// Step takes n steps and reports whether there were as many.
func (b *Budget) Step(n int) bool {
	if b.steps < int64(n) {
		b.steps = 0
		return false
	}
	b.steps -= int64(n)
	return true
}

// Room takes n bytes and reports whether there were as many. A demand that is too large takes nothing: a
// smaller one may still be met.
func (b *Budget) Room(n int) bool {
	if n < 0 || b.bytes < int64(n) {
		return false
	}
	b.bytes -= int64(n)
	return true
}

// Place takes what it costs to write a whole value somewhere, such as into the properties of a resource, and reports
// whether there was as much. Values share their parts, so that a small one may be long when it is written.
func (b *Budget) Place(v Value) bool {
	sum := v.sum()
	return b.Step(int(sum.size)) && b.Room(int(sum.text))
}
