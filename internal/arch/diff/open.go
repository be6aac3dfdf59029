package diff

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// opening is what the code of a resource leaves open.
type opening struct {
	at map[tree.Path]evidence.Unknown
	// arrays are those of which an item's identity may be open.
	arrays map[tree.Path]evidence.Unknown
}

func openingOf(r *evidence.Resource) opening {
	var o opening
	for i := range r.Expressions {
		x := &r.Expressions[i]
		if x.Unresolved == "" {
			continue
		}
		if o.at == nil {
			o.at, o.arrays = map[tree.Path]evidence.Unknown{}, map[tree.Path]evidence.Unknown{}
		}
		o.at[x.Path] = x.Unresolved
		for s, n := string(x.Path), 0; ; n++ {
			at := cut(s, n)
			if at == s {
				break
			}
			if rest := s[len(at):]; strings.HasPrefix(rest, "[") && !strings.HasPrefix(rest, `["`) && countSteps(rest) <= 2 {
				o.arrays[tree.Path(at)] = x.Unresolved
			}
		}
	}
	return o
}

// covers tells why a place is open: it, or one above it.
func (o opening) covers(p tree.Path) evidence.Unknown {
	if len(o.at) == 0 {
		return ""
	}
	for n := countSteps(string(p)); n >= 0; n-- {
		if why := o.at[CutPlace(p, n)]; why != "" {
			return why
		}
	}
	return ""
}

// reasons say in a clause why code leaves a value open.
var reasons = map[evidence.Unknown]string{
	evidence.UnknownRuntime:   "only the cloud knows the value",
	evidence.UnknownParameter: "it depends on a parameter or variable that was given no value",
	evidence.UnknownScope:     "it depends on where the code will be deployed to",
	evidence.UnknownChance:    "it is drawn anew with each deployment",
	evidence.UnknownData:      "it comes from a data source, which is read when the code is applied",
	evidence.UnknownModule:    "it comes from a module or template that was not read",
	evidence.UnknownSecret:    "it is kept in a vault, or is not to be shown",
	evidence.UnknownFile:      "it comes from a file that is not there or lies outside of what was scanned",
	evidence.UnknownLimit:     "its expression is too large or too deep to be evaluated",
	evidence.UnknownFault:     "its expression cannot be evaluated",
}

func leftOpen(why evidence.Unknown) string {
	return "the code leaves it open: " + cmp.Or(reasons[why], string(why))
}

// unknowns finds what one side does not tell.
func (p *pair) unknowns() {
	hiddenOld, hiddenNew := withheldBy(p.old), withheldBy(p.new)
	bareOld, bareNew := p.bare(p.old, &p.a, &p.b), p.bare(p.new, &p.b, &p.a)
	for i := range p.out {
		x := &p.out[i]
		if x.Unknown != "" {
			x.dark = oldSide | newSide
			continue
		}
		old, new := p.openAt(p.oldOpen, x.OldPath, x.Old, x.NewPath), p.openAt(p.newOpen, x.NewPath, x.New, x.OldPath)
		switch {
		case x.Old == nil && (bareOld && inProperties(x.Pattern) || old == "" && anyTrail(hiddenOld, x.Pattern)):
			old = notShown
		case x.New == nil && (bareNew && inProperties(x.Pattern) || new == "" && anyTrail(hiddenNew, x.Pattern)):
			new = notShown
		case x.New == nil && p.afterApply && p.left(x):
			new = "known only after apply"
		}
		if old != "" {
			x.dark |= oldSide
		}
		if new != "" {
			x.dark |= newSide
		}
		x.Unknown = cmp.Or(new, old)
		if old != "" && new != "" {
			x.Unknown = min(old, new)
		}
	}
}

const notShown = "the source does not show it: it is withheld, which is not the same as not set"

func inProperties(pattern string) bool {
	return strings.HasPrefix(pattern, "properties.") || pattern == "properties"
}

// bare reports whether a row of Azure came without the properties that the other has.
func (p *pair) bare(r *evidence.Resource, v, other *tree.Value) bool {
	return r.Form == evidence.ARM && r.Side == evidence.Live && len(v.GetFold("properties").Fields()) == 0 && len(other.GetFold("properties").Fields()) > 0
}

// openAt tells why the value of one side at a place is open. other is the place on the other side.
func (p *pair) openAt(o opening, at tree.Path, value *tree.Value, other tree.Path) string {
	if len(o.at) == 0 {
		return ""
	}
	if why := o.covers(at); why != "" {
		return leftOpen(why)
	}
	if value != nil {
		return ""
	}
	why := o.arrays[at]
	if why == "" {
		return ""
	}
	n := countSteps(string(at))
	if rest := string(other[len(CutPlace(other, n)):]); strings.HasPrefix(rest, "[") && !strings.HasPrefix(rest, `["`) {
		return leftOpen(why) + ", and it may be one of what the code makes there"
	}
	return ""
}

// left reports whether the new side has no word at all at the place of an old value, rather than null.
func (p *pair) left(x *Property) bool {
	n := countSteps(string(x.NewPath))
	at := x.NewPath + x.OldPath[len(CutPlace(x.OldPath, n)):]
	return p.b.At(tree.Path(strings.TrimPrefix(string(at), "."))) == nil
}

// withheld are the places that a source is known to leave out or to answer null for, whatever they are.
var withheld = laidOut([]place{
	{form: evidence.ARM, typ: "microsoft.web/sites microsoft.web/sites/slots", pattern: "properties.siteconfig.**", why: "Resource Graph and lists of sites answer null for it (App Service, Web Apps - List)"},
	{form: evidence.ARM, typ: "microsoft.web/sites microsoft.web/sites/slots", pattern: "properties.siteconfig", why: "Resource Graph and lists of sites answer null for it"},
	{form: evidence.ARM, typ: "*", pattern: "**.adminpassword", why: "no API answers with a password"},
	{form: evidence.ARM, typ: "*", pattern: "**.administratorloginpassword", why: "no API answers with a password"},
	{form: evidence.ARM, typ: "microsoft.compute/*", pattern: "properties.protectedsettings.**", why: "protected settings of an extension are never answered"},
	{form: evidence.ARM, typ: "microsoft.compute/*", pattern: "**.customdata", why: "custom data is never answered"},
	{form: evidence.ARM, typ: "microsoft.compute/*", pattern: "**.extensions[].properties.protectedsettings.**", why: "protected settings of an extension are never answered"},
	{form: evidence.ARM, typ: "microsoft.app/*", pattern: "**.secrets[].value", why: "secrets of a container app are listed by a call of their own"},
	{form: evidence.ARM, typ: "microsoft.keyvault/vaults/secrets", pattern: "properties.value", why: "Resource Manager does not answer with the value of a secret"},
	{form: evidence.ARM, typ: "microsoft.containerservice/managedclusters", pattern: "properties.serviceprincipalprofile.secret", why: "no API answers with a secret"},
	{form: evidence.ARM, typ: "microsoft.automation/*", pattern: "**.value", why: "values that are encrypted are not answered"},
	{form: evidence.ARM, typ: "microsoft.network/connections", pattern: "properties.sharedkey", why: "the key is read by a call of its own"},
})

// withheldBy are the places that a live source is known not to show of a resource.
func withheldBy(r *evidence.Resource) []trail {
	if r.Side != evidence.Live {
		return nil
	}
	var out []trail
	for i := range withheld {
		if w := &withheld[i]; w.form == r.Form && matchType(w.typ, r.Type) {
			out = append(out, w.trail)
		}
	}
	return out
}

func anyTrail(trails []trail, pattern string) bool {
	if len(trails) == 0 {
		return false
	}
	t := trailOf(pattern)
	return slices.ContainsFunc(trails, func(w trail) bool { return matchTrail(w, t) })
}

// trailOf takes a pattern apart as a walk of a resource would.
func trailOf(pattern string) trail {
	var t trail
	for _, s := range Path(pattern).Steps() {
		if s != "[]" {
			s = lower(strings.TrimSuffix(strings.TrimPrefix(s, `["`), `"]`))
		}
		t = append(t, s)
	}
	return t
}

// scopeOfCode writes the scope that code leaves open in ids as that of the live resource with which it was matched.
func scopeOfCode(old, new *evidence.Resource) func(string) string {
	from, to := strings.SplitN(old.ID, "/", 6), strings.SplitN(new.ID, "/", 6)
	if !evidence.HasBlank(old.ID) || !evidence.IsARM(old.ID) || !evidence.IsARM(new.ID) || len(from) < 5 || len(to) < 5 {
		return nil
	}
	return func(s string) string {
		if !evidence.HasBlank(s) || !evidence.IsARM(s) {
			return s
		}
		parts := strings.SplitN(lower(s), "/", 6)
		for _, i := range [2]int{2, 4} {
			if i >= len(parts) || parts[i] != from[i] {
				break // of another subscription, the group is another one too
			}
			parts[i] = to[i]
		}
		return strings.Join(parts, "/")
	}
}
