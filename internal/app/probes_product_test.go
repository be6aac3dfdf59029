package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"c4arch/internal/egress"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

// TestReadOnlyFails has a client without its gate, one whose gate lets a method through, and one that lets nothing through.
func TestReadOnlyFails(t *testing.T) {
	run := func(change func(*reader)) []control.Observation {
		all := readersTried()
		for i := range all {
			change(&all[i])
		}
		seen, err := tried(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	if seen := run(func(*reader) {}); control.Worst(seen) != control.Pass || len(seen) != 3 {
		t.Fatalf("as they are: %+v", seen)
	}
	for says, wrap := range map[string]func(*http.Client) (*http.Client, error){
		"does more than read": func(out *http.Client) (*http.Client, error) { return out, nil },
		"it is not sent": func(out *http.Client) (*http.Client, error) {
			return egress.ReadOnly(out, func(*url.URL) bool { return false }), nil
		},
		"/secrets": func(out *http.Client) (*http.Client, error) {
			return egress.ReadOnly(out, func(*url.URL) bool { return true }, egress.Question{Host: "*", Path: "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"}), nil
		},
	} {
		seen := run(func(r *reader) {
			if r.name == "client of Kubernetes" {
				r.wrap = wrap
			}
		})
		if control.Worst(seen) != control.Fail || !strings.Contains(texts(seen), says) {
			t.Errorf("%s: %+v", says, seen)
		}
	}
}

func texts(seen []control.Observation) (all string) {
	for _, o := range seen {
		all += o.Subject + ": " + string(o.Outcome) + ": " + o.Detail + "\n"
	}
	return all
}

// TestProductProbes runs the checks of the product on a whole service with organisations that have something of everything.
func TestProductProbes(t *testing.T) {
	s := newStage(t, "SQLite")
	for check, want := range map[string]control.Outcome{
		assure.SchemaSteps: control.Pass, assure.ConfigLayers: control.Pass, assure.LogLines: control.Pass, assure.ReadOnly: control.Pass,
		assure.ConnectionMay: control.Empty, assure.DutiesPage: control.Pass,
	} {
		seen, err := s.in.productProbes()[check](t.Context())
		if err != nil || control.Worst(seen) != want {
			t.Errorf("%s: %v\n%s", check, err, texts(seen))
		}
	}
}
