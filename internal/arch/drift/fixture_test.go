package drift_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/derive"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/tree"
)

const (
	group = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/"
	day1  = "2026-11-01T06:00:00Z"
	day2  = "2026-11-02T06:00:00Z"
)

var keyOf = map[string][]byte{"": bytes.Repeat([]byte{1}, 32), "other": bytes.Repeat([]byte{2}, 32)}

// thing is a resource of a fixture: an ARM resource of a group unless it says otherwise.
type thing struct {
	id, typ, props string
	tags           map[string]string
	form           evidence.Form
	side           evidence.Side
	input          string
}

func arm(typ, name, props string) thing {
	return thing{id: group + typ + "/" + name, typ: typ, props: props}
}

func (x thing) tag(k, v string) thing {
	x.tags = map[string]string{k: v}
	return x
}

// snapshot seals a fixture.
func snapshot(t testing.TB, at, key string, things []thing, missing ...evidence.NotRead) *evidence.Snapshot {
	t.Helper()
	sealer, err := evidence.NewSealer(keyOf[key])
	if err != nil {
		t.Fatal(err)
	}
	var rs []evidence.Resource
	inputs := map[string]int{}
	for i, x := range things {
		if x.input == "" {
			x.input = "azure.json"
		}
		inputs[x.input]++
		v, err := tree.ParseJSON([]byte(`{"properties":`+x.props+`}`), tree.Limits{})
		if x.form != "" && x.form != evidence.ARM {
			v, err = tree.ParseJSON([]byte(x.props), tree.Limits{})
		}
		if err != nil {
			t.Fatalf("%s: %v", x.id, err)
		}
		d := evidence.Draft{
			ID: x.id, Form: evidence.ARM, Provider: "azure", Type: strings.ToLower(x.typ), Name: x.id[strings.LastIndexByte(x.id, '/')+1:],
			Side: evidence.Live, Props: v, Tags: x.tags, Origin: evidence.Origin{Input: x.input, Line: 10 * (i + 1)},
		}
		if evidence.IsARM(x.id) {
			d.ID = evidence.NormalizeARM(x.id)
			if a, ok := evidence.ParseARM(x.id); ok {
				d.Scope = a.Scope()
			}
		}
		if x.form != "" {
			d.Form = x.form
		}
		if x.side != "" {
			d.Side = x.side
		}
		r, _, err := sealer.Seal(d)
		if err != nil {
			t.Fatal(err)
		}
		rs = append(rs, r)
	}
	meta := evidence.Meta{Name: "Shop", CollectedAt: at, KeyID: sealer.KeyID(), Method: "test"}
	for name, n := range inputs {
		meta.Inputs = append(meta.Inputs, evidence.InputSummary{Name: name, Format: "azure-export", Resources: n})
	}
	s, err := evidence.NewSnapshot(meta, rs, missing)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func model(t testing.TB, s *evidence.Snapshot) *c4.Model {
	t.Helper()
	m, err := derive.Model(context.Background(), s, derive.Options{Name: s.Name, Overlay: &overlay.Overlay{}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// builtin is the table, compiled once.
var builtin = sync.OnceValues(severity.Builtin)

// compare compares two snapshots as a baseline and what is live, decided at medium. more may change the request.
func compare(t testing.TB, old, new *evidence.Snapshot, more ...func(*drift.Request)) *drift.Report {
	t.Helper()
	table, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	req := drift.Request{
		Mode: drift.ModeBaseline, Table: table, Now: time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC),
		Old: drift.Subject{Snapshot: old, Model: model(t, old)}, New: drift.Subject{Snapshot: new, Model: model(t, new)},
	}
	for _, f := range more {
		f(&req)
	}
	r, err := drift.Compare(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	r.Decide(severity.Medium)
	return r
}

// lines writes the findings in short: severity direction change name path rule.
func lines(r *drift.Report) []string {
	var out []string
	for i := range r.Findings {
		f := &r.Findings[i]
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s %s", f.Severity, f.Direction, f.Change, f.Name, f.Path, f.Rule)))
	}
	return out
}

func find(t testing.TB, r *drift.Report, rule string) *drift.Finding {
	t.Helper()
	for i := range r.Findings {
		if r.Findings[i].Rule == rule {
			return &r.Findings[i]
		}
	}
	t.Fatalf("no finding of %s in %q", rule, lines(r))
	return nil
}
