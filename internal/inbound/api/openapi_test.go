package api

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/service/evidence"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/notify"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/staff"
	"c4arch/internal/service/stream"
	"c4arch/internal/service/talk"
)

//go:generate go test -run TestDescription -update .

var update = flag.Bool("update", false, "write docs/openapi.json")

const described = "../../../docs/openapi.json"

// served is the description as whoever asks the service gets it, one member a line.
func served(t *testing.T) []byte {
	t.Helper()
	h := New(Services{
		Streams: &stream.Service{}, Evidence: &evidence.Service{}, Staff: &staff.Service{}, Federate: &federate.Service{}, SignIn: &signin.Service{}, Talk: &talk.Service{}, Notify: &notify.Service{},
		Version: "as /version says", Route: func(context.Context, string) {}, Actor: func(context.Context, access.Actor) {}, Request: func(context.Context) string { return "" },
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+"/openapi.json", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, w.Body.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

// TestDescription holds docs/openapi.json against what the program serves.
func TestDescription(t *testing.T) {
	got := served(t)
	if *update {
		if err := os.WriteFile(described, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(described)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/openapi.json is not what the program serves; run: go generate ./internal/inbound/api")
	}
}

// TestEveryRouteIsWritten: each operation that is described has a line in docs/api.md, and each line there is one that is described.
func TestEveryRouteIsWritten(t *testing.T) {
	var d struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		}
	}
	if err := json.Unmarshal(served(t), &d); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for path, item := range d.Paths {
		for method, op := range item {
			there["`"+strings.ToUpper(method)+" "+strings.TrimPrefix(path, Prefix)+"`"] = true
			if op.OperationID == "" {
				t.Errorf("%s %s has no name", method, path)
			}
		}
	}
	if len(there) < 40 {
		t.Errorf("only %d routes are described", len(there))
	}
	for line := range there {
		if !bytes.Contains(page, []byte(line)) {
			t.Errorf("docs/api.md leaves out %s", line)
		}
	}
	for _, cell := range strings.Split(string(page), "| `")[1:] {
		line, _, _ := strings.Cut(cell, "`")
		if method, _, ok := strings.Cut(line, " /"); ok && strings.ToUpper(method) == method && !there["`"+line+"`"] {
			t.Errorf("docs/api.md has %s, which is not there", line)
		}
	}
}
