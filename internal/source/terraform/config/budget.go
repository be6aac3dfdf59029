package config

import (
	"context"
	"errors"

	"c4arch/internal/source/terraform/config/function"

	"github.com/zclconf/go-cty/cty"
)

// Limits of what is read and evaluated. They are far above what people write; Terraform itself would not get
// through such configurations.
const (
	maxFile      = 4 << 20  // bytes of one file
	maxBytes     = 64 << 20 // of all files of a root
	maxAllTokens = 3_000_000
	maxFiles     = 10_000
	maxModules   = 10_000 // calls of modules, each instance counted
	maxCallDepth = 20     // of modules that call modules
	maxInstances = 50_000
	maxBlocks    = 20_000 // nested blocks of one instance
	maxChain     = 100    // of locals, variables, outputs and attributes that refer to each other
	maxNotes     = 1_000

	maxValueDepth = 100
	maxNodes      = 200_000 // values within one value
	maxString     = 4 << 20
	maxLeaves     = 5_000_000 // values in all that are handed on

	// Work is counted in units of about a tenth of a microsecond.
	maxWork    = 100_000_000 // of a root
	maxOneWork = 10_000_000  // of one attribute, local or output
	nodeWork   = 10          // of one expression within others
)

// halt is thrown out of an evaluation that takes too long. HCL goes on after an error, so nothing less stops it.
type halt struct{}

var errTooMuch = errors.New("it takes more than can be evaluated")

// budget is what a root may still spend.
type budget struct {
	ctx      context.Context
	left     int // of the root
	own      int // of the evaluation at hand
	sinceCtx int
	err      error // the context's
}

// spend takes n units and reports whether they were there.
func (b *budget) spend(n int) bool {
	b.left -= n
	b.own -= n
	if b.sinceCtx += n + 1; b.sinceCtx > 100_000 {
		b.sinceCtx = 0
		if err := b.ctx.Err(); err != nil {
			b.err = err
		}
	}
	return b.left > 0 && b.own > 0 && b.err == nil
}

// step is spend for use within an evaluation.
func (b *budget) step(n int) {
	if !b.spend(n) {
		panic(halt{})
	}
}

// charge is spend for functions.
func (b *budget) charge(n int) error {
	if !b.spend(n) {
		return &function.Fault{Reason: limitReason, Text: errTooMuch.Error()}
	}
	return nil
}

// size counts the values within v, but no further than is needed to see that they are too many. Values that are too
// large in themselves, texts and numbers, count as too many.
func (b *budget) size(v cty.Value, depth int) int {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() {
		return 1
	}
	switch ty := v.Type(); {
	case depth > maxValueDepth, ty == cty.Number && wide(v):
		return maxNodes + 1
	case ty == cty.String:
		if len(v.AsString()) > maxString {
			return maxNodes + 1
		}
		return 1 + len(v.AsString())/256
	case !v.CanIterateElements():
		return 1
	}
	n := 1
	for it := v.ElementIterator(); it.Next() && n <= maxNodes; {
		_, e := it.Element()
		n += b.size(e, depth+1)
	}
	return n
}
