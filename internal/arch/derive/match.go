package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Code and cloud speak of the same things and call them by different names: a template does not know the
// subscription that it will be deployed to. What code declares is the same as what was seen live
//
//  1. when it states the same cloud id (an import block, a provider's literal subscription);
//  2. when a Terraform state has it under the same address, or one that a moved block gives, and the names do not
//     contradict that;
//  3. when exactly one live resource has its type and its resolved names, in a scope that the code leaves open or
//     states so too.
//
// Where everything of one open scope that was matched stands in one live scope, that is what the open scope
// means. A name that the code does not resolve matches nothing, and that is said.

// matcher finds for each declared resource the identity under which it is known.
type matcher struct {
	b      *builder
	ids    []string             // per resource of the snapshot
	byTail map[string][]string  // ids of live Azure resources by type and names
	byAddr map[[2]string][]int  // live resources by Terraform type and address
	byName map[string][]int     // live Terraform resources that are not Azure's by type and name; made when needed
	scopes map[string]string    // open scopes and what they mean
	live   map[string]bool      // ids that were seen live
	why    map[string]unmatched // declared ids that matched nothing although something may be meant
	left   []int                // declared resources that are still to be matched
}

type unmatched struct {
	reason     string
	candidates []string
}

// match returns the identity of each resource of the snapshot.
func (b *builder) match() []string {
	m := &matcher{
		b: b, ids: make([]string, len(b.snap.Resources)), byTail: map[string][]string{}, byAddr: map[[2]string][]int{},
		scopes: map[string]string{}, live: map[string]bool{}, why: map[string]unmatched{},
	}
	for i := range b.snap.Resources {
		r := &b.snap.Resources[i]
		m.ids[i] = r.ID
		if r.Side == evidence.Declared {
			m.left = append(m.left, i)
		} else {
			m.seen(i, r)
		}
	}
	if len(m.left) == 0 {
		return m.ids
	}
	b.matcher = m
	m.left = slices.DeleteFunc(m.left, func(i int) bool { return m.live[m.ids[i]] })
	m.left = slices.DeleteFunc(m.left, m.address)
	m.left = slices.DeleteFunc(m.left, m.names)
	m.infer()
	m.left = slices.DeleteFunc(m.left, m.names) // some are plain now
	for _, i := range m.left {
		m.ids[i] = m.inScope(m.ids[i])
	}
	return m.ids
}

// seen indexes a resource that was seen.
func (m *matcher) seen(i int, r *evidence.Resource) {
	if r.Side == evidence.Planned {
		return
	}
	if !m.live[r.ID] {
		m.live[r.ID] = true
		if evidence.IsARM(r.ID) {
			tail := splitScope(r.ID).tail
			m.byTail[tail] = append(m.byTail[tail], r.ID)
		}
	}
	if r.Form != evidence.Terraform {
		return
	}
	for _, o := range r.Origins {
		if o.Address != "" {
			at := [2]string{r.Type, o.Address}
			m.byAddr[at] = append(m.byAddr[at], i)
		}
	}
}

// scoped is an Azure id taken apart into its scope and the rest.
type scoped struct{ sub, group, tail string }

// splitScope takes a normalised id apart. The tail of what lies in a group, of a group itself and of what lies in a subscription
// are told apart.
func splitScope(id string) scoped {
	rest, ok := strings.CutPrefix(id, "/subscriptions/")
	if !ok {
		return scoped{tail: id}
	}
	var s scoped
	s.sub, rest, _ = strings.Cut(rest, "/")
	group, ok := strings.CutPrefix(rest, "resourcegroups/")
	if !ok {
		s.tail = "subscription/" + rest
		return s
	}
	s.group, rest, ok = strings.Cut(group, "/")
	if !ok {
		return scoped{sub: s.sub, tail: "group/" + s.group}
	}
	s.tail = "in group/" + rest
	return s
}

// fits reports whether a scope says less than another and does not contradict it.
func (s scoped) fits(live scoped) bool {
	return (s.sub == live.sub || evidence.HasBlank(s.sub)) && (s.group == live.group || evidence.HasBlank(s.group))
}

// address matches by the Terraform address.
func (m *matcher) address(i int) bool {
	r := &m.b.snap.Resources[i]
	if r.Form != evidence.Terraform {
		return false
	}
	found := ""
	for n, a := range append([]string{addressOf(r)}, r.Aliases...) {
		for _, k := range m.byAddr[[2]string{r.Type, a}] {
			id := m.b.snap.Resources[k].ID
			if m.contradicts(r, id) || id == found {
				continue
			}
			if found != "" {
				m.why[r.ID] = unmatched{"more than one live resource has its Terraform address", sortedPair(found, id)}
				return false
			}
			found = id
		}
		if n == 0 && found != "" {
			break // it stands where the code says; where it was moved from does not matter
		}
	}
	if found == "" {
		return false
	}
	m.take(i, found)
	return true
}

func sortedPair(a, b string) []string { return []string{min(a, b), max(a, b)} }

func addressOf(r *evidence.Resource) string {
	for _, o := range r.Origins {
		if o.Address != "" {
			return o.Address
		}
	}
	return ""
}

// contradicts reports whether a declared resource's own id says that it is another than the live one.
func (m *matcher) contradicts(r *evidence.Resource, live string) bool {
	if !evidence.IsARM(r.ID) || !evidence.IsARM(live) {
		return false
	}
	d, l := splitScope(r.ID), splitScope(live)
	return !evidence.HasBlank(d.tail) && (d.tail != l.tail || !d.fits(l))
}

// names matches by type and resolved names, in the scope that the code states.
func (m *matcher) names(i int) bool {
	r := &m.b.snap.Resources[i]
	if !evidence.IsARM(r.ID) {
		return m.named(i, r)
	}
	d := splitScope(m.inScope(r.ID))
	if evidence.HasBlank(d.tail) {
		if len(m.live) > 0 {
			m.why[r.ID] = unmatched{reason: "its name, or that of what it belongs to, cannot be told from the code"}
		}
		return false
	}
	var found []string
	for _, id := range m.byTail[d.tail] {
		if d.fits(splitScope(id)) {
			found = append(found, id)
		}
	}
	delete(m.why, r.ID)
	if len(found) == 1 {
		m.take(i, found[0])
		return true
	}
	if len(found) > 1 {
		slices.Sort(found)
		m.why[r.ID] = unmatched{"more than one live resource has its type and name, and the code does not say which scope is meant", found}
	}
	return false
}

// namingAttributes are those by which providers other than azurerm name a resource uniquely within its
// account (registry.terraform.io, aws and google provider references).
var namingAttributes = []tree.Path{
	"name", "bucket", "function_name", "identifier", "cluster_identifier", "cluster_name", "domain", "repository_name",
	"user_pool_id", "topic", "dataset_id", "secret_id", "service_id", "account_id", "replication_group_id", "queue_name",
}

// named matches a resource of another provider by its type and the attribute that names it.
func (m *matcher) named(i int, r *evidence.Resource) bool {
	if r.Form != evidence.Terraform || r.Data {
		return false
	}
	if m.byName == nil {
		m.indexNames()
	}
	key, ok := nameKey(r)
	if !ok {
		return false
	}
	var found []string
	for _, k := range m.byName[key] {
		if id := m.b.snap.Resources[k].ID; !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return false
	case 1:
		m.take(i, found[0])
		return true
	}
	slices.Sort(found)
	m.why[r.ID] = unmatched{"more than one live resource has its type and name", found}
	return false
}

func (m *matcher) indexNames() {
	m.byName = map[string][]int{}
	for i := range m.b.snap.Resources {
		r := &m.b.snap.Resources[i]
		if r.Form != evidence.Terraform || r.Side == evidence.Declared || r.Side == evidence.Planned || r.Data || evidence.IsARM(r.ID) {
			continue
		}
		if key, ok := nameKey(r); ok {
			m.byName[key] = append(m.byName[key], i)
		}
	}
}

func nameKey(r *evidence.Resource) (string, bool) {
	v, err := r.Tree()
	if err != nil {
		return "", false
	}
	for _, p := range namingAttributes {
		if name := v.At(p).Str(); name != "" {
			return r.Type + "\x00" + string(p) + "\x00" + name, !evidence.HasLeft(name)
		}
	}
	return "", false
}

func (m *matcher) take(i int, id string) {
	m.ids[i] = id
	delete(m.why, m.b.snap.Resources[i].ID)
}

// infer learns what open scopes mean from what was matched in them.
func (m *matcher) infer() {
	votes := map[string]map[string]bool{}
	vote := func(open, means string) {
		if evidence.HasBlank(open) && !evidence.HasBlank(means) {
			if votes[open] == nil {
				votes[open] = map[string]bool{}
			}
			votes[open][means] = true
		}
	}
	for i := range m.ids {
		r := &m.b.snap.Resources[i]
		if r.Side != evidence.Declared || m.ids[i] == r.ID || !evidence.IsARM(r.ID) {
			continue
		}
		d, l := splitScope(r.ID), splitScope(m.ids[i])
		vote("/subscriptions/"+d.sub, "/subscriptions/"+l.sub)
		if d.group != "" && evidence.HasBlank(d.group) {
			vote("/subscriptions/"+d.sub+"/resourcegroups/"+d.group, "/subscriptions/"+l.sub+"/resourcegroups/"+l.group)
		}
	}
	for open, means := range votes {
		if len(means) == 1 {
			for only := range means {
				m.scopes[open] = only
			}
		}
	}
	for open, means := range m.scopes {
		m.b.names.AddScope(open, means)
	}
}

// inScope puts an id into the live scope that its open scope was found to mean.
func (m *matcher) inScope(id string) string {
	d := splitScope(id)
	if d.group != "" {
		open := "/subscriptions/" + d.sub + "/resourcegroups/" + d.group
		if means, ok := m.scopes[open]; ok {
			return means + id[len(open):]
		}
	}
	if open := "/subscriptions/" + d.sub; evidence.HasBlank(open) {
		if means, ok := m.scopes[open]; ok {
			return means + id[len(open):]
		}
	}
	return id
}
