package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
)

const token = "c4a_og_token-of-this-test"

// speak is a client of a server in this process, as the command line has one: through the one way out.
func speak(t *testing.T, server string) *Client {
	t.Helper()
	rule := egress.Here(portOf(t, server))
	rule.Plain = true
	exit, err := egress.New(egress.Config{Rules: map[egress.Purpose]egress.Rule{"server": rule}, Recorder: &egress.Book{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &Client{
		Server: server, Token: secret.New([]byte(token)), HTTP: exit.Client("server"), Agent: "test",
		Wait: func(context.Context, time.Duration) error { return nil },
	}
}

func portOf(t *testing.T, server string) uint16 {
	t.Helper()
	var n uint16
	for _, c := range server[strings.LastIndexByte(server, ':')+1:] {
		n = n*10 + uint16(c-'0')
	}
	if n == 0 {
		t.Fatalf("%s has no port", server)
	}
	return n
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestCheckServer(t *testing.T) {
	for text, want := range map[string]string{
		"https://arch.contoso.example": "https://arch.contoso.example", "https://arch.contoso.example/": "https://arch.contoso.example", "http://127.0.0.1:8642": "http://127.0.0.1:8642",
		"http://[::1]:8642": "http://[::1]:8642", "http://localhost:8642": "http://localhost:8642",
	} {
		if got, err := CheckServer(text); err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "arch.contoso.example", "ftp://x", "https://", "https://u:p@x", "https://x/path", "https://x?token=a", "https://x#y", "https://x#", "https://x?", "http://arch.contoso.example", "http://127.0.0.1.evil.example",
		"http://localhost.evil.example", "http://0x7f.1", "http://2130706433", "http://user@127.0.0.1", "https://x\r\ny", "http://127.0.0.1:1\nHost: y", "http://[::ffff:10.0.0.1]",
	} {
		if got, err := CheckServer(text); err == nil {
			t.Errorf("%q is taken as %q", text, got)
		}
	}
}

// The token is sent in a header to the server that it is for: a redirect to another one does not get it, nor does an error tell it.
func TestTokenStays(t *testing.T) {
	var leaked, asked atomic.Int32
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if strings.Contains(r.Header.Get("Authorization")+r.URL.String(), token) {
			leaked.Add(1)
		}
	})
	for _, code := range []int{301, 302, 303, 307, 308} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer "+token || strings.Contains(r.URL.String(), token) {
				t.Error("the token is not where it belongs")
			}
			http.Redirect(w, r, other+r.URL.Path, code)
		})
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			err := speak(t, server).Call(t.Context(), method, "/whoami", "", nil, nil)
			if err == nil || strings.Contains(err.Error(), token) {
				t.Errorf("%d %s: %v", code, method, err)
			}
		}
	}
	if leaked.Load() != 0 || asked.Load() != 0 {
		t.Errorf("the other server was asked %d times, and got the token %d times", asked.Load(), leaked.Load())
	}
}

// What is sent again is what is one change however often it comes.
func TestAgain(t *testing.T) {
	for _, x := range []struct {
		method, key string
		want        int32
	}{{http.MethodGet, "", 3}, {http.MethodPost, "", 1}, {http.MethodPost, "k", 3}, {http.MethodDelete, "", 1}} {
		var n atomic.Int32
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			n.Add(1)
			if body, _ := io.ReadAll(r.Body); x.method == http.MethodPost && string(body) != `{"a":1}` {
				t.Errorf("attempt %d has the body %q", n.Load(), body)
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"detail":"not now","kind":"unavailable"}`)
		})
		err := speak(t, server).Call(t.Context(), x.method, "/x", x.key, map[string]int{"a": 1}, nil)
		if fault.KindOf(err) != fault.Unavailable || n.Load() != x.want {
			t.Errorf("%s %q: %d attempts, %v", x.method, x.key, n.Load(), err)
		}
	}
}

func TestAnswers(t *testing.T) {
	for body, x := range map[string]struct {
		code int
		kind fault.Kind
		says string
	}{
		`{"detail":"no such thing","kind":"notfound","help":"look"}`:                                               {404, fault.NotFound, "no such thing (look)"},
		`{"detail":"validation failed","kind":"invalid","errors":[{"message":"too long","location":"body.name"}]}`: {422, fault.Invalid, "body.name: too long"},
		`{"detail":"x","kind":"drift"}`: {500, fault.Internal, "x"},
		`<html>`:                        {404, fault.Invalid, "not as c4arch does"},
		``:                              {502, fault.Unavailable, "not as c4arch does"},
		`{"detail":"` + strings.Repeat("a", 2<<20) + `"}`: {500, fault.Unavailable, "not as c4arch does"},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(x.code)
			_, _ = io.WriteString(w, body)
		})
		err := speak(t, server).Call(t.Context(), http.MethodPost, "/x", "", nil, nil)
		if fault.KindOf(err) != x.kind || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%.40s: %v", body, err)
		}
	}
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[") })
	if err := speak(t, server).Call(t.Context(), http.MethodGet, "/x", "", nil, new(any)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("an answer that is no JSON: %v", err)
	}
}

// An answer that breaks off is an error, and not half a file.
func TestBrokenOff(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	})
	var b bytes.Buffer
	if err := speak(t, server).Fetch(t.Context(), "/ledger/bundle", &b); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// TestForm: no token goes along, nothing is sent twice, and the errors of RFC 6749 are told by their codes.
func TestForm(t *testing.T) {
	var asked atomic.Int64
	answer, status := `{"access_token":"x"}`, http.StatusOK
	c := speak(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") != "" || r.Method != http.MethodPost || r.URL.Path != "/oauth/token" || r.URL.RawQuery != "" || r.PostFormValue("device_code") != "a b&c" {
			t.Errorf("%s %s, %v, %v", r.Method, r.URL, r.Header, r.PostForm)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	ask := func() (string, string, error) {
		var got struct {
			Token string `json:"access_token"`
		}
		code, err := c.Form(t.Context(), "/oauth/token", map[string]string{"device_code": "a b&c"}, &got)
		return got.Token, code, err
	}
	if token, code, err := ask(); token != "x" || code != "" || err != nil {
		t.Errorf("%s, %s, %v", token, code, err)
	}
	for _, x := range []struct {
		status int
		answer string
		code   string
		kind   fault.Kind
	}{
		{400, `{"error":"authorization_pending","error_description":"nobody yet"}`, "authorization_pending", fault.Denied},
		{503, `{"error":"temporarily_unavailable"}`, "temporarily_unavailable", fault.Unavailable},
		{404, `<html>`, "", fault.Unavailable},
		{200, `[]`, "", fault.Unavailable},
		{200, strings.Repeat(" ", maxForm+1), "", fault.Limited},
	} {
		status, answer = x.status, x.answer
		if _, code, err := ask(); code != x.code || fault.KindOf(err) != x.kind {
			t.Errorf("%d %.40s: %q, %v", x.status, x.answer, code, err)
		}
	}
	if asked.Load() != 6 {
		t.Errorf("%d requests", asked.Load())
	}
}
