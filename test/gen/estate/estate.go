// Package estate makes up infrastructure of any size for tests and benchmarks: applications in
// Azure that use databases, queues, vaults and each other, written as a Terraform state or as an
// Azure Resource Graph answer, and services in Kubernetes that call each other.
//
// What it makes depends on the number of resources and the seed alone. A larger estate begins with the
// smaller one of the same seed, and a state and an export of one seed show the same subscription.
// Every reference, by id or by host name, is to a thing that the estate has, unless it was cut off.
package estate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// attrs are attributes or properties.
type attrs = map[string]any

// Resource is one thing, as Terraform and as Azure have it.
type Resource struct {
	// Terraform
	Module    string
	Type      string
	Name      string
	Key       any // the key of count (int) or for_each (string), or nil
	Attrs     attrs
	Sensitive []string // attributes that the provider marks sensitive
	Deps      []string // addresses
	Data      bool

	// Azure; ARMType is "" for what Resource Graph's table of resources does not have
	ID       string
	ARMType  string
	ARMName  string
	Group    string
	Location string
	Kind     string
	SKU      attrs
	Tags     map[string]string
	Identity attrs
	Props    attrs
}

// Address is the Terraform address without the key: what dependencies name.
func (r *Resource) Address() string {
	a := r.Type + "." + r.Name
	if r.Data {
		a = "data." + a
	}
	if r.Module != "" {
		a = r.Module + "." + a
	}
	return a
}

// Subscription and Tenant of every estate.
const (
	Subscription = "11111111-2222-4333-8444-555555555555"
	Tenant       = "66666666-7777-4888-9999-000000000000"
)

// Azure returns the first n resources of the estate of a seed, references only backwards.
func Azure(n int, seed uint64) []Resource {
	var all []Resource
	for app := 0; len(all) < n; app++ {
		all = append(all, application(app, seed)...)
	}
	return all[:n]
}

// Exported returns the first n resources of the estate that Azure Resource Graph lists.
func Exported(n int, seed uint64) []Resource {
	var listed []Resource
	for app := 0; len(listed) < n; app++ {
		for _, r := range application(app, seed) {
			if r.ARMType != "" {
				listed = append(listed, r)
			}
		}
	}
	return listed[:n]
}

// Secrets returns every secret value in the resources, so that a test can show that none leaks.
func Secrets(resources []Resource) []string {
	var all []string
	for i := range resources {
		for _, name := range resources[i].Sensitive {
			if s, ok := resources[i].Attrs[name].(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

// maker makes one application.
type maker struct {
	app    int
	seed   uint64
	rnd    *rand.Rand
	name   string // shop-0007
	module string
	env    string
	region string
	group  string
	tags   map[string]string
	made   []Resource
}

var (
	domains      = strings.Fields("shop orders billing catalogue payments shipping search identity reporting pricing stock returns")
	environments = []string{"prod", "prod", "test", "dev"}
	regions      = []string{"westeurope", "northeurope", "germanywestcentral"}
)

// appName is the name of an application without making it.
func appName(app int) string { return fmt.Sprintf("%s-%04d", domains[app%len(domains)], app) }

func newMaker(app int, seed uint64) *maker {
	m := &maker{app: app, seed: seed, rnd: rand.New(rand.NewPCG(seed, uint64(app))), name: appName(app)}
	m.env = environments[m.rnd.IntN(len(environments))]
	m.region = regions[m.rnd.IntN(len(regions))]
	m.module = "module." + strings.ReplaceAll(m.name, "-", "_")
	m.group = "rg-" + m.name
	m.tags = map[string]string{"environment": m.env, "system": m.name, "owner": "team-" + domains[app%len(domains)]}
	return m
}

// guid is a stable identifier of a thing of the application.
func (m *maker) guid(of string) string {
	b := m.digest(of)
	return fmt.Sprintf("%x-%x-4%x-8%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])[:36]
}

// secret is a made-up secret value of a thing of the application.
func (m *maker) secret(of string) string {
	return "x" + hex.EncodeToString(m.digest("secret " + of))[:40]
}

func (m *maker) digest(of string) []byte {
	var b []byte
	b = binary.BigEndian.AppendUint64(b, m.seed)
	b = binary.BigEndian.AppendUint64(b, uint64(m.app))
	sum := sha256.Sum256(append(b, of...))
	return sum[:]
}

// id is an Azure Resource Manager id in the application's group.
func (m *maker) id(typ string, names ...string) string {
	provider, rest, _ := strings.Cut(typ, "/")
	id := "/subscriptions/" + Subscription + "/resourceGroups/" + m.group + "/providers/" + provider
	for i, part := range strings.Split(rest, "/") {
		id += "/" + part + "/" + names[i]
	}
	return id
}

// add finishes a resource: what all have in common.
func (m *maker) add(r Resource) *Resource {
	r.Module, r.Group, r.Location = m.module, m.group, m.region
	if r.Attrs == nil {
		r.Attrs = attrs{}
	}
	if r.ID != "" {
		r.Attrs["id"] = r.ID
	}
	if r.ARMName != "" {
		r.Attrs["name"] = r.ARMName
		r.Attrs["resource_group_name"] = m.group
		r.Attrs["location"] = m.region
		r.Attrs["tags"] = m.tags
		r.Tags = m.tags
	}
	m.made = append(m.made, r)
	return &m.made[len(m.made)-1]
}

// deps are the addresses of resources of this application by type and name.
func (m *maker) deps(names ...string) []string {
	out := []string{m.module + ".azurerm_resource_group.this"}
	for _, n := range names {
		out = append(out, m.module+"."+n)
	}
	return out
}
