package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/test/bench/change"
)

// TestCount holds what drift says of a pair against what was done: every dangerous change is told with the severity that it deserves, every improvement
// as one, and nothing is said of noise and of order. Two changes of a setting are medium and not low, since they are in production.
func TestCount(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, change.Pair{Resources: 3000, Step: 20, Seed: 1}, false); err != nil {
		t.Fatal(err)
	}
	old, new := scannedIn(t, dir, "old.json"), scannedIn(t, dir, "new.json")
	table, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	r, err := drift.Compare(context.Background(), drift.Request{Mode: drift.ModeSnapshots, Old: old, New: new, Table: table, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	r.Decide("")
	if err := r.Encode(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var labels []change.Label
	if err := load(&labels, dir, "labels.json"); err != nil {
		t.Fatal(err)
	}
	ours, err := graded(dir, labels)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrongs(ours.wrong) {
		if !strings.Contains(w, "AZ-WEB-ALWAYS-ON") && !strings.Contains(w, "AZ-WEB-HTTP2") {
			t.Error(w)
		}
	}
	if ours.others > 0 {
		t.Errorf("%d findings are about what was not changed", ours.others)
	}
	var b bytes.Buffer
	if err := count(&b, dir); err != nil {
		t.Fatal(err)
	}
	t.Log(b.String())
	if n := total(labels, change.Reordered, nil); n < 10 || !strings.Contains(b.String(), "JSON by position, rows paired by id") {
		t.Errorf("%d were reordered: %s", n, b.String())
	}
}

// TestPlanned reads a plan as Terraform shows it.
func TestPlanned(t *testing.T) {
	dir := t.TempDir()
	labels := []change.Label{{Class: change.Dangerous, Address: "terraform_data.r1"}, {Class: change.Dangerous, Address: "terraform_data.r2"}}
	plan := `{"resource_changes": [{"address": "terraform_data.r1", "change": {"actions": ["update"]}}, {"address": "terraform_data.r2", "change": {"actions": ["no-op"]}},
		{"address": "terraform_data.r3", "change": {"actions": ["delete", "create"]}}]}`
	if err := os.WriteFile(filepath.Join(dir, "applied.plan.json"), []byte(plan), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := planned(dir, "applied", labels)
	if err != nil || !s.told[0] || s.told[1] || s.lines != 2 || s.others != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestWrite looks at the Terraform roots: what nobody declared is in no state, and code and state have the same resources where nothing is gone.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, change.Pair{Resources: 500, Step: 5, Seed: 2}, true); err != nil {
		t.Fatal(err)
	}
	var code struct {
		Resource map[string]map[string]any `json:"resource"`
	}
	var applied, refreshed struct {
		Resources []struct {
			Name string `json:"name"`
		} `json:"resources"`
	}
	for name, v := range map[string]any{"applied/main.tf.json": &code, "applied/terraform.tfstate": &applied, "refreshed/terraform.tfstate": &refreshed} {
		if err := load(v, dir, name); err != nil {
			t.Fatal(err)
		}
	}
	var labels []change.Label
	if err := load(&labels, dir, "labels.json"); err != nil {
		t.Fatal(err)
	}
	gone := 0
	for _, l := range labels {
		if strings.HasSuffix(l.Kind, "deleted") {
			gone++
		}
	}
	if n := len(code.Resource["terraform_data"]); n != 500 || len(applied.Resources) != 500 || gone == 0 || len(refreshed.Resources) != 500-gone {
		t.Errorf("%d declared, %d applied, %d refreshed, %d gone", n, len(applied.Resources), len(refreshed.Resources), gone)
	}
	for _, r := range refreshed.Resources {
		if code.Resource["terraform_data"][r.Name] == nil {
			t.Errorf("%s is in the state and not declared", r.Name)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "new.json"))
	if err != nil || !json.Valid(data) {
		t.Errorf("the export is no JSON: %v", err)
	}
}
