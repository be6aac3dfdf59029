package diff

import (
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// typeFor is a type that the globs of a rule mean.
func typeFor(globs string) string {
	g, _, _ := strings.Cut(globs, " ")
	return strings.ReplaceAll(g, "*", "things")
}

// at makes an object with a text at the place of a pattern.
func at(pattern, text string) tree.Value {
	steps := trailOf(strings.ReplaceAll(pattern, "**.", "properties."))
	v := tree.Str(text)
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i] == "[]" {
			item := v
			if item.Kind == tree.Object {
				item.Set("name", tree.Str("one"))
			}
			v = tree.Value{Kind: tree.Array, Items: []tree.Value{item}}
			continue
		}
		v = tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: strings.ReplaceAll(steps[i], "*", "x"), Value: v}}}
	}
	return v
}

// TestEachNoiseRule has for each rule without a condition a change at its place, which is noise by it, and the same change beside it, which is none.
func TestEachNoiseRule(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range NoiseRules() {
		key := string(r.Form) + r.Types + r.Path
		if r.ID == "" || r.Types == "" || r.Path == "" || r.Reason == "" || r.Source == "" || seen[key] && r.When == "" {
			t.Errorf("the rule %+v lacks something, or is there twice", r)
		}
		seen[key] = true
		if (r.When == "") != (r.when == nil) {
			t.Errorf("%s has a condition in words or in code alone", r.ID)
		}
		if r.When != "" {
			continue
		}
		typ := typeFor(r.Types)
		ps := properties(t, bare(t, r.Form, typ, at(r.Path, "1")), bare(t, r.Form, typ, at(r.Path, "2")))
		if len(ps) == 0 {
			t.Errorf("%s: nothing differs at %s", r.ID, r.Path)
		}
		for _, p := range ps {
			if p.Noise != r.ID {
				t.Errorf("%s: %s is noise by %q", r.ID, p.Path, p.Noise)
			}
		}
		beside := "beside." + r.Path
		if strings.HasPrefix(r.Path, "**.") {
			beside = r.Path + "-not"
			if name, quoted := strings.CutSuffix(r.Path, `"]`); quoted {
				beside = name + `-not"]`
			}
		}
		for _, p := range properties(t, bare(t, r.Form, typ, at(beside, "1")), bare(t, r.Form, typ, at(beside, "2"))) {
			if p.Noise != "" {
				t.Errorf("%s: %s is noise by %q and should be none", r.ID, p.Path, p.Noise)
			}
		}
	}
	if len(seen) < 80 {
		t.Errorf("only %d rules", len(seen))
	}
}

func TestNoiseUnderCondition(t *testing.T) {
	for _, c := range []struct {
		name     string
		form     evidence.Form
		typ      string
		old, new string
		noise    string // of the first property
	}{
		{
			"count in its range", evidence.ARM, "microsoft.containerservice/managedclusters",
			`{"properties": {"agentPoolProfiles": [{"name": "a", "minCount": 1, "maxCount": 5, "count": 2}]}}`,
			`{"properties": {"agentPoolProfiles": [{"name": "a", "minCount": 1, "maxCount": 5, "count": 5}]}}`, "arm-agent-count",
		},
		{
			"count out of its range", evidence.ARM, "microsoft.containerservice/managedclusters",
			`{"properties": {"agentPoolProfiles": [{"name": "a", "minCount": 1, "maxCount": 5, "count": 2}]}}`,
			`{"properties": {"agentPoolProfiles": [{"name": "a", "minCount": 1, "maxCount": 5, "count": 6}]}}`, "",
		},
		{
			"count without a range", evidence.ARM, "microsoft.containerservice/managedclusters/agentpools",
			`{"properties": {"count": 2}}`, `{"properties": {"count": 3}}`, "",
		},
		{
			"patch of the version", evidence.ARM, "microsoft.containerservice/managedclusters",
			`{"properties": {"currentKubernetesVersion": "1.31.2"}}`, `{"properties": {"currentKubernetesVersion": "1.31.9"}}`, "arm-orchestrator-patch",
		},
		{
			"minor version", evidence.ARM, "microsoft.containerservice/managedclusters",
			`{"properties": {"currentKubernetesVersion": "1.31.2"}}`, `{"properties": {"currentKubernetesVersion": "1.32.0"}}`, "",
		},
		{
			"version that follows the one that is asked for", evidence.ARM, "microsoft.containerservice/managedclusters",
			`{"properties": {"kubernetesVersion": "1.31", "currentKubernetesVersion": "1.31.2"}}`, `{"properties": {"kubernetesVersion": "1.31", "currentKubernetesVersion": "1.31.4"}}`, "arm-current-version",
		},
		{
			"version that is not the one that is asked for", evidence.ARM, "microsoft.containerservice/managedclusters",
			`{"properties": {"kubernetesVersion": "1.3", "currentKubernetesVersion": "1.31.2"}}`, `{"properties": {"kubernetesVersion": "1.3", "currentKubernetesVersion": "1.32.2"}}`, "",
		},
		{
			"size as the sku", evidence.ARM, "microsoft.web/serverfarms", `{"sku": {"name": "P1v3", "size": "P1v3"}}`, `{"sku": {"name": "P2v3", "size": "P2v3"}}`, "arm-sku-size",
		},
		{
			"service objective as the sku", evidence.ARM, "microsoft.sql/servers/databases",
			`{"sku": {"name": "S0"}, "properties": {"currentServiceObjectiveName": "S0"}}`, `{"sku": {"name": "S1"}, "properties": {"currentServiceObjectiveName": "S1"}}`, "arm-service-objective",
		},
		{
			"service objective that is not the sku", evidence.ARM, "microsoft.sql/servers/databases",
			`{"sku": {"name": "S1"}, "properties": {"currentServiceObjectiveName": "S0"}}`, `{"sku": {"name": "S1"}, "properties": {"currentServiceObjectiveName": "S1"}}`, "",
		},
		{
			"endpoint with a slash", evidence.ARM, "microsoft.storage/storageaccounts",
			`{"properties": {"primaryEndpoints": {"blob": "https://a.blob.core.windows.net/"}}}`, `{"properties": {"primaryEndpoints": {"blob": "https://A.blob.core.windows.net"}}}`, "arm-endpoint-host",
		},
		{
			"another endpoint", evidence.ARM, "microsoft.storage/storageaccounts",
			`{"properties": {"primaryEndpoints": {"blob": "https://a.blob.core.windows.net/"}}}`, `{"properties": {"primaryEndpoints": {"blob": "https://b.blob.core.windows.net/"}}}`, "",
		},
		{
			"state of a site", evidence.ARM, "microsoft.web/sites", `{"properties": {"state": "Running"}}`, `{"properties": {"state": "Stopped"}}`, "arm-site-state",
		},
		{
			"state of encryption", evidence.ARM, "microsoft.sql/servers/databases/transparentdataencryption",
			`{"properties": {"state": "Enabled"}}`, `{"properties": {"state": "Disabled"}}`, "",
		},
		{
			"address of a service", evidence.Kubernetes, "Service", `{"spec": {"clusterIP": "10.0.0.1"}}`, `{"spec": {"clusterIP": "10.0.0.2"}}`, "k8s-cluster-ip",
		},
		{
			"service without an address", evidence.Kubernetes, "Service", `{"spec": {"clusterIP": "10.0.0.1"}}`, `{"spec": {"clusterIP": "None"}}`, "",
		},
		{
			"injected sidecar", evidence.Kubernetes, "Pod", `{"spec": {"containers": [{"name": "app", "image": "shop"}]}}`,
			`{"spec": {"containers": [{"name": "app", "image": "shop"}, {"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.24"}]}}`, "k8s-sidecar",
		},
		{
			"container with the name of a sidecar", evidence.Kubernetes, "Pod", `{"spec": {"containers": [{"name": "app", "image": "shop"}]}}`,
			`{"spec": {"containers": [{"name": "app", "image": "shop"}, {"name": "istio-proxy", "image": "example.com/other"}]}}`, "",
		},
		{
			"sidecar in a template that people write", evidence.Kubernetes, "apps/Deployment", `{"spec": {"template": {"spec": {"containers": [{"name": "app"}]}}}}`,
			`{"spec": {"template": {"spec": {"containers": [{"name": "app"}, {"name": "istio-proxy", "image": "istio/proxyv2"}]}}}}`, "",
		},
		{
			"size of a group in its range", evidence.Terraform, "aws_autoscaling_group",
			`{"desired_capacity": 2, "min_size": 1, "max_size": 4}`, `{"desired_capacity": 4, "min_size": 1, "max_size": 4}`, "tf-autoscaled",
		},
		{
			"size of a group out of its range", evidence.Terraform, "aws_autoscaling_group",
			`{"desired_capacity": 2, "min_size": 1, "max_size": 4}`, `{"desired_capacity": 5, "min_size": 1, "max_size": 4}`, "",
		},
		{"replicas without an autoscaler", evidence.Kubernetes, "apps/Deployment", `{"spec": {"replicas": 2}}`, `{"spec": {"replicas": 3}}`, ""},
	} {
		ps := properties(t, bare(t, c.form, c.typ, parsed(t, c.old)), bare(t, c.form, c.typ, parsed(t, c.new)))
		if len(ps) == 0 {
			t.Errorf("%s: nothing differs", c.name)
			continue
		}
		for _, p := range ps {
			if p.Pattern == "sku.name" {
				continue
			}
			if p.Noise != c.noise {
				t.Errorf("%s: %s is noise by %q and not by %q", c.name, p.Path, p.Noise, c.noise)
			}
		}
	}
}

// TestNoiseByWhatIsBeside asks whether an autoscaler has a resource as its target.
func TestNoiseByWhatIsBeside(t *testing.T) {
	deployment := func(n string) evidence.Draft {
		return draft(t, evidence.Kubernetes, "apps/Deployment", "k8s:-/apps/Deployment/shop/web", `{"spec": {"replicas": `+n+`}}`)
	}
	scaler := draft(t, evidence.Kubernetes, "autoscaling/HorizontalPodAutoscaler", "k8s:-/autoscaling/HorizontalPodAutoscaler/shop/web",
		`{"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}}`)
	plan := func(n string) evidence.Draft {
		return draft(t, evidence.ARM, "microsoft.web/serverfarms", shop+"microsoft.web/serverfarms/plan", `{"sku": {"capacity": `+n+`}}`)
	}
	setting := draft(t, evidence.ARM, "microsoft.insights/autoscalesettings", shop+"microsoft.insights/autoscalesettings/plan", `{"properties": {"enabled": true,
		"targetResourceUri": "`+strings.ToUpper(shop)+`Microsoft.Web/serverfarms/plan", "profiles": [{"capacity": {"minimum": "2", "maximum": "6"}}]}}`)
	for _, c := range []struct {
		name     string
		old, new []evidence.Draft
		noise    bool
	}{
		{"replicas under an autoscaler", []evidence.Draft{deployment("2"), scaler}, []evidence.Draft{deployment("9"), scaler}, true},
		{"replicas under an autoscaler that is gone", []evidence.Draft{deployment("2"), scaler}, []evidence.Draft{deployment("9")}, false},
		{"capacity in the range", []evidence.Draft{plan("2"), setting}, []evidence.Draft{plan("6"), setting}, true},
		{"capacity out of the range", []evidence.Draft{plan("2"), setting}, []evidence.Draft{plan("7"), setting}, false},
		{"capacity without a setting", []evidence.Draft{plan("2")}, []evidence.Draft{plan("3")}, false},
	} {
		d := compare(t, snapshot(t, keyA, nil, c.old...), snapshot(t, keyA, nil, c.new...), Options{})
		changed := false
		for _, x := range d.Changes {
			changed = changed || x.Kind == Changed
		}
		if changed == c.noise || c.noise && len(d.Noise) != 1 {
			t.Errorf("%s: %v\n%s", c.name, d.Noise, show(d))
		}
	}
}
