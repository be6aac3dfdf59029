package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/base/tree"
)

// account balances the books: every claim, and every mention that the census found, has one outcome.
func (b *builder) account() {
	acc := c4.Account{References: []c4.Reference{}, ByRule: []c4.RuleCount{}}
	counts := map[c4.RuleCount]int{}
	note := func(ref c4.Reference) {
		acc.Found++
		switch ref.Outcome {
		case c4.Shown:
			acc.Shown++
		case c4.Nested:
			acc.Nested++
		case c4.Hidden:
			acc.Hidden++
		case c4.Ambiguous:
			acc.Ambiguous++
		default:
			acc.Unresolved++
		}
		counts[c4.RuleCount{Rule: ref.Rule, Outcome: ref.Outcome}]++
		if ref.Outcome != c4.Shown && ref.Outcome != c4.Nested { // those stand as evidence where they are drawn
			acc.References = append(acc.References, ref)
		}
	}
	for obs := range b.snap.Resources {
		byPath := map[tree.Path][]*claim{}
		for _, c := range b.book.claims[obs] {
			if c.value == "\x00owner" {
				continue
			}
			byPath[c.path] = append(byPath[c.path], c)
		}
		mentions := b.book.mentions[obs]
		acc.Counted += len(mentions)
		covered := map[*claim]bool{}
		for _, m := range mentions {
			ts := (&reader{b: b}).things(m.Targets)
			c := match(byPath[m.Path], ts)
			if c != nil {
				if !covered[c] {
					covered[c] = true
					note(b.reference(c))
				} else {
					acc.Counted-- // the same reference, counted under two names
				}
				continue
			}
			ref := c4.Reference{Evidence: b.evidenceOf(obs, m.Path, int(m.Line)), Value: m.Name, Outcome: c4.Unresolved, Rule: "U0", Reason: "no rule reads this property"}
			for _, t := range ts {
				ref.Targets = append(ref.Targets, t.id)
			}
			if rule := b.plainName(obs, m.Path, m.Name); rule != "" {
				ref.Outcome, ref.Rule, ref.Reason = c4.Hidden, rule, ""
			}
			note(ref)
		}
		for _, c := range b.book.claims[obs] {
			if covered[c] || c.value == "\x00owner" {
				continue
			}
			if c.act == ignore && len(c.targets) == 0 && c.value == "" {
				continue // it covers what the census may find there, and is no reference itself
			}
			ref := b.reference(c)
			twice := func(o *claim) bool { return covered[o] && slices.Equal(o.targets, c.targets) }
			if resolvedByText(c) && !slices.ContainsFunc(byPath[c.path], twice) { // a text that names a thing twice is one mention
				acc.Uncounted++
				if ref.Reason == "" {
					ref.Reason = "the second counter did not see it"
				}
			}
			note(ref)
		}
	}
	for k, n := range counts {
		k.Count = n
		acc.ByRule = append(acc.ByRule, k)
	}
	slices.SortFunc(acc.ByRule, func(x, y c4.RuleCount) int {
		return first(cmp(x.Rule, y.Rule), cmp(string(x.Outcome), string(y.Outcome)))
	})
	slices.SortStableFunc(acc.References, func(x, y c4.Reference) int {
		return first(cmp(x.Evidence.Resource, y.Evidence.Resource), cmp(x.Evidence.Input, y.Evidence.Input), cmp(x.Evidence.Property, y.Evidence.Property), cmp(x.Value, y.Value), cmp(x.Rule, y.Rule))
	})
	b.model = &c4.Model{Account: acc}
}

func first(cs ...int) int {
	for _, c := range cs {
		if c != 0 {
			return c
		}
	}
	return 0
}

// match finds the claim that accounts for a mention of those things at its place.
func match(claims []*claim, ts []*thing) *claim {
	var hidden *claim
	for _, c := range claims {
		for _, t := range ts {
			if slices.Contains(c.targets, t) || slices.Contains(c.mentioned, t) {
				return c
			}
		}
		if c.act == ignore {
			hidden = c
		}
	}
	return hidden
}

// resolvedByText reports whether a claim came from a text that names a scanned thing, so that the census
// should have seen it. Joins by label, by principal or by position leave no such text.
func resolvedByText(c *claim) bool {
	if len(c.targets) == 0 || c.act == ignore || c.joined {
		return false
	}
	switch c.rule {
	case "K2", "K5", "K8", "K-OWN", "K-OWNED", "C1-NET", "C1-OWN", "C1-ORDER", "R5", "K1":
		return false
	}
	return c.value != "InstrumentationKey"
}

// plainName names the rule by which a bare word of Kubernetes or compose is no address: a label, an
// object's own name, a word of a command. In the value of a setting there is no such excuse.
func (b *builder) plainName(obs int, p tree.Path, name string) string {
	r := &b.snap.Resources[obs]
	if r.Form != evidence.Kubernetes && r.Form != evidence.Compose || strings.IndexByte(name, '.') >= 0 {
		return ""
	}
	pat := p.Pattern()
	switch {
	case strings.HasSuffix(pat, ".env[].value") || strings.HasPrefix(pat, "environment"):
		return ""
	case strings.Contains(pat, "command") || strings.Contains(pat, ".args") || strings.HasPrefix(pat, "entrypoint") || r.Type == "ConfigMap" && strings.HasPrefix(pat, "data"):
		return "H-WORD"
	}
	return "H-NAME"
}

func (b *builder) reference(c *claim) c4.Reference {
	ref := c4.Reference{Evidence: b.evidenceOf(c.obs, c.path, c.line), Value: c.value, Outcome: c.outcome, Rule: c.rule, Reason: c.reason}
	if c.outcome == c4.Hidden && c.hidden != "" {
		ref.Rule = c.hidden
		if c.hidden != c.rule {
			ref.Reason = "read by " + c.rule
		}
	}
	for _, t := range c.targets {
		ref.Targets = append(ref.Targets, t.id)
	}
	slices.Sort(ref.Targets)
	return ref
}

// overlayLeftovers reports the selectors of c4arch.yaml that match nothing.
func (b *builder) overlayLeftovers() {
	o := b.opt.Overlay
	if o == nil {
		return
	}
	for _, sel := range o.Selectors() {
		if !slices.ContainsFunc(b.snap.Resources, func(r evidence.Resource) bool { return sel.Match(&r) }) {
			b.nr = append(b.nr, evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: b.opt.OverlayName, Line: sel.Line, Thing: sel.Label(), Reason: "this selector matches nothing that was scanned", Help: "correct or remove it"})
		}
	}
	for i := range o.Relationships {
		for _, r := range []overlay.Ref{o.Relationships[i].Source, o.Relationships[i].Target} {
			if r.Select == nil && len(b.refElements(r)) == 0 {
				b.nr = append(b.nr, evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: b.opt.OverlayName, Line: r.Line, Thing: r.String(), Reason: "this end of a relationship is nothing that was scanned or said", Help: "correct or remove it"})
			}
		}
	}
}
