package terraform

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

const group = "/subscriptions/0000aaaa-0000-4000-8000-000000000000/resourcegroups/rg-shop"

func read(t *testing.T, r sourcetest.Reader, in evidence.Input) *sourcetest.Sink {
	t.Helper()
	return sourcetest.Read(t, r, in)
}

func TestState(t *testing.T) {
	b := read(t, State(), input(t, "testdata/contoso.tfstate"))
	if len(b.Drafts) != 13 {
		t.Errorf("%d resources, want 13", len(b.Drafts))
	}
	tests := []struct {
		address, id, typ, name, provider, scope, location string
		line                                              int
		path                                              string
		data                                              bool
		tags                                              map[string]string
		aliases                                           []string
		sensitive                                         []tree.Path
	}{
		{
			address: "data.azurerm_resource_group.shop", id: group, typ: "azurerm_resource_group", name: "rg-Shop", provider: "azure",
			scope: "/subscriptions/0000aaaa-0000-4000-8000-000000000000", location: "westeurope", line: 20,
			path: "resources[0].instances[0]", data: true, tags: map[string]string{"system": "shop", "owner": "web team"},
			aliases: []string{"/subscriptions/0000AAAA-0000-4000-8000-000000000000/resourceGroups/rg-Shop", "data.azurerm_resource_group.shop"},
		},
		{
			address: `module.net["hub.eu"].module.inner[0].azurerm_subnet.s["web"]`,
			id:      group + "/providers/microsoft.network/virtualnetworks/hub/subnets/web", typ: "azurerm_subnet", name: "web",
			provider: "azure", scope: group, line: 39, path: "resources[1].instances[0]",
			aliases: []string{
				"/subscriptions/0000aaaa-0000-4000-8000-000000000000/resourceGroups/rg-Shop/providers/Microsoft.Network/virtualNetworks/hub/subnets/web",
				`module.net["hub.eu"].module.inner[0].azurerm_subnet.s["web"]`,
			},
		},
		{
			address: `module.net["hub.eu"].module.inner[0].azurerm_subnet.s["a\"b$${c}"]`,
			id:      `tf:module.net["hub.eu"].module.inner[0].azurerm_subnet.s["a\"b$${c}"]`, typ: "azurerm_subnet",
			name: `s["a\"b$${c}"]`, provider: "azure", scope: `module.net["hub.eu"].module.inner[0]`, line: 51, path: "resources[1].instances[1]",
			aliases: []string{`module.net["hub.eu"].module.inner[0].azurerm_subnet.s["a\"b$${c}"]`},
		},
		{
			address: "azurerm_subnet_network_security_group_association.web", typ: "azurerm_subnet_network_security_group_association",
			id: "azure:azurerm_subnet_network_security_group_association:/subscriptions/0000aaaa-0000-4000-8000-000000000000/resourceGroups/rg-Shop" +
				"/providers/Microsoft.Network/virtualNetworks/hub/subnets/web",
			name: "web", provider: "azure", scope: group, line: 63, path: "resources[2].instances[0]",
			aliases: []string{
				"/subscriptions/0000aaaa-0000-4000-8000-000000000000/resourceGroups/rg-Shop/providers/Microsoft.Network/virtualNetworks/hub/subnets/web",
				"azurerm_subnet_network_security_group_association.web",
			},
		},
		{
			address: "azurerm_mssql_server.sql", id: group + "/providers/microsoft.sql/servers/sql-shop", typ: "azurerm_mssql_server",
			name: "sql-shop", provider: "azure", scope: group, line: 94, path: "resources[4].instances[1]",
			aliases: []string{
				"/subscriptions/0000aaaa-0000-4000-8000-000000000000/resourceGroups/rg-Shop/providers/Microsoft.Sql/servers/sql-shop",
				"azurerm_mssql_server.sql",
			},
			sensitive: []tree.Path{"administrator_login_password", "azuread_administrator[0].object_id", "tags.key"},
		},
		{
			address: "aws_lambda_function.mail[3]", id: "arn:aws:lambda:eu-west-1:000000000000:function:mail", typ: "aws_lambda_function",
			name: "mail[3]", provider: "aws", scope: "aws/000000000000/eu-west-1", location: "eu-west-1", line: 116,
			path: "resources[5].instances[0]", tags: map[string]string{"system": "shop"},
			aliases: []string{"aws_lambda_function.mail[3]", "mail"},
		},
		{
			address: "aws_cloudwatch_event_target.nightly", id: "aws:aws_cloudwatch_event_target:nightly-mail", typ: "aws_cloudwatch_event_target",
			name: "nightly", provider: "aws", scope: "aws/000000000000/eu-west-1", location: "eu-west-1", line: 135, path: "resources[6].instances[0]",
			aliases: []string{"arn:aws:lambda:eu-west-1:000000000000:function:mail", "aws_cloudwatch_event_target.nightly", "nightly-mail"},
		},
		{
			address: "google_storage_bucket.img", id: "google:google_storage_bucket:contoso-img", typ: "google_storage_bucket",
			name: "contoso-img", provider: "google", scope: "projects/contoso-shop", location: "EU", line: 144, path: "resources[7].instances[0]",
			tags: map[string]string{"team": "web"}, aliases: []string{"contoso-img", "google_storage_bucket.img"},
		},
		{
			address: "google_compute_network.net", id: "google:projects/contoso-shop/global/networks/net", typ: "google_compute_network",
			name: "net", provider: "google", scope: "projects/contoso-shop", line: 153, path: "resources[8].instances[0]",
			aliases: []string{"google_compute_network.net", "https://www.googleapis.com/compute/v1/projects/contoso-shop/global/networks/net", "net"},
		},
		{
			address: "random_password.p", id: "tf:random_password.p", typ: "random_password", name: "p", provider: "random", line: 162,
			path: "resources[9].instances[0]", aliases: []string{"random_password.p"}, sensitive: []tree.Path{"result"},
		},
		{
			address: "oldcloud_server.flat", id: "oldcloud:oldcloud_server:i-1", typ: "oldcloud_server", name: "flat", provider: "oldcloud",
			line: 174, path: "resources[10].instances[0]", aliases: []string{"i-1", "oldcloud_server.flat"},
			sensitive: []tree.Path{`["login.0.password"]`},
		},
		{
			address: "terraform_data.dynamic", id: "terraform:terraform_data:0d8e5f6a-0000-4000-8000-00000000000d", typ: "terraform_data",
			name: "dynamic", provider: "terraform", line: 186, path: "resources[11].instances[0]",
			aliases:   []string{"0d8e5f6a-0000-4000-8000-00000000000d", "terraform_data.dynamic"},
			sensitive: []tree.Path{"input.value.list[1]", "members", "name"},
		},
	}
	for _, tt := range tests {
		d := at(t, b, tt.address, evidence.Live)
		for what, pair := range map[string][2]string{
			"id": {d.ID, tt.id}, "type": {d.Type, tt.typ}, "name": {d.Name, tt.name}, "provider": {d.Provider, tt.provider},
			"scope": {d.Scope, tt.scope}, "location": {d.Location, tt.location}, "path": {d.Origin.Path, tt.path},
			"line": {fmt.Sprint(d.Origin.Line), fmt.Sprint(tt.line)}, "form": {string(d.Form), string(evidence.Terraform)},
			"input": {d.Origin.Input, "contoso.tfstate"},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s is %q, want %q", tt.address, what, pair[0], pair[1])
			}
		}
		if d.Data != tt.data || !maps.Equal(d.Tags, tt.tags) {
			t.Errorf("%s: data %v, tags %v", tt.address, d.Data, d.Tags)
		}
		if !slices.Equal(d.Aliases, tt.aliases) {
			t.Errorf("%s: aliases %q, want %q", tt.address, d.Aliases, tt.aliases)
		}
		if !slices.Equal(d.Sensitive, tt.sensitive) {
			t.Errorf("%s: sensitive %q, want %q", tt.address, d.Sensitive, tt.sensitive)
		}
	}
}

func TestStateDependencies(t *testing.T) {
	b := read(t, State(), input(t, "testdata/contoso.tfstate"))
	d := at(t, b, `module.net["hub.eu"].module.inner[0].azurerm_subnet.s["web"]`, evidence.Live)
	var got []string
	for _, v := range d.Props.Get(DependenciesKey).List() {
		got = append(got, v.Text)
	}
	want := []string{"data.azurerm_resource_group.shop", "module.net.azurerm_virtual_network.hub"}
	if !slices.Equal(got, want) {
		t.Errorf("dependencies %q, want %q", got, want)
	}
	if line := d.Props.Get(DependenciesKey).Items[1].Line; line != 48 {
		t.Errorf("dependency on line %d, want 48", line)
	}
}

// What is not read is said, and what is secret stands only below sensitive paths.
func TestStateNotReadAndSecrets(t *testing.T) {
	b := read(t, State(), input(t, "testdata/contoso.tfstate"))
	if len(b.Missing) != 2 || b.Missing[0].Thing != "azurerm_mssql_server.sql" || b.Missing[0].Line != 90 ||
		b.Missing[1].Thing != "azurerm_key_vault_secret.once" || b.Missing[0].Kind != evidence.ResourceNotRead {
		t.Errorf("not read: %+v", b.Missing)
	}
	assertNoSecrets(t, b, "Attribute-Secret", "Output-Secret", "Private-Secret", "UHJpdmF0ZS1TZWNyZXQ")
}

// assertNoSecrets blanks what is marked sensitive and looks for the words in the rest.
func assertNoSecrets(t *testing.T, b *sourcetest.Sink, words ...string) {
	t.Helper()
	marked := 0
	for _, d := range b.Drafts {
		for _, p := range d.Sensitive {
			if v := d.Props.At(p); v != nil {
				*v = tree.Value{}
				marked++
			}
		}
	}
	if marked == 0 {
		t.Error("nothing is marked sensitive")
	}
	all := fmt.Sprintf("%+v %+v", b.Drafts, b.Missing)
	for _, w := range words {
		if strings.Contains(all, w) {
			t.Errorf("%s is left unmarked", w)
		}
	}
}

// Members may stand in any order: jq -S puts instances before the type.
func TestStateSortedMembers(t *testing.T) {
	in := inputOf("sorted", `{"lineage":"l","resources":[{"instances":[{"attributes":{"id":"1"},"index_key":0}],"mode":"managed",
"module":"module.m","name":"n","provider":"provider.aws","type":"aws_vpc"}],"serial":1,"version":4}`)
	b := read(t, State(), in)
	if d := b.Drafts[0]; d.Origin.Address != "module.m.aws_vpc.n[0]" || d.ID != "aws:aws_vpc:1" || d.Origin.Line != 1 {
		t.Errorf("%+v", d)
	}
}

func TestStateRefusals(t *testing.T) {
	tests := []struct{ name, data, want, help string }{
		{"version 3", "{\n\"version\": 3,\"serial\":1,\"lineage\":\"x\",\"modules\":[]}", "line 2: the state has version 3", "terraform state pull"},
		{"version 5", `{"version":5,"lineage":"x","serial":1,"resources":[]}`, "line 1: the state has a version other than 4", "show -json"},
		{"version text", `{"version":"4","lineage":"x","serial":1,"resources":[]}`, "is not a number", "state pull"},
		{"no version", `{"lineage":"x","serial":1,"resources":[]}`, "has no version", "state pull"},
		{"no resources", `{"version":4,"lineage":"x","serial":1}`, "no resources member", "state pull"},
		{
			"encrypted", "{\"serial\":1,\"lineage\":\"x\",\n\"meta\":{},\"encrypted_data\":\"Attribute-Secret\",\"encryption_version\":\"v0\"}",
			"line 2: OpenTofu has encrypted this state", "tofu show -json",
		},
		{"cut off", "{\"version\":4,\"lineage\":\"x\",\"serial\":1,\n\"resources\":[{\"type\":\"a_b\",", "line 2: the JSON text ends", "state pull"},
		{"trailing text", `{"version":4,"lineage":"x","serial":1,"resources":[]} {}`, "more text stands after", "state pull"},
		{"no type", "{\"version\":4,\"lineage\":\"x\",\"serial\":1,\"resources\":[\n{\"name\":\"n\"}]}", "line 2: the resource that ends here has no type", "state pull"},
		{"duplicate key", "{\"version\":4,\"lineage\":\"x\",\"serial\":1,\"resources\":[{\"type\":\"a_b\",\"name\":\"n\",\"mode\":\"managed\",\n" +
			"\"instances\":[{\"attributes\":{\"Attribute-Secret\":1,\"Attribute-Secret\":2}}]}]}", "line 2: not valid JSON: an object has the same name twice", "state pull"},
		{"deep", stateWith(`{"attributes":` + strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300) + "}"), "nested more than 200 deep", "state pull"},
		{"instance", stateWith(`7`), "line 2: an instance is not an object", "state pull"},
		{"attributes", stateWith(`{"attributes":"Attribute-Secret"}`), "attributes of an instance are not an object", "state pull"},
		{"index", stateWith(`{"index_key":{"a":1}}`), "index_key of an instance", "state pull"},
		{"dependencies", stateWith(`{"dependencies":"Attribute-Secret"}`), "dependencies of an instance", "state pull"},
		{"dependency", stateWith(`{"dependencies":[1]}`), "a dependency is not a string", "state pull"},
		{"sensitive", stateWith(`{"attributes":{"p":"Attribute-Secret"},"sensitive_attributes":"p"}`), "sensitive_attributes is not an array", "state pull"},
		{"sensitive path", stateWith(`{"attributes":{"p":"Attribute-Secret"},"sensitive_attributes":[{"p":1}]}`), "a path in sensitive_attributes has an unknown form", "state pull"},
	}
	for _, tt := range tests {
		in := inputOf(tt.name, tt.data)
		if !State().Sniff(in) {
			t.Errorf("%s: not claimed", tt.name)
		}
		err := State().Read(context.Background(), in, &sourcetest.Sink{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.help) || strings.Contains(err.Error(), "Attribute-Secret") {
			t.Errorf("%s: error %v, want %q and %q", tt.name, err, tt.want, tt.help)
		}
	}
}

func stateWith(instance string) string {
	return "{\"version\":4,\"terraform_version\":\"1.9.8\",\"serial\":1,\"lineage\":\"x\",\"resources\":[{\"mode\":\"managed\",\"type\":\"a_b\",\"name\":\"n\",\"instances\":[\n" +
		instance + "]}]}"
}

// A state cut off anywhere is claimed as soon as it can be known, and gives an error
// and no resource.
func TestStateCutOff(t *testing.T) {
	whole := string(input(t, "testdata/contoso.tfstate").Data)
	whole = strings.TrimRight(whole, "\n")
	for n := 60; n < len(whole); n += 97 {
		in := inputOf("cut", whole[:n])
		if !State().Sniff(in) {
			t.Fatalf("cut at %d: not claimed", n)
		}
		var b sourcetest.Sink
		if err := State().Read(context.Background(), in, &b); err == nil || len(b.Drafts) > 0 {
			t.Fatalf("cut at %d: error %v and %d resources", n, err, len(b.Drafts))
		}
	}
}

func TestSinkErrorAndCancel(t *testing.T) {
	stop := errors.New("enough")
	for _, c := range []struct {
		r  sourcetest.Reader
		in string
	}{{State(), "testdata/contoso.tfstate"}, {Show(), "testdata/real/plan.json"}} {
		b := sourcetest.Sink{Fail: stop}
		if err := c.r.Read(context.Background(), input(t, c.in), &b); err != stop || len(b.Drafts) != 1 {
			t.Errorf("%s: error %v after %d resources", c.in, err, len(b.Drafts))
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := c.r.Read(ctx, input(t, c.in), &sourcetest.Sink{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v when cancelled", c.in, err)
		}
	}
}

func TestSniff(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"state", `{"version":4,"terraform_version":"1.9.8","serial":1`, "terraform-state"},
		{"small state", `{"version":4,"resources":[]}`, "terraform-state"},
		{"empty show", `{"format_version":"1.0"}`, "terraform-show"},
		{"cut plan", `{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"ro`, "terraform-show"},
		{"package.json", `{"name":"shop","version":"4","dependencies":{}}`, ""},
		{"compose", `{"version":"3","services":{}}`, ""},
		{"kubernetes", `{"apiVersion":"v1","kind":"List","items":[]}`, ""},
		{"kind of ours", `{"apiVersion":"v1","kind":"X","version":4,"resources":[]}`, ""},
		{"ARM template", `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","resources":[]}`, ""},
		{"schemas", `{"format_version":"1.0","provider_schemas":{}}`, ""},
		{"validate", `{"format_version":"1.0","valid":true,"diagnostics":[]}`, ""},
		{"version -json", `{"terraform_version":"1.11.4","platform":"linux_amd64","provider_selections":{}}`, ""},
		{"array", `[{"version":4,"lineage":"x","serial":1}]`, ""},
		{"yaml", "version: 4\nlineage: x\nserial: 1\n", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		got := ""
		for _, r := range readers {
			if r.Sniff(inputOf(tt.name, tt.data)) {
				got += r.Name()
			}
		}
		if got != tt.want {
			t.Errorf("%s: claimed by %q, want %q", tt.name, got, tt.want)
		}
	}
}
