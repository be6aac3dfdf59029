package arm

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/arm/lang"
)

// target is where the resources of a deployment go.
type target struct {
	level                        level
	subscription, group, managed place
	location                     string // of the group, when it is known
}

// place is a subscription, a resource group or a management group: as a value, which may be open, and as a segment
// of an id.
type place struct {
	value   lang.Value
	segment string
}

// The words for what the one who deploys chooses, as the language has them.
const (
	subscriptionWords = "subscription().subscriptionId"
	groupWords        = "resourceGroup().name"
	managementWords   = "managementGroup().name"
)

// fileTarget is that of a template file: nothing in it says where it goes. Where nobody else does, its segments are blanks in the name of
// the input, so that the resources of one file are together and those of two are not.
func fileTarget(l level, in evidence.Input) target {
	blank := evidence.Blank(in.Name)
	is := func(text, words string) place {
		if text != "" {
			return place{lang.Str(text), text}
		}
		return place{lang.Unknown(words, evidence.UnknownScope), blank}
	}
	return target{
		level: l, subscription: is(in.Target.Subscription, subscriptionWords), group: is(in.Target.ResourceGroup, groupWords),
		managed: is("", managementWords), location: in.Target.Location,
	}
}

// at is a place as a value says. Passed on as it was found, it is the place that it was.
func at(v lang.Value, around ...place) place {
	for _, p := range around {
		if v.Kind == lang.Open && p.value.Kind == lang.Open && v.Text == p.value.Text {
			return p
		}
	}
	text := v.Str()
	if v.Secure {
		text = evidence.Left("secret")
	}
	return place{v, evidence.Segment(text[strings.LastIndexByte(outside(text), '/')+1:])}
}

// id is the id of what is deployed to; "" is the tenant.
func (t target) id() string {
	switch t.level {
	case groupLevel:
		return "/subscriptions/" + t.subscription.segment + "/resourceGroups/" + t.group.segment
	case subscriptionLevel:
		return "/subscriptions/" + t.subscription.segment
	case managementLevel:
		return managementPath + t.managed.segment
	}
	return ""
}

const managementPath = "/providers/Microsoft.Management/managementGroups/"

// scopeID is what the functions resourceId, subscriptionResourceId and so on begin with. resourceId gives
// an id of what is deployed to, whatever that is (Template functions, "resourceId", "Return value").
func (t target) scopeID(level string) string {
	switch level {
	case "group":
		if t.level == managementLevel {
			return ""
		}
		return t.id()
	case "subscription":
		return "/subscriptions/" + t.subscription.segment
	case "managementGroup":
		return managementPath + t.managed.segment
	}
	return ""
}

// settler returns what puts segments in place of what a text says of the places that are deployed to: an id that was put
// together from subscription().subscriptionId is the id that resourceId() gives.
func (t target) settler() func(string) string {
	var pairs []string
	put := func(before, words string, p place) {
		for _, open := range []string{evidence.Left(words), evidence.Blank(words), strings.ToLower(evidence.Blank(words))} {
			for _, b := range []string{before, strings.ToLower(before)} {
				pairs = append(pairs, b+open, b+p.segment)
			}
		}
	}
	put("/subscriptions/", subscriptionWords, t.subscription)
	put("/resourceGroups/", groupWords, t.group)
	put("/managementGroups/", managementWords, t.managed)
	all := strings.NewReplacer(pairs...)
	return func(text string) string {
		if strings.Contains(text, "().") {
			text = all.Replace(text)
		}
		return groupID(text)
	}
}

// groupID gives the id of a resource group its usual form: subscriptionResourceId() makes one as if the group were a
// resource like others.
func groupID(text string) string {
	const odd = "/providers/microsoft.resources/resourcegroups/"
	if len(text) < len(odd) || !strings.HasPrefix(text, "/subscriptions/") {
		return text
	}
	mask := outside(text)
	at := len("/subscriptions/") + strings.IndexByte(mask[len("/subscriptions/"):]+"/", '/')
	if len(text) > at+len(odd) && strings.EqualFold(text[at:at+len(odd)], odd) {
		return text[:at] + "/resourceGroups/" + text[at+len(odd):]
	}
	return text
}

// outside returns a text of the same length in which everything inside ${...} and @(...) is blanked out, so that
// a slash in it is one of the text.
func outside(text string) string {
	if !strings.Contains(text, "${") && !strings.Contains(text, "@(") {
		return text
	}
	b := []byte(text)
	for i := 0; i+1 < len(b); i++ {
		var open, shut byte
		switch {
		case b[i] == '$' && b[i+1] == '{':
			open, shut = '{', '}'
		case b[i] == '@' && b[i+1] == '(':
			open, shut = '(', ')'
		default:
			continue
		}
		depth := 0
		for i++; i < len(b); i++ {
			c := b[i]
			b[i] = '.'
			if c == open {
				depth++
			}
			if c == shut {
				if depth--; depth == 0 {
					break
				}
			}
		}
	}
	return string(b)
}

// split cuts a text at its slashes, but for those in its open parts.
func split(text string) []string {
	mask := outside(text)
	var parts []string
	for {
		i := strings.IndexByte(mask, '/')
		if i < 0 {
			return append(parts, text)
		}
		parts = append(parts, text[:i])
		text, mask = text[i+1:], mask[i+1:]
	}
}
