package live

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/source/gathered"
)

const theToken = "eyJhbGciOi.the.token"

// cluster answers in the forms of the API reference of Kubernetes. It is no API server: what one refuses by itself is not tried here.
type cluster struct {
	mu      sync.Mutex
	asked   []string
	answers map[string]string
	status  map[string]int
	rules   string
	busy    int
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, r.Method+" "+r.URL.RequestURI())
	if r.Header.Get("Authorization") != "Bearer "+theToken {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"kind":"Status","reason":"Unauthorized","message":"`+r.Header.Get("Authorization")+`"}`)
		return
	}
	if c.busy > 0 {
		c.busy--
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	key := r.URL.Path
	if t := r.URL.Query().Get("continue"); t != "" {
		key += " " + t
	}
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, c.rules)
		return
	}
	text, ok := c.answers[key]
	status := c.status[key]
	switch {
	case status != 0:
	case !ok:
		status, text = http.StatusForbidden, `{"kind":"Status","status":"Failure","reason":"Forbidden","message":"forbidden"}`
	default:
		status = http.StatusOK
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func newCluster(t *testing.T) (*cluster, *Client, *[]time.Duration) {
	t.Helper()
	c := &cluster{status: map[string]int{}, answers: map[string]string{
		"/version": `{"gitVersion":"v1.33.1"}`,
		"/api/v1": `{"kind":"APIResourceList","resources":[
			{"name":"pods","namespaced":true,"verbs":["create","delete","get","list","watch"]},{"name":"pods/log","namespaced":true,"verbs":["get"]},
			{"name":"secrets","namespaced":true,"verbs":["get","list"]},{"name":"events","namespaced":true,"verbs":["list"]},{"name":"namespaces","namespaced":false,"verbs":["list"]},
			{"name":"bindings","namespaced":true,"verbs":["create"]}]}`,
		"/apis": `{"kind":"APIGroupList","groups":[{"name":"apps","preferredVersion":{"version":"v1"}},{"name":"metrics.k8s.io","preferredVersion":{"version":"v1beta1"}},
			{"name":"gone.example","preferredVersion":{"version":"v1"}}]}`,
		"/apis/apps/v1":             `{"resources":[{"name":"deployments","namespaced":true,"verbs":["list"]},{"name":"replicasets","namespaced":true,"verbs":["list"]}]}`,
		"/api/v1/pods":              `{"kind":"PodList","apiVersion":"v1","metadata":{"continue":"next"},"items":[{"metadata":{"name":"a","namespace":"shop","uid":"1"}}]}`,
		"/api/v1/pods next":         `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"b","namespace":"shop","uid":"2"}}]}`,
		"/api/v1/namespaces":        `{"kind":"NamespaceList","apiVersion":"v1","metadata":{},"items":[]}`,
		"/apis/apps/v1/deployments": `{"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{},"items":[{"metadata":{"name":"d","namespace":"shop","uid":"3"}}]}`,
	}}
	c.status["/apis/gone.example/v1"] = http.StatusNotFound
	front := egresstest.New(t, map[string]http.Handler{"cluster.contoso.example": c})
	var waited []time.Duration
	client, err := New(Config{
		Server: "https://cluster.contoso.example", Token: secret.New([]byte(theToken)), HTTP: front.Client,
		Pause: func(ctx context.Context, d time.Duration) error { waited = append(waited, d); return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, client, &waited
}

func gather(t *testing.T, c *Client) (*gathered.Box, []string) {
	t.Helper()
	box := gathered.New("kubernetes cluster.contoso.example", gathered.Limits{})
	if err := c.Collect(t.Context(), box); err != nil {
		t.Fatal(err)
	}
	fsys, err := box.FS()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return box, names
}

func TestCollect(t *testing.T) {
	k, c, waited := newCluster(t)
	k.busy = 1
	box, names := gather(t, c)
	if want := []string{"apps/deployments/0001.json", "core/pods/0001.json", "core/pods/0002.json"}; !slices.Equal(names, want) {
		t.Errorf("%v", names)
	}
	if !slices.Equal(*waited, []time.Duration{3 * time.Second}) {
		t.Errorf("waited %v", *waited)
	}
	var said []string
	for _, n := range box.Notes() {
		said = append(said, n.Thing)
	}
	slices.Sort(said)
	if !slices.Equal(said, []string{"Secret", "kinds"}) {
		t.Errorf("notes %+v", box.Notes())
	}
	for _, a := range k.asked {
		if strings.Contains(a, "secrets") || strings.Contains(a, "events") || strings.Contains(a, "metrics") || !strings.HasPrefix(a, "GET ") {
			t.Errorf("it asked %s", a)
		}
	}
}

// What may not be listed is noted with what would let it, and the others are read.
func TestForbidden(t *testing.T) {
	k, c, _ := newCluster(t)
	delete(k.answers, "/apis/apps/v1/deployments")
	box, names := gather(t, c)
	if !slices.Equal(names, []string{"core/pods/0001.json", "core/pods/0002.json"}) {
		t.Errorf("%v", names)
	}
	i := slices.IndexFunc(box.Notes(), func(n evidence.NotRead) bool { return n.Thing == "deployments" })
	if i < 0 || !strings.Contains(box.Notes()[i].Help, "apps/deployments, verb list") {
		t.Errorf("%+v", box.Notes())
	}
	k.answers = map[string]string{}
	if err := c.Collect(t.Context(), gathered.New("x", gathered.Limits{})); fault.KindOf(err) != fault.Denied {
		t.Errorf("nothing may be read: %v", err)
	}
}

// A list that grew too old is read on from where the server says.
func TestTooOld(t *testing.T) {
	k, c, _ := newCluster(t)
	k.status["/api/v1/pods next"] = http.StatusGone
	k.answers["/api/v1/pods next"] = `{"kind":"Status","code":410,"reason":"Expired","metadata":{"continue":"anew"}}`
	k.answers["/api/v1/pods anew"] = `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"b"}}]}`
	_, names := gather(t, c)
	if !slices.Contains(names, "core/pods/0002.json") {
		t.Errorf("%v", names)
	}
}

func TestNamespaces(t *testing.T) {
	k, c, _ := newCluster(t)
	c.config.Namespaces = []string{"shop"}
	k.answers["/api/v1/namespaces/shop/pods"] = `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"a"}}]}`
	_, names := gather(t, c)
	if !slices.Contains(names, "core/pods/shop/0001.json") || slices.Contains(names, "core/pods/0001.json") {
		t.Errorf("%v", names)
	}
}

func TestReadsOnly(t *testing.T) {
	k, c, _ := newCluster(t)
	for _, x := range []struct{ method, at string }{
		{"DELETE", "/api/v1/namespaces/shop/pods/a"},
		{"POST", "/api/v1/namespaces/shop/pods"},
		{"PATCH", "/apis/apps/v1/namespaces/shop/deployments/d"},
		{"POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews"},
		{"GET", "/api/v1/secrets"},
		{"GET", "/api/v1/namespaces/shop/secrets"},
		{"GET", "/api/v1/namespaces/shop/secrets/db"},
		{"GET", "/api/v1/namespaces/shop/%73ecrets"},
		{"GET", "/api/v1/namespaces/shop/pods/a/exec?command=sh"},
		{"GET", "/api/v1/namespaces/shop/pods/a/log"},
		{"GET", "/api/v1/namespaces/shop/services/s/proxy"},
		{"GET", "/api/v1/nodes/n/proxy/exec"},
		{"GET", "/api/v1/pods?watch=1"},
		{"GET", "/api/v1/namespaces/x/../secrets"},
		{"GET", "/openid/v1/jwks"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), x.method, "https://cluster.contoso.example"+x.at, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := c.http.Do(req); err == nil {
			res.Body.Close()
			t.Errorf("%s %s was sent", x.method, x.at)
		}
	}
	if len(k.asked) != 0 {
		t.Errorf("arrived: %v", k.asked)
	}
}

func TestRights(t *testing.T) {
	k, c, _ := newCluster(t)
	k.rules = `{"status":{"incomplete":false,"resourceRules":[
		{"verbs":["create"],"apiGroups":["authorization.k8s.io"],"resources":["selfsubjectaccessreviews","selfsubjectrulesreviews"]},
		{"verbs":["get","list","watch"],"apiGroups":[""],"resources":["pods","services","namespaces"]},
		{"verbs":["get","list","watch"],"apiGroups":["apps","networking.k8s.io","rbac.authorization.k8s.io"],"resources":["*"]}]}}`
	seen, err := c.Look(t.Context())
	if err != nil || !seen.Lists || len(seen.Excess) != 0 || seen.Version != "v1.33.1" {
		t.Fatalf("exactly what is needed: %+v, %v", seen, err)
	}
	k.rules = `{"status":{"incomplete":true,"userInfo":{"username":"system:serviceaccount:kube-system:c4arch-reader"},"resourceRules":[
		{"verbs":["get","list","watch","delete"],"apiGroups":["apps"],"resources":["deployments"]},
		{"verbs":["get"],"apiGroups":[""],"resources":["secrets","pods/exec"]},{"verbs":["*"],"apiGroups":["batch"],"resources":["jobs"]}]}}`
	seen, err = c.Look(t.Context())
	want := []string{"delete deployments", "everything jobs", "get pods/exec: a way into containers", "read secrets"}
	if err != nil || seen.Lists || !slices.Equal(seen.Excess, want) || !seen.Incomplete || !slices.Contains(seen.Lacks, "services") || seen.User == "" {
		t.Errorf("%+v, %v", seen, err)
	}
}

func TestErrorsAreOurs(t *testing.T) {
	_, c, _ := newCluster(t)
	c.config.Token = secret.New([]byte("another-token"))
	_, err := c.Look(t.Context())
	if fault.KindOf(err) != fault.Denied || strings.Contains(err.Error(), "another-token") {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", "two words", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"} {
		if _, _, err := TLS("", secret.New([]byte(bad))); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, _, err := TLS("no certificate", secret.New([]byte("t"))); err == nil {
		t.Error("an authority that is none")
	}
	if _, err := New(Config{Server: "http://cluster.contoso.example"}); err == nil {
		t.Error("a cluster without TLS")
	}
}

// Another server that calls itself the cluster does not get the token.
func TestStrangeServer(t *testing.T) {
	k, c, _ := newCluster(t)
	front := egresstest.New(t, map[string]http.Handler{"cluster.contoso.example": k})
	tr := front.Client.Transport.(*http.Transport).Clone()
	tr.TLSClientConfig.RootCAs = x509.NewCertPool() // an authority that did not sign it
	other, err := New(Config{Server: "https://cluster.contoso.example", Token: c.config.Token, HTTP: &http.Client{Transport: tr}, Pause: c.config.Pause})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Look(t.Context()); fault.KindOf(err) != fault.Invalid || len(k.asked) != 0 {
		t.Errorf("%v, asked %v", err, k.asked)
	}
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{`{"items":[{}],"metadata":{"continue":"x"}}`, `{"items":{}}`, `{"status":{"resourceRules":[{"verbs":["*"],"resources":["*"],"apiGroups":["*"]}]}}`, `[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if l, err := decodeList(data); err == nil && !json.Valid(data) {
			t.Errorf("%q is read as %v", data, l)
		}
		if rules, _, err := decodeRules(data); err == nil {
			(&Seen{}).judge([][]rule{rules})
		}
	})
}
