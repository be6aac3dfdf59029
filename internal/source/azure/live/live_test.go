package live

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/source/gathered"
)

func row(name string) string {
	return `{"id":"/subscriptions/` + thePurpose + `/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/` + name + `","name":"` + name + `","type":"microsoft.storage/storageaccounts"}`
}

func collect(t *testing.T, w *world) (*gathered.Box, error) {
	t.Helper()
	box := gathered.New("azure", gathered.Limits{})
	return box, w.client.Collect(t.Context(), box)
}

func file(t *testing.T, box *gathered.Box, name string) string {
	t.Helper()
	fsys, err := box.FS()
	if err != nil {
		t.Fatal(err)
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPages(t *testing.T) {
	w := newWorld(t)
	w.pages["resources "] = `{"totalRecords":3,"count":2,"resultTruncated":"false","$skipToken":"more","data":[` + row("a") + `,` + row("b") + `]}`
	w.pages["resources more"] = `{"totalRecords":3,"count":1,"resultTruncated":"false","data":[` + row("c") + `]}`
	asked, things := 0, 0
	box := gathered.New("azure", gathered.Limits{})
	box.Tell = func(a, n int) { asked, things = a, n }
	if err := w.client.Collect(t.Context(), box); err != nil {
		t.Fatal(err)
	}
	if len(box.Notes()) != 0 || asked != 4 || things != 3 {
		t.Errorf("notes %v, %d answers with %d things", box.Notes(), asked, things)
	}
	fsys, err := box.FS()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(fsys, "*/*.json")
	want := []string{"authorizationresources/0001.json", "resourcecontainers/0001.json", "resources/0001.json", "resources/0002.json"}
	if slices.Sort(names); err != nil || !slices.Equal(names, want) {
		t.Errorf("%v, %v", names, err)
	}
	data, err := fs.ReadFile(fsys, "resources/0001.json")
	if err != nil || !json.Valid(data) || !strings.Contains(string(data), row("b")) || strings.Contains(string(data), "skipToken") {
		t.Errorf("%v: %s", err, data)
	}
	if w.tokens != 1 {
		t.Errorf("%d tokens were asked for", w.tokens)
	}
}

func TestThrottled(t *testing.T) {
	w := newWorld(t)
	left := 2
	w.answer = func(rw http.ResponseWriter, r *http.Request, _ string) bool {
		if r.Method != http.MethodPost || left == 0 {
			return false
		}
		if left--; left == 1 {
			rw.Header().Set("Retry-After", "7")
		} else {
			rw.Header().Set("x-ms-user-quota-resets-after", "00:00:05")
		}
		rw.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	if _, err := collect(t, w); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{7 * time.Second, 5 * time.Second}; !slices.Equal(w.waited, want) {
		t.Errorf("waited %v", w.waited)
	}
	left = 1000
	w.waited = nil
	_, err := collect(t, w)
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("always throttled: %v", err)
	}
}

// The quota of Resource Graph is used up by an answer that is good: the next question waits.
func TestQuota(t *testing.T) {
	w := newWorld(t)
	w.answer = func(rw http.ResponseWriter, r *http.Request, body string) bool {
		if !strings.Contains(body, "resourcecontainers") {
			return false
		}
		rw.Header().Set("x-ms-user-quota-remaining", "0")
		rw.Header().Set("x-ms-user-quota-resets-after", "00:00:04")
		_, _ = io.WriteString(rw, `{"totalRecords":0,"count":0,"resultTruncated":"false","data":[]}`)
		return true
	}
	if _, err := collect(t, w); err != nil || !slices.Equal(w.waited, []time.Duration{4 * time.Second}) {
		t.Errorf("%v, waited %v", err, w.waited)
	}
}

func TestExpiredToken(t *testing.T) {
	w := newWorld(t)
	n := 0
	w.answer = func(http.ResponseWriter, *http.Request, string) bool {
		if n++; n == 2 {
			w.good = "another" // what was handed out is not taken any more
		}
		return false
	}
	if _, err := collect(t, w); err != nil || w.tokens != 2 {
		t.Errorf("%v after %d tokens", err, w.tokens)
	}
	w = newWorld(t)
	if _, err := collect(t, w); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(2 * time.Hour)
	if _, err := collect(t, w); err != nil || w.tokens != 2 {
		t.Errorf("a token past its time: %v after %d tokens", err, w.tokens)
	}
}

func TestPartly(t *testing.T) {
	w := newWorld(t)
	w.pages["resources "] = `{"totalRecords":1,"count":1,"resultTruncated":"false","data":[` + row("a") + `]}`
	w.answer = func(rw http.ResponseWriter, _ *http.Request, body string) bool {
		if !strings.Contains(body, "authorizationresources") {
			return false
		}
		rw.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(rw, `{"error":{"code":"AuthorizationFailed","message":"the client `+theSecret+`"}}`)
		return true
	}
	box, err := collect(t, w)
	if err != nil {
		t.Fatal(err)
	}
	notes := box.Notes()
	if len(notes) != 1 || notes[0].Input != "azure/authorizationresources" || !strings.Contains(notes[0].Reason, "may not read") || !strings.Contains(notes[0].Help, "--role Reader") {
		t.Errorf("%+v", notes)
	}
	if got := file(t, box, "resources/0001.json"); !strings.Contains(got, row("a")) {
		t.Error(got)
	}
}

// Nothing of the credential, or of what the other side wrote, is in an error.
func TestErrorsAreOurs(t *testing.T) {
	w := newWorld(t)
	w.client.config.Client = "44444444-2222-4333-8444-555555555555"
	_, err := collect(t, w)
	if fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "AADSTS7000215") || strings.Contains(err.Error(), theSecret) {
		t.Errorf("%v", err)
	}
	w = newWorld(t)
	w.answer = func(rw http.ResponseWriter, r *http.Request, _ string) bool {
		rw.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(rw, `{"error":{"code":"a b","message":"`+r.Header.Get("Authorization")+`"}}`)
		return true
	}
	_, err = collect(t, w)
	if fault.KindOf(err) != fault.Denied || strings.Contains(err.Error(), ".sig") || strings.Contains(err.Error(), "a b") {
		t.Errorf("%v", err)
	}
}

// The client refuses everything that could change something, whoever asks.
func TestReadsOnly(t *testing.T) {
	w := newWorld(t)
	for _, x := range []struct{ method, at string }{
		{"DELETE", "https://management.azure.com/subscriptions/x"},
		{"PUT", "https://management.azure.com/subscriptions/x"},
		{"PATCH", "https://management.azure.com/subscriptions/x"},
		{"POST", "https://management.azure.com/subscriptions/x/providers/Microsoft.Compute/virtualMachines/v/start"},
		{"POST", "https://management.azure.com/subscriptions/x/providers/Microsoft.Storage/storageAccounts/a/listKeys"},
		{"POST", "https://login.microsoftonline.com/providers/Microsoft.ResourceGraph/resources"},
		{"POST", "https://management.azure.com/t/oauth2/v2.0/token"},
		{"GET", "https://login.microsoftonline.com/x"},
		{"GET", "https://elsewhere.example/"},
		{"HEAD", "https://management.azure.com/subscriptions/x"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), x.method, x.at, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := w.client.http.Do(req); err == nil {
			res.Body.Close()
			t.Errorf("%s %s was sent", x.method, x.at)
		}
	}
	if len(w.methods) != 0 {
		t.Errorf("arrived: %v", w.methods)
	}
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "https://management.azure.com/subscriptions/x", nil)
	req.Header.Set("X-HTTP-Method-Override", "DELETE")
	if res, err := w.client.http.Do(req); err == nil {
		res.Body.Close()
		t.Error("a GET that stands for a DELETE was sent")
	}
	w.pages["resources "] = `{"data":[` + row("a") + `]}`
	if _, err := collect(t, w); err != nil {
		t.Fatal(err)
	}
	for _, m := range w.methods {
		if m != "POST /"+theTenant+"/oauth2/v2.0/token" && m != "POST "+graphPath {
			t.Errorf("a scan sent %s", m)
		}
	}
}

func TestRights(t *testing.T) {
	w := newWorld(t)
	at := "/subscriptions/" + thePurpose
	w.gets[at] = `{"displayName":"Contoso Shop","state":"Enabled"}`
	w.gets[at+"/providers/Microsoft.Authorization/roleAssignments"] = `{"value":[
		{"properties":{"roleDefinitionId":"` + at + `/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7","scope":"` + at + `"}},
		{"properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c","scope":"/"}}]}`
	w.gets[at+"/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"] = `{"properties":{"roleName":"Reader","permissions":[{"actions":["*/read"]}]}}`
	w.gets[at+"/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"] = `{"properties":{"roleName":"Contributor","permissions":[{"actions":["*"],"notActions":["Microsoft.Authorization/*/Write"]}]}}`
	seen, err := w.client.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if seen.Object != theObject || len(seen.Subscriptions) != 1 || !seen.Subscriptions[0].Seen || seen.Subscriptions[0].Name != "Contoso Shop" {
		t.Fatalf("%+v", seen)
	}
	roles := seen.Subscriptions[0].Roles
	if len(roles) != 2 || roles[0] != (Role{"Reader", at, ""}) || roles[1] != (Role{"Contributor", "/", "*"}) {
		t.Errorf("%+v", roles)
	}
	delete(w.gets, at)
	seen, err = w.client.Look(t.Context())
	if err != nil || seen.Subscriptions[0].Seen || seen.Subscriptions[0].Problem == "" {
		t.Errorf("a subscription that it may not read: %+v, %v", seen, err)
	}
}

// What the real service answered is read as package azure's files are: role definitions, and a first page with a token.
func TestRecordings(t *testing.T) {
	root := os.Getenv("C4ARCH_INPUTS")
	if root == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("C4ARCH_INPUTS is not set, and CI needs the recorded answers")
		}
		t.Skip("C4ARCH_INPUTS is not set: the recorded answers were not played")
	}
	w := newWorld(t)
	type exchange struct {
		Request  struct{ Method, URI string }
		Response struct {
			Status int
			Body   json.RawMessage
		}
	}
	data, err := os.ReadFile(filepath.Join(root, "recordings", "AccessControlTest.test_find_assignments_by_role.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []exchange
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		path, _, _ := strings.Cut(strings.TrimPrefix(x.Request.URI, "https://management.azure.com"), "?")
		w.gets[path] = string(x.Response.Body)
	}
	w.gets["/subscriptions/"+thePurpose] = `{"displayName":"recorded"}`
	seen, err := w.client.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	excess := map[string]bool{}
	for _, r := range seen.Subscriptions[0].Roles {
		excess[r.Name] = r.Excess != ""
	}
	for name, want := range map[string]bool{"Owner": true, "Contributor": true, "Reader": false, "Storage Blob Data Contributor": true} {
		if got, ok := excess[name]; !ok || got != want {
			t.Errorf("%s: excess %v, there %v", name, got, ok)
		}
	}
	first, err := os.ReadFile(filepath.Join(root, "azure", "ResourcesFirstPageQuery.json"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := decodePage(first)
	if err != nil || p.Token == "" || len(p.Data) != 3 {
		t.Fatalf("%+v, %v", p, err)
	}
	w.pages["resources "], w.pages["resources "+p.Token] = string(first), `{"totalRecords":386,"count":1,"data":[`+row("last")+`]}`
	box, err := collect(t, w)
	if err != nil {
		t.Fatal(err)
	}
	if got := file(t, box, "resources/0001.json"); !strings.Contains(got, "yetanothertest_OsDisk_1") || !json.Valid([]byte(got)) {
		t.Error(got)
	}
}

func TestEnds(t *testing.T) {
	w := newWorld(t)
	w.pages["resources "] = `{"data":[` + row("a") + `],"$skipToken":"x"}`
	w.pages["resources x"] = `{"data":[` + row("b") + `],"$skipToken":"x"}`
	box, err := collect(t, w)
	if err != nil || len(box.Notes()) != 1 || !strings.Contains(box.Notes()[0].Reason, "no end") {
		t.Errorf("%v, %+v", err, box.Notes())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.client.Collect(ctx, gathered.New("azure", gathered.Limits{})); err == nil {
		t.Error("it went on behind its end")
	}
}

func FuzzPage(f *testing.F) {
	for _, s := range []string{`{"data":[{"id":"x"}],"$skipToken":"t"}`, `{"data":[1]}`, `{"data":{"columns":[],"rows":[]}}`, `[]`, `{"totalRecords":"x"}`, "{\"data\":[{}]}{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := decodePage(data)
		if err != nil {
			return
		}
		if out := p.file(); !json.Valid(out) || bytes.Count(out, []byte("\n")) < len(p.Data) {
			t.Errorf("%q gives %q", data, out)
		}
		_ = clockTime(string(data))
		_ = objectOf(string(data))
	})
}
