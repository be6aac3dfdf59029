// Package function holds the functions that expressions of Terraform and OpenTofu may call: those of the
// language references (developer.hashicorp.com/terraform/language/functions, opentofu.org/docs/language/functions)
// but for those of providers.
//
// It promises that equal arguments give equal results on every machine and at any time. What differs with the
// clock, with chance or with the machine (timestamp, uuid, bcrypt, pathexpand, a key's decryption) is unknown, with the
// reason as a mark (see [Why]). Files are read through [Env] alone. Work, memory and results are bounded; a call that
// asks for more fails with a [Fault] before it has taken what it asks for.
//
// Left out: the functions of providers ("provider::…"), and the exact words of Terraform's error messages.
package function

import (
	"errors"
	"io/fs"
	"maps"
	"sync/atomic"

	"c4arch/internal/arch/evidence"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Env is what functions know of the world: the files of the configuration.
type Env struct {
	// FS holds the files; nothing outside of it is read. Nil has none.
	FS fs.FS
	// Module, Root and Working are the slash paths in FS of the module whose expression is evaluated, of the root
	// module, and of the directory that relative paths are relative to, which Terraform is run in: the root module's.
	Module, Root, Working string
	// Spend, when not nil, is told the cost of each call before it is made, in units of about a tenth of a
	// microsecond, and refuses by an error. Otherwise the functions of one table may spend [DefaultWork] together.
	Spend func(work int) error
}

// DefaultWork is what the functions of a table may spend without a [Env.Spend]: some tens of seconds.
const DefaultWork = 300_000_000

// Limits of what a call takes and gives.
const (
	maxText     = 4 << 20 // bytes of a text that a call makes
	maxElements = 100_000 // elements of a collection that a call takes or makes
	maxNodes    = 500_000 // values in all that a call takes or makes, with those inside of others
	maxTaken    = 16 << 20
	maxDepth    = 200
	maxExponent = 4096    // of numbers, in bits
	maxFile     = 1 << 20 // bytes of a file
	maxRough    = 64 << 20
)

// Sensitive marks values that the code says are secret: what sensitive() gives.
type Sensitive struct{}

// Ephemeral marks values that are never kept; ephemeralasnull() takes them out. Nothing here sets it.
type Ephemeral struct{}

// Why marks an unknown value with the reason why a call cannot tell it.
type Why evidence.Unknown

// Fault is why a call failed, where more can be said than that it is wrong.
type Fault struct {
	Reason evidence.Unknown
	Text   string
	// outside: it fails here, and need not fail where Terraform runs.
	outside bool
}

func (f *Fault) Error() string { return f.Text }

// Reason tells why a call failed: the reason of a Fault in err, or UnknownFault.
func Reason(err error) evidence.Unknown {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Reason
	}
	return evidence.UnknownFault
}

// Table returns the functions by name, also with "core::" in front.
//
// What they are called with has to be within what [Measure] allows: the calling of a function walks its arguments before
// the function can see to it. [Meter] does so, but for the values that an expression gets from outside.
func Table(e Env) map[string]function.Function {
	e.Spend = e.spend()
	all := map[string]function.Function{}
	for name, d := range definitions(e) {
		f := d.f
		if !d.bare {
			f = e.guard(name, d)
		}
		all[name], all["core::"+name] = f, f
	}
	return all
}

func (e Env) spend() func(int) error {
	if e.Spend != nil {
		return e.Spend
	}
	var left atomic.Int64
	left.Store(DefaultWork)
	return func(work int) error {
		if left.Add(-int64(work)) < 0 {
			return limit("it makes more than can be evaluated")
		}
		return nil
	}
}

// definition is a function and what keeps it bounded.
type definition struct {
	f function.Function
	// bare functions are not guarded: they take expressions rather than values.
	bare bool
	// shallow functions look at no more than the top of their arguments, so these are not walked.
	shallow bool
	// before refuses arguments whose result would be too large. They are known only in part.
	before func(args []cty.Value) error
}

func definitions(e Env) map[string]definition {
	all := map[string]definition{}
	for _, part := range []map[string]definition{
		numbers(), e.texts(), collections(), conversions(), encodings(), hashes(), networks(), times(), chances(), e.files(), e.templates(), additions(),
	} {
		maps.Copy(all, part)
	}
	return all
}
