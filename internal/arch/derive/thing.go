package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// thing is one identity: what one or more resources are about.
type thing struct {
	n     int
	id    string
	typ   string // canonical: the ARM type, or "kubernetes:..." or "compose:...", or the Terraform type
	rule  *typeRule
	name  string
	armID string // its Azure Resource Manager id, where it has one
	tags  map[string]string
	obs   []int // resources of the snapshot, best first; empty for a part of another resource

	within  *place // where it stands, when it is a part of another resource (a subnet in its network)
	planned bool
	listed  *place // where another resource that was seen live lists it: a subnet that code declares, in the live network

	fact   fact     // what all observations say together
	owner  *thing   // what it is a part of: a disk of its machine
	fronts []*thing // the workloads that a Service stands for, the secrets of a store
	// senders are the parts of load balancers of the google provider that send traffic to it.
	senders []*thing
	// up is the thing that contains it, by the containment of the highest rank.
	up     *thing
	upRank int
	upRule string
	upEv   []c4.Evidence
	parent *thing // what its own id says that it belongs to

	el  *c4.Element // its element, when it is drawn
	res *c4.Element // its resource element
	env string
	sys *system
}

// place is a place in an observation.
type place struct {
	obs  int
	path tree.Path
	line int
}

// canonicalType is the type by which rules know a resource, whatever form it was read in.
func canonicalType(r *evidence.Resource) string {
	switch r.Form {
	case evidence.Kubernetes:
		return "kubernetes:" + r.Type
	case evidence.Compose:
		return "compose:" + strings.TrimPrefix(r.Type, "compose/")
	case evidence.Terraform:
		if t, ok := terraformTypes[r.Type]; ok {
			return t
		}
		if id, ok := evidence.ParseARM(r.ID); ok && strings.HasPrefix(r.Type, "az") {
			return id.Type
		}
		return googleType(r.Type)
	}
	return strings.ToLower(r.Type)
}

// fact is what the first pass learns of a resource.
type fact struct {
	variant     string   // the ARM kind, or what stands for it
	hosts       []string // it answers to these
	principals  []string // it acts under these object ids
	clients     []string // client ids of an identity
	identities  []string // ids of the user-assigned identities that it uses
	children    []child  // parts with an id of their own
	parts       []part   // parts without one: containers of a pod
	image       string   // the first container image
	roleName    string
	labels      map[string]string // of the pods of a workload
	selector    map[string]string // of a Service
	external    string            // the host of an ExternalName Service
	account     string            // the service account of a workload
	configs     []use             // the ConfigMaps that a workload uses
	cidrs       []string
	ownerRef    bool // owned by another Kubernetes object
	public      tree.Path
	publicLine  int
	environ     string
	instrKey    string
	sourceOf    string   // the id of what an event subscription or a diagnostic setting speaks of
	aliases     []string // network aliases of a compose service
	networks    []string
	environment string // the container apps environment that it runs in
	rawID       string // the id as the source spells it
	nodeGroup   string // the resource group that a cluster manages
	dapr        string // its Dapr application id
	desc        string
	called      string   // what its cloud calls it, where that is not its name in Terraform
	ids         []string // more ids that it answers to
	plain       []string // names by which it is told from other resources of its type
	ties        []tie    // what it is tied to, where the ends are joined before references are read
}

// tie is one end of a join: of what kind it is, and the text that names the other end.
type tie struct{ kind, to string }

type child struct {
	id, name string
	path     tree.Path
	line     int
}

type part struct {
	name, image string
	path        tree.Path
	line        int
	sidecar     bool
}

type use struct {
	name string
	key  string // the one key that is used; empty: all of them
	path tree.Path
	line int
}

// labelKey is a label of the pods of a namespace.
type labelKey struct{ ns, name, value string }

// configUser is a workload that uses a ConfigMap: one key of it, or all.
type configUser struct {
	t   *thing
	key string
}

func cmp(a, b string) int { return strings.Compare(a, b) }
