package app

import (
	"strings"
	"testing"
)

// policies are what the example's cluster does not have.
const policies = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: viewers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
  - {kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: search, namespace: shop, labels: {environment: production}}
spec:
  replicas: 3
  serviceName: search
  selector: {matchLabels: {app: search}}
  template:
    metadata: {labels: {app: search}}
    spec:
      securityContext: {runAsNonRoot: true}
      containers:
        - name: search
          image: registry.example/search@sha256:0123456789012345678901234567890123456789012345678901234567890123
          securityContext: {privileged: false, allowPrivilegeEscalation: false}
          volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
`

func cluster(t testing.TB) *sources {
	e := estateOf(t, example+"/kubernetes")
	e.files["policies.yaml"] = []byte(policies)
	return e
}

// live gives every object what a cluster writes into it.
func live(version string) func(*sources) {
	return func(e *sources) {
		for name, b := range e.files {
			var out []string
			for doc := range strings.SplitSeq(string(b), "\n---\n") {
				doc = strings.Replace(doc, "\n  name: ", "\n  resourceVersion: \""+version+"\"\n  generation: "+version+"\n  creationTimestamp: 2026-01-01T00:00:00Z\n  managedFields: [{manager: kubectl, time: 2026-01-0"+version+"T00:00:00Z}]\n  name: ", 1)
				out = append(out, strings.TrimRight(doc, "\n")+"\nstatus: {observedGeneration: "+version+"}\n")
			}
			e.files[name] = []byte(strings.Join(out, "\n---\n"))
		}
	}
}

var kubernetesTruth = truth{name: "kubernetes", make: func(t testing.TB) *sources {
	e := cluster(t)
	live("1")(e)
	return e
}, labels: []label{
	{"later", func(e *sources) { e.files = cluster(e.t).files; live("7")(e) }, nil, 0},
	{"made anew", func(e *sources) {
		text("checkout.yaml", "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n", "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  uid: 5ab1c9a0-0000-0000-0000-000000000002\n")(e)
	}, nil, 0},
	{"in another order", all(
		text("checkout.yaml", "            - name: ORDERS_QUEUE\n              value: orders\n", ""),
		text("checkout.yaml", "            - name: CATALOGUE_URL\n", "            - name: ORDERS_QUEUE\n              value: orders\n            - name: CATALOGUE_URL\n"),
	), nil, 0},
	{"privileged", text("policies.yaml", "privileged: false", "privileged: true"), []string{"critical|high loosened changed search privileged"}, 2},
	{"may be root", text("policies.yaml", "runAsNonRoot: true", "runAsNonRoot: false"), []string{"critical|high loosened changed search runAsNonRoot"}, 2},
	{"on the host's network", text("checkout.yaml", "      serviceAccountName: checkout\n", "      serviceAccountName: checkout\n      hostNetwork: true\n"), []string{"critical|high loosened changed checkout hostNetwork"}, 2},
	{
		"on the Internet", text("checkout.yaml", "spec:\n  selector:\n    app.kubernetes.io/name: checkout\n  ports", "spec:\n  type: LoadBalancer\n  selector:\n    app.kubernetes.io/name: checkout\n  ports"),
		[]string{"critical|high loosened changed checkout type"},
		2,
	},
	{"no policy", func(e *sources) {
		e.files["policies.yaml"] = []byte(strings.SplitN(string(e.files["policies.yaml"]), "\n---\n", 2)[1])
	}, []string{"critical|high loosened removed deny-all"}, 2},
	{"everybody an administrator", text("policies.yaml", "name: view}", "name: cluster-admin}"), []string{"critical|high loosened * viewers"}, 2},
	{"plain ingress", text("ingress.yaml", "  tls:\n    - hosts:\n        - api.contoso.example\n      secretName: api-contoso-example\n", ""), []string{"critical|high loosened changed api tls"}, 2},
	{"another image", text("checkout.yaml", "checkout:4.2.0", "checkout:4.3.0"), []string{"medium neutral changed checkout image"}, 2},
	{"another variable", text("checkout.yaml", "              value: orders\n", "              value: orders-2\n"), []string{"medium neutral changed checkout ORDERS_QUEUE", "?* * * *", "?* * * *"}, 2},
	{"configuration", text("namespace.yaml", `REDIS_PORT: "6380"`, `REDIS_PORT: "6379"`), []string{"medium neutral changed endpoints REDIS_PORT", "critical|high loosened changed basket"}, 2},
	{"replicas under an autoscaler", text("checkout.yaml", "replicas: 4", "replicas: 9"), nil, 0},
	{"fewer replicas", text("basket.yaml", "replicas: 3", "replicas: 1"), []string{"medium|high loosened changed basket replicas"}, 2},
	{"more replicas", text("basket.yaml", "replicas: 3", "replicas: 5"), []string{"low neutral|tightened changed basket replicas"}, 0},
	{"more memory", text("catalogue.yaml", "memory: 256Mi", "memory: 512Mi"), []string{"low neutral changed catalogue resources"}, 0},
	{"another owner", text("catalogue.yaml", "owner: shop-team", "owner: catalogue-team"), []string{"low neutral changed catalogue owner", "?low neutral changed catalogue owner"}, 0},
	{
		"a workload that nobody approved", more("basket.yaml", "\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: debug, namespace: shop, resourceVersion: \"1\"}\nspec:\n  selector: {matchLabels: {app: debug}}\n  template:\n    metadata: {labels: {app: debug}}\n    spec:\n      containers: [{name: debug, image: \"busybox:1.36\"}]\n"),
		[]string{"medium neutral added debug"},
		2,
	},
	{"a guarded root filesystem", text("policies.yaml", "allowPrivilegeEscalation: false}", "allowPrivilegeEscalation: false, readOnlyRootFilesystem: true}"), []string{"low tightened changed search readOnlyRootFilesystem"}, 0},
	{"restarted", text("basket.yaml", "    metadata:\n      labels: *labels\n", "    metadata:\n      annotations: {kubectl.kubernetes.io/restartedAt: \"2026-01-30\"}\n      labels: *labels\n"), nil, 0},
}}

func stack(t testing.TB) *sources { return estateOf(t, example+"/reporting") }

var composeTruth = truth{name: "compose", make: stack, labels: []label{
	{"ports in the long form", text("compose.yaml", `      - "3000:3000"`, "      - {target: 3000, published: \"3000\", protocol: tcp, mode: ingress}"), nil, 0},
	{"variables as a list", text("compose.yaml", "      POSTGRES_USER: loader\n      POSTGRES_DB: warehouse\n      POSTGRES_PASSWORD: ${WAREHOUSE_PASSWORD:-EXAMPLE-not-a-real-password}\n",
		"      - POSTGRES_USER=loader\n      - POSTGRES_DB=warehouse\n      - POSTGRES_PASSWORD=${WAREHOUSE_PASSWORD:-EXAMPLE-not-a-real-password}\n"), nil, 0},
	{"database on the host's port", text("compose.yaml", "    healthcheck:\n", "    ports: [\"5432:5432\"]\n    healthcheck:\n"), []string{"critical|high loosened changed warehouse ports"}, 2},
	{"privileged", text("compose.yaml", "    command: [\"--every\", \"15m\"]\n", "    command: [\"--every\", \"15m\"]\n    privileged: true\n"), []string{"critical|high loosened changed loader privileged"}, 2},
	{
		"the socket of the runtime", text("compose.yaml", "      - warehouse:/var/lib/postgresql/data\n", "      - warehouse:/var/lib/postgresql/data\n      - /var/run/docker.sock:/var/run/docker.sock\n"),
		[]string{"critical loosened changed warehouse docker.sock"},
		2,
	},
	{"another image", text("compose.yaml", "loader:0.9.2", "loader:0.9.3"), []string{"medium neutral changed loader image"}, 2},
	{"another command", text("compose.yaml", `"15m"`, `"5m"`), []string{"medium neutral changed loader command"}, 2},
	{"another variable", text("compose.yaml", "MB_DB_PORT: \"5432\"", "MB_DB_PORT: \"5433\""), []string{"medium neutral changed dashboards MB_DB_PORT"}, 2},
	{
		"another owner", text("compose.yaml", "    networks: [desk]\n    labels:\n      system: reporting\n      owner: reporting-team\n\n  loader", "    networks: [desk]\n    labels:\n      system: reporting\n      owner: desk-team\n\n  loader"),
		[]string{"low neutral changed dashboards owner"},
		0,
	},
	{"on this machine alone", text("compose.yaml", `"3000:3000"`, `"127.0.0.1:3000:3000"`), []string{"low tightened changed dashboards ports"}, 0},
	{
		"without its volume", all(text("compose.yaml", "    volumes:\n      - warehouse:/var/lib/postgresql/data\n", ""), text("compose.yaml", "\nvolumes:\n  warehouse: {}\n", "\n")),
		[]string{"critical * removed warehouse", "?* * changed warehouse volumes"},
		2,
	},
	{"without the loader", func(e *sources) {
		s := string(e.files["compose.yaml"])
		a, b := strings.Index(s, "\n  loader:\n"), strings.Index(s, "\n  warehouse:\n")
		e.files["compose.yaml"] = []byte(s[:a] + s[b:])
	}, []string{"medium neutral removed loader", "?* neutral removed *", "?* neutral removed *", "?* neutral removed *"}, 2},
}}
