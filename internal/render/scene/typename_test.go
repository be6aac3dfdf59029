package scene_test

import (
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

func TestTypeName(t *testing.T) {
	for kind, want := range map[string]string{
		"microsoft.authorization/roleassignments":   "Role assignment",
		"Microsoft.Network/virtualNetworks/subnets": "Subnet",
		"microsoft.storage/storageaccounts":         "Storage account",
		"microsoft.web/sites/functions":             "Function",
		"microsoft.unheardof/things":                "microsoft.unheardof/things",
		"compose/service":                           "Docker Compose service",
		"Service":                                   "Kubernetes Service",
		"apps/Deployment":                           "Kubernetes Deployment",
		"networking.k8s.io/Ingress":                 "Kubernetes Ingress",
		"networking.istio.io/ServiceEntry":          "networking.istio.io/ServiceEntry",
		"aws_lb_target_group":                       "AWS load balancer target group",
		"azurerm_linux_web_app":                     "Azure Linux web app",
		"random_password":                           "random_password",
		"AWS::S3::Bucket":                           "AWS::S3::Bucket",
		"aws_":                                      "aws_",
		"compose/":                                  "compose/",
		"":                                          "",
	} {
		if got := scene.TypeName(kind); got != want {
			t.Errorf("%s is called %q, not %q", kind, got, want)
		}
	}
}

func TestTechnology(t *testing.T) {
	const vault = "microsoft.keyvault/vaults"
	for want, e := range map[string]c4.Element{
		"Key vault":       {Kind: c4.Resource, Technology: vault, ResourceType: vault},
		"Azure Key Vault": {Kind: c4.Container, Technology: "Azure Key Vault", ResourceType: vault},
		vault:             {Kind: c4.Resource, Technology: vault}, // what somebody wrote stays
		"":                {Kind: c4.Resource, ResourceType: vault},
	} {
		if got := scene.Technology(&e); got != want {
			t.Errorf("%v is %q, not %q", e, got, want)
		}
	}
}
