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

	"c4arch/internal/base/secret"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/blob/blobtest"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// The servers of blobtest are ours, and may share our mistakes. Where there is another's, it is asked too: moto (moto_server of PyPI, found in the path) for S3, and
// Azurite (azurite-blob of npm, found in the path) for Azure. Neither is part of this project; where there is none, the test says so.

var listening = regexp.MustCompile(`http://127\.0\.0\.1:(\d+)`)

// start runs a command, which prints where it listens, until the test ends. Its address is returned.
func start(t *testing.T, name string, args ...string) *url.URL {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed: this second opinion was not asked for", name)
	}
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
	t.Skipf("%s does not say where it listens: this second opinion was not asked for", name)
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

func TestAzurite(t *testing.T) {
	t.Setenv("AZURITE_ACCOUNTS", blobtest.Account+":"+blobtest.AccountKey())
	u := start(t, "azurite-blob", "--blobHost", "127.0.0.1", "--blobPort", "0", "--skipApiVersionCheck", "--disableTelemetry", "--location", t.TempDir())
	front := egresstest.New(t, map[string]http.Handler{blobtest.AzureHost: behind(u)})
	who, err := container.NewSharedKeyCredential(blobtest.Account, blobtest.AccountKey())
	if err != nil {
		t.Fatal(err)
	}
	var options container.ClientOptions
	options.Transport = front.Client
	c, err := container.NewClientWithSharedKeyCredential("https://"+blobtest.AzureHost+"/objects", who, &options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Create(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	b := bucket(t, "azblob://objects/c4arch?account="+blobtest.Account,
		blob.Clients{Objects: front.Client, AccountKey: secret.New([]byte(blobtest.AccountKey()))})
	apart(t, b)
	if s := b.State(t.Context()); s.Encrypted == blob.Unknown && s.Why == "" {
		t.Errorf("%+v", s)
	}
}
