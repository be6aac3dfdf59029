package blob_test

import (
	"net/http"
	"testing"

	"c4arch/internal/base/secret"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/blob/blobtest"
)

// What is not said is unknown, and has a reason.
func checkState(t *testing.T, what string, s blob.State, want blob.Encrypted) {
	t.Helper()
	if s.Encrypted != want || (s.Encrypted == blob.Unknown) != (s.Why != "") || s.Place == "" {
		t.Errorf("%s: %+v, not %q", what, s, want)
	}
}

func TestStateOfS3(t *testing.T) {
	awsEnvironment(t)
	s := blobtest.NewS3("objects")
	front := egresstest.New(t, map[string]http.Handler{blobtest.S3Host: s, "*." + blobtest.S3Host: s})
	b := bucket(t, "s3://objects?region="+blobtest.Region, blob.Clients{Objects: front.Client})
	for said, want := range map[string]blob.Encrypted{
		"AES256": blob.PlatformKey, "aws:kms": blob.CustomerKey, "": blob.Off, "denied": blob.Unknown, "rot13": blob.Unknown,
	} {
		s.Encrypt(said)
		checkState(t, said, b.State(t.Context()), want)
	}
}

func TestStateOfAzure(t *testing.T) {
	s := blobtest.NewAzure("objects")
	front := egresstest.New(t, map[string]http.Handler{blobtest.AzureHost: s})
	key := secret.New([]byte(blobtest.AccountKey()))
	b := bucket(t, "azblob://objects?account="+blobtest.Account, blob.Clients{Objects: front.Client, AccountKey: key})
	for said, want := range map[string]blob.Encrypted{"$account-encryption-key": blob.PlatformKey, "own": blob.PlatformKey, "": blob.Unknown} {
		s.Encrypt(said)
		checkState(t, said, b.State(t.Context()), want)
	}
	other := bucket(t, "azblob://none?account="+blobtest.Account, blob.Clients{Objects: front.Client, AccountKey: key})
	checkState(t, "no container", other.State(t.Context()), blob.Unknown)
	s.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("X-Ms-Error-Code", "AuthorizationFailure")
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	checkState(t, "denied", b.State(t.Context()), blob.Unknown)
}

func TestStateOfFolders(t *testing.T) {
	f, err := blob.Create(t.TempDir() + "/blobs")
	if err != nil {
		t.Fatal(err)
	}
	checkState(t, "a folder", f.State(t.Context()), blob.Unknown)
	checkState(t, "memory", bucket(t, "mem://abc", blob.Clients{}).State(t.Context()), blob.Unknown)
}
