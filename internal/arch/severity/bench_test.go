package severity_test

import (
	"strconv"
	"testing"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := severity.Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}

// judgeCases are as many changes of resources of several types, each with some properties that changed.
func judgeCases(b *testing.B, n int) []severity.Case {
	b.Helper()
	kinds := []struct{ typ, old, new string }{
		{
			"apps/Deployment",
			`{"spec":{"replicas":3,"template":{"spec":{"containers":[{"name":"web","image":"web:1","env":[{"name":"A","value":"1"}],"securityContext":{"privileged":false}}]}}}}`,
			`{"spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"web","image":"web:2","env":[{"name":"A","value":"2"}],"securityContext":{"privileged":true}}]}}}}`,
		},
		{"aws_db_instance", `{"publicly_accessible":false,"instance_class":"a","backup_retention_period":7}`, `{"publicly_accessible":true,"instance_class":"b","backup_retention_period":3}`},
		{"compose/service", `{"image":"web:1","ports":[]}`, `{"image":"web:2","ports":[{"published":"80","target":80}]}`},
		{"azurerm_storage_account", `{"min_tls_version":"TLS1_2","access_tier":"Hot"}`, `{"min_tls_version":"TLS1_0","access_tier":"Cool"}`},
		{"google_unknown_thing", `{"a":1,"b":{"c":2}}`, `{"a":2,"b":{"c":3}}`},
	}
	forms := []evidence.Form{evidence.Kubernetes, evidence.Terraform, evidence.Compose, evidence.Terraform, evidence.Terraform}
	cases := make([]severity.Case, n)
	for i := range cases {
		k := kinds[i%len(kinds)]
		side := func(props string) *evidence.Resource {
			v, err := tree.ParseJSON([]byte(props), tree.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			raw, _, err := canon.Encode(&v)
			if err != nil {
				b.Fatal(err)
			}
			return &evidence.Resource{ID: "r" + strconv.Itoa(i), Form: forms[i%len(kinds)], Type: k.typ, Name: "r", Props: raw}
		}
		c := &diff.Change{Kind: diff.Changed, Old: side(k.old), New: side(k.new)}
		var err error
		if c.Properties, err = diff.Properties(c.Old, c.New, diff.PairOptions{SameKey: true}); err != nil {
			b.Fatal(err)
		}
		cases[i] = severity.Case{Change: c}
	}
	return cases
}

func BenchmarkJudge10000(b *testing.B) {
	table, err := severity.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	cases := judgeCases(b, 10_000)
	b.ReportAllocs()
	b.ResetTimer()
	verdicts := 0
	for b.Loop() {
		verdicts = 0
		for _, c := range cases {
			vs, err := table.Judge(b.Context(), c)
			if err != nil {
				b.Fatal(err)
			}
			verdicts += len(vs)
		}
	}
	b.ReportMetric(float64(verdicts), "verdicts")
}

// BenchmarkJudgeAdded10000 is the dearer case: all of a resource is looked at.
func BenchmarkJudgeAdded10000(b *testing.B) {
	table, err := severity.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	cases := judgeCases(b, 10_000)
	for i := range cases {
		cases[i].Change = &diff.Change{Kind: diff.Added, New: cases[i].Change.New}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		for _, c := range cases {
			if _, err := table.Judge(b.Context(), c); err != nil {
				b.Fatal(err)
			}
		}
	}
}
