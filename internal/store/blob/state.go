package blob

import (
	"context"
	"errors"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Encrypted is what the platform says about encryption at rest. What package home seals is sealed whatever it says.
type Encrypted string

// The answers.
const (
	Unknown     Encrypted = "" // nobody said: it is not taken for anything
	Off         Encrypted = "off"
	PlatformKey Encrypted = "platform key"
	CustomerKey Encrypted = "customer key" // a key of the operator's own, in a key service
)

// State is what a place for objects says about itself.
type State struct {
	Place     string
	Encrypted Encrypted
	Detail    []string // for a person
	Why       string   // why it is unknown
}

// State says what a folder can say: nothing, since the volume below it is its platform's.
func (f *Folder) State(context.Context) State {
	return State{Place: f.dir, Why: "a folder does not know how its volume is encrypted: ask the platform"}
}

// State asks the store.
func (b *Bucket) State(ctx context.Context) State {
	s := State{Place: string(b.place.Kind) + "://" + b.place.Bucket + "/" + b.place.Prefix}
	ctx, cancel := context.WithTimeout(ctx, b.wait)
	defer cancel()
	err := guarded(func() error {
		var inS3 *s3.Client
		var inAzure *container.Client
		switch {
		case b.b.As(&inS3):
			return b.stateS3(ctx, inS3, &s)
		case b.b.As(&inAzure):
			return stateAzure(ctx, inAzure, &s)
		}
		s.Why = "this kind of store cannot be asked"
		return nil
	})
	if err != nil {
		s.Encrypted, s.Why = Unknown, "the store did not say"
		var c coded
		var r *azcore.ResponseError
		if errors.As(err, &c) && c.ErrorCode() == "AccessDenied" || errors.As(err, &r) && r.StatusCode == http.StatusForbidden {
			s.Why = "the identity of c4arch may not ask"
		}
	}
	return s
}

// coded is an error of a service with the code that its documentation names.
type coded interface{ ErrorCode() string }

func (b *Bucket) stateS3(ctx context.Context, client *s3.Client, s *State) error {
	got, err := client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &b.place.Bucket})
	var c coded
	if errors.As(err, &c) && c.ErrorCode() == "ServerSideEncryptionConfigurationNotFoundError" {
		s.Encrypted = Off
		return nil
	}
	if err != nil {
		return err
	}
	s.Why = "the store names an algorithm that is not known here"
	for _, r := range got.ServerSideEncryptionConfiguration.Rules {
		if r.ApplyServerSideEncryptionByDefault == nil {
			continue
		}
		switch how := string(r.ApplyServerSideEncryptionByDefault.SSEAlgorithm); how {
		case "AES256":
			s.Encrypted, s.Why = PlatformKey, ""
		case "aws:kms", "aws:kms:dsse":
			s.Encrypted, s.Why = CustomerKey, ""
		default:
			continue
		}
		s.Detail = append(s.Detail, "default of the bucket: "+string(r.ApplyServerSideEncryptionByDefault.SSEAlgorithm))
	}
	return nil
}

// accountKey is the scope of a container that names no scope of its own.
const accountKey = "$account-encryption-key"

func stateAzure(ctx context.Context, client *container.Client, s *State) error {
	got, err := client.GetProperties(ctx, nil)
	if err != nil {
		return err
	}
	// Azure Storage encrypts everything (its documentation, "encryption for data at rest"); whose key it is, only the management plane says.
	if scope := got.DefaultEncryptionScope; scope == nil || *scope == "" {
		s.Why = "the container does not name its encryption scope"
	} else if *scope == accountKey {
		s.Encrypted = PlatformKey
		s.Detail = append(s.Detail, "the account's key, which may be the operator's own: the account's settings say whose it is")
	} else {
		s.Encrypted = PlatformKey
		s.Detail = append(s.Detail, "encryption scope "+clip(*scope)+": its settings say whose key it is")
	}
	return nil
}
