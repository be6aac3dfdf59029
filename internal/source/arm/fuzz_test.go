package arm

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

// FuzzTemplate: no text stops the reader; the same text gives the same twice; every draft is known by an id, stands in the
// file and can be sealed; no block is lost.
func FuzzTemplate(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*/main.json")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)*2/3])
	}
	f.Add([]byte(wrap(`"resources":[{"type":"A.B/c/d","name":"[concat(parameters('x'),'//')]","scope":"[null()]","copy":{"count":3},"tags":{"[json('{')]":1},"dependsOn":"[createArray(1,'a','/b')]"}]`)))
	f.Add([]byte(wrap(`"resources":{"a":{"type":"A.B/c","name":"\u0000${x","existing":"[true()]"},"b":{"type":"Microsoft.Resources/resourceGroups","name":"${"},"c":{"type":"Microsoft.Resources/subscriptions","name":"@("}}`)))
	f.Add([]byte(wrap(`"resources":[{"type":"microsoft.resources/deployments","name":"[newGuid()]","scope":"[utcNow()]","properties":{"parameters":"[variables('p')]","expressionEvaluationOptions":{"scope":"inner"},"template":{"parameters":{"a":{}},"resources":[{"type":"A.B/c","name":"[parameters('a')]"}]}}}],"variables":{"p":{"a":{"value":"[listKeys('/subscriptions/x/providers/A.B/c/d','1')]"}}}`)))
	sealer, err := evidence.NewSealer(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data, err := tree.Decode(data)
		if err != nil || len(data) > 20_000 {
			return
		}
		began := time.Now()
		defer func() {
			if took := time.Since(began); took > 5*time.Second {
				t.Fatalf("it took %v", took)
			}
		}()
		in := sourcetest.Text("fuzz.json", string(data))
		in.FS, in.Path = fstest.MapFS{"fuzz.json": {Data: data}}, "fuzz.json"
		Templates().Sniff(in)
		var a, b sourcetest.Sink
		r, errA := start(context.Background(), in, &a)
		if errA == nil {
			errA = r.read()
		}
		errB := Templates().Read(context.Background(), in, &b)
		if fmt.Sprint(errA) != fmt.Sprint(errB) || render(&a) != render(&b) {
			t.Fatal("two readings differ")
		}
		if errA != nil {
			return
		}
		checkDrafts(t, &a)
		if lost := r.account().lost; lost > 0 {
			t.Fatalf("%d blocks are lost", lost)
		}
		lines := 1 + bytes.Count(data, []byte{'\n'})
		for _, d := range a.Drafts {
			if d.Origin.Line > lines {
				t.Fatalf("a draft stands on line %d of %d", d.Origin.Line, lines)
			}
			if _, _, err := sealer.Seal(d); err != nil {
				t.Fatalf("%s cannot be sealed: %v", d.ID, err)
			}
		}
	})
}
