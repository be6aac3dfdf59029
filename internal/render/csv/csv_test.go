package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/csv"
	"c4arch/internal/render/rendertest"
	"c4arch/test/golden"
)

func tables(t testing.TB, m *c4.Model) (elements, relationships []byte) {
	t.Helper()
	var e, r bytes.Buffer
	if err := csv.Elements(&e, m); err != nil {
		t.Fatal(err)
	}
	if err := csv.Relationships(&r, m); err != nil {
		t.Fatal(err)
	}
	return e.Bytes(), r.Bytes()
}

func models() map[string]*c4.Model {
	return map[string]*c4.Model{"contoso": rendertest.Contoso(), "hostile": rendertest.Hostile(), "empty": rendertest.Empty()}
}

func TestGolden(t *testing.T) {
	for name, m := range models() {
		e, r := tables(t, m)
		golden.Check(t, name+"-elements.csv", e)
		golden.Check(t, name+"-relationships.csv", r)
	}
}

// records reads a table with the standard library's reader, which knows nothing of how it was written.
func records(t *testing.T, head []string, table []byte) []map[string]string {
	t.Helper()
	if !utf8.Valid(table) || bytes.HasPrefix(table, []byte("\ufeff")) {
		t.Error("not plain UTF-8")
	}
	in := stdcsv.NewReader(bytes.NewReader(table))
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[0], head) {
		t.Fatalf("head is %q", rows[0])
	}
	if lines := bytes.Count(table, []byte("\r\n")); lines != len(rows) || bytes.Count(table, []byte("\n")) != lines || bytes.Count(table, []byte("\r")) != lines {
		t.Errorf("%d records in %d lines", len(rows), lines)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		r := map[string]string{}
		for i, c := range row {
			inert(t, c)
			r[head[i]] = c
		}
		out = append(out, r)
	}
	return out
}

// inert fails on a cell that a spreadsheet may take for a formula, whichever of the usual separators it was told to split at.
func inert(t testing.TB, cell string) {
	t.Helper()
	for _, part := range append(strings.Split(cell, ";"), strings.Split(cell, "\t")...) {
		if part != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(part)[0]) {
			t.Errorf("%q may be a formula", cell)
		}
	}
}

// comeBack reads a table back and calls same with each record and what it is about; every thing of the model has one record.
func comeBack[T any](t *testing.T, head []string, table []byte, list []T, id func(T) string, same func(row map[string]string, thing T)) {
	t.Helper()
	things := make(map[string]T, len(list))
	for _, x := range list {
		things[id(x)] = x
	}
	rows := records(t, head, table)
	if len(rows) != len(list) {
		t.Fatalf("%d records of %d", len(rows), len(list))
	}
	for _, r := range rows {
		x, there := things[csv.Plain(r["id"])]
		if !there {
			t.Fatalf("there is no %q, or it is there twice", r["id"])
		}
		same(r, x)
		delete(things, id(x))
	}
}

// TestComeBack reads each cell back and compares it with the value in the model.
func TestComeBack(t *testing.T) {
	for name, m := range models() {
		names := map[string]string{}
		for _, e := range m.Elements {
			names[e.ID] = e.Name
		}
		elements, relationships := tables(t, m)
		t.Run(name, func(t *testing.T) {
			comeBack(t, csv.ElementColumns, elements, m.Elements, func(e c4.Element) string { return e.ID }, func(row map[string]string, e c4.Element) {
				plain(t, row, map[string]string{
					"kind": string(e.Kind), "name": e.Name, "technology": e.Technology, "description": e.Description, "parent": e.Parent,
					"parent_name": names[e.Parent], "external": strconv.FormatBool(e.External), "shape": e.Shape, "layer": e.Layer,
					"hidden_by": e.HiddenBy, "owner": e.Owner, "resource_type": e.ResourceType, "rule": e.Rule,
				})
				lists(t, row, map[string][]string{"tags": e.Tags, "badges": e.Badges})
				found(t, row, e.Evidence)
			})
			comeBack(t, csv.RelationshipColumns, relationships, m.Relationships, func(r c4.Relationship) string { return r.ID }, func(row map[string]string, r c4.Relationship) {
				plain(t, row, map[string]string{
					"source": r.Source, "source_name": names[r.Source], "target": r.Target, "target_name": names[r.Target], "description": r.Description,
					"technology": r.Technology, "confidence": string(r.Confidence), "declared": strconv.FormatBool(r.Declared), "layer": r.Layer, "rule": r.Rule,
				})
				found(t, row, r.Evidence)
			})
		})
	}
}

func plain(t *testing.T, row, want map[string]string) {
	t.Helper()
	for column, value := range want {
		cell, there := row[column]
		if got := csv.Plain(cell); !there || got != value {
			t.Errorf("%s of %s: %q, want %q", column, row["id"], got, value)
		}
	}
}

func lists(t *testing.T, row map[string]string, want map[string][]string) {
	t.Helper()
	for column, values := range want {
		cell, there := row[column]
		if len(values) == 1 && values[0] == "" {
			values = nil
		}
		if got := csv.Items(cell); !there || !slices.Equal(got, values) {
			t.Errorf("%s of %s: %q, want %q", column, row["id"], got, values)
		}
	}
}

func found(t *testing.T, row map[string]string, list []c4.Evidence) {
	t.Helper()
	want := map[string][]string{"evidence_source": nil, "evidence_place": nil, "evidence_resource": nil, "evidence_property": nil, "evidence_hash": nil}
	for _, e := range list {
		place := fmt.Sprint(e.Line)
		if e.Column > 0 {
			place += fmt.Sprint(":", e.Column)
		}
		for column, v := range map[string]string{
			"evidence_source": e.Input, "evidence_place": place, "evidence_resource": e.Resource, "evidence_property": e.Property, "evidence_hash": string(e.Commitment),
		} {
			want[column] = append(want[column], v)
		}
	}
	lists(t, row, want)
}

func TestFormulasAreInert(t *testing.T) {
	for _, s := range []string{
		"=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "a;=1", `a";=1`, "a,\"=1", "x\r\n=1", "-", "=", "\u202e=1",
	} {
		m := &c4.Model{Elements: []c4.Element{{ID: s, Name: s, Tags: []string{s, s}, Badges: []string{s}, Evidence: []c4.Evidence{{Input: s, Column: 3}}}}}
		table, _ := tables(t, m)
		row := records(t, csv.ElementColumns, table)[0]
		plain(t, row, map[string]string{"id": s, "name": s})
		lists(t, row, map[string][]string{"tags": {s, s}, "badges": {s}, "evidence_source": {s}, "evidence_place": {"0:3"}})
	}
}

func TestOrderPlaysNoPart(t *testing.T) {
	wantE, wantR := tables(t, rendertest.Contoso())
	for seed := range uint64(5) {
		m, r := rendertest.Contoso(), rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(m.Elements), reflect.Swapper(m.Elements))
		r.Shuffle(len(m.Relationships), reflect.Swapper(m.Relationships))
		if gotE, gotR := tables(t, m); !bytes.Equal(gotE, wantE) || !bytes.Equal(gotR, wantR) {
			t.Fatalf("seed %d: a shuffled model gives other bytes", seed)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestErrorsOfTheWriterAreTold(t *testing.T) {
	if csv.Elements(full{}, rendertest.Contoso()) == nil || csv.Relationships(full{}, rendertest.Contoso()) == nil {
		t.Error("a table that was not written passes for one")
	}
}

// FuzzCells: any value and any list comes back through the standard library's reader, on one line, and is no formula.
func FuzzCells(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n, n, "=x")
	}
	f.Add("", "", "")
	f.Add(`\`, `;`, `\;`)
	f.Add(`\0`, ` `, `;'`)
	f.Add("\x00\u0085\ufeff", "'", ";;=")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		valid := func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
		// One U+FFFD for each byte, as Go reads strings.
		a, b, c = string([]rune(a)), string([]rune(b)), string([]rune(c))
		if a != valid(a) {
			t.Fatal("not UTF-8")
		}
		m := &c4.Model{Elements: []c4.Element{{ID: a, Name: b, Tags: []string{a, b, c}, Badges: []string{c}}}}
		var out bytes.Buffer
		if err := csv.Elements(&out, m); err != nil {
			t.Fatal(err)
		}
		row := records(t, csv.ElementColumns, out.Bytes())[0]
		plain(t, row, map[string]string{"id": a, "name": b})
		lists(t, row, map[string][]string{"tags": {a, b, c}, "badges": {c}})
	})
}

func BenchmarkElements(b *testing.B) {
	m := rendertest.Large(1000, 1)
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := csv.Elements(&out, m); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(out.Len()))
}
