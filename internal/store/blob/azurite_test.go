//go:build e2e

package blob_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"c4arch/internal/base/secret"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/blob/blobtest"
)

// TestAzurite asks a server of Azure Blob Storage that is not ours. make e2e installs it (test/e2e/package.json).
func TestAzurite(t *testing.T) {
	t.Setenv("AZURITE_ACCOUNTS", blobtest.Account+":"+blobtest.AccountKey())
	path, err := filepath.Abs("../../../test/e2e/node_modules/.bin/azurite-blob")
	if err != nil {
		t.Fatal(err)
	}
	u := launch(t, path, "--blobHost", "127.0.0.1", "--blobPort", "0", "--skipApiVersionCheck", "--disableTelemetry", "--location", t.TempDir())
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
