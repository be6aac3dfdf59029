package diff

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// normal says when two values are held to be equal although their text differs. What it calls equal is not reported at all.
//
//	ids of Azure       without regard to case (Azure Resource Manager: resource ids are case-insensitive)
//	names of members   in ARM without regard to case
//	locations          "West Europe" is westeurope, in ARM and in what azurerm has
//	types and groups   Microsoft.Web/sites is microsoft.web/sites, and RG-SHOP rg-shop, in ARM and in what azurerm has
//	numbers, booleans  as text: "1" is 1, "True" is true
//	ports              * is 0-65535
//	nothing            null, [], {} and an object of nothing but such are like a member that is not there, but for the places
//	                   in [significant]; in Terraform and at the root of an ARM resource, where the kind of the value cannot say
//	                   "unset", the empty text too
//	arrays             of scalars are sets but for the places in [ordered]; those of objects are matched by identity
//	JSON within text   in Terraform by what it says, not by its layout
type normal struct {
	form  evidence.Form
	typ   string
	azure bool
	// mask: the two sides were sealed under different keys, and fingerprints say nothing.
	mask bool
	// fold: one side is code, in which people write words of an enumeration in any case.
	fold bool
	// role maps a text that names something of an environment to one that does not; nil unless environments are compared.
	role func(string) string
	sig  []*place
	// stated: an empty array is something, since code states it.
	stated bool
}

func normalOf(r *evidence.Resource) *normal {
	x := &normal{form: r.Form, typ: r.Type}
	x.azure = r.Form == evidence.ARM || r.Form == evidence.Terraform && strings.HasPrefix(r.Type, "azurerm_")
	for i := range significant {
		if p := &significant[i]; p.form == r.Form && matchType(p.typ, r.Type) {
			x.sig = append(x.sig, p)
		}
	}
	return x
}

// name is a member's name as it is compared.
func (x *normal) name(s string) string {
	if x.role != nil && armID(s) {
		return x.role(s) // a user-assigned identity is a member under its id
	}
	if x.form == evidence.ARM {
		return lower(s)
	}
	return s
}

// lower is strings.ToLower for what is mostly lower-case or ASCII.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.ToLower(s)
		}
	}
	return s
}

// longJSON is how long a text may be in which JSON is looked for.
const longJSON = 1 << 20

// text is a string as it is compared; last is the name of the nearest member above it, in lower case.
func (x *normal) text(s, last string) string {
	switch {
	case s == "":
		return ""
	case len(s) <= 5 && (strings.EqualFold(s, "true") || strings.EqualFold(s, "false")):
		return lower(s)
	case s == "*" && strings.Contains(last, "port"):
		return "0-65535"
	}
	if x.mask && evidence.IsFingerprint(s) {
		s = masked(s)
	}
	if x.azure {
		switch {
		case regions[last]:
			s = strings.ReplaceAll(lower(s), " ", "")
		case groupNames[last], last == "type" && typeOfARM(s):
			s = lower(s)
		}
	}
	if s[0] == '/' && armID(s) {
		s = evidence.NormalizeARM(s)
	}
	if x.form == evidence.Terraform && (s[0] == '{' || s[0] == '[') && len(s) > 1 && len(s) <= longJSON {
		s = withoutLayout(s)
	}
	if x.role != nil {
		s = x.role(s)
	}
	if x.fold && x.azure && word(s) && !ownWords[last] {
		s = lower(s)
	}
	return s
}

// armID reports whether a whole text is an Azure id, and not a text or an address that begins like one.
func armID(s string) bool {
	if !evidence.IsARM(s) || strings.ContainsAny(s, " \t\n?") {
		return false
	}
	return !strings.HasPrefix(lower(s[:11]), "/providers/") || strings.HasPrefix(lower(s[:min(len(s), 21)]), "/providers/microsoft.")
}

// regions are the members that name a location of Azure.
var regions = map[string]bool{
	"location": true, "locationname": true, "location_name": true, "primarylocation": true, "secondarylocation": true, "region": true,
	"failoverlocation": true, "failover_location": true, "locations": true, "primary_location": true, "secondary_location": true,
}

// groupNames are the members that name a resource group, of which Azure answers with any case.
var groupNames = map[string]bool{"resourcegroup": true, "resource_group_name": true, "noderesourcegroup": true, "node_resource_group": true}

// typeOfARM reports whether a text is the type of a resource, such as Microsoft.Network/networkSecurityGroups/securityRules. Lists, Resource Graph and
// GETs write it in different case.
func typeOfARM(s string) bool {
	provider, kind, ok := strings.Cut(s, "/")
	return ok && kind != "" && strings.Contains(provider, ".") && !strings.ContainsAny(s, " :")
}

// ownWords are the members whose values are people's own, where case may count.
var ownWords = map[string]bool{"value": true, "app_settings": true, "environment": true, "tags": true, "connectionstring": true, "secret": true, "content": true}

// word reports whether a text is one word such as an enumeration has: Standard_LRS, TLS1_2, Allow.
func word(s string) bool {
	if len(s) > 60 || s == "" || evidence.IsFingerprint(s) {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9' || i == 0) && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// withoutLayout writes JSON as its canonical form, and leaves any other text.
func withoutLayout(s string) string {
	v, err := tree.ParseJSON([]byte(s), tree.Limits{Depth: 100, Nodes: 200_000})
	if err != nil {
		return s
	}
	raw, _, err := canon.Encode(&v)
	if err != nil {
		return s
	}
	return string(raw)
}

// masked writes each fingerprint in s as its mark alone.
func masked(s string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, secret.Mark)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString(secret.Mark)
		n := 0
		for n < len(after) && n < 32 && (after[n] >= '0' && after[n] <= '9' || after[n] >= 'a' && after[n] <= 'f') {
			n++
		}
		s = after[n:]
	}
}

// place is a place in resources of one form and type, as a pattern in lower case: * is any one step, ** any number of them.
type place struct {
	form    evidence.Form
	typ     string // a glob
	pattern string
	// null: a member that is null counts too.
	null bool
	why  string

	trail trail // the pattern, taken apart
}

// laidOut takes the patterns of places apart.
func laidOut(places []place) []place {
	for i := range places {
		places[i].trail = trailOf(places[i].pattern)
	}
	return places
}

// significant are the places where an empty array or object is not the same as nothing.
var significant = laidOut([]place{
	{form: evidence.ARM, typ: "microsoft.web/sites*", pattern: "**.allowedapplications", why: "an empty list denies all callers, no list allows them (App Service, defaultAuthorizationPolicy)"},
	{form: evidence.ARM, typ: "microsoft.web/sites*", pattern: "**.allowedaudiences", why: "an empty list accepts the default audience alone"},
	{form: evidence.ARM, typ: "microsoft.web/sites*", pattern: "**.allowedprincipals", why: "an empty object says that principals are checked"},
	{form: evidence.ARM, typ: "*", pattern: "identity.userassignedidentities.*", why: "the name of the member is the identity (Azure Resource Manager, identity)"},
	{form: evidence.Kubernetes, typ: "networking.k8s.io/NetworkPolicy", pattern: "**.podselector", why: "an empty selector selects all, no selector none (Kubernetes, NetworkPolicy)"},
	{form: evidence.Kubernetes, typ: "networking.k8s.io/NetworkPolicy", pattern: "**.namespaceselector", why: "an empty selector selects all, no selector none (Kubernetes, NetworkPolicy)"},
	{form: evidence.Kubernetes, typ: "*", pattern: "spec.selector", why: "an empty selector of a disruption budget selects all pods, no selector none"},
	{form: evidence.Kubernetes, typ: "*", pattern: "webhooks[].namespaceselector", why: "an empty selector selects all namespaces"},
	{form: evidence.Compose, typ: "*", pattern: "**.networks.*", null: true, why: "the name of the member is the network that is joined (Compose Specification)"},
	{form: evidence.Compose, typ: "*", pattern: "**.environment.*", null: true, why: "a variable without a value is passed on from the shell (Compose Specification)"},
	{form: evidence.Compose, typ: "*", pattern: "**.args.*", null: true, why: "an argument without a value is passed on from the shell (Compose Specification)"},
	{form: evidence.Compose, typ: "*", pattern: "**.command", why: "an empty command clears that of the image (Compose Specification)"},
	{form: evidence.Compose, typ: "*", pattern: "**.entrypoint", why: "an empty entrypoint clears that of the image (Compose Specification)"},
})

// ordered are the members, in lower case, whose scalars stay in their order: commands with their arguments, and lists in which the first that
// fits is taken.
var ordered = map[string]bool{
	"command": true, "args": true, "entrypoint": true, "cmd": true, "entry_point": true, "arguments": true, "startupcommand": true, "test": true, "inline": true,
	"interpreter": true, "shell": true, "dnsservers": true, "dns_servers": true, "searches": true, "dns": true, "dns_search": true,
	"defaultdocuments": true, "default_documents": true, "layers": true, "env_file": true, "initcommands": true, "script": true, "runcmd": true,
}

// trail is where in a resource a walk is: the names of members in lower case, and [] for an item.
type trail []string

// last is the name of the nearest member.
func (t trail) last() string {
	for i := len(t) - 1; i >= 0; i-- {
		if t[i] != "[]" {
			return t[i]
		}
	}
	return ""
}

// means reports whether nothing at this place is something.
func (x *normal) means(t trail, v *tree.Value) bool {
	for i := range x.sig {
		if p := x.sig[i]; (v.Kind != tree.Null || p.null) && matchTrail(p.trail, t) {
			return true
		}
	}
	return false
}

// matchTrail matches all of a trail.
func matchTrail(pattern []string, t trail) bool {
	if len(pattern) == 0 {
		return len(t) == 0
	}
	if pattern[0] == "**" {
		for i := 0; i <= len(t); i++ {
			if matchTrail(pattern[1:], t[i:]) {
				return true
			}
		}
		return false
	}
	return len(t) > 0 && (pattern[0] == "*" && t[0] != "[]" || pattern[0] == t[0]) && matchTrail(pattern[1:], t[1:])
}

// matchType matches a type with a glob in which * is any text, without regard to case. Alternatives are separated by spaces.
func matchType(globs, typ string) bool {
	for g := range strings.FieldsSeq(globs) {
		if glob(lower(g), lower(typ)) {
			return true
		}
	}
	return false
}

func glob(g, s string) bool {
	before, after, ok := strings.Cut(g, "*")
	if !ok {
		return g == s
	}
	if !strings.HasPrefix(s, before) {
		return false
	}
	s = s[len(before):]
	for i := 0; i <= len(s); i++ {
		if glob(after, s[i:]) {
			return true
		}
	}
	return false
}
