package diff

import (
	"slices"

	"c4arch/internal/arch/evidence"
)

// NoiseRule says that a difference at a place says nothing: it is hidden, and counted.
type NoiseRule struct {
	ID   string        `json:"id"`
	Form evidence.Form `json:"form"`
	// Types are globs of types, separated by spaces; * is any text.
	Types string `json:"types"`
	// Path is a pattern of the place, without regard to case: * is any one step, ** any number of them. What lies below it is noise too.
	Path string `json:"path"`
	// When is the condition under which it is noise, in words; "" is always.
	When   string `json:"when,omitempty"`
	Reason string `json:"reason"`
	Source string `json:"source"`

	steps []string
	when  condition
}

// condition tells of a property whether its difference is noise.
type condition func(*pair, *Property) bool

// noiseTwice is what stands in the properties and as a field of the resource too.
const noiseTwice = "said-twice"

// NoiseRules lists all rules by which a difference is noise.
func NoiseRules() []NoiseRule { return slices.Clone(noiseTable) }

// noise marks what says nothing. A difference that is unknown stays unknown.
func (p *pair) noise() {
	var rules []*NoiseRule
	for i := range p.out {
		x := &p.out[i]
		if x.Noise != "" || x.Unknown != "" {
			continue
		}
		if rules == nil {
			rules = p.world.noiseRules(p.new, p.old)
		}
		t := trailOf(x.Pattern)
		for _, r := range rules {
			if startsTrail(r.steps, t) && (r.when == nil || r.when(p, x)) {
				x.Noise = r.ID
				break
			}
		}
	}
}

// noiseRules are the rules for two resources of these types; a comparison finds them once for all of a type.
func (w *world) noiseRules(new, old *evidence.Resource) []*NoiseRule {
	if w == nil {
		return noiseRulesOf(new, old)
	}
	key := [3]string{string(new.Form), new.Type, old.Type}
	rules, there := w.rules[key]
	if !there {
		if w.rules == nil || len(w.rules) > 10_000 {
			w.rules = map[[3]string][]*NoiseRule{}
		}
		rules = noiseRulesOf(new, old)
		w.rules[key] = rules
	}
	return rules
}

func noiseRulesOf(new, old *evidence.Resource) []*NoiseRule {
	out := []*NoiseRule{}
	for i := range noiseTable {
		if r := &noiseTable[i]; (r.Form == "" || r.Form == new.Form) && (matchType(r.Types, new.Type) && matchType(r.Types, old.Type)) {
			out = append(out, r)
		}
	}
	return out
}

// startsTrail matches the beginning of a trail.
func startsTrail(pattern []string, t trail) bool {
	if len(pattern) == 0 {
		return true
	}
	if pattern[0] == "**" {
		for i := 0; i <= len(t); i++ {
			if startsTrail(pattern[1:], t[i:]) {
				return true
			}
		}
		return false
	}
	return len(t) > 0 && (pattern[0] == "*" && t[0] != "[]" || pattern[0] == t[0]) && startsTrail(pattern[1:], t[1:])
}

func rulesOf(source string, form evidence.Form, lines ...[4]string) []NoiseRule {
	out := make([]NoiseRule, 0, len(lines))
	for _, l := range lines {
		out = append(out, NoiseRule{ID: l[0], Form: form, Types: l[1], Path: l[2], Reason: l[3], Source: source})
	}
	return out
}

// noiseTable is every rule, with its pattern taken apart.
var noiseTable = func() []NoiseRule {
	all := slices.Concat(azureNoise(), kubernetesNoise(), terraformNoise(), []NoiseRule{{
		ID: noiseTwice, Types: "*", Path: "**", When: "the same difference stands at the field of the resource (@tags, @name, @location)",
		Reason: "one fact that stands in two places is one difference", Source: "c4arch, docs/formats", when: func(*pair, *Property) bool { return false },
	}, {
		ID: "follows-from-move", Types: "*", Path: "id", When: "the two are one resource that moved, or a new one in its place",
		Reason: "the id differs since the resource is under another id", Source: "c4arch", when: func(p *pair, _ *Property) bool { return p.moved },
	}, {
		ID: "follows-from-move", Form: evidence.Terraform, Types: "azurerm_*", Path: "resource_group_name", When: "the two are one resource that moved",
		Reason: "the group is a part of the id, which differs", Source: "c4arch", when: func(p *pair, _ *Property) bool { return p.moved },
	}}, identity())
	for i := range all {
		all[i].steps = trailOf(all[i].Path)
	}
	return all
}()

// identity are the rules for what code and cloud call the same thing.
func identity() []NoiseRule {
	var out []NoiseRule
	for _, path := range []string{"id", "name", "type"} {
		out = append(out, NoiseRule{
			ID: "code-identity", Form: evidence.ARM, Types: "*", Path: path, When: "what code declares is compared with what is live, and the two were matched",
			Reason: "by what code and cloud call it the two were matched", Source: "c4arch", when: func(p *pair, _ *Property) bool { return p.onlyOld },
		})
	}
	return out
}
