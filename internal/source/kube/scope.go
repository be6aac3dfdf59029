package kube

import "strings"

// wide are the well-known kinds that belong to the cluster and not to a namespace
// (kubectl api-resources --namespaced=false on a plain cluster, and the Gateway API).
var wide = map[string]bool{
	"Namespace": true, "Node": true, "PersistentVolume": true, "ComponentStatus": true,
	"storage.k8s.io/StorageClass": true, "storage.k8s.io/VolumeAttachment": true, "storage.k8s.io/CSIDriver": true,
	"storage.k8s.io/CSINode": true, "storage.k8s.io/VolumeAttributesClass": true,
	"rbac.authorization.k8s.io/ClusterRole": true, "rbac.authorization.k8s.io/ClusterRoleBinding": true,
	"apiextensions.k8s.io/CustomResourceDefinition": true,
	"networking.k8s.io/IngressClass":                true, "extensions/IngressClass": true,
	"gateway.networking.k8s.io/GatewayClass":        true,
	"scheduling.k8s.io/PriorityClass":               true,
	"node.k8s.io/RuntimeClass":                      true,
	"certificates.k8s.io/CertificateSigningRequest": true,
	"flowcontrol.apiserver.k8s.io/FlowSchema":       true, "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration": true,
	"apiregistration.k8s.io/APIService": true,
	"policy/PodSecurityPolicy":          true,
	"cert-manager.io/ClusterIssuer":     true,
}

// clusterScoped reports whether objects of the kind have no namespace. A kind that is not
// known is taken to have one, as most have.
func clusterScoped(group, kind string) bool {
	if group == "admissionregistration.k8s.io" {
		return strings.HasSuffix(kind, "WebhookConfiguration") || strings.Contains(kind, "AdmissionPolicy")
	}
	return wide[typeOf(group, kind)]
}
