package app

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"c4arch/internal/account/tenant"
)

const liveToken = "eyJhbGciOi.a-token-of-the-cluster.sig"

// aLiveCluster answers as an API server does; what it is asked without the token, or that is no reading, fails the test.
func aLiveCluster(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var wrong atomic.Int64
	answers := map[string]string{
		"/version":         `{"gitVersion":"v1.33.1"}`,
		"/api/v1":          `{"resources":[{"name":"services","namespaced":true,"verbs":["list"]},{"name":"pods","namespaced":true,"verbs":["list"]},{"name":"secrets","namespaced":true,"verbs":["list"]}]}`,
		"/apis":            `{"groups":[{"name":"apps","preferredVersion":{"version":"v1"}}]}`,
		"/apis/apps/v1":    `{"resources":[{"name":"deployments","namespaced":true,"verbs":["list"]}]}`,
		"/api/v1/services": `{"kind":"ServiceList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"web","namespace":"shop","uid":"1","resourceVersion":"9"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}]}`,
		"/apis/apps/v1/deployments": `{"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{},"items":[{"metadata":{"name":"web","namespace":"shop","uid":"2","resourceVersion":"9"},
			"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"contoso.example/web:1"}]}}}}]}`,
	}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+liveToken || strings.Contains(r.URL.Path, "secrets") {
			wrong.Add(1)
		}
		if r.Method == http.MethodPost {
			if !strings.HasPrefix(r.URL.Path, "/apis/auth") {
				wrong.Add(1)
			}
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"status":{"userInfo":{"username":"system:serviceaccount:kube-system:c4arch-reader"},"resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}}`)
			return
		}
		text, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusForbidden)
			text = `{"reason":"Forbidden"}`
		}
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	return s, &wrong
}

// TestLiveScan: a cluster on this machine, which the operator allows, is connected, verified and scanned by the service itself, on both engines; its token is in no answer, no log and no
// entry. Another address on this machine is refused.
func TestLiveScan(t *testing.T) {
	engines(t, func(t *testing.T, s settings) {
		cluster, wrong := aLiveCluster(t)
		authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cluster.Certificate().Raw}))
		r := serves(t, s.with("private-connections", cluster.URL))
		owner := r.setUp().organisation("contoso")
		p := owner.project("shop")
		add := func(server string) tenant.Connection {
			var con tenant.Connection
			owner.must("POST", p+"/connections", map[string]any{"kind": "kubernetes", "name": "Cluster", "credential": liveToken, "target": map[string]any{"server": server, "ca": authority}}, &con)
			return con
		}
		con := add(cluster.URL)
		owner.must("POST", p+"/connections/"+con.ID+"/verification", nil, &con)
		if excess, missing := con.Verified.Counts(); !con.Verified.Reached || con.Verified.Identity == "" || excess == 0 || missing != 0 {
			t.Errorf("%+v", con.Verified)
		}
		var run struct{ ID, State, Snapshot, Error, CollectedAt string }
		owner.must("POST", p+"/scans", map[string]string{"connection": con.ID}, &run)
		// Asked at a pace that the rates of a token let through, however fast the machine is.
		pace := time.NewTicker(100 * time.Millisecond)
		defer pace.Stop()
		for run.State != "done" && run.State != "failed" {
			<-pace.C
			owner.must("GET", p+"/scans/"+run.ID, nil, &run)
		}
		if run.State != "done" || run.Snapshot == "" {
			t.Fatalf("%+v\n%s", run, r.out)
		}
		var snapshot, entries, list []byte
		owner.must("GET", p+"/snapshots/"+run.Snapshot+"/snapshot.json", nil, &snapshot)
		owner.must("GET", "/ledger/entries", nil, &entries)
		owner.must("GET", p+"/connections", nil, &list)
		for _, want := range []string{"Kubernetes API, read only", "apps/deployments/0001.json", "k8s:-/apps/Deployment/shop/web", "Secrets are never asked for", "not read to their end"} {
			if !strings.Contains(string(snapshot), want) {
				t.Errorf("the snapshot does not say %q", want)
			}
		}
		for _, want := range []string{"connection.verified", "secret.opened"} {
			if !strings.Contains(string(entries), want) {
				t.Errorf("the ledger has no %s", want)
			}
		}
		for name, text := range map[string]string{"snapshot": string(snapshot), "ledger": string(entries), "list": string(list), "log": r.out.String()} {
			if strings.Contains(text, liveToken) || strings.Contains(text, "a-token-of-the-cluster") {
				t.Errorf("the token stands in the %s", name)
			}
		}
		if n := wrong.Load(); n > 0 {
			t.Errorf("the cluster was asked %d times what it should not be", n)
		}

		other, _ := aLiveCluster(t)
		con = add(other.URL)
		owner.must("POST", p+"/connections/"+con.ID+"/verification", nil, &con)
		if con.Verified.Reached || !strings.Contains(con.Verified.Problem, "not reached") {
			t.Errorf("an address that nobody allowed: %+v", con.Verified)
		}
	})
}
