package terraform

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

func FuzzState(f *testing.F) { fuzz(f, State(), "testdata/*.tfstate", "testdata/real/*.tfstate") }

func FuzzShow(f *testing.F) { fuzz(f, Show(), "testdata/real/*.json") }

// fuzz holds the properties of a reader: it never panics; each draft can be found
// again by its identity, type and line; the same bytes give the same drafts; what errors ends there.
func fuzz(f *testing.F, r sourcetest.Reader, patterns ...string) {
	seeds := 0
	for _, p := range patterns {
		files, err := filepath.Glob(p)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
			f.Add(data[:len(data)/2])
			seeds++
		}
	}
	if seeds == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range hostile {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data, err := tree.Decode(data)
		if err != nil {
			return
		}
		in := inputOf("fuzz", string(data))
		r.Sniff(in)
		var a, b sourcetest.Sink
		errA, errB := r.Read(context.Background(), in, &a), r.Read(context.Background(), in, &b)
		if fmt.Sprint(errA, a) != fmt.Sprint(errB, b) {
			t.Fatal("two readings differ")
		}
		lines := 1 + bytes.Count(data, []byte{'\n'})
		for _, d := range a.Drafts {
			if d.ID == "" || d.Type == "" || d.Name == "" || d.Provider == "" || d.Origin.Address == "" {
				t.Fatalf("a draft lacks what it is known by: %+v", d)
			}
			if d.Origin.Line < 1 || d.Origin.Line > lines || d.Props.Kind != tree.Object {
				t.Fatalf("a draft stands on line %d of %d", d.Origin.Line, lines)
			}
			assertHidden(t, d)
		}
	})
}

// assertHidden fails when a text that is marked sensitive names the resource.
func assertHidden(t *testing.T, d evidence.Draft) {
	t.Helper()
	for _, p := range d.Sensitive {
		if p == "id" && d.Props.Get("id").Str() != "" && d.ID == evidence.NormalizeARM(d.Props.Get("id").Str()) ||
			p == "tags" && d.Props.Get("tags_all") == nil && d.Props.Get("labels") == nil && d.Tags != nil {
			t.Fatalf("a sensitive value is used: %+v", d)
		}
	}
}

// hostile are documents that are wrong in one way each.
var hostile = []string{
	``, `{`, `[]`, `null`, `{"version":4`, `{"version":[],"resources":{}}`, `{"version":4,"resources":null}`,
	`{"version":4,"resources":[null]}`, `{"version":4,"resources":[{"instances":[]}]}`,
	`{"version":4,"resources":[{"type":"a","name":"b","mode":"managed","instances":[null,{},{"attributes":null,"index_key":-1.5e9}]}]}`,
	`{"version":4,"resources":[{"type":"a","name":"b","mode":"data","instances":[{"attributes":{"id":"/providers/x"}}]}]}`,
	`{"version":4,"resources":[{"type":"a","name":"b","mode":"managed","instances":[{"attributes":{"value":{"value":{"value":1,"type":"x"},"type":"x"},"type":"x"},
"sensitive_attributes":[["x"],[{}],[{"type":"get_attr","value":"value"},{"type":"get_attr","value":"type"}],"value.value.type"]}]}]}`,
	"{\"version\":4,\"resources\":[{\"type\":\"\\u0000\",\"name\":\"\\n\",\"mode\":\"managed\",\"instances\":[{}]}]}",
	"{\"version\":4,\x00}", "\xff\xfe{\x00}\x00", `{"version":4,"version":4,"resources":[]}`,
	`{"format_version":"1.0","values":{"root_module":{"resources":[{"address":"x","mode":"managed","type":"y","name":"z","index":[],"values":{}}]}}}`,
	`{"format_version":"1.0","resource_changes":[{"address":7}],"prior_state":[],"planned_values":{"root_module":{"child_modules":[{"child_modules":[{}]}]}}}`,
	`{"format_version":"1.0","values":{"root_module":{"resources":[{"address":"x","mode":"managed","type":"y","name":"z","values":{"id":"s"},"sensitive_values":true}]}}}`,
}

// Each hostile document is read or refused by both readers, and never by a panic.
func TestHostile(t *testing.T) {
	for _, s := range hostile {
		for _, r := range readers {
			var b sourcetest.Sink
			err := r.Read(context.Background(), inputOf("hostile", s), &b)
			if err == nil && len(s) < 10 {
				t.Errorf("%s reads %q", r.Name(), s)
			}
		}
	}
}
