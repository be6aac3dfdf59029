package terraform

import (
	"context"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

// The files in testdata/real were written by Terraform 1.11.4 for testdata/real/main.tf.

func TestShowOfPlan(t *testing.T) {
	b := read(t, Show(), input(t, "testdata/real/plan.json"))
	sides := map[evidence.Side]int{}
	for _, d := range b.Drafts {
		sides[d.Side]++
	}
	if sides[evidence.Live] != 5 || sides[evidence.Planned] != 5 || len(b.Drafts) != 10 {
		t.Errorf("sides %v, want 5 live and 5 planned", sides)
	}
	marked := []tree.Path{"input.list[1]", "input.password"}
	live, planned := at(t, b, "terraform_data.a[0]", evidence.Live), at(t, b, "terraform_data.a[0]", evidence.Planned)
	if live.ID != planned.ID || live.ID != "terraform:terraform_data:06f74e78-517a-ffb0-a9ec-933b9bd1aece" {
		t.Errorf("an updated resource is %q before and %q after", live.ID, planned.ID)
	}
	if live.Props.Lookup("input", "plain").Str() != "x" || planned.Props.Lookup("input", "plain").Str() != "y" {
		t.Error("the sides are mixed up")
	}
	if !slices.Equal(live.Sensitive, marked) || !slices.Equal(planned.Sensitive, marked) {
		t.Errorf("sensitive %q and %q, want %q", live.Sensitive, planned.Sensitive, marked)
	}
	// A replaced resource is known by what it takes the place of; its new id is not made up.
	fresh, gone := at(t, b, "terraform_data.a[1]", evidence.Planned), at(t, b, "terraform_data.a[1]", evidence.Live)
	if fresh.ID != gone.ID || fresh.Props.Get("id").Str() != "${known after apply}" {
		t.Errorf("a resource to come is %q with %v", fresh.ID, fresh.Props)
	}
	n := at(t, b, `module.net["x.y"].terraform_data.n`, evidence.Planned)
	if n.Scope != `module.net["x.y"]` || n.Name != "n" || n.Origin.Path != "planned_values.root_module.child_modules[0].resources[0]" {
		t.Errorf("in a module: %+v", n.Origin)
	}
	if d := at(t, b, `terraform_data.b["api$${x}"]`, evidence.Live); d.Name != `b["api$${x}"]` {
		t.Errorf("name %q", d.Name)
	}
	var unknown []string
	for _, d := range b.Drafts {
		for _, x := range d.Expressions {
			if x.Unresolved != evidence.UnknownRuntime || d.Side != evidence.Planned || d.Props.At(x.Path).Str() != "${known after apply}" {
				t.Errorf("%s: %+v", d.Origin.Address, x)
			}
		}
		if len(d.Expressions) > 0 {
			unknown = append(unknown, d.Origin.Address, strings.Repeat("I", len(d.Expressions)))
		}
	}
	if want := []string{"terraform_data.a[0]", "I", "terraform_data.a[1]", "II"}; !slices.Equal(unknown, want) {
		t.Errorf("unknown until apply: %q, want %q", unknown, want)
	}
}

func TestShowOfFirstPlan(t *testing.T) {
	b := read(t, Show(), input(t, "testdata/real/first-plan.json"))
	total := 0
	for _, d := range b.Drafts {
		total += len(d.Expressions)
	}
	if len(b.Drafts) != 5 || b.Drafts[0].Side != evidence.Planned || total != 14 {
		t.Errorf("%d resources and %d unknown values, want 5 and 14", len(b.Drafts), total)
	}
}

// A state and "show" of it agree on identities, and neither leaves a value unmarked
// that Terraform marks. (The output attribute repeats the secret, and Terraform does not mark it.)
func TestShowOfState(t *testing.T) {
	state := read(t, State(), input(t, "testdata/real/terraform.tfstate"))
	show := read(t, Show(), input(t, "testdata/real/show.json"))
	if len(state.Drafts) != 5 || len(show.Drafts) != 5 {
		t.Fatalf("%d and %d resources, want 5", len(state.Drafts), len(show.Drafts))
	}
	for _, d := range state.Drafts {
		s := at(t, show, d.Origin.Address, evidence.Live)
		if s.ID != d.ID || s.Name != d.Name || s.Scope != d.Scope || s.Provider != d.Provider || !slices.Equal(s.Aliases, d.Aliases) {
			t.Errorf("%s: state and show differ:\n%+v\n%+v", d.Origin.Address, d, s)
		}
	}
	for _, b := range []*sourcetest.Sink{state, show} {
		for i := range b.Drafts {
			b.Drafts[i].Props.Delete("output")
		}
		assertNoSecrets(t, b, "contoso-s3cret")
	}
}

func TestShowMarksFromChanges(t *testing.T) {
	b := read(t, Show(), inputOf("plan", `{"format_version":"0.2","planned_values":{"root_module":{"resources":[
{"address":"a_b.n","mode":"managed","type":"a_b","name":"n","provider_name":"a","values":{"id":"i","p":"new","name":"s"}}]}},
"prior_state":{"values":{"root_module":{"resources":[
{"address":"a_b.n","mode":"managed","type":"a_b","name":"n","provider_name":"a","values":{"id":"i","p":"old","q":{"r":"old"}}},
{"address":"a_b.n","mode":"managed","type":"a_b","name":"n","deposed_key":"00","values":{}}]}}},
"resource_changes":[{"address":"a_b.n","change":{"before_sensitive":{"q":true},"after_sensitive":{"p":true,"name":true},"after_unknown":{}}},
{"address":"a_b.n","deposed":"00","change":{"before_sensitive":{},"after_sensitive":false}}],
"errored":true}`))
	live, planned := at(t, b, "a_b.n", evidence.Live), at(t, b, "a_b.n", evidence.Planned)
	if !slices.Equal(live.Sensitive, []tree.Path{"q"}) || !slices.Equal(planned.Sensitive, []tree.Path{"name", "p"}) {
		t.Errorf("sensitive: %q, %q", live.Sensitive, planned.Sensitive)
	}
	if planned.Name != "n" {
		t.Errorf("a sensitive name is used: %q", planned.Name)
	}
	if len(b.Missing) != 2 || b.Missing[0].Kind != evidence.InputNotUnderstood || b.Missing[0].Line != 8 || b.Missing[1].Thing != "a_b.n" {
		t.Errorf("not read: %+v", b.Missing)
	}
}

func TestShowEmpty(t *testing.T) {
	for _, data := range []string{
		`{"format_version":"1.0"}`, `{"format_version":"1.0","terraform_version":"1.9.8","values":{"root_module":{}}}`,
		`{"format_version":"1.0","values":null}`,
	} {
		if b := read(t, Show(), inputOf("empty", data)); len(b.Drafts)+len(b.Missing) != 0 {
			t.Errorf("%s: %+v", data, b)
		}
	}
}

func TestShowRefusals(t *testing.T) {
	in := func(resource string) string {
		return "{\"format_version\":\"1.0\",\"values\":{\"root_module\":{\"resources\":[\n" + resource + "]}}}"
	}
	tests := []struct{ name, data, want string }{
		{"format", "{\n\"format_version\":\"2.0\",\"values\":{}}", "line 2: the format_version is not one of"},
		{"cut off", "{\"format_version\":\"1.0\",\n\"values\":{\"root_mo", "line 2: the JSON text ends"},
		{"resource", in(`"Attribute-Secret"`), "line 2: a resource is not an object"},
		{"address", in(`{"mode":"managed","type":"a_b","name":"n"}`), "line 2: a resource has no address"},
		{"type", in(`{"address":"a_b.n","mode":"managed","type":7,"name":"n"}`), "line 2: a resource has no type, or it is not a string"},
		{"values", in(`{"address":"a_b.n","mode":"managed","type":"a_b","name":"n","values":["Attribute-Secret"]}`), "line 2: the values of a resource"},
		{"module", `{"format_version":"1.0","values":{"root_module":[]}}`, "line 1: an object was expected"},
		{"modules deep", `{"format_version":"1.0","values":{"root_module":` + strings.Repeat(`{"child_modules":[`, 150), "line 1: the JSON text ends"},
	}
	for _, tt := range tests {
		var b sourcetest.Sink
		err := Show().Read(context.Background(), inputOf(tt.name, tt.data), &b)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "show -json") && tt.name != "format" ||
			strings.Contains(err.Error(), "Attribute-Secret") {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestProviders(t *testing.T) {
	for ref, want := range map[string]string{
		`provider["registry.terraform.io/hashicorp/azurerm"]`:               "azure",
		`provider["registry.terraform.io/azure/azapi"].hub`:                 "azure",
		`module.a["x"].provider["registry.opentofu.org/hashicorp/azuread"]`: "azure",
		"provider.aws":                                  "aws",
		"module.x.provider.aws.alias":                   "aws",
		"module.provider.module.y.provider.google":      "google",
		"registry.terraform.io/hashicorp/google-beta":   "google",
		"registry.terraform.io/hashicorp/helm":          "kubernetes",
		"kubernetes":                                    "kubernetes",
		`provider["registry.terraform.io/contoso/x-y"]`: "x-y",
		"": "type",
	} {
		if got := shortProvider(ref, "type_thing"); got != want {
			t.Errorf("%q is %q, want %q", ref, got, want)
		}
	}
}

func TestIdentity(t *testing.T) {
	const arm = "/subscriptions/0A/resourceGroups/R/providers/Microsoft.Storage/storageAccounts/S"
	tests := []struct{ typ, attributes, sensitive, id, scope string }{
		{"azurerm_storage_account", `"id":"` + arm + `"`, ``, strings.ToLower(arm), "/subscriptions/0a/resourcegroups/r"},
		{"azapi_resource", `"id":"` + arm + `/"`, ``, strings.ToLower(arm), "/subscriptions/0a/resourcegroups/r"},
		{"azurerm_storage_account_network_rules", `"id":"` + arm + `"`, ``, "p:azurerm_storage_account_network_rules:" + arm, "/subscriptions/0a/resourcegroups/r"},
		{"azapi_update_resource", `"id":"` + arm + `"`, ``, "p:azapi_update_resource:" + arm, "/subscriptions/0a/resourcegroups/r"},
		{"azurerm_key_vault_secret", `"id":"https://v.vault.azure.net/secrets/a/1"`, ``, "p:azurerm_key_vault_secret:https://v.vault.azure.net/secrets/a/1", "module.m"},
		{"aws_s3_bucket", `"id":"b","arn":"arn:aws:s3:::b"`, ``, "arn:aws:s3:::b", "module.m"},
		{"aws_iam_role", `"id":"r","arn":"arn:aws:iam::7:role/r"`, ``, "arn:aws:iam::7:role/r", "aws/7"},
		{"aws_sns_topic_policy", `"id":"arn:aws:sns:eu-west-1:7:t","arn":"arn:aws:sns:eu-west-1:7:t"`, ``, "p:aws_sns_topic_policy:arn:aws:sns:eu-west-1:7:t", "aws/7/eu-west-1"},
		{"aws_x", `"id":"i","arn":7`, ``, "p:aws_x:i", "module.m"},
		{"a_b", `"id":7`, ``, "tf:module.m.a_b.n", "module.m"},
		{"a_b", `"id":"s","arn":"arn:aws:iam::7:role/r"`, `"id","arn"`, "tf:module.m.a_b.n", "module.m"},
	}
	for _, tt := range tests {
		b := read(t, State(), inputOf(tt.typ, `{"version":4,"lineage":"x","serial":1,"resources":[{"module":"module.m","mode":"managed","type":"`+tt.typ+
			`","name":"n","provider":"provider.p","instances":[{"attributes":{`+tt.attributes+`},"sensitive_attributes":[`+tt.sensitive+`]}]}]}`))
		if d := b.Drafts[0]; d.ID != tt.id || d.Scope != tt.scope {
			t.Errorf("%s with %s: %q in %q, want %q in %q", tt.typ, tt.attributes, d.ID, d.Scope, tt.id, tt.scope)
		}
	}
}

// Another state's outputs carry no marks, so all of them are kept secret.
func TestRemoteState(t *testing.T) {
	b := read(t, State(), inputOf("remote", `{"version":4,"lineage":"x","serial":1,"resources":[{"mode":"data","type":"terraform_remote_state",
"name":"n","provider":"provider.terraform","instances":[{"attributes":{"backend":"azurerm","outputs":{"value":{"p":"Attribute-Secret"},"type":["object",{"p":"string"}]}}}]}]}`))
	assertNoSecrets(t, b, "Attribute-Secret")
}
