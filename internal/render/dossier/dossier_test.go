package dossier_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/c4"
	facts "c4arch/internal/arch/dossier"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/render/dossier"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/pdf"
	"c4arch/internal/render/svg"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func one() *facts.Dossier {
	d := &facts.Dossier{
		ID: "ep_01jq8z6y5x4w3v2t1s0r9q8p7n", What: "period from 2026-11-01T00:00:00Z to 2026-11-23T12:00:00Z", Kind: "period", From: noon.AddDate(0, 0, -22), To: noon, Asked: noon, AskedBy: "person:pn_1",
		Organisation: facts.Named{ID: "og_1", Name: "Contoso"}, Project: facts.Named{ID: "pj_1", Name: "Orders"}, Example: true, Generator: "c4arch test",
		People: []facts.Named{{ID: "pn_1", Name: "An auditor"}},
		Snapshots: []facts.Snapshot{
			{ID: "s0123456789ab", Root: "sha256:00", Observed: noon.AddDate(0, 0, -9), Collected: noon.AddDate(0, 0, -9), Recorded: noon.AddDate(0, 0, -8), Method: "files", Scope: []string{"orders"}, Resources: 12},
			{ID: "s0123456789ac", Root: "sha256:01", Observed: noon.AddDate(0, 0, -2), Collected: noon.AddDate(0, 0, -2), Uploaded: noon.AddDate(0, 0, -1), Recorded: noon.AddDate(0, 0, -1), Method: "files", Resources: 13, NotRead: 1},
		},
		Approvals: []facts.Approval{{ID: "b0123456789ab", Snapshot: "s0123456789ab", By: "person:pn_1", At: noon, Reason: "=cmd() is no formula", Entry: 41}},
		Findings:  []facts.Finding{{ID: "f1", Severity: "critical", State: "open", Title: "Port 22 is open to the internet", Resource: "/subscriptions/0/resourceGroups/orders/providers/Microsoft.Network/networkSecurityGroups/web", Path: "properties.securityRules", Old: `"10.0.0.0/8"`, New: `"*"`, First: noon, Last: noon, Compared: "cp_1"}},
		Unknowns:  []facts.Unknown{{Snapshot: "s0123456789ac", At: noon, NotRead: evidence.NotRead{Kind: "input", Input: "main.bicep", Reason: "the module cannot be fetched"}}},
	}
	for i := range 95 {
		d.Changes = append(d.Changes, facts.Change{From: "s0123456789ab", To: "s0123456789ac", FromAt: noon, ToAt: noon, Kind: "changed", Resource: fmt.Sprintf("/resource/number/%d/with/a/long/way/down/to/it", i), Type: "t", Name: "n", Path: "properties.a.b", Old: "1", New: "2"})
		d.Cited = append(d.Cited, facts.Cited{Index: int64(i), At: noon, Kind: "scan.finished", Meaning: "a scan ended well", By: "worker"})
	}
	return d
}

func view(t *testing.T) dossier.View {
	t.Helper()
	m := &c4.Model{Name: "Orders", CollectedAt: "2026-11-23T12:00:00Z", Elements: []c4.Element{{ID: "a", Kind: c4.Person, Name: "Customer"}, {ID: "b", Kind: c4.SoftwareSystem, Name: "Orders"}}}
	v := &c4.View{Key: "context", Kind: "systemContext", Title: "Orders: system context", Elements: []string{"a", "b"}, Nodes: []c4.Node{{ID: "a", Element: "a"}, {ID: "b", Element: "b"}}}
	f, err := figure.Draw(m, v, figure.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return dossier.View{Key: v.Key, Title: v.Title, Figure: f, SVG: svg.Render(f, svg.Options{Theme: figure.Light})}
}

func TestFiles(t *testing.T) {
	d := one()
	files, err := dossier.Files(d, []dossier.View{view(t)})
	if err != nil {
		t.Fatal(err)
	}
	again, err := dossier.Files(one(), []dossier.View{view(t)})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]string{}
	for i, f := range files {
		there[f.Name] = string(f.Data)
		if !bytes.Equal(f.Data, again[i].Data) || f.About == "" {
			t.Errorf("%s has other bytes, or nothing is said of it", f.Name)
		}
		if !strings.HasSuffix(f.Name, ".csv") {
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(f.Data)).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		for _, r := range rows {
			for i, cell := range r {
				if cell == "" || strings.ContainsAny(cell[:1], "=+-@") {
					t.Errorf("%s: %s is %q", f.Name, rows[0][i], cell)
				}
			}
		}
	}
	if n := strings.Count(there["population.csv"], "\r\n"); n != 96 {
		t.Errorf("the population has %d lines", n)
	}
	if !strings.Contains(there["snapshots.csv"], `"no data"`) || !strings.Contains(there["approvals.csv"], `"'=cmd() is no formula"`) || !strings.Contains(there["approvals.csv"], "ledger entry 41") || !strings.HasPrefix(there["README.txt"], "EXAMPLE") {
		t.Errorf("%s\n%s\n%s", there["snapshots.csv"], there["approvals.csv"], there["README.txt"])
	}
	m, err := dossier.Manifest(d, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"example": true`, `"population": 95`, `"from": "2026-11-14T12:00:00Z"`, `"views/context.svg"`, `"cited": [`} {
		if !bytes.Contains(m, []byte(want)) {
			t.Errorf("the manifest does not have %s:\n%s", want, m)
		}
	}
}

func TestReport(t *testing.T) {
	write := func() []byte {
		var b bytes.Buffer
		d := one()
		if err := pdf.Write(&b, dossier.Report(d, []dossier.View{view(t)}, dossier.Seal{Manifest: "sha256:0123", Entry: 77, Origin: "audit.contoso.example/audit/og_1", Size: 78, Files: 20}), pdf.Options{Theme: figure.Light, Paper: "A4", Title: dossier.Title(d)}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	b := write()
	if !bytes.Equal(b, write()) {
		t.Error("the same report has other bytes")
	}
	if name := os.Getenv("C4ARCH_REPORT"); name != "" { // to look at
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pages, stamped := 0, 0
	for f, err := range dossier.Report(one(), []dossier.View{view(t)}, dossier.Seal{}) {
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, p := range f.Parts {
			for _, s := range p.Shapes {
				if strings.HasPrefix(s.Text, "EXAMPLE") {
					stamped++
				}
				if c := figure.Light.Style(p.Kind, p.Look, s.Role).Fill; f.View == nil && s.Text != "" && (c.A < 255 || int(c.R)+int(c.G)+int(c.B) > 400) {
					t.Fatalf("page %d: %q is %v on white", pages, s.Text, c)
				}
				if s.Text != "" && s.Y > f.H {
					t.Errorf("page %d: %q lies below it", pages, s.Text)
				}
			}
		}
	}
	if pages < 8 || stamped < pages {
		t.Errorf("%d pages, %d stamps", pages, stamped)
	}
	d := one()
	d.Example = false
	for f := range dossier.Report(d, nil, dossier.Seal{}) {
		for _, p := range f.Parts {
			for _, s := range p.Shapes {
				if strings.Contains(s.Text, "EXAMPLE") {
					t.Error("what is real is stamped")
				}
			}
		}
	}
}
