package derive

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// code says how code and cloud meet; nil when no code was scanned.
func (b *builder) code() *c4.Code {
	if b.matcher == nil {
		return nil
	}
	code := &c4.Code{Unmatched: []c4.Unmatched{}}
	for _, t := range b.things {
		if len(t.obs) == 0 {
			continue
		}
		declared, other, data := b.sides(t)
		if data {
			continue // read by the code, not declared by it
		}
		switch {
		case declared && other:
			code.Both++
		case declared:
			code.DeclaredOnly++
		case b.inDeclaredScope(t):
			code.LiveOnly++
		}
	}
	for _, id := range sortedKeys(b.matcher.why) {
		w := b.matcher.why[id]
		code.Unmatched = append(code.Unmatched, c4.Unmatched{Resource: id, Reason: w.reason, Candidates: w.candidates})
	}
	return code
}

// sides tells on which sides a thing was seen; data: only as a data source of code.
func (b *builder) sides(t *thing) (declared, other, data bool) {
	data, other = true, t.listed != nil
	for _, i := range t.obs {
		r := &b.snap.Resources[i]
		declared = declared || r.Side == evidence.Declared && !r.Data
		other = other || r.Side != evidence.Declared
		data = data && r.Data
	}
	return declared, other, data
}

// marks puts on a box on which side it is missing, where the scan holds both: what code declares and was not seen, and
// what was seen where code declares other things and not this. Where a name is open, neither is sure.
func (b *builder) marks() {
	if b.matcher == nil || len(b.matcher.live) == 0 {
		return
	}
	clouds := map[string]bool{}
	for i := range b.snap.Resources {
		if r := &b.snap.Resources[i]; r.Side != evidence.Declared {
			clouds[r.Provider] = true
		}
	}
	b.declaredScopes()
	open := b.matcher.patterns()
	for _, t := range b.things {
		if len(t.obs) == 0 {
			continue
		}
		mark := ""
		switch declared, other, data := b.sides(t); {
		case data:
		case declared && !other && !clouds[b.resource(t).Provider]:
		case declared && !other && b.matcher.unsure(b.resource(t).ID):
			mark = "declared, may be live"
		case declared && !other:
			mark = "declared, not seen live"
		case !declared && b.inDeclaredScope(t):
			mark = "live, not declared"
			if slices.ContainsFunc(open[armType(t.id)], func(p *regexp.Regexp) bool { return p.MatchString(splitScope(t.id).tail) }) {
				mark = "live, may be declared"
			}
		}
		if mark == "" {
			continue
		}
		for _, e := range []*c4.Element{t.el, t.res} {
			if e != nil {
				e.Badges = append(e.Badges, mark)
			}
		}
	}
}

func (m *matcher) unsure(id string) bool { _, yes := m.why[id]; return yes }

// patterns are the tails of declared ids with open names, as patterns of what they may come to, by type. More than maxPatterns of one type
// are as good as any name.
func (m *matcher) patterns() map[string][]*regexp.Regexp {
	const maxPatterns = 100
	out := map[string][]*regexp.Regexp{}
	for _, id := range sortedKeys(m.why) {
		tail, typ := splitScope(id).tail, armType(id)
		switch n := len(out[typ]); {
		case typ == "" || !evidence.HasBlank(tail) || n > maxPatterns:
		case n == maxPatterns:
			out[typ] = append(out[typ], regexp.MustCompile(""))
		default:
			out[typ] = append(out[typ], regexp.MustCompile("^"+openPattern(tail)+"$"))
		}
	}
	return out
}

func armType(id string) string {
	a, _ := evidence.ParseARM(id)
	return a.Type
}

// openPattern quotes an id and lets each blank in it be any name.
func openPattern(tail string) string {
	var b strings.Builder
	for {
		before, _, after, ok := evidence.CutBlank(tail)
		b.WriteString(regexp.QuoteMeta(before))
		if !ok {
			return b.String()
		}
		b.WriteString("[^/]+")
		tail = after
	}
}

// declaredScopes are the resource groups, namespaces and projects in which code declares something that is live.
func (b *builder) declaredScopes() {
	b.codeScopes = map[string]bool{}
	for _, t := range b.things {
		if declared, other, _ := b.sides(t); declared && other {
			if s := b.placeOf(t); s != "" {
				b.codeScopes[s] = true
			}
		}
	}
}

func (b *builder) inDeclaredScope(t *thing) bool {
	if isScope(t) || t.typ == "kubernetes:Namespace" {
		return false
	}
	return b.codeScopes[b.placeOf(t)]
}

// placeOf is the smallest place that code fills as a whole: a resource group, a namespace, a compose project.
func (b *builder) placeOf(t *thing) string {
	if g := groupOf(t.id); g != "" {
		return g
	}
	if r := b.resource(t); r != nil && (r.Form == evidence.Kubernetes || r.Form == evidence.Compose) && r.Scope != "" {
		return fmt.Sprintf("%s:%s", r.Form, r.Scope)
	}
	return ""
}
