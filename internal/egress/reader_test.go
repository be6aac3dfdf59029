package egress_test

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/egress"
)

// took is a transport that notes what came through.
type took struct{ all []string }

func (s *took) RoundTrip(req *http.Request) (*http.Response, error) {
	s.all = append(s.all, req.Method+" "+req.URL.Path)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
}

// TestReadOnly: what only reads goes through, and nothing else does, whoever asks.
func TestReadOnly(t *testing.T) {
	through := &took{}
	c := egress.ReadOnly(&http.Client{Transport: through}, func(u *url.URL) bool { return strings.HasPrefix(u.Path, "/read") }, egress.Question{Host: "a.example", Path: "/ask/*"})
	for _, x := range []struct {
		method, at, header string
		good               bool
	}{
		{"GET", "https://a.example/read/x", "", true},
		{"POST", "https://a.example/ask/x", "", true},
		{"GET", "https://a.example/other", "", false},
		{"POST", "https://b.example/ask/x", "", false},
		{"POST", "https://a.example/ask/x/y", "", false},
		{"PUT", "https://a.example/read/x", "", false},
		{"DELETE", "https://a.example/ask/x", "", false},
		{"PATCH", "https://a.example/read/x", "", false},
		{"CONNECT", "https://a.example/read/x", "", false},
		{"GET", "https://a.example/read/x", "X-Http-Method-Override", false},
		{"GET", "https://a.example/read/x", "Upgrade", false},
		{"GET", "https://a.example/read/../other", "", false},
	} {
		before := len(through.all)
		req, err := http.NewRequestWithContext(t.Context(), x.method, x.at, nil)
		if err != nil {
			t.Fatal(err)
		}
		if x.header != "" {
			req.Header.Set(x.header, "DELETE")
		}
		res, err := c.Do(req)
		if err == nil {
			res.Body.Close()
		}
		if (err == nil) != x.good || (len(through.all) > before) != x.good {
			t.Errorf("%s %s %s: %v", x.method, x.at, x.header, err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a.example/read", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := egress.ReadOnly(&http.Client{}, func(*url.URL) bool { return true }).Do(req); err == nil {
		res.Body.Close()
		t.Error("a client without a way out went by the library's own")
	}
}

// TestReaderChecksWhoAnswers: no connection can switch the check of the other side off.
func TestReaderChecksWhoAnswers(t *testing.T) {
	exit, err := egress.New(egress.Config{Rules: egress.Defaults(), Recorder: &egress.Book{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exit.Reader(egress.Cluster, &tls.Config{InsecureSkipVerify: true}); err == nil { //nolint:gosec // it is refused
		t.Error("a client that believes everybody was made")
	}
	c, err := exit.Reader(egress.Cluster, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"https://10.0.0.4:6443/version", "https://127.0.0.1:6443/version", "https://169.254.169.254/version", "https://example.com:22/version"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := c.Do(req); err == nil {
			res.Body.Close()
			t.Errorf("%s was reached", at)
		}
	}
}
