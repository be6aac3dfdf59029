package diff

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

const (
	apiConventions = "github.com/kubernetes/community, API conventions: metadata, spec and status"
	objectMeta     = "kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta"
	wellKnown      = "kubernetes.io/docs/reference/labels-annotations-taints"
)

// kubernetesNoise is what the API server and controllers write.
func kubernetesNoise() []NoiseRule {
	out := rulesOf(objectMeta, evidence.Kubernetes,
		[4]string{"k8s-resource-version", "*", "metadata.resourceVersion", "the version of the record, new with each write"},
		[4]string{"k8s-uid", "*", "metadata.uid", "an id that the API server draws: another one in its place is reported as replaced"},
		[4]string{"k8s-generation", "*", "metadata.generation", "counts the writes"},
		[4]string{"k8s-managed-fields", "*", "metadata.managedFields", "who wrote which field"},
		[4]string{"k8s-creation", "*", "metadata.creationTimestamp", "when it was made"},
		[4]string{"k8s-creation", "*", "spec.template.metadata.creationTimestamp", "when it was made"},
		[4]string{"k8s-self-link", "*", "metadata.selfLink", "an address that follows from the name"},
		[4]string{"k8s-owner-uid", "*", "metadata.ownerReferences[].uid", "an id that the API server draws"},
	)
	out = append(out, rulesOf(apiConventions, evidence.Kubernetes,
		[4]string{"k8s-status", "*", "status", "what is observed and not what is asked for"},
	)...)
	out = append(out, rulesOf(wellKnown, evidence.Kubernetes,
		[4]string{"k8s-last-applied", "*", "metadata.annotations[\"kubectl.kubernetes.io/last-applied-configuration\"]", "repeats the object as text"},
		[4]string{"k8s-revision", "*", "metadata.annotations[\"deployment.kubernetes.io/revision\"]", "counts the roll-outs"},
		[4]string{"k8s-restarted", "*", "**.metadata.annotations[\"kubectl.kubernetes.io/restartedAt\"]", "when somebody restarted it"},
		[4]string{"k8s-template-hash", "*", "**.pod-template-hash", "follows from the template"},
		[4]string{"k8s-leader", "*", "metadata.annotations[\"control-plane.alpha.kubernetes.io/leader\"]", "who leads at this moment"},
	)...)
	out = append(out, rulesOf("kubernetes.io/docs/concepts/workloads/pods", evidence.Kubernetes,
		[4]string{"k8s-node-name", "Pod", "spec.nodeName", "where the scheduler put it"},
	)...)
	when := func(id, types, path, when, reason, source string, ask condition) {
		out = append(out, NoiseRule{ID: id, Form: evidence.Kubernetes, Types: types, Path: path, When: when, Reason: reason, Source: source, when: ask})
	}
	for _, path := range []string{"spec.clusterIP", "spec.clusterIPs"} {
		when("k8s-cluster-ip", "Service", path, "neither side is None", "an address that the API server draws",
			"kubernetes.io/docs/concepts/services-networking/service", func(_ *pair, x *Property) bool {
				return (x.Old == nil || x.Old.Text != "None") && (x.New == nil || x.New.Text != "None")
			})
	}
	const hpa = "kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale"
	when("k8s-replicas", "apps/Deployment apps/StatefulSet apps/ReplicaSet *Rollout", "spec.replicas", "an autoscaler has it as its target on both sides", "the autoscaler chooses it", hpa,
		func(p *pair, _ *Property) bool { return p.world.horizontallyScaled(p) })
	const inject = "istio.io, linkerd.io, docs.dapr.io and developer.hashicorp.com/vault: sidecar injection"
	for _, path := range []string{"spec.containers[]", "spec.initContainers[]"} {
		when("k8s-sidecar", "Pod", path, "it is a sidecar that an admission webhook injects, by name and image", "the mesh or the vault agent added it, not the workload", inject, sidecar)
	}
	return out
}

// sidecars are the names of containers that admission webhooks inject, with a part of their image.
var sidecars = map[string]string{
	"istio-proxy": "proxyv2", "istio-init": "proxyv2", "istio-validation": "proxyv2", "linkerd-proxy": "linkerd/proxy", "linkerd-init": "linkerd/proxy-init",
	"daprd": "dapr", "vault-agent": "vault", "vault-agent-init": "vault", "azwi-proxy": "workload-identity/proxy",
}

// sidecar asks whether an item that one side alone has is an injected container.
func sidecar(p *pair, x *Property) bool {
	var item *tree.Value
	switch n := 3; {
	case countSteps(string(x.OldPath)) >= n && countSteps(string(x.NewPath)) < n:
		item = p.a.At(CutPlace(x.OldPath, n))
	case countSteps(string(x.NewPath)) >= n && countSteps(string(x.OldPath)) < n:
		item = p.b.At(CutPlace(x.NewPath, n))
	}
	image := sidecars[item.Get("name").Str()]
	return image != "" && strings.Contains(item.Get("image").Str(), image)
}
