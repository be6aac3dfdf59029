package azure

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

const (
	sub   = "/subscriptions/0000aaaa-0000-4000-8000-000000000000"
	group = sub + "/resourcegroups/rg-shop"
)

func read(t *testing.T, in evidence.Input) *sourcetest.Sink {
	t.Helper()
	return sourcetest.Read(t, Export(), in)
}

func TestGraphAnswer(t *testing.T) {
	b := read(t, input(t, "testdata/graph.json"))
	want := []struct {
		id, typ, name, scope, location, path string
		line                                 int
		tags                                 map[string]string
	}{
		{
			group + "/providers/microsoft.web/sites/app-shop", "microsoft.web/sites", "app-shop", group, "westeurope", "data[0]", 4,
			map[string]string{"system": "shop"},
		},
		{group + "/providers/microsoft.web/sites/app-mail", "microsoft.web/sites", "app-mail", group, "westeurope", "data[1]", 18, nil},
		{group + "/providers/microsoft.web/sites/app-mail/slots/blue", "microsoft.web/sites/slots", "app-mail/blue", group, "westeurope", "data[2]", 26, nil},
		{group, "microsoft.resources/subscriptions/resourcegroups", "rg-Shop", sub, "westeurope", "data[3]", 33, nil},
		{sub, "microsoft.resources/subscriptions", "Contoso Shop", "", "", "data[4]", 39, nil},
		{
			group + "/providers/microsoft.web/sites/app-shop/providers/microsoft.insights/diagnosticsettings/logs",
			"microsoft.insights/diagnosticsettings", "logs", group, "", "data[5]", 44, nil,
		},
	}
	if len(b.Drafts) != len(want) {
		t.Fatalf("%d resources, want %d", len(b.Drafts), len(want))
	}
	for i, w := range want {
		d := b.Drafts[i]
		if d.ID != w.id || d.Type != w.typ || d.Name != w.name || d.Scope != w.scope || d.Location != w.location ||
			d.Origin != (evidence.Origin{Input: "graph.json", Line: w.line, Path: w.path}) || !maps.Equal(d.Tags, w.tags) ||
			d.Form != evidence.ARM || d.Provider != "azure" || d.Side != evidence.Live {
			d.Props.Members = nil
			t.Errorf("row %d:\n%+v\nwant\n%+v", i, d, w)
		}
	}
	if got := b.Drafts[0].Props.Lookup("properties", "serverFarmId"); got == nil || got.Line != 14 {
		t.Errorf("the row is not kept whole with its lines: %+v", got)
	}
}

// What Resource Graph withholds is said once for each type, with the number of resources.
func TestWithheld(t *testing.T) {
	b := read(t, input(t, "testdata/graph.json"))
	type fact struct {
		thing, reason string
		line, count   int
	}
	var got []fact
	for _, n := range b.Missing {
		if n.Kind != evidence.PropertyWithheld || n.Help == "" || n.Input != "graph.json" {
			t.Errorf("%+v", n)
		}
		word, _, _ := strings.Cut(n.Reason, ":")
		got = append(got, fact{n.Thing, word, n.Line, n.Count})
	}
	want := []fact{
		{"microsoft.web/sites", "properties.siteConfig", 4, 0},
		{"microsoft.web/sites", "app settings and connection strings", 4, 0},
		{"microsoft.web/sites/slots", "properties.siteConfig", 26, 0},
		{"microsoft.web/sites/slots", "app settings and connection strings", 26, 0},
	}
	if len(got) != len(want) {
		t.Fatalf("not read %+v, want %+v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("not read %+v, want %+v", got[i], want[i])
		}
	}
	three := read(t, inputOf("x", `[{"id":"`+group+`/providers/Microsoft.Web/sites/a"},{"id":"`+group+`/providers/Microsoft.Web/sites/b","type":"Microsoft.Web/sites"},
{"id":"`+group+`/providers/Microsoft.Web/sites/c","siteConfig":{"alwaysOn":true}}]`))
	if n := find(three, "siteConfig"); len(n) != 1 || n[0].Count != 2 || n[0].Line != 1 {
		t.Errorf("withheld of two sites: %+v", n)
	}
	if n := find(three, "app settings"); len(n) != 1 || n[0].Count != 3 {
		t.Errorf("settings of three sites: %+v", n)
	}
	if n := find(three, "without their properties"); len(n) != 1 || n[0].Count != 2 {
		t.Errorf("bare rows: %+v", n)
	}
}

func TestTable(t *testing.T) {
	const columns = `"columns":[{"name":"name","type":"string"},{"name":"id","type":"string"},{"name":"properties","type":"object"}]`
	const rows = `"rows":[
["vm","` + group + `/providers/Microsoft.Compute/virtualMachines/vm",{"vmId":"1"}],
["disk","` + group + `/providers/Microsoft.Compute/disks/disk",
{"size":4}]]`
	for _, data := range []string{
		`{"totalRecords":2,"count":2,"data":{` + columns + `,` + rows + `},"resultTruncated":"false"}`,
		`{"totalRecords":2,"count":2,"data":{` + rows + `,` + columns + `},"resultTruncated":"false"}`,
	} {
		b := read(t, inputOf("table", data))
		if len(b.Drafts) != 2 || len(b.Missing) != 0 {
			t.Fatalf("%+v", b)
		}
		d := b.Drafts[1]
		if d.ID != group+"/providers/microsoft.compute/disks/disk" || d.Type != "microsoft.compute/disks" || d.Name != "disk" ||
			d.Origin.Path != "data.rows[1]" || d.Origin.Line != 3 {
			t.Errorf("%+v", d)
		}
		if v := d.Props.Lookup("properties", "size"); v == nil || v.Text != "4" || v.Line != 4 {
			t.Errorf("cell %+v", v)
		}
	}
}

func TestPages(t *testing.T) {
	row := `{"id":"` + group + `/providers/Microsoft.Storage/storageAccounts/s","properties":{"a":1}}`
	tests := []struct {
		name, data, reason, help string
		line, count              int
	}{
		{"token", "{\"totalRecords\":386,\"count\":1,\n\"$skipToken\":\"SECRET\",\"data\":[" + row + "]}", "1 of 386 records", "--skip-token", 2, 385},
		{"token of az", "{\"data\":[" + row + "],\"count\":1,\n\"skip_token\":\"SECRET\",\"total_records\":3}", "1 of 3 records", "--skip-token", 2, 2},
		{"token alone", "{\"data\":[" + row + "],\"count\":1,\n\"skip_token\":\"SECRET\"}", "one page, and there are more", "--first", 2, 0},
		{"link", "{\"value\":[" + row + "],\n\"nextLink\":\"https://management.azure.com/?$skiptoken=SECRET\"}", "one page, and there are more", "nextLink", 2, 0},
		{"truncated", "{\"count\":1,\"data\":[" + row + "],\n\"resultTruncated\":\"true\",\"totalRecords\":1}", "cut the answer off", "per subscription", 2, 0},
		{"truncated of an SDK", "{\"count\":1,\"data\":[" + row + "],\n\"resultTruncated\":true,\"totalRecords\":4}", "1 of 4 records", "per subscription", 2, 3},
		{"total", "{\"count\":1,\"data\":[" + row + "],\n\"totalRecords\":4,\"facets\":[]}", "1 of 4 records", "--first", 2, 3},
	}
	for _, tt := range tests {
		b := read(t, inputOf(tt.name, tt.data))
		if len(b.Drafts) != 1 || len(b.Missing) != 1 {
			t.Errorf("%s: %d resources, not read %+v", tt.name, len(b.Drafts), b.Missing)
			continue
		}
		n := b.Missing[0]
		if n.Kind != evidence.ResourceNotRead || !strings.Contains(n.Reason, tt.reason) || !strings.Contains(n.Help, tt.help) ||
			n.Line != tt.line || n.Count != tt.count || strings.Contains(n.Reason+n.Help, "SECRET") {
			t.Errorf("%s: %+v", tt.name, n)
		}
	}
	for _, data := range []string{
		`{"count":1,"data":[` + row + `],"skip_token":null,"total_records":1}`,
		`{"value":[` + row + `],"nextLink":null}`, `{"value":[` + row + `],"nextLink":""}`,
	} {
		if b := read(t, inputOf("last page", data)); len(b.Missing) != 0 {
			t.Errorf("%s: %+v", data, b.Missing)
		}
	}
}

func TestRowsWithoutID(t *testing.T) {
	b := read(t, inputOf("projected", `{"count":3,"data":[
{"name":"a","type":"microsoft.web/sites"},
{"name":"b","type":"microsoft.web/sites"},
7,
{"id":"00000000-0000-4000-8000-000000000000"},
{"id":"/subscriptions/0a/providers"}],"skip_token":null,"total_records":5}`))
	if len(b.Drafts) != 0 || len(b.Missing) != 2 {
		t.Fatalf("%+v", b)
	}
	if n := b.Missing[0]; n.Kind != evidence.ResourceNotRead || n.Line != 2 || n.Count != 3 || !strings.Contains(n.Help, "project id") {
		t.Errorf("%+v", n)
	}
	if n := b.Missing[1]; n.Line != 5 || n.Count != 2 {
		t.Errorf("%+v", n)
	}
}

func TestOtherAnswers(t *testing.T) {
	long := group + "/providers/Microsoft.Web/sites/" + strings.Repeat("a", 60) + "/providers/Microsoft.Insights/diagnosticSettings/" + strings.Repeat("b", 100)
	tests := []struct {
		name, data string
		types      []string
	}{
		{"GET", `{"id":"` + group + `/providers/Microsoft.KeyVault/vaults/V","type":"Microsoft.KeyVault/vaults","properties":{}}`, []string{"microsoft.keyvault/vaults"}},
		{"GET, long id", `{"properties":{"value":1},"id":"` + long + `"}`, []string{"microsoft.insights/diagnosticsettings"}},
		{"list, long id", `[{"properties":{"value":1},"id":"` + long + `"}]`, []string{"microsoft.insights/diagnosticsettings"}},
		{"GET with values", `{"id":"` + group + `/providers/Contoso.X/lists/l","value":[{"a":1}]}`, []string{"contoso.x/lists"}},
		{"id and type differ", `{"id":"` + group + `/providers/Microsoft.Web/sites/s","type":"Microsoft.Web/Certificates"}`, []string{"microsoft.web/certificates"}},
		{"PowerShell", `[{"Id":"` + group + `/providers/Microsoft.Web/serverfarms/p","Type":"Microsoft.Web/serverfarms","Properties":{"a":1}}]`, []string{"microsoft.web/serverfarms"}},
		{
			"role assignments of az", `[{"id":"` + sub + `/providers/Microsoft.Authorization/roleAssignments/1","principalId":"2","scope":"` + sub + `","type":"Microsoft.Authorization/roleAssignments"}]`,
			[]string{"microsoft.authorization/roleassignments"},
		},
		{
			"management groups", `{"value":[{"id":"/providers/Microsoft.Management/managementGroups/contoso","properties":{"displayName":"Contoso"}}]}`,
			[]string{"microsoft.management/managementgroups"},
		},
		{"empty list", `{"value":[]}`, nil},
		{"empty answer", `{"count":0,"data":[],"skip_token":null,"total_records":0}`, nil},
		{"empty table", `{"count":0,"data":{"columns":[],"rows":[]},"facets":[],"resultTruncated":"false","totalRecords":0}`, nil},
	}
	for _, tt := range tests {
		b := read(t, inputOf(tt.name, tt.data))
		var types []string
		for _, d := range b.Drafts {
			types = append(types, d.Type)
		}
		if strings.Join(types, " ") != strings.Join(tt.types, " ") {
			t.Errorf("%s: types %q, want %q", tt.name, types, tt.types)
		}
		if len(tt.types) == 0 && len(b.Missing) != 0 {
			t.Errorf("%s: %+v", tt.name, b.Missing)
		}
	}
}

func TestSniff(t *testing.T) {
	tests := []struct {
		name, data string
		want       bool
	}{
		{"cut list", `{"value":[{"name":"a","id":"/subscriptions/0000aaaa/resourceGr`, true},
		{"cut answer", `{"totalRecords":3,"count":3,"data":[{"na`, true},
		{"cut object", `{"id":"/subscriptions/0000aaaa/resourceGroups/r","na`, true},
		{"types without ids", `[{"name":"a","type":"microsoft.web/sites"}]`, true},
		{"kubernetes", `{"apiVersion":"v1","kind":"List","items":[]}`, false},
		{"kubernetes with data", `{"apiVersion":"v1","kind":"ConfigMap","data":{"rows":"1"}}`, false},
		{"package.json", `{"name":"shop","version":"1.0.0"}`, false},
		{"state", `{"version":4,"terraform_version":"1.9.8","serial":1,"lineage":"x","resources":[]}`, false},
		{"ARM template", `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","resources":[]}`, false},
		{"ARM parameters", `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#","parameters":{"id":{"value":"x"}}}`, false},
		{"template resources", `[{"type":"Microsoft.Web/sites","apiVersion":"2022-03-01","name":"a"}]`, false},
		{"Key Vault secret", `{"id":"https://contoso.vault.azure.net/secrets/a","value":"x"}`, false},
		{"Microsoft Graph", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users","value":[]}`, false},
		{"users", `{"value":[{"id":"00000000-0000-4000-8000-000000000000","displayName":"a"}]}`, false},
		{"another list", `{"count":1,"data":[{"id":7}]}`, false},
		{"az account list", `[{"cloudName":"AzureCloud","id":"00000000-0000-4000-8000-000000000000","name":"Contoso"}]`, false},
		{"recording", `[{"request":{"uri":"https://management.azure.com/subscriptions/0a"},"response":{}}]`, false},
		{"empty array", `[]`, false},
		{"text", `hello`, false},
		{"nothing", ``, false},
	}
	for _, tt := range tests {
		if got := Export().Sniff(inputOf(tt.name, tt.data)); got != tt.want {
			t.Errorf("%s: claimed %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	row := `{"id":"` + group + `/providers/Microsoft.Web/sites/a","properties":{"p":"SECRET"}}`
	tests := []struct{ name, data, want string }{
		{"cut off", "{\"value\":[" + row + ",\n{\"id\":\"/subscr", "line 2: the JSON text ends"},
		{"cut off in an array", "[" + row + ",\n{\"id\"", "line 2: the JSON text ends"},
		{"trailing text", "{\"value\":[" + row + "]}\n{}", "line 2: more text stands after"},
		{"duplicate key", "{\"value\":[" + row + ",\n{\"SECRET\":1,\"SECRET\":2}]}", "line 2: not valid JSON: an object has the same name twice"},
		{"deep", "{\"value\":[" + row + ",\n" + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "]}", "line 2: nested more than 200 deep"},
		{"value", "{\"totalRecords\":1,\"count\":1,\n\"data\":\"SECRET\"}", "line 2: an array was expected"},
		{"no columns", "{\"count\":1,\"totalRecords\":1,\n\"data\":{\"rows\":[[1]]}}", "line 2: the table that ends here has no columns"},
		{"column names", "{\"count\":1,\"totalRecords\":1,\"data\":{\"columns\":[\n{\"name\":3}],\"rows\":[[1]]}}", "line 2: a column of the table has no name"},
		{"same columns", "{\"count\":1,\"totalRecords\":1,\"data\":{\"columns\":[{\"name\":\"a\"},\n{\"name\":\"a\"}],\"rows\":[[1]]}}", "line 2: two columns"},
		{"short row", "{\"count\":1,\"totalRecords\":1,\"data\":{\"columns\":[{\"name\":\"a\"}],\"rows\":[\n[1,2]]}}", "line 2: a row of the table has not the 1 values"},
		{"columns", "{\"count\":1,\"totalRecords\":1,\"data\":{\n\"columns\":7,\"rows\":[]}}", "line 2: the columns of the table are not an array"},
		{"no list", `{"count":1}`, "neither a list"},
	}
	for _, tt := range tests {
		err := Export().Read(context.Background(), inputOf(tt.name, tt.data), &sourcetest.Sink{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "az graph query") || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestSinkErrorAndCancel(t *testing.T) {
	stop := errors.New("enough")
	b := sourcetest.Sink{Fail: stop}
	if err := Export().Read(context.Background(), input(t, "testdata/graph.json"), &b); err != stop || len(b.Drafts) != 1 || len(b.Missing) != 0 {
		t.Errorf("error %v after %d resources", err, len(b.Drafts))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Export().Read(ctx, input(t, "testdata/graph.json"), &sourcetest.Sink{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v when cancelled", err)
	}
}
