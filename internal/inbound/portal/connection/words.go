package connection

import (
	"context"
	"strings"
	"time"

	"c4arch/internal/account/tenant"
	"c4arch/internal/content/say"
	"c4arch/internal/service/discover"
)

func kindName(ctx context.Context, k tenant.ConnectionKind) string {
	switch k {
	case tenant.Azure:
		return say.T(ctx, "Azure subscriptions")
	case tenant.Kubernetes:
		return say.T(ctx, "Kubernetes cluster")
	case tenant.Repository:
		return say.T(ctx, "Git repository")
	case tenant.Directory:
		return say.T(ctx, "Directory of the server")
	}
	return say.T(ctx, "Handed over with each scan")
}

func titleOf(ctx context.Context, k tenant.ConnectionKind) string {
	switch k {
	case tenant.Azure:
		return say.T(ctx, "Connect Azure")
	case tenant.Kubernetes:
		return say.T(ctx, "Connect a Kubernetes cluster")
	}
	return say.T(ctx, "Connect a repository")
}

// choice is a kind that can be connected.
type choice struct {
	Kind              tenant.ConnectionKind
	What, Needs, Time string
}

func choices(ctx context.Context) []choice {
	return []choice{
		{tenant.Azure, say.T(ctx, "Every resource of your subscriptions, their groups and role assignments, by Azure Resource Graph."), say.T(ctx, "An application with the role Reader"), say.T(ctx, "5 minutes")},
		{tenant.Kubernetes, say.T(ctx, "Workloads, services, policies, roles and custom resources, by the API of the cluster."), say.T(ctx, "A service account that may list"), say.T(ctx, "5 minutes")},
		{tenant.Repository, say.T(ctx, "Terraform, Bicep, ARM, Kubernetes and Compose files of a branch, by git over https."), say.T(ctx, "A token that may read the code; none for a public one"), say.T(ctx, "2 minutes")},
	}
}

// need is a right that a connection needs.
type need struct {
	Name, Where, Why string
	Term             bool // the name is a word of the other system
}

func (n need) translate() string {
	if n.Term {
		return "no"
	}
	return "yes"
}

// needs are exactly the rights that a kind needs.
func needs(ctx context.Context, k tenant.ConnectionKind) []need {
	switch k {
	case tenant.Azure:
		return []need{{"Reader", say.T(ctx, "each subscription"), say.T(ctx, "lists resources, groups and role assignments; no data in them, and no keys"), true}}
	case tenant.Kubernetes:
		return []need{{"get, list, watch", say.T(ctx, "the cluster, or the namespaces that you name"), say.T(ctx, "lists objects; not Secrets, not logs, no command in a container"), true}}
	}
	return []need{{say.T(ctx, "Read the contents of the repository"), say.T(ctx, "that one repository"), say.T(ctx, "fetches one commit of one branch"), false}}
}

// never is what is never done with a connection of the kind.
func never(ctx context.Context, k tenant.ConnectionKind) []string {
	switch k {
	case tenant.Azure:
		return []string{
			say.T(ctx, "Change, start or stop anything: the client sends only GET, the query of Resource Graph and the request for a token."),
			say.T(ctx, "Read the data in your resources: no blobs, no rows, no secrets of a Key Vault, no keys of an account."),
			say.T(ctx, "Show the secret again, or write it to a log: it is sealed under your organisation's key."),
		}
	case tenant.Kubernetes:
		return []string{
			say.T(ctx, "Ask for Secrets: neither what they hold nor which there are."),
			say.T(ctx, "Change an object, run a command in a container, read a log, or use a proxy of the cluster: the client refuses to send it."),
			say.T(ctx, "Show the credential again, or write it to a log: it is sealed under your organisation's key."),
		}
	}
	return []string{
		say.T(ctx, "Push, or run anything of the repository: no hooks, no filters, no submodules, no LFS."),
		say.T(ctx, "Write the code to a disk: one commit is held in memory while it is read."),
		say.T(ctx, "Show the token again, or write it to a log: it is sealed under your organisation's key."),
	}
}

// azureCommand makes the application with exactly the right that is needed.
func azureCommand(subscriptions []string) string {
	scopes := make([]string, 0, len(subscriptions))
	for _, s := range subscriptions {
		scopes = append(scopes, "/subscriptions/"+s)
	}
	if len(scopes) == 0 {
		scopes = []string{"/subscriptions/SUBSCRIPTION"}
	}
	return "az ad sp create-for-rbac \\\n  --name c4arch-reader --role Reader --years 1 \\\n  --scopes " + strings.Join(scopes, " ")
}

// azureFix gives an application that there is the one role that it needs, and takes away what it has beyond.
func azureFix(c tenant.Connection) string {
	var b strings.Builder
	for _, s := range c.Target.Subscriptions {
		b.WriteString("az role assignment create --assignee " + c.Target.Client + " --role Reader --scope /subscriptions/" + s + "\n")
	}
	if c.Verified != nil {
		for _, r := range c.Verified.Rights {
			if r.Verdict == tenant.Excess && shellPlain(r.Name) && shellPlain(r.Where) {
				b.WriteString("az role assignment delete --assignee " + c.Target.Client + " --role '" + r.Name + "' --scope " + r.Where + "\n")
			}
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// shellPlain reports whether a text of another system can stand in a command that people copy.
func shellPlain(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(" -_/.()", r)
	})
}

// clusterRole is what is applied to a cluster: exactly what is needed. The kinds are named, so that Secrets are not among them.
const clusterRole = `apiVersion: v1
kind: ServiceAccount
metadata: {name: c4arch-reader, namespace: kube-system}
---
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata:
  name: c4arch-reader
  namespace: kube-system
  annotations: {kubernetes.io/service-account.name: c4arch-reader}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: c4arch-reader}
rules:
- apiGroups: [""]
  resources: [configmaps, limitranges, namespaces, nodes, persistentvolumeclaims, persistentvolumes,
    pods, replicationcontrollers, resourcequotas, serviceaccounts, services]
  verbs: [get, list, watch]
- apiGroups: [admissionregistration.k8s.io, apiextensions.k8s.io, apps, autoscaling, batch, cert-manager.io,
    gateway.networking.k8s.io, networking.istio.io, networking.k8s.io, node.k8s.io, policy,
    rbac.authorization.k8s.io, scheduling.k8s.io, security.istio.io, storage.k8s.io]
  resources: ["*"]
  verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: c4arch-reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: c4arch-reader}
subjects: [{kind: ServiceAccount, name: c4arch-reader, namespace: kube-system}]`

const clusterRead = `kubectl apply -f c4arch-reader.yaml
kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'
kubectl -n kube-system get secret c4arch-reader -o jsonpath='{.data.ca\.crt}'
kubectl -n kube-system get secret c4arch-reader -o jsonpath='{.data.token}' | base64 -d`

// state is how a connection stands, in a word and a colour.
func state(ctx context.Context, c tenant.Connection) (kind, text string) {
	if !c.Kind.Live() {
		return "", say.T(ctx, "Read when a scan asks")
	}
	v := c.Verified
	excess, missing := v.Counts()
	switch {
	case v == nil:
		return "warn", say.T(ctx, "Not verified")
	case !v.Reached:
		return "wrong", say.T(ctx, "Not reached")
	case missing > 0:
		return "wrong", say.N(ctx, missing, "%d right is missing", "%d rights are missing")
	case excess > 0:
		return "warn", say.T(ctx, "Too many rights")
	}
	return "good", say.T(ctx, "Verified")
}

func verdict(ctx context.Context, v tenant.Verdict) (kind, text string) {
	switch v {
	case tenant.Enough:
		return "good", say.T(ctx, "As needed")
	case tenant.Missing:
		return "wrong", say.T(ctx, "Missing")
	case tenant.Excess:
		return "warn", say.T(ctx, "More than needed")
	}
	return "", say.T(ctx, "Not visible")
}

// oldCredential is the age from which a credential is said to be old: a year, as long as the command above makes one last.
const oldCredential = 365 * 24 * time.Hour

func age(ctx context.Context, since *time.Time, now time.Time) string {
	if since == nil {
		return ""
	}
	days := int(now.Sub(*since) / (24 * time.Hour))
	if days < 1 {
		return say.T(ctx, "less than a day old")
	}
	return say.N(ctx, days, "%d day old", "%d days old")
}

func scanState(ctx context.Context, r *discover.Run) (kind, text string) {
	switch r.State {
	case discover.Done:
		if r.NotRead > 0 {
			return "warn", say.N(ctx, r.Resources, "%d resource", "%d resources")
		}
		return "good", say.N(ctx, r.Resources, "%d resource", "%d resources")
	case discover.Failed:
		return "wrong", say.T(ctx, "Failed")
	case discover.Running:
		return "", say.T(ctx, "Running")
	}
	return "", say.T(ctx, "Waiting")
}

// reads is what a connection reads, short enough for a list.
func reads(ctx context.Context, c tenant.Connection) string {
	switch {
	case c.Target == nil:
		return c.Path
	case c.Kind == tenant.Azure:
		return say.N(ctx, len(c.Target.Subscriptions), "%d subscription", "%d subscriptions")
	}
	return strings.TrimPrefix(c.To(), "https://")
}

// fact is a line of what a connection reads.
type fact struct{ Name, Value string }

func facts(ctx context.Context, c tenant.Connection) []fact {
	t := c.Target
	if t == nil {
		if c.Path != "" {
			return []fact{{say.T(ctx, "Path"), c.Path}}
		}
		return nil
	}
	var all []fact
	add := func(name, value string) {
		if value != "" {
			all = append(all, fact{name, value})
		}
	}
	switch c.Kind {
	case tenant.Azure:
		add(say.T(ctx, "Cloud"), map[string]string{"public": "Azure", "usgov": "Azure US Government", "china": "Azure China"}[t.Cloud])
		add(say.T(ctx, "Directory (tenant)"), t.Tenant)
		add(say.T(ctx, "Application (client)"), t.Client)
		add(say.T(ctx, "Subscriptions"), strings.Join(t.Subscriptions, ", "))
	case tenant.Kubernetes:
		add(say.T(ctx, "API server"), t.Server)
		if len(t.Namespaces) == 0 {
			add(say.T(ctx, "Namespaces"), say.T(ctx, "all"))
		}
		add(say.T(ctx, "Namespaces"), strings.Join(t.Namespaces, ", "))
	case tenant.Repository:
		add(say.T(ctx, "Address"), t.Address)
		add(say.T(ctx, "Branch"), t.Branch)
		add(say.T(ctx, "Folder"), t.Folder)
	}
	return all
}
