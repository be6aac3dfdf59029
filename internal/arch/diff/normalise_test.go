package diff

import (
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
)

// TestEqualOrNot holds pairs of properties against each other: what is held to be equal, and what differs although it looks alike.
func TestEqualOrNot(t *testing.T) {
	const (
		arm = evidence.ARM
		tf  = evidence.Terraform
		k8s = evidence.Kubernetes
		dc  = evidence.Compose
	)
	for _, c := range []struct {
		form     evidence.Form
		typ      string
		old, new string
		equal    bool
	}{
		// Ids, names, locations.
		{arm, "x/y", `{"type": "Microsoft.Web/sites", "p": {"type": "Microsoft.Web/Sites/Slots"}}`, `{"type": "microsoft.web/sites", "p": {"type": "microsoft.web/sites/slots"}}`, true},
		{arm, "x/y", `{"type": "Dynamic/Static"}`, `{"type": "dynamic/static"}`, false},
		{arm, "x/y", `{"properties": {"nodeResourceGroup": "MC_a"}}`, `{"properties": {"nodeResourceGroup": "mc_A"}}`, true},
		{arm, "x/y", `{"properties": {"group": "MC_a"}}`, `{"properties": {"group": "mc_A"}}`, false},
		{arm, "x/y", `{"a": "/subscriptions/S/resourceGroups/G"}`, `{"a": "/subscriptions/s/resourcegroups/g/"}`, true},
		{arm, "x/y", `{"a": "/providers/Microsoft.Authorization/roleDefinitions/A"}`, `{"a": "/providers/microsoft.authorization/roledefinitions/a"}`, true},
		{k8s, "Ingress", `{"path": "/providers/A"}`, `{"path": "/providers/a"}`, false},
		{arm, "x/y", `{"a": "Some text /subscriptions/S"}`, `{"a": "some text /subscriptions/S"}`, false},
		{arm, "x/y", `{"Properties": {"Foo": 1}}`, `{"properties": {"foo": 1}}`, true},
		{tf, "aws_x", `{"Foo": 1}`, `{"foo": 1}`, false},
		{arm, "x/y", `{"location": "West Europe"}`, `{"location": "westeurope"}`, true},
		{arm, "x/y", `{"location": "West Europe"}`, `{"location": "northeurope"}`, false},
		{tf, "azurerm_x", `{"location": "West Europe"}`, `{"location": "westeurope"}`, true},
		{tf, "aws_x", `{"location": "West Europe"}`, `{"location": "westeurope"}`, false},
		{arm, "x/y", `{"properties": {"title": "West Europe"}}`, `{"properties": {"title": "westeurope"}}`, false},
		{arm, "microsoft.documentdb/databaseaccounts", `{"properties": {"locations": [{"locationName": "West Europe"}]}}`, `{"properties": {"locations": [{"locationName": "westeurope"}]}}`, true},
		// Nothing.
		{arm, "x/y", `{"a": null, "b": [], "c": {}, "d": {"e": null}}`, `{}`, true},
		{arm, "x/y", `{"properties": {"a": ""}}`, `{"properties": {}}`, false},
		{arm, "x/y", `{"kind": "", "managedBy": ""}`, `{"kind": null}`, true},
		{tf, "aws_x", `{"a": ""}`, `{"a": null}`, true},
		{k8s, "apps/Deployment", `{"a": ""}`, `{}`, false},
		{arm, "x/y", `{"a": [{}]}`, `{"a": []}`, false},
		{arm, "x/y", `{"a": [null]}`, `{"a": []}`, false},
		{arm, "x/y", `{"a": 0}`, `{}`, false},
		{arm, "x/y", `{"a": false}`, `{}`, false},
		{arm, "microsoft.web/sites/config", `{"properties": {"identityProviders": {"policy": {"allowedApplications": []}}}}`, `{"properties": {}}`, false},
		{arm, "microsoft.web/sites/config", `{"properties": {"policy": {"allowedApplications": null}}}`, `{"properties": {}}`, true},
		{arm, "microsoft.sql/servers", `{"properties": {"allowedApplications": []}}`, `{"properties": {}}`, true},
		{arm, "x/y", `{"identity": {"userAssignedIdentities": {"/subscriptions/s/a": {}}}}`, `{"identity": {}}`, false},
		{k8s, "networking.k8s.io/NetworkPolicy", `{"spec": {"ingress": [{"from": [{"podSelector": {}}]}]}}`, `{"spec": {"ingress": [{"from": [{}]}]}}`, false},
		{k8s, "networking.k8s.io/NetworkPolicy", `{"spec": {"ingress": [{}]}}`, `{"spec": {"ingress": []}}`, false},
		{k8s, "networking.k8s.io/NetworkPolicy", `{"spec": {"ingress": []}}`, `{"spec": {}}`, true},
		{dc, "compose/service", `{"networks": {"front": null, "back": null}}`, `{"networks": {"front": null}}`, false},
		{dc, "compose/service", `{"networks": {"front": null}}`, `{"networks": {"front": {}}}`, true},
		{dc, "compose/service", `{"command": []}`, `{}`, false},
		{dc, "compose/service", `{"command": null}`, `{}`, true},
		{tf, "aws_wafv2_web_acl", `{"rule": [{"override_action": [{"none": [{}], "count": []}]}]}`, `{"rule": [{"override_action": [{"none": [], "count": [{}]}]}]}`, false},
		// Numbers, booleans, ports.
		{arm, "x/y", `{"a": "1"}`, `{"a": 1}`, true},
		{arm, "x/y", `{"a": "1.10"}`, `{"a": "1.1"}`, false},
		{arm, "x/y", `{"a": "1.10"}`, `{"a": 1.1}`, false},
		{arm, "x/y", `{"a": 9007199254740993}`, `{"a": 9007199254740992}`, false},
		{arm, "x/y", `{"a": true}`, `{"a": "True"}`, true},
		{arm, "x/y", `{"a": true}`, `{"a": "false"}`, false},
		{arm, "x/y", `{"a": "null"}`, `{}`, false},
		{arm, "microsoft.network/networksecuritygroups", `{"destinationPortRange": "*"}`, `{"destinationPortRange": "0-65535"}`, true},
		{arm, "microsoft.network/networksecuritygroups", `{"destinationPortRanges": ["*"]}`, `{"destinationPortRanges": ["0-65535"]}`, true},
		{arm, "microsoft.network/networksecuritygroups", `{"sourceAddressPrefix": "*"}`, `{"sourceAddressPrefix": "0-65535"}`, false},
		// Arrays.
		{arm, "x/y", `{"a": ["x", "y"]}`, `{"a": ["y", "x"]}`, true},
		{arm, "x/y", `{"a": ["x", "x"]}`, `{"a": ["x"]}`, false},
		{k8s, "Pod", `{"command": ["x", "y"]}`, `{"command": ["y", "x"]}`, false},
		{arm, "x/y", `{"a": [{"name": "x", "v": 1}, {"name": "y", "v": 2}]}`, `{"a": [{"v": 2, "name": "y"}, {"v": 1, "name": "x"}]}`, true},
		{arm, "x/y", `{"a": [{"v": 1, "w": 2}, {"v": 1, "w": 3}]}`, `{"a": [{"v": 1, "w": 3}, {"v": 1, "w": 2}]}`, true},
		{arm, "x/y", `{"a": [["x", "y"], ["z"]]}`, `{"a": [["z"], ["y", "x"]]}`, true},
		{arm, "x/y", `{"a": ["x", {"name": "x"}, null]}`, `{"a": [null, {"name": "x"}, "x"]}`, true},
		// Text within text.
		{tf, "aws_iam_policy", `{"policy": "{\"a\":1,\"b\":2}"}`, `{"policy": "{\n  \"b\": 2, \"a\": 1}"}`, true},
		{tf, "aws_iam_policy", `{"policy": "{\"a\":1}"}`, `{"policy": "{\"a\":2}"}`, false},
		{tf, "aws_iam_policy", `{"policy": "{broken"}`, `{"policy": "{ broken"}`, false},
	} {
		a, b := bare(t, c.form, c.typ, parsed(t, c.old)), bare(t, c.form, c.typ, parsed(t, c.new))
		for _, ps := range [][]Property{properties(t, a, b), properties(t, b, a)} {
			if (len(ps) == 0) != c.equal {
				t.Errorf("%s %s and %s: equal should be %t, and the difference is\n%s", c.form, c.old, c.new, c.equal, showProperties(ps))
			}
		}
	}
}

// TestPlacesOfItems shows how items of arrays are named.
func TestPlacesOfItems(t *testing.T) {
	for _, c := range []struct {
		form     evidence.Form
		old, new string
		want     string
	}{
		{evidence.ARM, `{"a": ["x", "x", "x"]}`, `{"a": ["x"]}`, "a[=x~2]: x -> nothing, a[=x~3]: x -> nothing"},
		{evidence.ARM, `{"a": ["b,c"]}`, `{"a": ["d]e"]}`, `a[="b,c"]: b,c -> nothing, a[="d]e"]: nothing -> d]e`},
		{evidence.ARM, `{"a": [{"name": "x", "v": 1}]}`, `{"a": [{"name": "x", "v": 2}]}`, "a[name=x].v: 1 -> 2"},
		{evidence.ARM, `{"a": [{"id": "/subscriptions/S/Y", "v": 1}]}`, `{"a": [{"id": "/subscriptions/s/y", "v": 2}]}`, "a[id=/subscriptions/S/Y].v: 1 -> 2"},
		{
			evidence.Kubernetes, `{"ports": [{"containerPort": 80, "protocol": "TCP", "v": 1}, {"containerPort": 80, "protocol": "UDP"}]}`,
			`{"ports": [{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 80, "protocol": "TCP", "v": 2}]}`, "ports[containerPort=80,protocol=TCP].v: 1 -> 2",
		},
		{evidence.Kubernetes, `{"mounts": [{"mountPath": "/a", "readOnly": true}]}`, `{"mounts": [{"mountPath": "/a", "readOnly": false}]}`, "mounts[mountPath=/a].readOnly: true -> false"},
		{evidence.Terraform, `{"block": [{"v": 1, "w": 1}]}`, `{"block": [{"v": 2, "w": 2}]}`, "block[0].v: 1 -> 2, block[0].w: 1 -> 2"},
		{
			evidence.ARM, `{"a": [{"v": 1, "w": 1, "x": 1}, {"v": 1, "w": 2, "x": 2}]}`, `{"a": [{"v": 1, "w": 2, "x": 3}, {"v": 1, "w": 1, "x": 1}]}`,
			"a[1].x: 2 -> 3",
		},
		{evidence.Kubernetes, `{"args": ["a", "b"]}`, `{"args": ["a", "c", "d"]}`, "args[+2]: nothing -> d, args[1]: b -> c"},
		{evidence.ARM, `{"a": "x"}`, `{"a": {"b": "y"}}`, "a: x -> nothing, a.b: nothing -> y"},
		{evidence.ARM, `{"tags": {"a.b": "x"}}`, `{"tags": {"a.b": "y"}}`, `tags["a.b"]: x -> y`},
		{evidence.ARM, `{"@type": "x"}`, `{"@type": "y"}`, `["@type"]: x -> y`},
		{evidence.ARM, `{"a": ["` + strings.Repeat("x", 100) + `"]}`, `{"a": ["y"]}`, "a[=#09ecb6ebc8bc]: " + strings.Repeat("x", 100) + " -> nothing, a[=y]: nothing -> y"},
	} {
		a, b := bare(t, c.form, "x/y", parsed(t, c.old)), bare(t, c.form, "x/y", parsed(t, c.new))
		got := strings.ReplaceAll(strings.Trim(strings.ReplaceAll(showProperties(properties(t, a, b)), "\n  ", ", "), " \n"), "\n", "")
		if got != c.want {
			t.Errorf("%s -> %s\n got %s\nwant %s", c.old, c.new, got, c.want)
		}
	}
}

// TestCutting cuts paths of all three kinds after the same number of steps.
func TestCutting(t *testing.T) {
	const (
		path    = `properties.securityRules[name="a]b"].properties["x.y"].access`
		pattern = `properties.securityRules[].properties["x.y"].access`
		place   = `properties.securityRules[12].properties["x.y"].access`
	)
	for n, want := range [][3]string{
		{"", "", ""},
		{"properties", "properties", "properties"},
		{"properties.securityRules", "properties.securityRules", "properties.securityRules"},
		{`properties.securityRules[name="a]b"]`, "properties.securityRules[]", "properties.securityRules[12]"},
		{`properties.securityRules[name="a]b"].properties`, "properties.securityRules[].properties", "properties.securityRules[12].properties"},
		{
			`properties.securityRules[name="a]b"].properties["x.y"]`, `properties.securityRules[].properties["x.y"]`,
			`properties.securityRules[12].properties["x.y"]`,
		},
		{path, pattern, place},
		{path, pattern, place},
	} {
		if got := [3]string{string(CutPath(path, n)), CutPattern(pattern, n), string(CutPlace(place, n))}; got != want {
			t.Errorf("after %d steps: %q and not %q", n, got, want)
		}
	}
	if n := CountSteps(path); n != 6 || CountSteps(pattern) != n || CountSteps(place) != n || CountSteps("") != 0 {
		t.Errorf("%d steps", n)
	}
	if got := Path(path).Parent(); string(got) != `properties.securityRules[name="a]b"].properties["x.y"]` {
		t.Error(got)
	}
	if got := strings.Join(Path(path).Steps(), " | "); got != `properties | securityRules | [name="a]b"] | properties | ["x.y"] | access` {
		t.Error(got)
	}
	if Path("").Parent() != "" || len(Path("").Steps()) != 0 {
		t.Error("the empty path has steps")
	}
}
