package diff

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/base/tree"
)

// items compares two arrays: scalars as a set, or in their order where that matters; objects by what identifies them, else by their content.
func (p *pair) items(a, b *node, at *spot) error {
	if a.inOrder() && len(a.kids) > 0 || b.inOrder() && len(b.kids) > 0 {
		return p.inOrder(a.kids, b.kids, at)
	}
	sa, ca := split(a.kids)
	sb, cb := split(b.kids)
	if err := p.set(sa, sb, at); err != nil {
		return err
	}
	if len(ca) == 0 && len(cb) == 0 {
		return nil
	}
	for _, id := range identities {
		if ka, ok := identify(ca, id); ok {
			if kb, ok := identify(cb, id); ok {
				return p.identified(ka, kb, at)
			}
		}
	}
	return p.alike(ca, cb, at)
}

func split(kids []node) (scalars, containers []*node) {
	for i := range kids {
		if kids[i].shape == scalar {
			scalars = append(scalars, &kids[i])
		} else {
			containers = append(containers, &kids[i])
		}
	}
	return scalars, containers
}

func (p *pair) inOrder(a, b []node, at *spot) error {
	for i := range max(len(a), len(b)) {
		var x, y *node
		path, back := itoa(i), itoa(i)
		if i < len(a) {
			x = &a[i]
		} else {
			path = "+" + path
		}
		if i < len(b) {
			y = &b[i]
		} else {
			back = "+" + back
		}
		if err := p.item(x, y, at, path, back); err != nil {
			return err
		}
	}
	return nil
}

// item compares the items of two arrays that belong together. What only new has counts also where old alone is asked for: old states the array.
func (p *pair) item(a, b *node, at *spot, path, back string) error {
	at = &spot{up: at, a: a, b: b, path: path, back: back}
	if a == nil && p.onlyOld {
		return p.leaves(nil, b, at, true)
	}
	return p.values(a, b, at)
}

// set compares scalars without regard to their order. Equal ones are told apart by their number.
func (p *pair) set(a, b []*node, at *spot) error {
	byKey := func(x, y *node) int {
		return cmp.Or(strings.Compare(x.key, y.key), strings.Compare(x.v.Text, y.v.Text), cmp.Compare(x.v.Kind, y.v.Kind))
	}
	slices.SortStableFunc(a, byKey)
	slices.SortStableFunc(b, byKey)
	oldLabels, newLabels := setLabels(a), setLabels(b)
	for i, j := 0, 0; i < len(a) || j < len(b); {
		var x, y *node
		var path, back string
		if i < len(a) && (j == len(b) || a[i].key <= b[j].key) {
			x, path = a[i], oldLabels[i]
		}
		if j < len(b) && (i == len(a) || b[j].key <= a[i].key) {
			y, back = b[j], newLabels[j]
		}
		if x != nil {
			i++
		}
		if y != nil {
			j++
		}
		if err := p.item(x, y, at, cmp.Or(path, back), cmp.Or(back, path)); err != nil {
			return err
		}
	}
	return nil
}

// setLabels name sorted scalars by their text, and equal ones by their number too.
func setLabels(items []*node) []string {
	out := make([]string, len(items))
	nth := 1
	for i, n := range items {
		out[i] = scalarLabel(n.v)
		if nth++; i == 0 || n.v.Text != items[i-1].v.Text || n.key != items[i-1].key {
			nth = 1
		}
		if nth > 1 {
			out[i] += "~" + itoa(nth)
		}
	}
	return out
}

// scalarLabel is the text of a scalar; null has none, and a text that is empty is quoted.
func scalarLabel(v *tree.Value) string {
	if v.Kind == tree.Null {
		return "="
	}
	return "=" + label(v.Text)
}

// identities are the members by which the objects of an array are told apart, in lower case, best first: the first that all of them have, and no
// two the same, is taken. They come from the keys of lists that Kubernetes declares (x-kubernetes-list-map-keys of its OpenAPI), from what
// names the parts of Azure resources (learn.microsoft.com/azure/templates), and from the arguments that the providers of Terraform ask for.
var identities = func() [][]string {
	var out [][]string
	for _, s := range []string{
		"name", "id", "key", "resourceid", "kind namespace name", "mountpath", "devicepath", "containerport protocol", "containerport",
		"port protocol", "port", "target protocol", "target published protocol", "target", "source target", "objectid", "objectid applicationid", "object_id",
		"object_id application_id", "path", "host", "hostname", "host_name", "ip", "ipaddressorrange", "ipaddress", "ip_address", "ip_mask", "ipv4address", "value",
		"type", "topologykey", "topologykey whenunsatisfiable", "locationname", "location", "uid", "category", "categorygroup", "category_group", "alias", "displayname",
		"display_name", "sid", "priority", "rule_number", "rule_no", "roledefinitionid principalid", "clientid", "client_id", "thumbprint", "domain_name", "origin_id",
		"availability_zone", "zone", "subnet_id", "subnetid", "virtual_network_subnet_id", "cidr_block", "device_name", "attribute_name", "index_name", "region",
		"from_port to_port protocol", "secretref", "secret", "field", "metricname", "metric_name", "key operator effect", "effect key operator value",
		"principalid", "principal_id", "url", "uri", "index", "order", "expression", "image",
	} {
		out = append(out, strings.Fields(s))
	}
	return out
}()

// known is an item with what identifies it.
type known struct {
	*node
	key  string // as it is compared
	text string // as it is written in a path
}

// identify returns the items with their identity, sorted by it, if all have one and no two the same.
func identify(items []*node, id []string) ([]known, bool) {
	out := make([]known, 0, len(items))
	for _, n := range items {
		k := known{node: n}
		some := false
		for i, name := range id {
			m := n.member(name)
			switch {
			case m != nil && m.shape == scalar && m.key != nullItem && m.key != "":
				some = true
				if i > 0 && k.text != "" {
					k.text += ","
				}
				k.key += m.key
				k.text += m.name + "=" + label(m.v.Text)
			case i == 0 || m != nil && m.shape != scalar:
				return nil, false
			}
			k.key += "\x00"
		}
		if !some {
			return nil, false
		}
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b known) int { return strings.Compare(a.key, b.key) })
	for i := 1; i < len(out); i++ {
		if out[i].key == out[i-1].key {
			return nil, false
		}
	}
	return out, true
}

func (p *pair) identified(a, b []known, at *spot) error {
	for i, j := 0, 0; i < len(a) || j < len(b); {
		var x, y *node
		var path, back string
		if i < len(a) && (j == len(b) || a[i].key <= b[j].key) {
			x, path = a[i].node, a[i].text
		}
		if j < len(b) && (i == len(a) || b[j].key <= a[i].key) {
			y, back = b[j].node, b[j].text
		}
		if x != nil {
			i++
		}
		if y != nil {
			j++
		}
		if err := p.item(x, y, at, cmp.Or(path, back), cmp.Or(back, path)); err != nil {
			return err
		}
	}
	return nil
}

// alike pairs items that nothing identifies: those of equal content, then those that have most in common.
func (p *pair) alike(a, b []*node, at *spot) error {
	pairs, left, right := equalContent(a, b)
	more, left, right := similar(left, right, p.onlyOld)
	slices.SortFunc(more, func(x, y [2]*node) int { return cmp.Compare(x[0].at, y[0].at) })
	if !p.mask {
		pairs = nil // nothing differs in them
	}
	for _, m := range append(pairs, more...) {
		if err := p.item(m[0], m[1], at, itoa(m[0].at), itoa(m[1].at)); err != nil {
			return err
		}
	}
	labels := contentLabels(left)
	for i, n := range left {
		if err := p.item(n, nil, at, itoa(n.at), labels[i]); err != nil {
			return err
		}
	}
	labels = contentLabels(right)
	for i, n := range right {
		if err := p.item(nil, n, at, labels[i], itoa(n.at)); err != nil {
			return err
		}
	}
	return nil
}

// contentLabels name items by their content; equal ones by their number too.
func contentLabels(items []*node) []string {
	out := make([]string, len(items))
	nth := map[string]int{}
	for i, n := range items {
		out[i] = "+" + contentLabel(n.v)
		if nth[out[i]]++; nth[out[i]] > 1 {
			out[i] += "~" + itoa(nth[out[i]])
		}
	}
	return out
}

func byContent(items []*node) []*node {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(x, y *node) int { return x.hash().compare(y.hash()) })
	return items
}

// equalContent pairs equal items and returns the others in the order of their content.
func equalContent(a, b []*node) (pairs [][2]*node, left, right []*node) {
	a, b = byContent(a), byContent(b)
	for i, j := 0, 0; i < len(a) || j < len(b); {
		c := 0
		switch {
		case i == len(a):
			c = 1
		case j == len(b):
			c = -1
		default:
			c = a[i].hash().compare(b[j].hash())
		}
		switch {
		case c < 0:
			left = append(left, a[i])
			i++
		case c > 0:
			right = append(right, b[j])
			j++
		default:
			pairs = append(pairs, [2]*node{a[i], b[j]})
			i++
			j++
		}
	}
	return pairs, left, right
}
