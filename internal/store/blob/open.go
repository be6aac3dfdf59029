package blob

import (
	"context"
	"net/http"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"
	"gocloud.dev/blob/s3blob"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress/cloud"
)

// Clients are the ways out: egress makes them, with the purposes of objects and of identity.
type Clients struct {
	Objects  *http.Client
	Identity *http.Client // asks for tokens; nil: Objects does
	// AccountKey opens an Azure storage account that no identity opens; empty means an identity.
	AccountKey secret.Value
}

// OpenBucket opens a bucket that is there. Nothing is asked of the store yet.
func OpenBucket(ctx context.Context, place Place, clients Clients) (*Bucket, error) {
	if clients.Identity == nil {
		clients.Identity = clients.Objects
	}
	if clients.Objects == nil && (place.Kind == S3 || place.Kind == Azure) {
		return nil, fault.New(fault.Internal, "a bucket is opened over a client of package egress")
	}
	var b *blob.Bucket
	var err error
	switch place.Kind {
	case S3:
		b, err = openS3(ctx, place, clients)
	case Azure:
		b, err = openAzure(ctx, place, clients)
	case Files:
		b, err = openFiles(place.Bucket)
	case Memory:
		b = memblob.OpenBucket(nil)
	default:
		return nil, wrong("%.20q is no kind of store", string(place.Kind))
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the bucket %s cannot be opened", place.Bucket)
	}
	return &Bucket{place: place, b: b, wait: wait}, nil
}

func openS3(ctx context.Context, place Place, clients Clients) (*blob.Bucket, error) {
	who, err := cloud.AWS(clients.Identity, place.Region)
	if err != nil {
		return nil, err
	}
	cfg, err := config.LoadDefaultConfig(ctx, who...)
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.HTTPClient = clients.Objects
		o.UsePathStyle = place.Path
		o.DisableLogOutputChecksumValidationSkipped = true // what is sealed checks itself
		if place.Endpoint != "" {
			o.BaseEndpoint = &place.Endpoint
		}
	})
	options := &s3blob.Options{}
	if place.KMSKey != "" {
		options.EncryptionType, options.KMSEncryptionID = "aws:kms", place.KMSKey
	}
	return s3blob.OpenBucket(ctx, client, place.Bucket, options)
}

func openAzure(ctx context.Context, place Place, clients Clients) (*blob.Bucket, error) {
	base := "https://" + place.Account + ".blob.core.windows.net"
	if place.Endpoint != "" {
		base = strings.TrimSuffix(place.Endpoint, "/")
	}
	address := base + "/" + place.Bucket
	var options container.ClientOptions
	options.Transport = clients.Objects
	options.Retry.MaxRetries = 2
	var client *container.Client
	if !clients.AccountKey.Empty() {
		key, err := container.NewSharedKeyCredential(place.Account, string(clients.AccountKey.Expose()))
		if err != nil {
			return nil, fault.New(fault.Invalid, "the key of the storage account is not base64")
		}
		if client, err = container.NewClientWithSharedKeyCredential(address, key, &options); err != nil {
			return nil, err
		}
	} else {
		who, err := cloud.Azure(clients.Identity)
		if err != nil {
			return nil, err
		}
		if client, err = container.NewClient(address, who, &options); err != nil {
			return nil, err
		}
	}
	return azureblob.OpenBucket(ctx, client, nil)
}

func openFiles(dir string) (*blob.Bucket, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fault.New(fault.Invalid, "the folder %s is missing", dir)
	}
	return fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, DirFileMode: 0o700})
}
