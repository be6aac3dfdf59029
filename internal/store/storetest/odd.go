package storetest

import (
	"bytes"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Odd are snapshots that are not like an export: of code, with withdrawn resources, without anything.
func Odd(tb testing.TB) map[string]*evidence.Snapshot {
	tb.Helper()
	s, err := evidence.NewSealer(bytes.Repeat([]byte("key?"), 8))
	if err != nil {
		tb.Fatal(err)
	}
	seal := func(d evidence.Draft) evidence.Resource {
		r, _, err := s.Seal(d)
		if err != nil {
			tb.Fatal(err)
		}
		return r
	}
	var rs []evidence.Resource
	for i, name := range []string{"shop", "pay", "crm", "a\"b\\c\n\u00e9\u2028\U0001F600"} {
		rs = append(rs, seal(code(name, i)))
	}
	for _, o := range []evidence.Origin{
		{Input: "b.tfstate", Line: 9, Path: "resources[0].instances[1]", Address: "azurerm_x.z[0]"},
		{Input: "a.tfstate", Line: 4, Path: "resources[10].instances[0]", Address: "module.m[\"k\"].azurerm_x.z"},
		{Input: "a.tfstate", Line: 4, Path: "resources[2].instances[0]"},
		{Input: "a.tfstate", Line: 4, Path: "resources[2].instances[0]", Root: "a"},
		{},
		{Path: "data[00].x[1]y[999999999]"},
		{Path: "data[00].x[2]y[0]"},
		{Line: 7, Path: "[]"},
	} {
		d := code("joined", 0)
		d.Origin, d.Aliases = o, []string{"alias of " + o.Input}
		rs = append(rs, seal(d))
	}
	bare := code("bare", 3)
	bare.Props, bare.Expressions, bare.Aliases, bare.Tags = tree.Value{Kind: tree.Object}, nil, nil, nil
	rs = append(rs, seal(bare))
	nowhere := seal(code("nowhere", 4))
	nowhere.Origins = nil
	rs = append(rs, nowhere)

	meta := evidence.Meta{Name: "odd", CollectedAt: "2026-01-31T09:30:00Z", KeyID: s.KeyID(), Method: "test", Scope: []string{"z", "a"}, Inputs: []evidence.InputSummary{
		{Name: "infra", Format: "terraform-code", Resources: 5, Expressions: 7, Unresolved: map[evidence.Unknown]int{evidence.UnknownRuntime: 2, evidence.UnknownParameter: 1}},
		{Name: "a.tfstate", Format: "terraform-state", Resources: 3},
		{Name: "what.bin"},
	}}
	unread := []evidence.NotRead{
		{Kind: evidence.InputNotUnderstood, Input: "what.bin", Reason: "it is not text", Help: "leave it out"},
		{Kind: evidence.ResourceNotRead, Input: "a.tfstate", Line: 70, Thing: "azurerm_x.y", Reason: "odd", Count: 4},
		{Kind: evidence.ResourceNotRead, Input: "a.tfstate", Line: 7, Thing: "azurerm_x.q", Reason: "odd"},
	}
	full, err := evidence.NewSnapshot(meta, rs, unread)
	if err != nil {
		tb.Fatal(err)
	}
	short, err := full.Redact(full.Resources[1].ID, "asked for")
	if err != nil {
		tb.Fatal(err)
	}
	if short, err = short.Redact(full.Resources[len(full.Resources)-1].ID, "asked for too"); err != nil {
		tb.Fatal(err)
	}
	empty, err := evidence.NewSnapshot(evidence.Meta{CollectedAt: "2026-01-31T09:30:00Z"}, nil, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return map[string]*evidence.Snapshot{"code": full, "withdrawn": short, "empty": empty}
}

// code is a resource as a reader of code hands it on.
func code(name string, n int) evidence.Draft {
	at := func(v tree.Value, line, column int) tree.Value {
		v.Line, v.Column = int32(line), uint16(column)
		return v
	}
	line := 3 + 20*n
	var settings, props tree.Value
	settings.Set("DB_PASSWORD", at(tree.Str("correct horse battery"), line+4, 20))
	settings.Set("KEY", at(tree.Str("${var.key}"), line+5, 20))
	settings.Set("BIG", at(tree.Value{Kind: tree.Number, Text: "9007199254740993"}, line+6, 20))
	settings.Set("above", at(tree.Str("in another file"), 1, 1))
	props.Set("app_settings", settings)
	props.Set("name", at(tree.Str(name), line+1, 12))
	props.Set("list", at(tree.Value{Kind: tree.Array}, line+2, 7))
	props.Set("}{][\":,\\", at(tree.Value{}, line+2, 9))
	return evidence.Draft{
		ID: "tf:infra//azurerm_x." + name, Form: evidence.Terraform, Provider: "azure", Type: "azurerm_x", Name: name, Side: evidence.Declared, Data: n == 2,
		Props: props, Tags: map[string]string{"env": "prod", "q\"": "\\", "": ""}, Aliases: []string{"azurerm_x." + name}, Scope: "infra", Location: "westeurope",
		Expressions: []evidence.Expression{
			{Path: "name", Text: `"shop-${var.env}"`},
			{Path: "app_settings.KEY", Text: "var.key", Unresolved: evidence.UnknownParameter},
			{Path: "app_settings.DB_PASSWORD", Text: `"${var.a} horse battery"`},
		},
		Origin: evidence.Origin{Input: "infra/main.tf", Line: line, Address: "azurerm_x." + name, Root: "infra"},
	}
}
