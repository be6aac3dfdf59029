package overlay

import (
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// FuzzParse: whatever the input, Parse answers with an overlay or with an error of a kind
// and never both; what it accepts has a digest, and every selector a label and a line.
func FuzzParse(f *testing.F) {
	f.Add(complete(f))
	for _, s := range []string{
		"", "name: x", "version: 2", "systems: [{key: a, name: A, members: {tag: a=b}}]",
		`{"relationships":[{"source":"a","target":{"id":"*"},"description":"d"}]}`,
		"hidden: [{match: [{tag: {a: 1}}, {scope: '?'}], reason: r}]", "a: &a [*a]", "sytems:\n- x", "\xff\xfe", "<<: {name: x}",
	} {
		f.Add([]byte(s))
	}
	r := &evidence.Resource{ID: "k8s:-/apps/Deployment/shop/basket", Name: "basket", Tags: map[string]string{"a": "b"}}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := Parse(data)
		if err != nil {
			if k := fault.KindOf(err); o != nil || k != fault.Invalid && k != fault.Limited {
				t.Fatalf("%v with overlay %v", err, o)
			}
			if strings.ContainsAny(err.Error(), "\x00\x1b\r") {
				t.Fatalf("control characters in %q", err)
			}
			return
		}
		if _, err := o.Digest(); err != nil {
			t.Fatalf("no digest: %v", err)
		}
		for _, s := range o.Selectors() {
			if s.Label() == "" || s.Line <= 0 || s.Place == "" {
				t.Fatalf("selector without label, line or place: %+v", s)
			}
			s.Match(r)
		}
	})
}
