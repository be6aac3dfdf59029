package blob_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/blob/blobtest"
)

func awsEnvironment(t *testing.T) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", blobtest.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", blobtest.SecretKey)
	t.Setenv("AWS_CA_BUNDLE", "")
}

func bucket(t *testing.T, text string, clients blob.Clients) *blob.Bucket {
	t.Helper()
	place, err := blob.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	b, err := blob.OpenBucket(t.Context(), place, clients)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func part(t *testing.T, b *blob.Bucket) *blob.Part {
	t.Helper()
	p, err := b.Of(orgA)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stores opens each kind of store of the tests.
func stores(t *testing.T, run func(t *testing.T, b *blob.Bucket, s *blobtest.Store)) {
	t.Run("s3", func(t *testing.T) {
		awsEnvironment(t)
		s := blobtest.NewS3("objects")
		front := egresstest.New(t, map[string]http.Handler{blobtest.S3Host: s, "*." + blobtest.S3Host: s})
		run(t, bucket(t, "s3://objects/c4arch?region="+blobtest.Region, blob.Clients{Objects: front.Client}), &s.Store)
	})
	t.Run("azure", func(t *testing.T) {
		s := blobtest.NewAzure("objects")
		front := egresstest.New(t, map[string]http.Handler{blobtest.AzureHost: s})
		run(t, bucket(t, "azblob://objects/c4arch?account="+blobtest.Account, blob.Clients{Objects: front.Client, AccountKey: secret.New([]byte(blobtest.AccountKey()))}), &s.Store)
	})
}

func TestCloudsConform(t *testing.T) {
	stores(t, func(t *testing.T, b *blob.Bucket, s *blobtest.Store) {
		apart(t, b)
		for _, k := range s.Keys() {
			if !strings.HasPrefix(k, "c4arch/orgs/"+string(orgA)+"/") {
				t.Errorf("an object is called %s", k)
			}
		}
	})
}

// More names than fit a page.
func TestCloudsTurnPages(t *testing.T) {
	stores(t, func(t *testing.T, b *blob.Bucket, _ *blobtest.Store) {
		p := part(t, b)
		for range 10 {
			if err := p.Write(t.Context(), blob.Name(), []byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := p.List(t.Context()); err != nil || len(list) != 10 {
			t.Errorf("%d, %v", len(list), err)
		}
	})
}

// The object arrives, its acknowledgement does not: the client asks again, and the same bytes are there.
func TestALostAcknowledgement(t *testing.T) {
	stores(t, func(t *testing.T, b *blob.Bucket, s *blobtest.Store) {
		p, name, data := part(t, b), blob.Name(), []byte("sealed bytes")
		if err := p.Write(t.Context(), name, data); err != nil {
			t.Fatal(err)
		}
		if err := p.Write(t.Context(), name, data); err != nil {
			t.Errorf("the same again: %v", err)
		}
		if err := p.Write(t.Context(), name, []byte("SEALED BYTES")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another of the same size: %v", err)
		}
		if got, err := p.Read(t.Context(), name); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%q, %v", got, err)
		}
		if len(s.Keys()) != 1 {
			t.Errorf("%v", s.Keys())
		}
	})
}

// A store that keeps less than it acknowledges is caught at once.
func TestAStoreThatLoses(t *testing.T) {
	stores(t, func(t *testing.T, b *blob.Bucket, s *blobtest.Store) {
		s.Cut(true)
		if err := part(t, b).Write(t.Context(), blob.Name(), []byte("sealed bytes")); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%v", err)
		}
	})
}

func TestRefusalsOfAStore(t *testing.T) {
	stores(t, func(t *testing.T, b *blob.Bucket, s *blobtest.Store) {
		p, ctx := part(t, b), t.Context()
		s.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("X-Ms-Error-Code", "AuthenticationFailed")
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code></Error>"))
			return true
		})
		for what, err := range map[string]error{
			"write": p.Write(ctx, blob.Name(), []byte("x")), "remove": p.Remove(ctx, blob.Name()), "list": second(p.List(ctx)), "read": second(p.Read(ctx, blob.Name())),
		} {
			if fault.KindOf(err) != fault.Denied {
				t.Errorf("%s: %s %v", what, fault.KindOf(err), err)
			}
			if err != nil && (strings.Contains(err.Error(), blobtest.SecretKey) || strings.Contains(err.Error(), "Signature=")) {
				t.Errorf("%s: the error shows how the request was signed: %v", what, err)
			}
		}
	})
}

// A proxy that answers everything with an empty page is no store.
func TestOddAnswers(t *testing.T) {
	stores(t, func(t *testing.T, b *blob.Bucket, s *blobtest.Store) {
		p, ctx := part(t, b), t.Context()
		for _, status := range []int{http.StatusOK, http.StatusNoContent, http.StatusTeapot} {
			for _, text := range []string{"", "<html>", "<Error>", "{}"} {
				s.Answer(func(w http.ResponseWriter, r *http.Request) bool {
					w.WriteHeader(status)
					if status != http.StatusNoContent {
						_, _ = w.Write([]byte(text))
					}
					return true
				})
				if err := p.Write(ctx, blob.Name(), []byte("x")); err == nil {
					t.Errorf("%d %q: written", status, text)
				}
				if got, err := p.Read(ctx, blob.Name()); err == nil && string(got) != text && status != http.StatusNoContent {
					t.Errorf("%d %q: read %q", status, text, got)
				}
				_ = p.Remove(ctx, blob.Name())
				if list, err := p.List(ctx); err == nil && len(list) > 0 {
					t.Errorf("%d %q: listed %v", status, text, list)
				}
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestPlaces(t *testing.T) {
	for _, good := range []string{
		"s3://b-1/p/q?region=eu-west-1", "s3://bucket?region=eu-west-1&endpoint=https://minio.example:9000&path_style=true&kms_key=k", "azblob://c01?account=contoso",
		"azblob://$web?account=contoso&endpoint=https://127.0.0.1:10000/contoso", "file:///var/lib", "mem://abc",
	} {
		if _, err := blob.Parse(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "s3://", "s3://b?region=eu-west-1", "s3://bucket", "s3://user:pw@bucket?region=eu-west-1", "s3://bucket?region=eu-west-1&secret=x", "s3://bucket?region=a&region=b",
		"s3://bucket/../x?region=eu-west-1", "s3://bucket?region=eu-west-1&endpoint=http://x", "s3://bucket?region=eu-west-1&endpoint=https://a:b@x", "azblob://container", "azblob://c01?account=A.B",
		"gs://bucket", "file://host/x", "file:x", "https://bucket", "s3://bucket?region=eu-west-1#x", "s3://buck\x00et?region=eu-west-1",
	} {
		if p, err := blob.Parse(bad); fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "pw") {
			t.Errorf("%q: %+v, %v", bad, p, err)
		}
	}
	if _, err := blob.OpenBucket(t.Context(), blob.Place{Kind: blob.S3, Bucket: "x"}, blob.Clients{}); fault.KindOf(err) != fault.Internal {
		t.Errorf("without a client: %v", err)
	}
}

func FuzzPlace(f *testing.F) {
	for _, s := range []string{"s3://b/p?region=r", "azblob://c?account=a", "mem://x", "file:///", "s3://b/%2e%2e?region=r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := blob.Parse(s)
		if err == nil && (strings.Contains(p.Prefix, "..") || p.Prefix != "" && !strings.HasSuffix(p.Prefix, "/")) {
			t.Errorf("%q: the prefix is %q", s, p.Prefix)
		}
	})
}
