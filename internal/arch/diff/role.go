package diff

import (
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Two environments are matched by role: the type and the name, with the names of what it is a part of, without the words that say which environment
// it is and without random ends. Of several with one role those are taken that agree in the rest of the name or in the scope too;
// where that does not leave one, nobody can tell, and that is said.

// environments are the words by which people tell environments apart; joined are those of them that are long enough to be found in a name without
// separators, longest first.
var environments, joined = environmentWords()

func environmentWords() (map[string]bool, []string) {
	words := map[string]bool{}
	var long []string
	for w := range strings.FieldsSeq(`dev develop development devel test tst testing qa uat acc accept acceptance stg stage staging pre preprod ppe prod prd
		production live sandbox sbx sbox demo int integration perf load nonprod nonprd np dr lab poc trial preview canary`) {
		words[w] = true
		if len(w) >= 3 && w != "int" && w != "pre" && w != "acc" && w != "live" && w != "load" && w != "lab" {
			long = append(long, w)
		}
	}
	slices.SortFunc(long, func(a, b string) int { return len(b) - len(a) })
	return words, long
}

// roleName is a name without words of an environment and random ends.
func roleName(name string) string {
	tokens := strings.FieldsFunc(lower(name), func(r rune) bool { return strings.ContainsRune("-_. /", r) })
	var out []string
	for i, t := range tokens {
		if environments[t] || i > 0 && random(t) {
			continue
		}
		out = append(out, withoutEnvironment(t))
	}
	return strings.Join(out, "-")
}

// withoutEnvironment cuts the word of an environment off the end or the start of a name without separators: stshopprod, stshopprod01.
func withoutEnvironment(t string) string {
	digits := len(t)
	for digits > 0 && t[digits-1] >= '0' && t[digits-1] <= '9' {
		digits--
	}
	body, number := t[:digits], t[digits:]
	if environments[body] {
		return number
	}
	for _, w := range joined {
		if rest, ok := strings.CutSuffix(body, w); ok && len(rest) >= 3 {
			return rest + number
		}
		if rest, ok := strings.CutPrefix(body, w); ok && len(rest) >= 3 {
			return rest + number
		}
	}
	return t
}

// rolePath are the names of what a resource is a part of, and its own, each without its environment.
func rolePath(r *evidence.Resource, name func(string) string) string {
	id := r.ID
	if evidence.IsARM(id) {
		if i := strings.LastIndex(id, "/providers/"); i >= 0 {
			id = id[i+len("/providers/"):]
		} else if i := strings.Index(id, "/resourcegroups/"); i >= 0 {
			id = id[i+1:]
		} else if strings.Count(id, "/") == 2 {
			return "subscription"
		}
		parts := strings.Split(id, "/")
		for i := range parts {
			parts[i] = name(parts[i])
		}
		return strings.Join(parts, "/")
	}
	if r.Form == evidence.Terraform {
		for _, o := range r.Origins {
			if o.Address != "" {
				return name(o.Address)
			}
		}
	}
	return name(r.Name)
}

// roleScope is the resource group, the namespace or the project, without its environment.
func roleScope(r *evidence.Resource) string {
	scope := r.Scope
	if i := strings.LastIndexByte(scope, '/'); i >= 0 {
		scope = scope[i+1:]
	}
	return roleName(scope)
}

// sort is what must be the same in two resources that belong together.
func (c *comparison) sort(r *evidence.Resource) string {
	side := string(r.Side)
	if c.o.AnySide {
		side = ""
	}
	return string(r.Form) + "\x00" + side + "\x00" + r.Type + "\x00"
}

func (c *comparison) byRole() error {
	var left [2][]*evidence.Resource
	for s := range left {
		left[s] = slices.DeleteFunc(slices.Clone(c.halves[s].all), func(r *evidence.Resource) bool { return r.Data })
	}
	levels := []func(*evidence.Resource) string{
		func(r *evidence.Resource) string { return c.sort(r) + r.ID },
		func(r *evidence.Resource) string { return c.sort(r) + rolePath(r, lower) + "\x00" + roleScope(r) },
		func(r *evidence.Resource) string { return c.sort(r) + rolePath(r, roleName) + "\x00" + roleScope(r) },
		func(r *evidence.Resource) string { return c.sort(r) + rolePath(r, roleName) },
	}
	var pairs [][2]*evidence.Resource
	for _, key := range levels {
		left[0], left[1] = matchBy(left, key, &pairs)
	}
	c.ambiguous(left, levels[len(levels)-1])
	c.roles = newRoles(pairs)
	for _, p := range pairs {
		if err := c.two(p[0], p[1], Changed, ""); err != nil {
			return err
		}
	}
	return nil
}

// matchBy pairs what has one key on both sides and shares it with nothing on its own, and returns the others.
func matchBy(sides [2][]*evidence.Resource, key func(*evidence.Resource) string, pairs *[][2]*evidence.Resource) (a, b []*evidence.Resource) {
	by := groupBy(sides, key)
	for _, r := range sides[0] {
		if g := by[key(r)]; len(g[0]) == 1 && len(g[1]) == 1 {
			*pairs = append(*pairs, [2]*evidence.Resource{g[0][0], g[1][0]})
		} else {
			a = append(a, r)
		}
	}
	for _, r := range sides[1] {
		if g := by[key(r)]; len(g[0]) != 1 || len(g[1]) != 1 {
			b = append(b, r)
		}
	}
	return a, b
}

func groupBy(sides [2][]*evidence.Resource, key func(*evidence.Resource) string) map[string]*[2][]*evidence.Resource {
	by := map[string]*[2][]*evidence.Resource{}
	for s, list := range sides {
		for _, r := range list {
			k := key(r)
			g := by[k]
			if g == nil {
				g = new([2][]*evidence.Resource)
				by[k] = g
			}
			g[s] = append(g[s], r)
		}
	}
	return by
}

// ambiguous says of what has several counterparts that none can be told, and of the rest that it has none.
func (c *comparison) ambiguous(left [2][]*evidence.Resource, key func(*evidence.Resource) string) {
	by := groupBy(left, key)
	for s, list := range left {
		for _, r := range list {
			others := by[key(r)][1-s]
			if len(others) == 0 {
				c.lone(s, []*evidence.Resource{r})
				continue
			}
			names := make([]string, 0, 4)
			for _, o := range others[:min(len(others), 4)] {
				names = append(names, o.ID)
			}
			if len(others) > 4 {
				names = append(names, itoa(len(others)-4)+" more")
			}
			c.out.tell(Unknown{
				Resource: r.ID, Type: r.Type, Input: inputOf(r), Line: lineOf(r), Count: 1,
				Reason: "what has its role in the other environment cannot be told; it may be: " + strings.Join(names, ", "),
				Help:   "name the resources so that they differ by more than the environment, or compare smaller parts",
			}, oldSide|newSide)
		}
	}
}

// gapOfRole tells why an environment may have something that was not seen.
func (c *comparison) gapOfRole(r *evidence.Resource, other *book) *gap {
	form := string(r.Form) + ":"
	found := false
	for u := range other.units {
		found = found || strings.HasPrefix(u, form)
	}
	if !found {
		return &gap{input: inputOf(r), reason: "nothing of its sort (" + string(r.Form) + ") was read of the other environment", help: "scan the same sorts of input of both; " + formHelp[r.Form], failed: true}
	}
	for _, in := range sortedKeys(other.broken) {
		if other.inputs[in] == "" || other.inputs[in] == c.formatOf(r) {
			return gapBy(other.broken[in])
		}
	}
	return nil
}

func (c *comparison) formatOf(r *evidence.Resource) string {
	for s := range c.halves {
		if f := c.halves[s].books().inputs[inputOf(r)]; f != "" {
			return f
		}
	}
	return ""
}

// roles map the ids, names, hosts and drawn ids of matched resources to words that are the same in both environments.
type roles struct {
	ids, names, hosts [2]map[string]string
	subs              [2]map[string]bool
}

// hostMembers are the members, in lower case, that hold a host under which a resource is reached.
var hostMembers = map[string]bool{
	"defaulthostname": true, "fullyqualifieddomainname": true, "vaulturi": true, "hostname": true, "loginserver": true, "servicebusendpoint": true,
	"documentendpoint": true, "fqdn": true, "privatefqdn": true, "latestrevisionfqdn": true, "enabledhostnames": true, "hostnames": true, "endpoint": true,
	"default_hostname": true, "login_server": true, "vault_uri": true, "dns_name": true, "blob": true, "queue": true, "table": true, "file": true, "web": true, "dfs": true,
	"address": true, "default_host_name": true, "azureportalfqdn": true, "proxyaddress": true, "ftpshostname": true, "primary_blob_endpoint": true,
}

func newRoles(pairs [][2]*evidence.Resource) *roles {
	var m roles
	for s := range 2 {
		m.ids[s], m.names[s], m.hosts[s], m.subs[s] = map[string]string{}, map[string]string{}, map[string]string{}, map[string]bool{}
	}
	for k, p := range pairs {
		for s, r := range p {
			m.add(s, k, r)
		}
	}
	return &m
}

func (m *roles) add(s, k int, r *evidence.Resource) {
	word := "\x00role " + itoa(k)
	m.ids[s][lower(r.ID)] = word
	m.name(s, r.Name)
	if rest, ok := strings.CutPrefix(r.Scope, "/subscriptions/"); ok {
		sub, group, _ := strings.Cut(rest, "/resourcegroups/")
		m.subs[s][sub] = true
		m.name(s, group)
	} else {
		m.name(s, r.Scope)
	}
	v, err := r.Tree()
	if err != nil {
		return
	}
	for _, u := range uniques[r.Form] {
		if text := textAt(&v, u); len(text) >= 8 && m.ids[s][text] == "" {
			m.ids[s][text] = word + " " + string(u)
		}
	}
	for at, l := range v.Leaves() {
		if l.Kind != tree.String {
			continue
		}
		if n := trailOf(string(at)).last(); !hostMembers[n] {
			continue
		}
		if h := hostIn(l.Text); strings.Contains(h, ".") && m.hosts[s][h] == "" {
			m.hosts[s][h] = word + " " + tree.Path(at).Pattern()
		}
	}
}

func (m *roles) name(s int, name string) {
	if name != "" {
		m.names[s][lower(name)] = "\x00name " + roleName(name)
	}
}

// hostIn is the host of a URL or of a text that is one.
func hostIn(text string) string {
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text = rest
	}
	if i := strings.IndexAny(text, "/:?"); i >= 0 {
		text = text[:i]
	}
	return lower(text)
}

func (m *roles) maps() [2]func(string) string {
	return [2]func(string) string{func(t string) string { return m.text(0, t) }, func(t string) string { return m.text(1, t) }}
}

// text writes what names something of a side's environment in the words of its role.
func (m *roles) text(s int, t string) string {
	low := lower(t)
	if environments[low] {
		return "\x00environment"
	}
	if to := m.ids[s][low]; to != "" {
		return to
	}
	if to := m.names[s][low]; to != "" {
		return to
	}
	if m.subs[s][low] {
		return "\x00subscription"
	}
	if armID(t) {
		return m.id(s, low)
	}
	if to := m.word(s, low); to != low && !strings.ContainsAny(t, ". ") {
		return to
	}
	return m.withHosts(s, t)
}

// id maps an Azure id by the nearest thing above it that was matched, else by its subscription and group.
func (m *roles) id(s int, low string) string {
	for at := len(low); at > 0; at = strings.LastIndexByte(low[:at], '/') {
		if to := m.ids[s][low[:at]]; to != "" {
			return to + m.segments(s, low[at:])
		}
	}
	return m.segments(s, low)
}

// segments maps the parts of an id that name something: what lies in a resource is often called after another.
func (m *roles) segments(s int, low string) string {
	parts := strings.Split(low, "/")
	for i, p := range parts {
		if m.subs[s][p] {
			parts[i] = "\x00subscription"
		} else {
			parts[i] = m.word(s, p)
		}
	}
	return strings.Join(parts, "/")
}

// word maps a name, or one that begins with a name and a hyphen: cosmos-shop-prod-westeurope is a part of cosmos-shop-prod.
func (m *roles) word(s int, low string) string {
	for at := len(low); at > 0; at = strings.LastIndexByte(low[:at], '-') {
		if to := m.names[s][low[:at]]; to != "" {
			return to + low[at:]
		}
	}
	return low
}

// withHosts maps the hosts in a text.
func (m *roles) withHosts(s int, t string) string {
	if !strings.Contains(t, ".") {
		return t
	}
	var b strings.Builder
	for t != "" {
		n := 0
		for n < len(t) && hostByte(t[n]) {
			n++
		}
		if n == 0 {
			b.WriteByte(t[0])
			t = t[1:]
			continue
		}
		b.WriteString(m.host(s, t[:n]))
		t = t[n:]
	}
	return b.String()
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.'
}

func (m *roles) host(s int, h string) string {
	low := lower(h)
	if to := m.hosts[s][low]; to != "" {
		return to
	}
	if to := m.names[s][low]; to != "" && !strings.Contains(low, ".") {
		return to // AccountName=storders;EndpointSuffix=core.windows.net
	}
	if !strings.Contains(low, ".svc") {
		label, domain, ok := strings.Cut(low, ".")
		if to := m.word(s, label); ok && to != label && strings.Contains(domain, ".") {
			return to + "." + domain // a host of the platform is called after its resource
		}
		return h
	}
	parts := strings.Split(low, ".") // name.namespace.svc.cluster.local
	for i, p := range parts {
		if to := m.names[s][p]; to != "" {
			parts[i] = to
		}
	}
	return strings.Join(parts, ".")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
