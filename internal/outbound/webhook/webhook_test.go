package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// TestSignature is held against a value that was calculated with openssl: printf 'msg_1.1614265330.{"test": 2432232314}' | openssl dgst -sha256 -hmac "a key of the test" -binary | base64.
func TestSignature(t *testing.T) {
	got := Signature(secret.New([]byte("a key of the test")), "msg_1", time.Unix(1614265330, 999), []byte(`{"test": 2432232314}`))
	if got != known {
		t.Errorf("%s", got)
	}
}

func TestPost(t *testing.T) {
	var got *http.Request
	var body string
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, body = r.Clone(context.WithoutCancel(r.Context())), string(b)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer s.Close()
	status, err := Post(t.Context(), s.Client(), Request{
		Address: s.URL + "/x?key=y", Type: "application/json", Agent: "c4arch", Body: []byte("{}"), ID: "msg_1", At: time.Unix(7, 0),
		Keys: []secret.Value{secret.New([]byte("a")), secret.New([]byte("b"))},
	})
	if err != nil || status != 202 || body != "{}" || got.Method != http.MethodPost || got.URL.RequestURI() != "/x?key=y" || got.Header.Get("User-Agent") != "c4arch" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %v %q %+v", status, err, body, got)
	}
	if got.Header.Get("webhook-id") != "msg_1" || got.Header.Get("webhook-timestamp") != "7" || len(strings.Fields(got.Header.Get("webhook-signature"))) != 2 || got.Header.Get("Authorization") != "" {
		t.Errorf("%v", got.Header)
	}
	if _, err := Post(t.Context(), s.Client(), Request{Address: s.URL, Authorization: secret.New([]byte("Bearer x"))}); err != nil || got.Header.Get("Authorization") != "Bearer x" || got.Header.Get("webhook-id") != "" {
		t.Errorf("%v %v", err, got.Header)
	}
}

type refusing struct{ err error }

func (r refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, r.err }

// TestErrors: nothing that stands in an address, and nothing of the other side, is in an error; what is refused stays refused.
func TestErrors(t *testing.T) {
	for _, x := range []struct {
		err  error
		want fault.Kind
	}{
		{errors.New("tls: words of the other side"), fault.Unavailable},
		{fault.New(fault.Denied, "not on the public internet"), fault.Denied},
	} {
		_, err := Post(t.Context(), &http.Client{Transport: refusing{x.err}}, Request{Address: "https://siem.contoso.example/?key=hidden"})
		if fault.KindOf(err) != x.want || strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), "words") {
			t.Errorf("%v", err)
		}
	}
	if _, err := Post(t.Context(), http.DefaultClient, Request{Address: "https://a b"}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Post(ctx, &http.Client{Transport: refusing{context.Canceled}}, Request{Address: "https://siem.contoso.example"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

const known = "v1,3f0XEOQ7JmSEMaJyVxxcxFsI6NR6jRgtlBlasyC44Cs="
