package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// expansion is what count or for_each make of a block.
type expansion struct {
	kind expansionKind
	keys []instanceKey
	why  evidence.Unknown // of unknownNumber
}

type expansionKind byte

const (
	single expansionKind = iota
	counted
	forEach
	unknownNumber
)

// instanceKey is one instance: what stands behind the name, [0] or ["a"], and what the block's expressions see.
type instanceKey struct {
	text string
	key  cty.Value
	ctx  *hcl.EvalContext
}

// someKey stands behind the name of the one instance that stands for a number that is not known.
const someKey = "[*]"

// expand evaluates count or for_each of a resource or a module call.
func (r *reader) expand(s *scope, b *block, addr string) expansion {
	if a := b.attr("count"); a != nil {
		v := r.evaluate(s, s.ctx, r.traced(a), about{a.in, a.at.line, addr + " count"})
		return r.expandCount(s, v, a, addr)
	}
	if a := b.attr("for_each"); a != nil {
		v := r.evaluate(s, s.ctx, r.traced(a), about{a.in, a.at.line, addr + " for_each"})
		return r.expandEach(s, v, a, addr)
	}
	if r.disabled(s, b, addr) {
		return expansion{}
	}
	return expansion{keys: []instanceKey{{ctx: s.ctx}}}
}

// disabled evaluates lifecycle.enabled, with which OpenTofu makes one instance or none
// (opentofu.org/docs/language/meta-arguments/enabled). Where it is not known there is taken to be one.
func (r *reader) disabled(s *scope, b *block, addr string) bool {
	for _, inner := range b.blocks {
		a := inner.attr("enabled")
		if inner.kind != "lifecycle" || a == nil {
			continue
		}
		v, _ := r.evaluate(s, s.ctx, r.traced(a), about{a.in, a.at.line, addr + " enabled"}).Unmark()
		return v.IsKnown() && !v.IsNull() && !truth(v)
	}
	return false
}

func (r *reader) expandCount(s *scope, v cty.Value, a *attribute, addr string) expansion {
	o := openOf(v)
	bare, _ := v.Unmark()
	if bare.IsKnown() && !bare.IsNull() {
		n, err := convert.Convert(bare, cty.Number)
		if err == nil {
			if f := n.AsBigFloat(); f.IsInt() && f.Sign() >= 0 {
				i, _ := f.Int64()
				return expansion{kind: counted, keys: r.countKeys(s, int(min(i, maxInstances+1)), a, addr)}
			}
		}
	}
	why := evidence.UnknownFault
	if o != nil {
		why = o.reason
	}
	r.unknownNumber(a, addr, "count", why, o)
	ctx := s.ctx.NewChild()
	ctx.Variables = map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{
		"index": openValue(cty.Number, &open{text: "count.index", reason: why}),
	})}
	return expansion{kind: unknownNumber, why: why, keys: []instanceKey{{text: someKey, ctx: ctx}}}
}

func (r *reader) countKeys(s *scope, n int, a *attribute, addr string) []instanceKey {
	n = r.withinLimit(n, a, addr)
	keys := make([]instanceKey, n)
	for i := range keys {
		index := cty.NumberIntVal(int64(i))
		ctx := s.ctx.NewChild()
		ctx.Variables = map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": index})}
		keys[i] = instanceKey{text: "[" + strconv.Itoa(i) + "]", key: index, ctx: ctx}
	}
	return keys
}

// withinLimit returns how many of n instances are made.
func (r *reader) withinLimit(n int, a *attribute, addr string) int {
	if r.instances+n <= maxInstances {
		return n
	}
	r.tooManyInstances(a.in, a.at, addr)
	return max(0, maxInstances-r.instances)
}

func (r *reader) tooManyInstances(in *text, at spot, addr string) {
	if r.crowded {
		return
	}
	r.crowded = true
	r.note(Note{
		Kind: evidence.ResourceNotRead, File: in.name, Line: int(at.line), Thing: addr,
		Reason: "the configuration has more than 50,000 instances of resources", Help: "scan a part of it",
	})
}

func (r *reader) expandEach(s *scope, v cty.Value, a *attribute, addr string) expansion {
	keys, values, ok := eachOf(v)
	if secret := v.IsMarked() && isSensitive(v); !ok || secret {
		why, o := evidence.UnknownFault, firstOpen(v, 0)
		switch {
		case secret:
			why = evidence.UnknownSecret // the keys would show in addresses
		case o != nil:
			why = o.reason
		}
		r.unknownNumber(a, addr, "for_each", why, o)
		return expansion{kind: unknownNumber, why: why, keys: []instanceKey{{text: someKey, ctx: someEach(s.ctx, "each", why)}}}
	}
	n := r.withinLimit(len(keys), a, addr)
	e := expansion{kind: forEach, keys: make([]instanceKey, n)}
	for i := range n {
		key := cty.StringVal(keys[i])
		e.keys[i] = instanceKey{text: "[" + Quote(keys[i]) + "]", key: key, ctx: eachCtx(s.ctx, "each", key, values[i])}
	}
	return e
}

// eachCtx is what expressions see of the element at hand: each.key and each.value.
func eachCtx(ctx *hcl.EvalContext, name string, key, value cty.Value) *hcl.EvalContext {
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{name: cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})}
	return child
}

// someEach is the same for the one that stands for an unknown number.
func someEach(ctx *hcl.EvalContext, name string, why evidence.Unknown) *hcl.EvalContext {
	return eachCtx(ctx, name,
		openValue(cty.String, &open{text: name + ".key", reason: why}),
		openValue(cty.DynamicPseudoType, &open{text: name + ".value", reason: why}))
}

// eachOf returns the keys, in order, and the values of a map, an object, or a set of texts.
func eachOf(v cty.Value) (keys []string, values []cty.Value, ok bool) {
	v, _ = v.Unmark()
	ty := v.Type()
	if !v.IsKnown() || v.IsNull() || !ty.IsMapType() && !ty.IsObjectType() && !ty.IsSetType() {
		return nil, nil, false
	}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		k, _ = k.Unmark()
		if k.Type() != cty.String || !k.IsKnown() || k.IsNull() {
			return nil, nil, false
		}
		keys, values = append(keys, k.AsString()), append(values, e)
	}
	return keys, values, true
}

// unknownNumber says that how many instances there are is not known.
func (r *reader) unknownNumber(a *attribute, addr, argument string, why evidence.Unknown, o *open) {
	n := Note{
		Kind: evidence.ReferenceUnknown, File: a.in.name, Line: int(a.at.line), Thing: addr,
		Reason: "how many there are is not known: " + argument + " cannot be told from the code",
		Help:   "one stands for all of them",
	}
	if why == evidence.UnknownParameter && o != nil && len(o.text) < 100 && !o.template {
		if names := variablesIn(o.text); names != "" {
			n.Help = "one stands for all of them; name a .tfvars file that gives " + names + " a value"
		}
	}
	r.note(n)
}

var variableName = regexp.MustCompile(`\bvar\.[\pL_][\pL\pN_-]*`)

// variablesIn returns the variables that the text of an expression names, each once, for a sentence.
func variablesIn(text string) string {
	names := variableName.FindAllString(text, -1)
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " and ")
}
