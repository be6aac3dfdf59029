package blob_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"c4arch/internal/egress/egresstest"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/blob/blobtest"
)

// The servers of blobtest are ours, and may share our mistakes. Another's is asked too: Azurite (azurite-blob of npm) for Azure, in make e2e, which installs it; and for S3 moto
// (moto_server of PyPI), where it is found in the path. Of S3 there is no server in Debian 12 or npm that knows writing on the condition that nothing is there, on which we rely:
// for S3 the test that always runs is our own server, which checks signatures and digests as AWS documents them (Signature Version 4).

var listening = regexp.MustCompile(`http://127\.0\.0\.1:(\d+)`)

// start runs a command, which prints where it listens, until the test ends. Its address is returned.
func start(t *testing.T, name string, args ...string) *url.URL {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED: %s is not installed: this second opinion was not asked for", name)
	}
	return launch(t, path, args...)
}

// launch is start with the path of the command, which must run.
func launch(t *testing.T, path string, args ...string) *url.URL {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close() // the command has its own
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
		_ = r.Close()
	})
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if m := listening.FindString(lines.Text()); m != "" {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			u, err := url.Parse(m)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
	}
	t.Fatalf("%s does not say where it listens", path)
	return nil
}

// behind leads a host over TLS to a server without it. The host stays what it was, since it is signed.
func behind(u *url.URL) http.Handler {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(u)
		r.Out.Host = r.In.Host
	}}
}

func TestMoto(t *testing.T) {
	awsEnvironment(t)
	u := start(t, "moto_server", "-H", "127.0.0.1", "-p", "0")
	front := egresstest.New(t, map[string]http.Handler{blobtest.S3Host: behind(u), "*." + blobtest.S3Host: behind(u)})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://objects."+blobtest.S3Host+"/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(`<CreateBucketConfiguration><LocationConstraint>`+blobtest.Region+`</LocationConstraint></CreateBucketConfiguration>`)), -1
	res, err := front.Client.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the bucket cannot be made: %v, %v", res, err)
	}
	_ = res.Body.Close()
	b := bucket(t, "s3://objects/c4arch?region="+blobtest.Region, blob.Clients{Objects: front.Client})
	apart(t, b)
	if s := b.State(t.Context()); s.Encrypted == blob.Unknown && s.Why == "" {
		t.Errorf("%+v", s)
	}
}
