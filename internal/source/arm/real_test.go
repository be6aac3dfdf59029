package arm

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

// account counts the blocks of an input by what became of them.
type account struct{ blocks, emitted, expanded, skipped, empty, referenced, refused, lost int }

func (r *run) account() account {
	var a account
	for _, f := range r.files {
		for _, b := range f.blocks {
			a.blocks++
			count := func(n *int, is fate) {
				if b.fates&is != 0 {
					*n++
				}
			}
			count(&a.emitted, emitted)
			count(&a.expanded, expanded)
			count(&a.skipped, skipped)
			count(&a.empty, empty)
			count(&a.referenced, referenced)
			count(&a.refused, refused)
			if b.fates == 0 {
				a.lost++
			}
		}
	}
	return a
}

// readKeeping reads an input and keeps the run, whose account the reader itself throws away.
func readKeeping(t testing.TB, in evidence.Input) (*sourcetest.Sink, *run) {
	t.Helper()
	s := &sourcetest.Sink{}
	r, err := start(context.Background(), in, s)
	if err == nil {
		err = r.read()
	}
	if err != nil {
		t.Fatalf("%s: %v", in.Name, err)
	}
	return s, r
}

// blocksIn counts resource blocks in another way than the reader does: objects in a list called resources.
func blocksIn(v any, list bool) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			isList := strings.EqualFold(k, "resources")
			if !list || k != "policyRule" {
				n += blocksIn(m, isList)
			}
			if members, ok := m.(map[string]any); ok && isList {
				n += len(members)
			}
		}
	case []any:
		if list {
			n += len(v)
		}
		for _, it := range v {
			n += blocksIn(it, false)
		}
	}
	return n
}

// strict makes strict JSON of what Resource Manager accepts, in another way than the parser does.
func strict(data []byte) []byte {
	var out []byte
	inside := false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case inside && c == '\\':
			out = append(out, c, data[i+1])
			i++
			continue
		case c == '"':
			inside = !inside
		case inside && c < 0x20:
			c = ' '
		case !inside && c == '/':
			for i < len(data) && data[i] != '\n' {
				i++
			}
			continue
		}
		out = append(out, c)
	}
	return out
}

// TestRealTemplates reads templates that others published. Every block of each is accounted for.
func TestRealTemplates(t *testing.T) {
	root := sourcetest.Inputs(t)
	names, err := filepath.Glob(filepath.Join(root, "arm", "*.json"))
	if err != nil || len(names) < 5 {
		t.Fatalf("%d templates, %v", len(names), err)
	}
	for _, name := range names {
		base := filepath.Base(name)
		t.Run(base, func(t *testing.T) {
			in := sourcetest.File(t, os.DirFS(filepath.Dir(name)), base)
			if !Templates().Sniff(in) {
				t.Fatal("not claimed")
			}
			s, r := readKeeping(t, in)
			checkDrafts(t, s)
			expressions, open := 0, map[evidence.Unknown]int{}
			for i := range s.Drafts {
				expressions += len(s.Drafts[i].Expressions)
				for _, x := range s.Drafts[i].Expressions {
					if x.Unresolved != "" {
						open[x.Unresolved]++
					}
				}
			}
			a := r.account()
			t.Logf("%d resources, %d expressions, unresolved %v, account %+v, %d not read", len(s.Drafts), expressions, sorted(open), a, len(s.Missing))
			for _, n := range s.Missing {
				t.Logf("  %s %d %s: %s", n.Kind, n.Line, n.Thing, n.Reason)
			}
			// One template in connectedSubscription is made by reference(): only the cloud knows it.
			refused := 0
			for _, n := range s.Missing {
				if n.Kind == evidence.ResourceNotRead {
					refused++
				}
			}
			if a.lost != 0 || a.refused != refused || refused > 1 || len(s.Drafts) == 0 && a.skipped != a.blocks {
				t.Errorf("blocks are lost or refused: %+v", a)
			}
			var whole any
			if err := json.Unmarshal(strict(in.Data), &whole); err != nil {
				t.Fatal(err)
			}
			if n := blocksIn(whole, false); n != a.blocks {
				t.Errorf("%d blocks were seen, and %d stand in the file", a.blocks, n)
			}
		})
	}
}

func sorted(m map[evidence.Unknown]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(parts, ", ")
}
