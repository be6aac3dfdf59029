package azure

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

// FuzzExport holds the properties of the reader: it never panics; each draft can be
// found again by its identity, type and line; the same bytes give the same drafts.
func FuzzExport(f *testing.F) {
	data, err := os.ReadFile("testdata/graph.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)/2])
	for _, s := range []string{
		``, `{`, `[`, `[null]`, `{"value":null}`, `{"data":{}}`, `{"data":{"columns":null,"rows":null}}`, `{"value":[],"value":[]}`,
		`{"data":{"rows":[[1]],"columns":[{"name":"id"}]},"count":1,"totalRecords":1}`,
		`{"data":{"columns":[{"name":"id"},{"name":"ID"}],"rows":[["/subscriptions/a","/subscriptions/b"]]},"facets":[]}`,
		`[{"id":"/subscriptions/a/resourceGroups/b/providers/c/d/e/f","type":"/","name":7,"tags":[],"location":{},"properties":[]}]`,
		`{"id":"/providers/a","type":["x"]}`, `{"id":"/subscriptions/\u0000","siteConfig":[]}`,
		`{"totalRecords":1e999,"resultTruncated":[],"$skipToken":{},"nextLink":7,"data":[]}`,
		"{\"value\":[{\"id\":\"/subscriptions/a\"}\x00]}", "\xfe\xff\x00{", strings.Repeat(`{"value":[`, 300),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data, err := tree.Decode(data)
		if err != nil {
			return
		}
		in := inputOf("fuzz", string(data))
		Export().Sniff(in)
		var a, b sourcetest.Sink
		errA, errB := Export().Read(context.Background(), in, &a), Export().Read(context.Background(), in, &b)
		if fmt.Sprint(errA, a) != fmt.Sprint(errB, b) {
			t.Fatal("two readings differ")
		}
		lines := 1 + bytes.Count(data, []byte{'\n'})
		for _, d := range a.Drafts {
			if d.ID == "" || !strings.Contains(d.Type, "/") || d.Name == "" || d.Props.Kind != tree.Object {
				t.Fatalf("a draft lacks what it is known by: %+v", d)
			}
			if d.Origin.Line < 1 || d.Origin.Line > lines {
				t.Fatalf("a draft stands on line %d of %d", d.Origin.Line, lines)
			}
		}
		for _, n := range a.Missing {
			if n.Reason == "" || n.Help == "" || n.Line < 1 || n.Line > lines || n.Count < 0 {
				t.Fatalf("a note that says too little: %+v", n)
			}
		}
	})
}

// answer is an answer of n rows of 1 kB each.
func answer(n int) string {
	var b strings.Builder
	b.WriteString(`{"count":` + fmt.Sprint(n) + `,"data":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n"+`  {"id":"%s/providers/Microsoft.Web/sites/app-%d","name":"app-%d","type":"microsoft.web/sites","location":"westeurope","tags":{"system":"s%d"},"properties":{`,
			group, i, i, i%9)
		for k := range 12 {
			fmt.Fprintf(&b, `"p%d":"%s/providers/Microsoft.Web/serverfarms/plan-%d",`, k, group, (i+k)%n)
		}
		b.WriteString(`"siteConfig":{"alwaysOn":null}}}`)
	}
	b.WriteString("],\n\"skip_token\":null,\"total_records\":" + fmt.Sprint(n) + "}")
	return b.String()
}

func TestManyRows(t *testing.T) {
	b := read(t, inputOf("many", answer(500)))
	if len(b.Drafts) != 500 || len(b.Missing) != 2 || b.Missing[0].Count != 500 || b.Drafts[499].Origin.Line != 501 {
		t.Errorf("%d resources, not read %+v", len(b.Drafts), b.Missing)
	}
}

func BenchmarkExport10000(b *testing.B) {
	in := inputOf("many", answer(10_000))
	b.SetBytes(int64(len(in.Data)))
	b.ReportAllocs()
	for b.Loop() {
		var sink sourcetest.Sink
		if err := Export().Read(context.Background(), in, &sink); err != nil || len(sink.Drafts) != 10_000 {
			b.Fatal(err, len(sink.Drafts))
		}
	}
}
